import { isPlainObject } from '../object.ts'
import { ROUNDS } from './characters.ts'
import { FastBuffer } from './reader-run.ts'
import { bail } from './source.ts'

/** Bytes of a chunk that many small messages are written into, one behind the other, without a copy. */
const CHUNK = 32 * 1024
/** Of messages that need more than this a chunk holds one alone. */
const LARGEST_SHARED = 128 * 1024
/** No pair is given more room than this beforehand: what takes far more may take a second try each time. */
const LARGEST_EXPECTED = LARGEST_SHARED / 4
/** Messages beyond this are not written by compiled code: a value that large is more likely without end. */
const LARGEST = 1 << 28

/** What compiled writers share: where the next message goes. */
export interface WriterRun {
  /** The chunk that messages are written into, as bytes, as memory and for floats. */
  chunk: Buffer
  memory: ArrayBufferLike
  view: DataView
  used: number
  /** Up to here the message at hand may reach. */
  limit: number
  /** Where the last function left off. */
  p: number
  depth: number
  /** How many more values the message may hold. */
  values: number
  /** A message is being written: a getter in it that has another one written gets that by walking. */
  busy: boolean
}

const none = Buffer.alloc(0)
const noneView = new DataView(none.buffer, 0, 0)

export const writerRun: WriterRun = {
  chunk: none,
  memory: none.buffer,
  view: noneView,
  used: 0,
  limit: 0,
  p: 0,
  depth: 0,
  values: 0,
  busy: false,
}

/** Thrown where a message needs more room than there is: it is then begun again in a larger chunk. */
export const full: { readonly full: true } = Object.freeze({ full: true })

const W = writerRun

/** Begins a chunk with room for a message of `size` bytes at least, and for some of its kind. */
export function beginChunk(size: number): void {
  if (size > LARGEST) throw bail
  const length = size * 4 <= LARGEST_SHARED ? Math.max(CHUNK, size * 4) : size
  W.chunk = Buffer.allocUnsafeSlow(length)
  W.memory = W.chunk.buffer
  W.view = new DataView(W.memory)
  W.used = 0
}

/** The bytes from `start` to `end` of the chunk, which is given up where it is larger than usual: one large message must not hold it for ever. */
export function written(start: number, end: number): Buffer {
  W.used = end
  const bytes = new FastBuffer(W.memory, start, end - start)
  if (W.chunk.length > LARGEST_SHARED) beginNone()
  return bytes
}

function beginNone(): void {
  W.chunk = none
  W.memory = none.buffer
  W.view = noneView
  W.used = 0
}

/** The room that the next message of a pair is given, after one took `size`: a little more than the largest of late. */
export function expect(before: number, size: number): number {
  return Math.min(size > before ? size + (size >>> 2) : before - ((before - size) >>> 4), LARGEST_EXPECTED)
}

/** A 32-bit integer; like the functions below it gives the position behind what it wrote. */
export function writeInt(B: Buffer, p: number, value: number): number {
  let at = p
  let zigzag = ((value << 1) ^ (value >> 31)) >>> 0
  while (zigzag > 127) {
    B[at++] = (zigzag & 127) | 128
    zigzag >>>= 7
  }
  B[at++] = zigzag
  return at
}

export function writeLong(B: Buffer, p: number, value: number | bigint): number {
  if (typeof value !== 'number') return writeBigint(B, p, value)
  if (value >= -0x40000000 && value < 0x40000000 && (value | 0) === value) return writeInt(B, p, value)
  if (!Number.isSafeInteger(value)) throw bail
  const positive = value < 0 ? -(value + 1) : value
  let high = Math.floor(positive / 134_217_728)
  const low = (positive % 134_217_728) * 2 + (value < 0 ? 1 : 0)
  B[p] = (low & 127) | 128
  B[p + 1] = ((low >>> 7) & 127) | 128
  B[p + 2] = ((low >>> 14) & 127) | 128
  B[p + 3] = (low >>> 21) | 128
  let at = p + 4
  while (high > 127) {
    B[at++] = (high % 128) | 128
    high = Math.floor(high / 128)
  }
  B[at++] = high
  return at
}

