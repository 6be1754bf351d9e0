import type { AvroChoices } from '../codec/avro/choices.ts'
import { EvolveError } from '../errors.ts'
import type { NoOptions } from '../schema/literal.ts'
import type { Protocol, ProtocolMessage } from '../schema/protocol-types.ts'
import { following, orAborted } from '../signals.ts'
import { Tap } from '../wire/tap.ts'
import { decodeReply, encodePing, encodeRequest } from './call-format.ts'
import type { RpcCallOptions, RpcClient, RpcClientOptions } from './client-types.ts'
import { decodeHandshakeResponse, encodeHandshakeRequest } from './handshake.ts'
import { PeerProtocols } from './peer-protocols.ts'
import { connectionLost, type RpcTransport } from './transport.ts'
import type { TypedProtocol } from './typed.ts'
import { type ValueForm, valueForm } from './value-form.ts'

/**
 * Calls a server of a protocol (Apache Avro 1.12, "Protocol Wire Format"). The server may have an older or a newer one: it reads our
 * requests as its own, and its responses and errors are read here as ours. Values keep the unknown fields that they came with.
 */
export function createRpcClient<L, const O extends AvroChoices = NoOptions>(
  protocol: TypedProtocol<L>,
  transport: RpcTransport,
  options?: O & RpcClientOptions,
): RpcClient<L, O> {
  return new Client(protocol, transport, options ?? {}) as RpcClient as RpcClient<L, O>
}

/** The server's protocol, and the hash that it goes by. */
interface Remote {
  readonly hash: string
  readonly protocol: Protocol
}

/** A request, written; `isOneWay` as the server is told. */
interface Outgoing {
  readonly message: ProtocolMessage
  readonly isOneWay: boolean
  readonly payload: Buffer
}

/** A reply behind its handshake, and the protocol that wrote it. */
interface Answer {
  readonly tap: Tap
  readonly remote: Protocol
}

/** Servers behind one address may be of several versions while they are upgraded. */
const REMEMBERED_SERVERS = 8

const STANDARD_TIMEOUT = 30_000

/** A timer of Node's that is longer fires at once. */
const LONGEST_TIMER = 2 ** 31 - 1

class Client implements RpcClient {
  readonly protocol: Protocol
  /** What the server takes us for. */
  readonly #wire: Protocol
  readonly #transport: RpcTransport
  readonly #options: RpcClientOptions
  readonly #form: ValueForm
  readonly #servers: PeerProtocols
  readonly #closed: AbortController = new AbortController()
  #remote: Remote
  #isMet = false
  #connected: Promise<void> | undefined

  constructor(protocol: Protocol, transport: RpcTransport, options: RpcClientOptions) {
    this.protocol = protocol
    this.#transport = transport
    this.#options = options
    this.#form = valueForm(options)
    this.#wire = options.wireProtocol ?? protocol
    const guess = options.remote ?? this.#wire
    this.#servers = new PeerProtocols(this.#wire, REMEMBERED_SERVERS, [guess])
    this.#remote = { hash: guess.md5, protocol: guess }
  }

  get remote(): Protocol | undefined {
    return this.#isMet ? this.#remote.protocol : undefined
  }

  async call(name: string, request?: unknown, options: RpcCallOptions = {}): Promise<unknown> {
    const message = this.protocol.messages[name]
    if (message === undefined) throw new EvolveError('invalid-options', `protocol ${this.protocol.name} has no message ${name}`)
    const sent = this.#wire.messages[name]
    if (sent === undefined) throw new EvolveError('incompatible-schemas', `the protocol spoken has no message ${name}`)
    const payload = encodeRequest(sent, message, request, options.metadata ?? {}, this.#form)
    return this.#withDeadline(options, name, (signal) => this.#call({ message, isOneWay: sent.oneWay, payload }, signal, options))
  }

  async ping(options: Pick<RpcCallOptions, 'signal' | 'timeoutMs'> = {}): Promise<void> {
    await this.#withDeadline(options, 'ping', async (signal) => {
      if (!this.#transport.stateful) return void (await this.#shake(encodePing(), signal))
      const isFirst = this.#connected === undefined
      await this.#connect()
      signal.throwIfAborted()
      // The handshake was sign enough.
      if (isFirst) return
      await this.#transport.exchange(encodePing(), { reply: true, signal })
    })
  }

