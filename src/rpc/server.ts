import type { AvroChoices } from '../codec/avro/choices.ts'
import { EvolveError, isEvolveError } from '../errors.ts'
import type { NoOptions } from '../schema/literal.ts'
import type { Protocol, ProtocolMessage } from '../schema/protocol-types.ts'
import { Tap } from '../wire/tap.ts'
import { decodeRequest, decodeRequestHead, encodeError, encodeResponse, encodeTextError } from './call-format.ts'
import { frameMessage, maxMessageBytes, readMessage, unframeMessage } from './framing.ts'
import { decodeHandshakeRequest, encodeHandshakeResponse } from './handshake.ts'
import { PeerProtocols } from './peer-protocols.ts'
import type { RpcCall } from './rpc-call.ts'
import { isRpcError } from './rpc-error.ts'
import { serveStream } from './serve-stream.ts'
import type { RpcHandler, RpcHandlers, RpcServer, RpcServerOptions, RpcSession } from './server-types.ts'
import type { TypedProtocol } from './typed.ts'
import { type ValueForm, valueForm } from './value-form.ts'

/**
 * Answers calls of a protocol (Apache Avro 1.12, "Protocol Wire Format"). Clients may have an older or a newer one: requests are read as
 * ours, clients read our responses as theirs. Values keep the unknown fields that they came with.
 * @throws EvolveError `invalid-options` when a handler has no message.
 */
export function createRpcServer<L, const O extends AvroChoices = NoOptions>(
  protocol: TypedProtocol<L>,
  handlers: RpcHandlers<L, O>,
  options?: O & RpcServerOptions,
): RpcServer {
  for (const name of Object.keys(handlers)) {
    if (protocol.messages[name] === undefined) throw new EvolveError('invalid-options', `protocol ${protocol.name} has no message ${name}`)
  }
  return new Server(protocol, handlers as RpcHandlers, options ?? {})
}

/** A request, read; `handshake` is what stands in front of the reply. */
interface Incoming {
  readonly handshake: Buffer
  readonly ours: ProtocolMessage
  readonly request: unknown
  readonly call: RpcCall
  /** The client waits for no reply. */
  readonly silent: boolean
}

const EMPTY = Buffer.alloc(0)

/** Characters of what is said to a client about its request. */
const LONGEST_TEXT = 1000

/** The response to a ping: no metadata, no error, null. */
const PONG = Buffer.of(0, 0)

class Server implements RpcServer {
  readonly protocol: Protocol
  readonly #handlers: ReadonlyMap<string, RpcHandler>
  readonly #options: RpcServerOptions
  readonly #form: ValueForm
  readonly #clients: PeerProtocols
  readonly #limit: number

  constructor(protocol: Protocol, handlers: RpcHandlers, options: RpcServerOptions) {
    this.protocol = protocol
    this.#handlers = new Map(Object.entries(handlers))
    this.#options = options
    this.#form = valueForm(options)
    this.#clients = new PeerProtocols(protocol, options.rememberedClients ?? 64, options.knownClients)
    this.#limit = Math.min(options.maxMessageBytes ?? maxMessageBytes, maxMessageBytes)
  }

  async handle(
    message: Uint8Array,
    session: RpcSession = {},
    signal: AbortSignal = new AbortController().signal,
  ): Promise<Buffer | undefined> {
    // Up to the handler nothing waits: messages of one session are read in the order in which they came.
    const incoming = this.#read(message, session, signal)
    if (Buffer.isBuffer(incoming)) return incoming
    if (incoming === undefined) return undefined
    const reply = await this.#carryOut(incoming)
    return incoming.silent ? undefined : this.#bounded(Buffer.concat([incoming.handshake, reply]), incoming)
  }

