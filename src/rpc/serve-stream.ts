import type { Readable, Writable } from 'node:stream'
import { EvolveError, isEvolveError } from '../errors.ts'
import { type ByteStream, halvesOf } from './byte-stream.ts'
import { FrameDecoder, frameMessage, type RpcFrame, type RpcFraming } from './framing.ts'
import type { RpcConnection, RpcSession } from './server-types.ts'

/** How a stream is served. */
export interface Service {
  readonly framing: RpcFraming
  readonly limit: number
  /** Calls in progress at once. */
  readonly concurrency: number
  handle(message: Buffer, session: RpcSession, signal: AbortSignal): Promise<Buffer | undefined>
  onError(error: unknown): void
}

/** Reads requests from a stream until it ends, writes the replies. */
export function serveStream(stream: ByteStream, service: Service): RpcConnection {
  const connection = new ServedConnection(stream, service)
  return { closed: connection.run(), close: () => connection.close() }
}

class ServedConnection {
  readonly #readable: Readable
  readonly #writable: Writable
  readonly #service: Service
  readonly #session: RpcSession = {}
  readonly #gone: AbortController = new AbortController()
  readonly #running: Set<Promise<void>> = new Set()

  constructor(stream: ByteStream, service: Service) {
    const { readable, writable } = halvesOf(stream)
    this.#readable = readable
    this.#writable = writable
    this.#service = service
    for (const half of new Set([readable, writable])) {
      half.on('error', this.#onLoss)
      half.on('close', this.#onLoss)
    }
  }

  async run(): Promise<void> {
    try {
      await this.#readAll()
      await Promise.all(this.#running)
      this.#writable.end()
    } catch (error) {
      this.#fail(error)
    }
  }

  close(): void {
    this.#onLoss()
    this.#readable.destroy()
    this.#writable.destroy()
  }

  /** A client that goes away is no error; one that sends what cannot be understood is. */
  #fail(error: unknown): void {
    if (isEvolveError(error) && error !== this.#gone.signal.reason) this.#service.onError(error)
    this.close()
  }

  readonly #onLoss = (): void => {
    this.#gone.abort(new EvolveError('connection-lost', 'the connection to the client ended'))
  }

  /** While calls are in progress up to the limit nothing is read: the client's writes are held up. */
  async #readAll(): Promise<void> {
    const decoder = new FrameDecoder(this.#service.framing, this.#service.limit)
    // A client that has ended its half still waits for replies on the other.
    for await (const chunk of this.#readable.iterator({ destroyOnReturn: false })) {
      for (const frame of decoder.push(chunk as Uint8Array)) {
        this.#start(frame)
        while (this.#running.size >= this.#service.concurrency) await Promise.race(this.#running)
        this.#gone.signal.throwIfAborted()
      }
    }
    if (decoder.isInside) throw new EvolveError('truncated-frame', 'the stream ends inside a message')
  }

  #start({ message, serial }: RpcFrame): void {
    const call = this.#answer(message, serial).catch((error: unknown) => {
      // No reply can be given: what follows on this connection cannot be understood either.
      this.#fail(error)
    })
    this.#running.add(call)
    void call.finally(() => this.#running.delete(call))
  }

  async #answer(message: Buffer, serial: number): Promise<void> {
    const reply = await this.#service.handle(message, this.#session, this.#gone.signal)
    if (reply === undefined || this.#gone.signal.aborted) return
    if (!this.#writable.write(frameMessage(reply, this.#service.framing, serial))) await this.#drained()
  }

  /** A client that does not read its replies gets no more of them. */
  #drained(): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        this.#writable.off('drain', done)
        this.#gone.signal.removeEventListener('abort', done)
        resolve()
      }
      this.#writable.on('drain', done)
      this.#gone.signal.addEventListener('abort', done)
    })
  }
}
