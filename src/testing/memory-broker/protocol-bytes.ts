/** Reads the primitive types of the Kafka protocol (its non-flexible versions) from a request. */
export class ProtocolReader {
  readonly #bytes: Buffer
  #at = 0

  constructor(bytes: Buffer) {
    this.#bytes = bytes
  }

  int8(): number {
    return this.#bytes.readInt8(this.#advance(1))
  }

  int16(): number {
    return this.#bytes.readInt16BE(this.#advance(2))
  }

  int32(): number {
    return this.#bytes.readInt32BE(this.#advance(4))
  }

  int64(): bigint {
    return this.#bytes.readBigInt64BE(this.#advance(8))
  }

  boolean(): boolean {
    return this.int8() !== 0
  }

  nullableString(): string | null {
    const length = this.int16()
    if (length < 0) return null
    const start = this.#advance(length)
    return this.#bytes.toString('utf8', start, start + length)
  }

  /** A null string reads as the empty one. */
  string(): string {
    return this.nullableString() ?? ''
  }

  /** A view of the request, not a copy; null bytes read as none. */
  bytes(): Buffer {
    const length = Math.max(this.int32(), 0)
    const start = this.#advance(length)
    return this.#bytes.subarray(start, start + length)
  }

  nullableArray<T>(element: (reader: ProtocolReader) => T): T[] | null {
    const length = this.int32()
    return length < 0 ? null : Array.from({ length }, () => element(this))
  }

  /** A null array reads as the empty one. */
  array<T>(element: (reader: ProtocolReader) => T): T[] {
    return this.nullableArray(element) ?? []
  }

  #advance(length: number): number {
    const start = this.#at
    this.#at += length
    return start
  }
}

/** Writes the primitive types of the Kafka protocol (its non-flexible versions) into an answer. */
export class ProtocolWriter {
  readonly #parts: Buffer[] = []

  int8(value: number): this {
    return this.#fixed(1, (part) => part.writeInt8(value))
  }

  int16(value: number): this {
    return this.#fixed(2, (part) => part.writeInt16BE(value))
  }

  int32(value: number): this {
    return this.#fixed(4, (part) => part.writeInt32BE(value))
  }

  int64(value: number | bigint): this {
    return this.#fixed(8, (part) => part.writeBigInt64BE(BigInt(value)))
  }

  boolean(value: boolean): this {
    return this.int8(value ? 1 : 0)
  }

  string(value: string | null): this {
    if (value === null) return this.int16(-1)
    const text = Buffer.from(value)
    this.int16(text.length)
    this.#parts.push(text)
    return this
  }

  bytes(...chunks: readonly Buffer[]): this {
    this.int32(chunks.reduce((sum, chunk) => sum + chunk.length, 0))
    this.#parts.push(...chunks)
    return this
  }

  array<T>(items: Iterable<T>, element: (writer: this, item: T) => void): this {
    const list = [...items]
    this.int32(list.length)
    for (const item of list) element(this, item)
    return this
  }

  /** Everything written so far, in memory of its own. */
  toBuffer(): Buffer {
    return Buffer.concat(this.#parts)
  }

  #fixed(size: number, write: (part: Buffer) => void): this {
    const part = Buffer.allocUnsafe(size)
    write(part)
    this.#parts.push(part)
    return this
  }
}
