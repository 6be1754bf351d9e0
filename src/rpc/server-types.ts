import type { NoOptions } from '../schema/literal.ts'
import type { Protocol } from '../schema/protocol-types.ts'
import type { ByteStream } from './byte-stream.ts'
import type { RpcFraming } from './framing.ts'
import type { RpcCall } from './rpc-call.ts'
import type { HandlersOf, IsOpen } from './typed.ts'
import type { ValueOptions } from './value-form.ts'

/**
 * Carries a message out. What it returns is the response; an `RpcError` that it throws is the error, declared or (`'string'`) not. Of
 * anything else that it throws the client learns only that it failed.
 */
export type RpcHandler = (request: never, call: RpcCall) => unknown

/** Handlers by message name, each the object's own property. A message without one is answered with an error. */
export type RpcHandlers<L = unknown, O = NoOptions> = IsOpen<L> extends true ? Readonly<Record<string, RpcHandler>> : HandlersOf<L, O>

export interface RpcServerOptions extends ValueOptions {
  /** Protocols of clients that are known beforehand: those clients need not send theirs. */
  readonly knownClients?: readonly Protocol[]
  /** Protocols of clients to remember, so that they are not sent again. Default 64. */
  readonly rememberedClients?: number
  /** Calls in progress on one connection; no more is read until one is done. Standard framing always carries out one. Default 64. */
  readonly concurrency?: number
  /** The most bytes of a message, either way. Default and highest 16 MiB. */
  readonly maxMessageBytes?: number
  /** Told what went wrong in a handler, and why a connection was closed. Must not throw. */
  readonly onError?: (error: unknown, call?: RpcCall) => void
}

/** What a server knows of one connection: begin with `{}`, give the same object with every message of the connection. */
export interface RpcSession {
  /** The client's protocol, after the handshake. */
  remote?: Protocol
}

/** A connection that a server serves. */
export interface RpcConnection {
  /** Resolves, never rejects, when the connection has ended. */
  readonly closed: Promise<void>
  /** Ends the connection; replies in progress are not sent. */
  close(): void
}

export interface RpcServer {
  readonly protocol: Protocol
  /**
   * Takes a message without framing, gives the reply to send back; `undefined` after a one-way message on a connection. Without a session
   * every message brings a handshake. With one, call in the order in which the messages came; replies may be ready in another.
   * @throws EvolveError `handshake-failed`, `limit-exceeded` where no reply can be given: close the connection, or answer 400.
   */
  handle(message: Uint8Array, session?: RpcSession, signal?: AbortSignal): Promise<Buffer | undefined>
  /**
   * The same for the body of an HTTP request and of its answer (type `avro/binary`), in standard framing. A request itself will do as body:
   * no more of it is read than a message may have.
   * @throws EvolveError `handshake-failed`, `truncated-frame`, `malformed-data`, `limit-exceeded`: answer 400.
   */
  handleBody(body: Uint8Array | AsyncIterable<Uint8Array>, signal?: AbortSignal): Promise<Buffer>
  /** Serves a connection until it ends. Damaged bytes close it. */
  accept(stream: ByteStream, options?: { readonly framing?: RpcFraming }): RpcConnection
}
