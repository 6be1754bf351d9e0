import { isUtf8 } from 'node:buffer'
import { EvolveError } from '../errors.ts'

/** Reads Avro's primitive encodings (Apache Avro 1.12, "Binary Encoding"), every step checked. Positions are bytes. */
export class Tap {
  readonly bytes: Buffer
  readonly end: number
  position: number

  constructor(bytes: Buffer, start = 0, end: number = bytes.length) {
    this.bytes = bytes
    this.position = start
    this.end = end
  }

  boolean(): boolean {
    const byte = this.byte('a boolean')
    if (byte > 1) throw new EvolveError('malformed-data', `a boolean is the byte ${byte}, not 0 or 1`)
    return byte === 1
  }

  /** A 32-bit integer. */
  int(): number {
    const value = this.long()
    if (typeof value === 'bigint' || value !== (value | 0)) throw new EvolveError('malformed-data', 'an int has more than 32 bits')
    return value
  }

  /** A 64-bit integer: a `number` where that is exact, else a `bigint`. */
  long(): number | bigint {
    let low = 0
    for (let shift = 0; shift < 28; shift += 7) {
      const byte = this.byte('an integer')
      low |= (byte & 0x7f) << shift
      if (byte < 0x80) return (low >>> 1) ^ -(low & 1)
    }
    let value = BigInt(low)
    for (let shift = 28n; shift < 70n; shift += 7n) {
      const byte = this.byte('an integer')
      value |= BigInt(byte & 0x7f) << shift
      if (byte >= 0x80) continue
      if (value >= 1n << 64n) throw new EvolveError('malformed-data', 'an integer has more than 64 bits')
      const signed = (value >> 1n) ^ -(value & 1n)
      const number = Number(signed)
      return Number.isSafeInteger(number) ? number : signed
    }
    throw new EvolveError('malformed-data', 'an integer takes more than 10 bytes')
  }

  float(): number {
    const at = this.take(4)
    return this.bytes.readFloatLE(at)
  }

  double(): number {
    const at = this.take(8)
    return this.bytes.readDoubleLE(at)
  }

  /** The length in front of a string or of bytes: within what is left. */
  length(what: string): number {
    const value = this.long()
    if (value < 0) throw new EvolveError('malformed-data', `${what} has the negative length ${value}`)
    if (value > this.end - this.position) throw new EvolveError('truncated', `${what} of ${value} bytes, ${this.end - this.position} left`)
    return Number(value)
  }

  /** Text; bytes that are not UTF-8 are refused, as they could not be written back. */
  string(): string {
    const length = this.length('a string')
    const at = this.take(length)
    return decodeText(this.bytes, at, at + length)
  }

  /** A copy. */
  data(length: number): Buffer {
    const at = this.take(length)
    return Buffer.from(this.bytes.subarray(at, at + length))
  }

  /** Steps over `length` bytes and gives the position of the first. */
  take(length: number): number {
    const at = this.position
    if (length > this.end - at) throw new EvolveError('truncated', `${this.end - at} of ${length} bytes left`)
    this.position = at + length
    return at
  }

  private byte(what: string): number {
    if (this.position >= this.end) throw new EvolveError('truncated', `${what} is missing or cut off`)
    return this.bytes[this.position++] as number
  }
}

/** Bytes as text. @throws EvolveError `malformed-data` when they are not UTF-8. */
export function decodeText(bytes: Buffer, start: number, end: number): string {
  const text = bytes.toString('utf8', start, end)
  // A replacement character is either in the bytes or stands for bytes that could not be written back.
  if (text.includes('\ufffd') && !isUtf8(bytes.subarray(start, end))) {
    throw new EvolveError('malformed-data', 'a string is not UTF-8')
  }
  return text
}