  close(): void {
    this.#closed.abort(connectionLost('the client was closed'))
    this.#transport.close()
  }

  async #call(request: Outgoing, signal: AbortSignal, options: RpcCallOptions): Promise<unknown> {
    const { message } = request
    const answer = this.#transport.stateful ? await this.#ask(request, signal) : await this.#shake(request.payload, signal)
    if (answer === undefined) return undefined
    const reply = decodeReply(answer.tap, answer.remote.messages[message.name], message, this.#form)
    if ('error' in reply) throw reply.error
    options.onMetadata?.(reply.metadata)
    return message.oneWay ? undefined : reply.response
  }

  /** On a connection: behind its one handshake. */
  async #ask({ message, isOneWay, payload }: Outgoing, signal: AbortSignal): Promise<Answer | undefined> {
    await this.#connect()
    signal.throwIfAborted()
    const remote = this.#remote.protocol
    const theirs = remote.messages[message.name]
    if (theirs === undefined) throw new EvolveError('incompatible-schemas', `the server has no message ${message.name}`)
    if (theirs.oneWay !== isOneWay) {
      throw new EvolveError('incompatible-schemas', `message ${message.name} is one-way for one side only`)
    }
    const reply = await this.#transport.exchange(payload, { reply: !isOneWay, signal })
    return reply === undefined ? undefined : { tap: tapOf(reply), remote }
  }

  /** The handshake of a connection. It is nobody's call: whoever gives up waiting, it goes on for the others. */
  #connect(): Promise<void> {
    this.#connected ??= this.#shake(encodePing(), this.#closed.signal).then(
      () => undefined,
      (error: unknown) => {
        this.#transport.close()
        throw error
      },
    )
    return this.#connected
  }

  /** Sends a message behind a handshake, a second time with our protocol if the server does not know it: it did nothing the first time. */
  async #shake(payload: Buffer, signal: AbortSignal): Promise<Answer> {
    const { md5, text } = this.#wire
    let assumed = this.#remote
    for (const clientProtocol of [null, text]) {
      const handshake = encodeHandshakeRequest({ clientHash: md5, clientProtocol, serverHash: assumed.hash })
      const reply = await this.#transport.exchange(Buffer.concat([handshake, payload]), { reply: true, signal })
      signal.throwIfAborted()
      if (reply === undefined) break
      const tap = tapOf(reply)
      const { match, serverHash, serverProtocol } = decodeHandshakeResponse(tap)
      if (serverHash !== null && serverProtocol !== null) {
        assumed = { hash: serverHash, protocol: this.#servers.take(serverHash, serverProtocol) }
      } else if (match === 'CLIENT') {
        throw new EvolveError('handshake-failed', 'the server does not say which protocol it has')
      }
      this.#remote = assumed
      if (match === 'NONE') continue
      this.#isMet = true
      return { tap, remote: assumed.protocol }
    }
    throw new EvolveError('handshake-failed', 'the server does not take the protocol of this client')
  }

  /** Runs a call until its deadline, its signal or the end of the client, whichever is first; then nothing of it is left. */
  async #withDeadline<T>(
    options: Pick<RpcCallOptions, 'signal' | 'timeoutMs'>,
    name: string,
    run: (signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    const timeoutMs = options.timeoutMs ?? this.#options.timeoutMs ?? STANDARD_TIMEOUT
    if (!(timeoutMs > 0)) throw new EvolveError('invalid-options', `timeoutMs is above 0, not ${timeoutMs}`)
    const { controller, release } = following(options.signal, this.#closed.signal)
    const late = (): void => controller.abort(new EvolveError('call-timeout', `no reply to ${name} within ${timeoutMs} ms`))
    const timer = timeoutMs === Number.POSITIVE_INFINITY ? undefined : setTimeout(late, Math.min(timeoutMs, LONGEST_TIMER))
    try {
      controller.signal.throwIfAborted()
      return await orAborted(run(controller.signal), controller.signal)
    } finally {
      clearTimeout(timer)
      release()
    }
  }
}

function tapOf(bytes: Uint8Array): Tap {
  return new Tap(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength))
}