  async handleBody(body: Uint8Array | AsyncIterable<Uint8Array>, signal?: AbortSignal): Promise<Buffer> {
    const message = body instanceof Uint8Array ? unframeMessage(body, this.#limit) : await readMessage(body, this.#limit)
    const reply = await this.handle(message, undefined, signal)
    return frameMessage(reply ?? EMPTY)
  }

  accept: RpcServer['accept'] = (stream, { framing = 'standard' } = {}) =>
    serveStream(stream, {
      framing,
      limit: this.#limit,
      concurrency: framing === 'netty' ? (this.#options.concurrency ?? 64) : 1,
      handle: (message, session, signal) => this.handle(message, session, signal),
      onError: (error) => this.#options.onError?.(error),
    })

  /** A request, or the reply where there is nothing to carry out. */
  #read(message: Uint8Array, session: RpcSession, signal: AbortSignal): Incoming | Buffer | undefined {
    if (message.length > this.#limit) {
      throw new EvolveError('limit-exceeded', `the message has ${message.length} bytes, ${this.#limit} are allowed`)
    }
    const tap = new Tap(Buffer.from(message.buffer, message.byteOffset, message.byteLength))
    const wasConnected = session.remote !== undefined
    const handshake = session.remote === undefined ? this.#handshake(tap, session) : EMPTY
    const { remote } = session
    if (remote === undefined) return handshake
    let silent = false
    try {
      const { metadata, name } = decodeRequestHead(tap)
      if (name === '') return Buffer.concat([handshake, PONG])
      const theirs = remote.messages[name]
      const ours = this.protocol.messages[name]
      silent = wasConnected && theirs?.oneWay === true
      if (theirs === undefined) throw new EvolveError('malformed-data', 'the protocol of the client has no such message')
      if (ours === undefined) throw new EvolveError('incompatible-schemas', `the server has no message ${name}`)
      if (wasConnected && theirs.oneWay !== ours.oneWay) {
        throw new EvolveError('incompatible-schemas', `message ${name} is one-way for one side only`)
      }
      const request = decodeRequest(tap, theirs, ours, this.#form)
      return { handshake, ours, request, silent, call: { message: name, metadata, replyMetadata: {}, remote, signal } }
    } catch (error) {
      this.#options.onError?.(error)
      const text = isEvolveError(error) ? error.message.slice(0, LONGEST_TEXT) : 'the request cannot be read'
      return silent ? undefined : Buffer.concat([handshake, encodeTextError(text)])
    }
  }

  /** Answers a handshake, and notes the client's protocol when it is known now. */
  #handshake(tap: Tap, session: RpcSession): Buffer {
    const { clientHash, clientProtocol, serverHash } = decodeHandshakeRequest(tap)
    const remote = clientProtocol === null ? this.#clients.get(clientHash) : this.#clients.take(clientHash, clientProtocol)
    if (remote !== undefined) session.remote = remote
    const { text, md5 } = this.protocol
    const match = remote === undefined ? 'NONE' : serverHash === md5 ? 'BOTH' : 'CLIENT'
    return encodeHandshakeResponse({ match, serverProtocol: match === 'BOTH' ? null : text, serverHash: match === 'BOTH' ? null : md5 })
  }

  async #carryOut({ ours, request, call }: Incoming): Promise<Buffer> {
    const handler = this.#handlers.get(ours.name)
    if (handler === undefined) return encodeTextError(`the server does not carry out ${ours.name}`)
    try {
      const response = await handler(request as never, call)
      return encodeResponse(ours, ours.oneWay ? null : response, call.replyMetadata, this.#form)
    } catch (error) {
      return this.#encodeFailure(error, ours, call)
    }
  }

  #encodeFailure(error: unknown, ours: ProtocolMessage, call: RpcCall): Buffer {
    try {
      if (isRpcError(error)) return encodeError(ours, error, call.replyMetadata, this.#form)
    } catch (problem) {
      this.#options.onError?.(problem, call)
      return encodeTextError(`${ours.name} failed`)
    }
    this.#options.onError?.(error, call)
    return encodeTextError(`${ours.name} failed`)
  }

  #bounded(reply: Buffer, incoming: Incoming): Buffer {
    if (reply.length <= this.#limit) return reply
    const error = new EvolveError('limit-exceeded', `the reply has ${reply.length} bytes, ${this.#limit} are allowed`)
    this.#options.onError?.(error, incoming.call)
    return Buffer.concat([incoming.handshake, encodeTextError(`the reply of ${incoming.ours.name} is too large`)])
  }
}
