import type { Readable, Writable } from 'node:stream'
import { EvolveError } from '../errors.ts'
import { orAborted } from '../signals.ts'
import { type ByteStream, halvesOf } from './byte-stream.ts'
import { FrameDecoder, frameMessage, maxMessageBytes, type RpcFraming } from './framing.ts'
import { connectionLost, type RpcExchange, type RpcTransport } from './transport.ts'

/** What {@link streamTransport} takes besides the stream. */
export interface StreamTransportOptions {
  /** Default `'standard'`. */
  readonly framing?: RpcFraming
  /** The most bytes of a reply. Default and highest 16 MiB. */
  readonly maxMessageBytes?: number
}

/**
 * A connection over a stream of bytes. Calls are sent at once, while the server reads; in standard framing the replies come in their order, in Netty's in any. The
 * stream belongs to the transport: it is destroyed when it is damaged or closed.
 */
export function streamTransport(stream: ByteStream, options: StreamTransportOptions = {}): RpcTransport {
  return new StreamTransport(stream, options)
}

interface Waiting {
  resolve(reply: Buffer): void
  reject(error: unknown): void
}

/** Stands for a call that was given up and whose reply is still to come. */
const nobody: Waiting = { resolve: () => undefined, reject: () => undefined }

/** Serial numbers keep to 16 bits where those suffice: avsc gives the others a meaning of its own. */
const SHORT = 0xffff
const LONG = 0x7fffffff

class StreamTransport implements RpcTransport {
  readonly stateful = true
  readonly #readable: Readable
  readonly #writable: Writable
  readonly #framing: RpcFraming
  readonly #limit: number
  readonly #decoder: FrameDecoder
  /** By serial number, in the order in which they were sent. */
  readonly #waiting: Map<number, Waiting> = new Map()
  #serial = 0
  #draining: Promise<void> | undefined
  #resume: (() => void) | undefined
  #lost: EvolveError | undefined

  constructor(stream: ByteStream, options: StreamTransportOptions) {
    const { readable, writable } = halvesOf(stream)
    this.#readable = readable
    this.#writable = writable
    this.#framing = options.framing ?? 'standard'
    this.#limit = Math.min(options.maxMessageBytes ?? maxMessageBytes, maxMessageBytes)
    this.#decoder = new FrameDecoder(this.#framing, this.#limit)
    for (const half of new Set([readable, writable])) {
      half.on('error', (cause) => this.#lose(connectionLost('the connection broke', cause)))
      half.on('close', () => this.#lose(connectionLost('the connection was closed')))
    }
    writable.on('drain', this.#onDrain)
    readable.on('data', (chunk: Uint8Array) => this.#receive(chunk))
    readable.on('end', () => this.#lose(connectionLost('the server ended the connection')))
    if (readable.destroyed || writable.destroyed) this.#lose(connectionLost('the connection is closed'))
  }

  async exchange(message: Uint8Array, { reply, signal }: RpcExchange): Promise<Buffer | undefined> {
    signal.throwIfAborted()
    if (this.#lost !== undefined) throw this.#lost
    if (message.length > this.#limit) {
      throw new EvolveError('limit-exceeded', `the message has ${message.length} bytes, ${this.#limit} are allowed`)
    }
    while (this.#writable.writableNeedDrain && this.#lost === undefined) await orAborted(this.#drained(), signal)
    if (this.#lost !== undefined) throw this.#lost
    const serial = this.#nextSerial()
    const answered = reply ? new Promise<Buffer>((resolve, reject) => this.#waiting.set(serial, { resolve, reject })) : undefined
    this.#writable.write(frameMessage(message, this.#framing, serial))
    if (answered === undefined) return undefined
    try {
      return await orAborted(answered, signal)
    } finally {
      if (this.#waiting.has(serial)) this.#giveUp(serial)
    }
  }

  /** A server that does not read gets no more to read: calls wait until it does, and their memory with them. */
  #drained(): Promise<void> {
    this.#draining ??= new Promise<void>((resolve) => {
      this.#resume = resolve
    })
    return this.#draining
  }

  readonly #onDrain = (): void => {
    this.#resume?.()
    this.#draining = undefined
  }

  close(): void {
    this.#lose(connectionLost('the connection was closed'))
  }

  /** In standard framing the reply of a call given up still takes its turn. */
  #giveUp(serial: number): void {
    if (this.#framing === 'standard') this.#waiting.set(serial, nobody)
    else this.#waiting.delete(serial)
  }

  #nextSerial(): number {
    const mask = this.#waiting.size < SHORT / 2 ? SHORT : LONG
    do this.#serial = (this.#serial + 1) & mask
    while (this.#waiting.has(this.#serial))
    return this.#serial
  }

  #receive(chunk: Uint8Array): void {
    if (this.#lost !== undefined) return
    try {
      for (const { message, serial } of this.#decoder.push(chunk)) this.#settle(message, serial)
    } catch (error) {
      this.#lose(error as EvolveError)
    }
  }

  #settle(message: Buffer, serial: number): void {
    const [first] = this.#waiting.keys()
    const turn = this.#framing === 'standard' ? first : serial
    if (turn === undefined) throw new EvolveError('malformed-data', 'the server sent a reply that nobody waits for')
    const waiting = this.#waiting.get(turn)
    this.#waiting.delete(turn)
    // In Netty's framing: the late reply of a call given up.
    waiting?.resolve(message)
  }

  #lose(error: EvolveError): void {
    if (this.#lost !== undefined) return
    this.#lost = error
    this.#onDrain()
    this.#readable.destroy()
    this.#writable.destroy()
    const waiting = [...this.#waiting.values()]
    this.#waiting.clear()
    for (const each of waiting) each.reject(error)
  }
}
