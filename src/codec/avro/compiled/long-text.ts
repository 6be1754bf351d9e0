import { decodeText } from '../../../wire/tap.ts'
import { charactersReader } from './characters.ts'
import { type Bytes, isWide, isWideCopy, readerRun, readSize, scratch } from './reader-run.ts'
import { bail } from './source.ts'

/** Up to so many bytes are decoded here; from here on, a call into the runtime is cheaper. */
const SHORT = 48
/** Up to so many characters are looked at one by one for what stands for bytes that are not UTF-8. */
const LOOKED_AT = 64

const units = new Uint16Array(SHORT)

/**
 * A string at `p` of a message that was copied to the common buffer, cut from the message as a string: where that is there
 * anyway, nothing is cheaper. Strings of 13 characters and more are slices in V8: they hold the string they were cut from.
 */
export function cutText(p: number, source: string): string {
  let size = scratch[p] as number
  let start = p + 1
  if (size > 127) {
    size = readSize(scratch, p)
    start = readerRun.p
  } else {
    if ((size & 1) === 1) throw bail
    size >>>= 1
    if (size > readerRun.e - start) throw bail
  }
  const end = start + size
  readerRun.p = end
  return isWideCopy(start, end) ? wideText(scratch, start, end) : source.substring(start, end)
}

/** Text in the range that is too long to be made character by character, or not ASCII. */
export function longText(B: Bytes, start: number, end: number): string {
  return (B === scratch ? isWideCopy(start, end) : isWide(B, start, end)) ? wideText(B, start, end) : B.latin1Slice(start, end)
}

function wideText(B: Bytes, start: number, end: number): string {
  // One character beyond Latin-1 makes all of them take two bytes.
  if ((readerRun.values -= (end - start) >> 5) < 0) throw bail
  if (end - start <= SHORT) return charactersReader()?.(units, 0, decode(B, start, end)) ?? B.utf8Slice(start, end)
  const text = B.utf8Slice(start, end)
  // The runtime replaces what is not UTF-8; whether that happened is found out by comparing, which is slow.
  return hasReplacement(text) ? decodeText(B, start, end) : text
}

function hasReplacement(text: string): boolean {
  if (text.length > LOOKED_AT) return text.includes('\ufffd')
  for (let index = 0; index < text.length; index++) if (text.charCodeAt(index) === 0xfffd) return true
  return false
}

/** UTF-8 (RFC 3629) as UTF-16: how many units. */
function decode(B: Bytes, start: number, end: number): number {
  let count = 0
  for (let p = start; p < end; ) {
    const first = B[p] as number
    if (first < 0x80) {
      units[count++] = first
      p++
    } else if (first < 0xe0) {
      const second = B[p + 1] as number
      if (first < 0xc2 || p + 1 >= end || (second & 0xc0) !== 0x80) throw bail
      units[count++] = ((first & 0x1f) << 6) | (second & 0x3f)
      p += 2
    } else if (first < 0xf0) {
      const [second, third] = [B[p + 1] as number, B[p + 2] as number]
      const code = ((first & 0xf) << 12) | ((second & 0x3f) << 6) | (third & 0x3f)
      const isSurrogate = code >= 0xd800 && code < 0xe000
      if (p + 2 >= end || (second & 0xc0) !== 0x80 || (third & 0xc0) !== 0x80 || code < 0x800 || isSurrogate) throw bail
      units[count++] = code
      p += 3
    } else {
      const [second, third, fourth] = [B[p + 1] as number, B[p + 2] as number, B[p + 3] as number]
      const code = ((first & 7) << 18) | ((second & 0x3f) << 12) | ((third & 0x3f) << 6) | (fourth & 0x3f)
      const follow = (second & 0xc0) === 0x80 && (third & 0xc0) === 0x80 && (fourth & 0xc0) === 0x80
      if (p + 3 >= end || !follow || first > 0xf4 || code < 0x10000 || code > 0x10ffff) throw bail
      units[count++] = 0xd7c0 + (code >>> 10)
      units[count++] = 0xdc00 | (code & 0x3ff)
      p += 4
    }
  }
  return count
}
