/** Writes bits, the highest of each byte first, into memory that grows. */
export class BitWriter {
  #bytes: Buffer
  #length = 0
  #bits = 0
  #count = 0

  constructor(expected: number) {
    this.#bytes = Buffer.allocUnsafeSlow(Math.max(64, Math.ceil(expected)))
  }

  /** The low `count` bits of a value, up to 24. */
  write(value: number, count: number): void {
    this.#bits = (this.#bits << count) | value
    this.#count += count
    while (this.#count >= 8) {
      this.#count -= 8
      if (this.#length === this.#bytes.length) this.#bytes = Buffer.concat([this.#bytes], 2 * this.#length)
      this.#bytes[this.#length++] = this.#bits >>> this.#count
    }
    this.#bits &= 0xff
  }

  /** A number of 32 or 48 bits. */
  wide(value: number, bits: number): void {
    for (let shift = bits - 16; shift >= 0; shift -= 16) this.write(Math.floor(value / 2 ** shift) % 65_536, 16)
  }

  /** All that was written, the last byte filled up with zeros. */
  end(): Buffer {
    if (this.#count > 0) this.write(0, 8 - this.#count)
    return this.#bytes.subarray(0, this.#length)
  }
}
