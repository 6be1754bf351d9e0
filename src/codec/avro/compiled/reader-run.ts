import { bail } from './source.ts'

/**
 * What compiled readers share while one message is read. A reader has finished with it before it returns, so one is enough
 * for all of them: the functions below are then compiled by the runtime once, and not again for each pair.
 */
export interface ReaderRun {
  /** Where the last function that reads left off. */
  p: number
  /** End of the message. */
  e: number
  /** How many more values, or memory that counts as them, and how many more items that take no bytes, the message may hold. */
  values: number
  empty: number
  depth: number
  /** Counts messages: how one being read finds out that another was read meanwhile. */
  turn: number
  /** Bytes of the block just begun, -1 where they are not told. */
  block: number
  /** The message as a one-byte string, where something turned out to have to be carried. */
  source: string
}

export const readerRun: ReaderRun = { p: 0, e: 0, values: 0, empty: 0, depth: 0, turn: 0, block: -1, source: '' }

/** A Buffer with the functions that its `toString` calls, which Node documents for none but keeps for all. */
export type Bytes = Buffer & {
  latin1Slice(start: number, end: number): string
  utf8Slice(start: number, end: number): string
}

/** Messages up to this many bytes are copied here to be read: code that knows its buffer reads it faster, and floats need no view made for each message. */
export const SCRATCH = 65_536
/** Twice as long: what reads behind the end of a message finds old bytes there, and is found out at the end. */
export const scratch: Bytes = Buffer.allocUnsafeSlow(2 * SCRATCH) as Bytes
export const scratchView: DataView = new DataView(scratch.buffer)
const words = new Int32Array(scratch.buffer)
const isLittleEndian = new Uint8Array(Int32Array.of(1).buffer)[0] === 1

/** `Buffer` as a constructor on memory that is there: several times cheaper than `subarray`, and the same object. */
export const FastBuffer: new (memory: ArrayBufferLike | number, start?: number, length?: number) => Buffer = Buffer[Symbol.species as never]

const R = readerRun

/** A 32-bit integer at `p`. */
export function readInt(B: Bytes, p: number): number {
  let at = p
  let byte = B[at++] as number
  let low = byte & 127
  for (let shift = 7; byte > 127; shift += 7) {
    byte = B[at++] as number
    low |= (byte & 127) << shift
    if (shift === 28 && byte > 15) throw bail
  }
  R.p = at
  return (low >>> 1) ^ -(low & 1)
}

/** A long at `p` that is exact as a number. */
export function readLong(B: Bytes, p: number): number {
  let at = p
  let byte = B[at++] as number
  let low = byte & 127
  if (byte > 127) {
    byte = B[at++] as number
    low |= (byte & 127) << 7
    if (byte > 127) {
      byte = B[at++] as number
      low |= (byte & 127) << 14
      if (byte > 127) {
        byte = B[at++] as number
        low |= (byte & 127) << 21
        if (byte > 127) return readHigh(B, at, low)
      }
    }
  }
  R.p = at
  return (low >>> 1) ^ -(low & 1)
}

function readHigh(B: Bytes, p: number, low: number): number {
  let at = p
  let byte = B[at++] as number
  let high = byte & 127
  if (byte > 127) {
    byte = B[at++] as number
    high |= (byte & 127) << 7
    if (byte > 127) {
      byte = B[at++] as number
      high |= (byte & 127) << 14
      if (byte > 127) {
        byte = B[at++] as number
        high |= (byte & 127) << 21
        if (byte > 127) throw bail
      }
    }
  }
  R.p = at
  const value = high * 134_217_728 + (low >>> 1)
  // -2^53 is as unsafe as 2^53.
  if (value + (low & 1) > Number.MAX_SAFE_INTEGER) throw bail
  return (low & 1) === 1 ? -value - 1 : value
}

/** A long at `p`: a `bigint` where a number is not exact. */
export function readExact(B: Bytes, p: number): number | bigint {
  let last = p
  while ((B[last] as number) > 127) last++
  if (last - p < 7) return readLong(B, p)
  if (last - p > 9 || (last - p === 9 && (B[last] as number) > 1)) throw bail
  let zigzag = 0n
  for (let at = last; at >= p; at--) zigzag = (zigzag << 7n) | BigInt((B[at] as number) & 127)
  R.p = last + 1
  const value = (zigzag >> 1n) ^ -(zigzag & 1n)
  const number = Number(value)
  return Number.isSafeInteger(number) ? number : value
}

/** The position behind an integer at `p` of more than one byte. */
export function passInteger(B: Bytes, p: number): number {
  let at = p
  while ((B[at++] as number) > 127);
  if (at - p > 9) throw bail
  return at
}

/** A length at `p`: so many bytes are there. */
export function readSize(B: Bytes, p: number): number {
  const size = readLong(B, p)
  if (size < 0 || size > R.e - R.p) throw bail
  return size
}

/** The position behind a string or bytes at `p`. */
export function passSized(B: Bytes, p: number): number {
  const first = B[p] as number
  if (first < 128 && (first & 1) === 0) {
    const end = p + 1 + (first >>> 1)
    if (end > R.e) throw bail
    return end
  }
  const size = readSize(B, p)
  return R.p + size
}

/** The number of items in the block that begins at `p`; 0 is the end. `each` is what an item uses of the values, `once` what the block does. */
export function readCount(B: Bytes, p: number, least: number, each: number, once: number): number {
  let count = readInt(B, p)
  R.block = -1
  if (count < 0) {
    count = -count
    R.block = readSize(B, R.p)
  }
  if (least > 0 && count > (R.e - R.p) / least) throw bail
  R.values -= count * each + once
  if (R.values < 0) throw bail
  if (least === 0) {
    R.empty -= count
    if (R.empty < 0) throw bail
  }
  return count
}

/** Whether a byte beyond ASCII stands in the range. */
export function isWide(B: Buffer, start: number, end: number): boolean {
  let p = start
  let bits = 0
  for (; p < end - 3; p += 4) bits |= (B[p] as number) | (B[p + 1] as number) | (B[p + 2] as number) | (B[p + 3] as number)
  for (; p < end; p++) bits |= B[p] as number
  return bits > 127
}

/** As {@link isWide} in the common buffer, four bytes at once; of the first and the last word what is not in the range is shifted out. */
export function isWideCopy(start: number, end: number): boolean {
  if (!isLittleEndian) return isWide(scratch, start, end)
  if (start === end) return false
  const last = (end - 1) >>> 2
  let at = start >>> 2
  const before = (start & 3) << 3
  const behind = (~(end - 1) & 3) << 3
  let bits = ((words[at] as number) >>> before) << before
  if (at === last) return ((bits << behind) & 0x80808080) !== 0
  bits |= (words[last] as number) << behind
  while (++at < last) bits |= words[at] as number
  return (bits & 0x80808080) !== 0
}

/** A copy of `size` bytes at `p`. */
export function readData(B: Bytes, p: number, size: number): Buffer {
  if (size > R.e - p) throw bail
  if (size > 48) return Buffer.from(B.subarray(p, p + size))
  const data = new FastBuffer(size)
  for (let index = 0; index < size; index++) data[index] = B[p + index] as number
  return data
}

/** The message as a one-byte string, made when the first record turns out to have to carry. */
export function sourceOf(B: Bytes): string {
  return R.source === '' ? (R.source = B.latin1Slice(0, R.e)) : R.source
}
