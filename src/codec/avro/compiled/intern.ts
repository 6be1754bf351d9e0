import { type Bytes, readerRun, scratch, scratchView } from './reader-run.ts'
import { type TextReader, textReader } from './short-text.ts'
import { bail } from './source.ts'

/** Longest key, and longest other text, that is looked for among those read before (bytes). */
const LONGEST_KEY = 16
const LONGEST_TEXT = 8
/** So many are remembered; a newer one takes the place of an older one. */
const SLOTS = 1024

const texts: string[] = new Array(SLOTS).fill('')
const sizes = new Uint8Array(SLOTS)
/** The bytes of each, in four words. */
const words = new Int32Array(SLOTS * 4)
/** What of a word belongs to a text of which so many bytes are in it. */
const masks = Int32Array.of(0, 0xff, 0xffff, 0xffffff, -1)

/** Read text, and give the same string again for what was read of late. */
export interface TextReaders {
  /** For any text: looked for only where short, such as codes are. */
  readonly text: TextReader
  /** For keys of maps, which the runtime would look up in a table of its own each time. */
  readonly key: TextReader
}

let readers: TextReaders | undefined

/** What reads text for all compiled readers; `undefined` where code may not be made from text. */
export function textReaders(): TextReaders | undefined {
  return (readers ??= make())
}

function make(): TextReaders | undefined {
  const text = textReader()
  if (text === undefined) return undefined
  const known = (B: Bytes, p: number, size: number): string => {
    if (size === 0) return text(B, p)
    const at = p + 1
    if (size > readerRun.e - at) throw bail
    const a = scratchView.getInt32(at, true) & (masks[size < 4 ? size : 4] as number)
    let [b, c, d] = [0, 0, 0]
    if (size > 4) {
      b = scratchView.getInt32(at + 4, true) & (masks[size < 8 ? size - 4 : 4] as number)
      if (size > 8) {
        c = scratchView.getInt32(at + 8, true) & (masks[size < 12 ? size - 8 : 4] as number)
        if (size > 12) d = scratchView.getInt32(at + 12, true) & (masks[size - 12] as number)
      }
    }
    const mixed = Math.imul(Math.imul(Math.imul(Math.imul(a, 31) + b, 31) + c, 31) + d, -1_640_531_527)
    const slot = (mixed >>> 22) & (SLOTS - 1)
    const first = slot << 2
    if (words[first] === a && words[first + 1] === b && words[first + 2] === c && words[first + 3] === d && sizes[slot] === size) {
      readerRun.p = at + size
      return texts[slot] as string
    }
    const made = text(B, p)
    words[first] = a
    words[first + 1] = b
    words[first + 2] = c
    words[first + 3] = d
    sizes[slot] = size
    texts[slot] = made
    return made
  }
  return {
    text: (B, p) => {
      const size = B[p] as number
      return size > 2 * LONGEST_TEXT || (size & 1) === 1 || B !== scratch ? text(B, p) : known(B, p, size >>> 1)
    },
    key: (B, p) => {
      const size = B[p] as number
      return size > 2 * LONGEST_KEY || (size & 1) === 1 || B !== scratch ? text(B, p) : known(B, p, size >>> 1)
    },
  }
}
