import { EvolveError } from '../errors.ts'
import { Tap } from '../wire/tap.ts'
import type { ChunkSource } from './chunks.ts'

const NONE: Buffer = Buffer.alloc(0)

/** Bytes of the longest long. */
const LONGEST = 10

/** The first piece of memory for something that spans chunks; it grows with what has really arrived. */
const FIRST = 64 * 1024

/** Pulls bytes from an iterator of chunks, as many as are asked for, and holds no more than one chunk besides. */
export class ByteSource {
  readonly #chunks: ChunkSource
  #chunk: Buffer = NONE
  #at = 0
  /** Bytes in front of the chunk. */
  #before = 0
  #ended = false

  constructor(chunks: ChunkSource) {
    this.#chunks = chunks
  }

  /** Bytes taken so far. */
  get offset(): number {
    return this.#before + this.#at
  }

  /** Whether there is at least one byte more. */
  async more(): Promise<boolean> {
    while (this.#at === this.#chunk.length) {
      if (this.#ended) return false
      const { done, value } = await this.#chunks.next()
      if (done === true) {
        this.#ended = true
        return false
      }
      this.#before += this.#chunk.length
      this.#chunk = bufferOf(value)
      this.#at = 0
    }
    return true
  }

  /** An Avro long. @throws EvolveError `truncated`, `malformed-data`. */
  async long(what: string): Promise<number | bigint> {
    if (this.#chunk.length - this.#at >= LONGEST) {
      const tap = new Tap(this.#chunk, this.#at)
      const value = tap.long()
      this.#at = tap.position
      return value
    }
    const bytes: number[] = []
    do {
      if (this.#at === this.#chunk.length && !(await this.more())) throw new EvolveError('truncated', `${what} is missing or cut off`)
      bytes.push(this.#chunk[this.#at++] as number)
    } while ((bytes.at(-1) as number) >= 0x80 && bytes.length < LONGEST)
    return new Tap(Buffer.from(bytes)).long()
  }

  /** The length of something: not negative and at most `most`. */
  async length(what: string, most: number): Promise<number> {
    const length = await this.long(what)
    if (length < 0) throw new EvolveError('malformed-data', `${what} is ${length}`)
    if (length > most) throw new EvolveError('limit-exceeded', `${what} is ${length}, ${most} are allowed`)
    return Number(length)
  }

  /** The next `count` bytes; a view where one chunk has them all. @throws EvolveError `truncated`. */
  async take(count: number, what: string): Promise<Buffer> {
    if (this.#chunk.length - this.#at >= count) {
      this.#at += count
      return this.#chunk.subarray(this.#at - count, this.#at)
    }
    let taken = Buffer.allocUnsafeSlow(Math.min(count, FIRST))
    let length = 0
    while (length < count) {
      if (!(await this.more())) throw new EvolveError('truncated', `${what} has ${count} bytes, ${length} are there`)
      const part = this.#chunk.subarray(this.#at, this.#at + count - length)
      if (length + part.length > taken.length) {
        const larger = Buffer.allocUnsafeSlow(Math.min(count, Math.max(2 * taken.length, length + part.length)))
        taken.copy(larger, 0, 0, length)
        taken = larger
      }
      part.copy(taken, length)
      length += part.length
      this.#at += part.length
    }
    return taken
  }

  /** Lets go of what the source holds open, until more is asked for. */
  async pause(): Promise<void> {
    await this.#chunks.pause?.()
  }

  /** Ends the source, as leaving a `for await` does. */
  async close(): Promise<void> {
    this.#ended = true
    this.#chunk = NONE
    this.#at = 0
    await this.#chunks.return?.()
  }
}

function bufferOf(chunk: unknown): Buffer {
  if (Buffer.isBuffer(chunk)) return chunk
  if (chunk instanceof Uint8Array) return Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength)
  throw new EvolveError('invalid-options', `the source of a container gives bytes, not ${typeof chunk}: set no encoding and no object mode`)
}
