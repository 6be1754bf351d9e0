import { EvolveError } from '../errors.ts'

/** A growing buffer that Avro's primitive encodings are written to. One is reused: what leaves it is a copy. */
export class Sink {
  buffer: Buffer
  position = 0
  /** Bytes that may be written. */
  limit: number = Number.POSITIVE_INFINITY

  constructor(size = 1024) {
    this.buffer = Buffer.allocUnsafeSlow(size)
  }

  /** Makes room for `more` bytes. @throws EvolveError `limit-exceeded`. */
  reserve(more: number): void {
    const needed = this.position + more
    if (needed <= this.buffer.length) return
    if (needed > this.limit) throw new EvolveError('limit-exceeded', `the message has more than ${this.limit} bytes`)
    const larger = Buffer.allocUnsafeSlow(Math.max(needed, this.buffer.length * 2))
    this.buffer.copy(larger, 0, 0, this.position)
    this.buffer = larger
  }

  byte(value: number): void {
    this.reserve(1)
    this.buffer[this.position++] = value
  }

  /** An int or a long, zigzag and variable-length. `value` is a safe integer or fits 64 bits. */
  long(value: number | bigint): void {
    this.reserve(10)
    if (typeof value === 'number' && value >= -0x40000000 && value < 0x40000000) {
      let zigzag = ((value << 1) ^ (value >> 31)) >>> 0
      while (zigzag >= 0x80) {
        this.buffer[this.position++] = (zigzag & 0x7f) | 0x80
        zigzag >>>= 7
      }
      this.buffer[this.position++] = zigzag
      return
    }
    let zigzag = BigInt.asUintN(64, (BigInt(value) << 1n) ^ (BigInt(value) >> 63n))
    while (zigzag >= 0x80n) {
      this.buffer[this.position++] = Number(zigzag & 0x7fn) | 0x80
      zigzag >>= 7n
    }
    this.buffer[this.position++] = Number(zigzag)
  }

  float(value: number): void {
    this.reserve(4)
    this.position = this.buffer.writeFloatLE(value, this.position)
  }

  double(value: number): void {
    this.reserve(8)
    this.position = this.buffer.writeDoubleLE(value, this.position)
  }

  /** Text behind its length in bytes. */
  string(text: string): void {
    const length = Buffer.byteLength(text)
    this.long(length)
    this.reserve(length)
    this.buffer.write(text, this.position, length, 'utf8')
    this.position += length
  }

  /** Bytes as they are, without a length. */
  raw(bytes: Uint8Array): void {
    this.reserve(bytes.length)
    this.buffer.set(bytes, this.position)
    this.position += bytes.length
  }

  /** Bytes that a one-byte string holds, without a length. */
  latin1(text: string): void {
    this.reserve(text.length)
    this.buffer.write(text, this.position, text.length, 'latin1')
    this.position += text.length
  }
}
