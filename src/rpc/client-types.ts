import type { NoOptions } from '../schema/literal.ts'
import type { Protocol } from '../schema/protocol-types.ts'
import type { RpcMetadata } from './metadata.ts'
import type { CallArguments, IsOpen, MessageName, ResponseToRead } from './typed.ts'
import type { ValueOptions } from './value-form.ts'

export interface RpcClientOptions extends ValueOptions {
  /** Milliseconds until a call is given up (`call-timeout`); `Infinity`: never. Default 30,000. */
  readonly timeoutMs?: number
  /** The server's protocol when it was last met ({@link RpcClient.remote}): it is not sent again if it is still that one. */
  readonly remote?: Protocol | undefined
  /**
   * The protocol that is spoken in place of ours; requests are still given, and replies still read, as ours. For a service that passes on
   * what a client of a newer protocol asked it (`call.remote`), with all that it does not know. Default: ours.
   */
  readonly wireProtocol?: Protocol
}

export interface RpcCallOptions {
  /** Gives the call up, with the signal's reason. The server may have begun with it. */
  readonly signal?: AbortSignal
  /** Milliseconds, in place of the client's. */
  readonly timeoutMs?: number
  /** Sent beside the request. */
  readonly metadata?: RpcMetadata
  /** Told what came beside the response; an error has it in `RpcError.metadata`. */
  readonly onMetadata?: (metadata: RpcMetadata) => void
}

/** A client of one protocol; `L` is its literal, `O` the options that shape values. */
export interface RpcClient<L = unknown, O = NoOptions> {
  readonly protocol: Protocol
  /** The server's protocol, after the first handshake. */
  readonly remote: Protocol | undefined
  /**
   * Calls a message, gives its response. A one-way message resolves with `undefined`: on a connection when it is handed over for sending, elsewhere when the
   * server has taken it. Settles once: with the reply, at its deadline, when its signal aborts, or when the connection ends.
   * @throws RpcError what the server answered. EvolveError `invalid-value` (nothing was sent), `invalid-options`, `connection-lost`,
   *   `call-timeout`, `handshake-failed`, `incompatible-schemas`, `malformed-data` and whatever reading the reply may throw.
   */
  call<Name extends MessageName<L>>(name: Name, ...rest: CallArguments<L, Name, O, RpcCallOptions>): Promise<Reply<L, Name, O>>
  /** Asks the server for nothing but an answer; makes the handshake where there was none. */
  ping(options?: Pick<RpcCallOptions, 'signal' | 'timeoutMs'>): Promise<void>
  /** Ends all calls with `connection-lost`, and closes the transport. */
  close(): void
}

type Reply<L, Name, O> = IsOpen<L> extends true ? unknown : ResponseToRead<L, Name, O>