function writeBigint(B: Buffer, p: number, value: bigint): number {
  if (typeof value !== 'bigint' || BigInt.asIntN(64, value) !== value) throw bail
  let zigzag = BigInt.asUintN(64, (value << 1n) ^ (value >> 63n))
  let at = p
  while (zigzag > 127n) {
    B[at++] = Number(zigzag & 127n) | 128
    zigzag >>= 7n
  }
  B[at++] = Number(zigzag)
  return at
}

/** ASCII up to so many characters is written one by one; from here on, a call into the runtime is cheaper. */
const SHORT = 28

/** Text behind its length in bytes. `limit` is how far it may reach. */
export function writeText(B: Bytes, p: number, text: string, limit: number): number {
  const size = text.length
  // Counting exactly takes longer than writing does, and is seldom needed.
  if (p + size * 3 + 5 > limit && p + Buffer.byteLength(text) + 5 > limit) throw full
  if (size > SHORT) return writeLongText(B, p, text)
  let bits = 0
  let at = p + 1
  let index = 0
  for (; index < size - 3; index += 4, at += 4) {
    const [a, b, c, d] = [text.charCodeAt(index), text.charCodeAt(index + 1), text.charCodeAt(index + 2), text.charCodeAt(index + 3)]
    bits |= a | b | c | d
    B[at] = a
    B[at + 1] = b
    B[at + 2] = c
    B[at + 3] = d
  }
  for (; index < size; index++) {
    const code = text.charCodeAt(index)
    bits |= code
    B[at++] = code
  }
  if (bits > 127) return writeLongText(B, p, text)
  B[p] = size << 1
  return at
}

/** A Buffer with the functions that its `write` calls. */
export type Bytes = Buffer & {
  utf8Write(text: string, start: number, size?: number): number
  latin1Write(text: string, start: number, size?: number): number
}

function writeLongText(B: Bytes, p: number, text: string): number {
  const characters = text.length
  // As many bytes as its length is expected to take are left free; mostly text is ASCII, or nearly.
  const head = characters < 64 ? 1 : characters < 8192 ? 2 : 5
  const size = B.utf8Write(text, p + head)
  if (size !== characters && !text.isWellFormed()) throw bail
  const taken = size < 64 ? 1 : size < 8192 ? 2 : size < 1_048_576 ? 3 : size < 134_217_728 ? 4 : 5
  if (taken !== head) B.copyWithin(p + taken, p + head, p + head + size)
  writeInt(B, p, size)
  return p + taken + size
}

let isWarm = false

/** Takes every way through {@link writeText}, once: what the runtime has never seen taken it compiles as if it never were. */
export function warmUpText(): void {
  if (isWarm) return
  isWarm = true
  const B = Buffer.allocUnsafeSlow(1024) as Bytes
  const texts = ['', 'a', 'abcdefg', 'é', 'a'.repeat(40), 'é'.repeat(40), 'a'.repeat(200)]
  for (let round = 0; round < ROUNDS; round++) for (const text of texts) writeText(B, 0, text, 512)
}

/** Bytes as they are. */
export function writeRaw(B: Buffer, p: number, bytes: Uint8Array, limit: number): number {
  const size = bytes.length
  if (p + size > limit) throw full
  if (size < 24) for (let index = 0; index < size; index++) B[p + index] = bytes[index] as number
  else B.set(bytes, p)
  return p + size
}

/** Bytes that a message kept as a string holds. */
export function writeSpan(B: Bytes, p: number, source: string, start: number, end: number, limit: number): number {
  const size = end - start
  if (p + size > limit) throw full
  if (size > SHORT) {
    B.latin1Write(source.substring(start, end), p, size)
    return p + size
  }
  let at = p
  for (let index = start; index < end; index++) B[at++] = source.charCodeAt(index)
  return at
}

/** The one key of the object that a union's value is wrapped in. */
export function onlyKey(value: unknown): string {
  const keys = isPlainObject(value) ? Object.keys(value) : []
  if (keys.length !== 1) throw bail
  return keys[0] as string
}
