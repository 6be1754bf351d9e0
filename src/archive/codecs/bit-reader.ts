import { EvolveError } from '../../errors.ts'

/** Reads bits, the highest of each byte first. */
export class BitReader {
  readonly #bytes: Buffer
  #at: number
  #bits = 0
  #count = 0

  constructor(bytes: Buffer, at: number) {
    this.#bytes = bytes
    this.#at = at
  }

  /** Up to 24 bits. @throws EvolveError `truncated`. */
  read(count: number): number {
    const value = this.peek(count)
    this.drop(count)
    return value
  }

  /** The next bits, up to 24, without taking them; behind the end there are zeros. */
  peek(count: number): number {
    while (this.#count < count) {
      this.#bits = ((this.#bits & 0xffffff) << 8) | (this.#bytes[this.#at++] ?? 0)
      this.#count += 8
    }
    return (this.#bits >>> (this.#count - count)) & (2 ** count - 1)
  }

  /** Takes bits that were looked at. @throws EvolveError `truncated` where they are behind the end. */
  drop(count: number): void {
    this.#count -= count
    if (this.#at - (this.#count >>> 3) > this.#bytes.length) throw new EvolveError('truncated', 'the compressed block ends early')
  }

  /** A number of 32 or 48 bits. */
  wide(bits: number): number {
    let value = 0
    for (let left = bits; left > 0; left -= 16) value = value * 65_536 + this.read(16)
    return value
  }

  /** Whole bytes that are left. */
  get left(): number {
    return this.#bytes.length - this.#at + (this.#count >>> 3)
  }
}
