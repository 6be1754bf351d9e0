import { EvolveError } from '../errors.ts'

/**
 * How messages are told apart in a stream of bytes. `'standard'` (Apache Avro 1.12, "Message Framing"): buffers, each behind its length
 * in four bytes, big-endian, closed by the length 0; replies come in the order of the requests. `'netty'` (Java's `NettyServer` and
 * `NettyTransceiver`): a serial number and the number of buffers in front of them, nothing behind; replies come in any order.
 */
export type RpcFraming = 'standard' | 'netty'

/** A message out of a stream. */
export interface RpcFrame {
  readonly message: Buffer
  /** What joins a reply to its request; always 0 in standard framing. */
  readonly serial: number
}

/** The most bytes that a message may have if nothing else is said, and that one may have at all: 16 MiB, as for every datum. */
export const maxMessageBytes: number = 16 * 1024 * 1024

/** A message with its framing, in one buffer. `serial` is for Netty's framing, a 32-bit integer. */
export function frameMessage(message: Uint8Array, framing: RpcFraming = 'standard', serial = 0): Buffer {
  const header = framing === 'netty' ? 8 : 0
  const isEmpty = message.length === 0
  const framed = Buffer.alloc(framing === 'netty' ? 12 + message.length : (isEmpty ? 0 : 4 + message.length) + 4)
  if (framing === 'netty') {
    framed.writeInt32BE(serial, 0)
    framed.writeInt32BE(1, 4)
  }
  if (isEmpty) return framed
  framed.writeUInt32BE(message.length, header)
  framed.set(message, header + 4)
  return framed
}

/**
 * The one message that bytes in standard framing hold: the body of an HTTP request or answer.
 * @throws EvolveError `truncated-frame`, `malformed-data` when more follows, `limit-exceeded`.
 */
export function unframeMessage(bytes: Uint8Array, limit: number = maxMessageBytes): Buffer {
  const body = new BodyDecoder(limit)
  body.push(bytes)
  return body.end()
}

/** The same for a body that comes in chunks; no more of it is read than a message may have. @throws EvolveError as {@link unframeMessage}. */
export async function readMessage(chunks: AsyncIterable<Uint8Array>, limit: number = maxMessageBytes): Promise<Buffer> {
  const body = new BodyDecoder(limit)
  // Leaving the loop early ends the stream.
  for await (const chunk of chunks) body.push(chunk)
  return body.end()
}

/** One message and nothing else. */
class BodyDecoder {
  readonly #decoder: FrameDecoder
  #message: Buffer | undefined

  constructor(limit: number) {
    this.#decoder = new FrameDecoder('standard', limit)
  }

  push(chunk: Uint8Array): void {
    for (const { message } of this.#decoder.push(chunk)) {
      if (this.#message !== undefined) throw new EvolveError('malformed-data', 'the body holds more than one message')
      this.#message = message
    }
    if (this.#message !== undefined && this.#decoder.isInside)
      throw new EvolveError('malformed-data', 'bytes follow the message of the body')
  }

  end(): Buffer {
    if (this.#message === undefined) throw new EvolveError('truncated-frame', 'the body ends inside its message')
    return this.#message
  }
}

type Expected = 'pack' | 'length' | 'bytes'

/** Takes a stream apart, however it is cut into chunks. Memory grows with the bytes that came, never with a length that was only announced. */
export class FrameDecoder {
  readonly #framing: RpcFraming
  readonly #limit: number
  readonly #head: Buffer = Buffer.alloc(8)
  #headed = 0
  #expected: Expected
  #serial = 0
  /** Buffers of the pack still to come; of no meaning in standard framing. */
  #buffers = 0
  /** Bytes of the buffer still to come. */
  #missing = 0
  #body: Buffer = Buffer.alloc(0)
  #filled = 0
  #started = false

  constructor(framing: RpcFraming, limit: number = maxMessageBytes) {
    this.#framing = framing
    this.#limit = Math.min(limit, maxMessageBytes)
    this.#expected = framing === 'netty' ? 'pack' : 'length'
  }

  /** Whether a message has begun and not ended: a stream that ends now was cut off. */
  get isInside(): boolean {
    return this.#started
  }

  /**
   * The messages that end in this chunk, taken out as they are asked for: all have to be, before the next chunk.
   * @throws EvolveError `limit-exceeded`, behind the messages in front of the damage; then the stream is of no use any more.
   */
  *push(chunk: Uint8Array): Generator<RpcFrame, void, void> {
    let at = 0
    while (at < chunk.length) {
      this.#started = true
      at += this.#expected === 'bytes' ? this.#takeBytes(chunk, at) : this.#takeHead(chunk, at)
      if (this.#isComplete()) yield this.#finish()
    }
  }

  #takeBytes(chunk: Uint8Array, at: number): number {
    const count = Math.min(this.#missing, chunk.length - at)
    this.#reserve(count)
    this.#body.set(chunk.subarray(at, at + count), this.#filled)
    this.#filled += count
    this.#missing -= count
    if (this.#missing === 0) this.#nextBuffer()
    return count
  }

  #takeHead(chunk: Uint8Array, at: number): number {
    const size = this.#expected === 'pack' ? 8 : 4
    const count = Math.min(size - this.#headed, chunk.length - at)
    this.#head.set(chunk.subarray(at, at + count), this.#headed)
    this.#headed += count
    if (this.#headed < size) return count
    this.#headed = 0
    if (this.#expected === 'pack') this.#startPack()
    else this.#startBuffer(this.#head.readUInt32BE(0))
    return count
  }

  #startPack(): void {
    this.#serial = this.#head.readInt32BE(0)
    this.#buffers = this.#head.readUInt32BE(4)
    // Every buffer takes four bytes at least, whether it is empty or not.
    if (this.#buffers > this.#limit / 4) {
      throw new EvolveError('limit-exceeded', `a message of ${this.#buffers} buffers, ${Math.floor(this.#limit / 4)} are allowed`)
    }
    this.#expected = 'length'
  }

  #startBuffer(length: number): void {
    if (length > this.#limit - this.#filled) {
      throw new EvolveError('limit-exceeded', `a message of ${this.#filled + length} bytes or more, ${this.#limit} are allowed`)
    }
    this.#missing = length
    this.#expected = 'bytes'
    if (length > 0) return
    if (this.#framing === 'standard') this.#buffers = -1
    else this.#nextBuffer()
  }

  #nextBuffer(): void {
    this.#expected = 'length'
    if (this.#framing === 'netty') this.#buffers--
  }

  #isComplete(): boolean {
    if (this.#framing === 'standard') return this.#buffers < 0
    return this.#expected === 'length' && this.#headed === 0 && this.#buffers === 0
  }

  #finish(): RpcFrame {
    const frame = { message: this.#body.subarray(0, this.#filled), serial: this.#serial }
    this.#body = Buffer.alloc(0)
    this.#filled = 0
    this.#buffers = 0
    this.#started = false
    this.#expected = this.#framing === 'netty' ? 'pack' : 'length'
    return frame
  }

  #reserve(more: number): void {
    const needed = this.#filled + more
    if (needed <= this.#body.length) return
    const larger = Buffer.allocUnsafeSlow(Math.max(needed, Math.min(this.#body.length * 2, this.#limit)))
    this.#body.copy(larger, 0, 0, this.#filled)
    this.#body = larger
  }
}
