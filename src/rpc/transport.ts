import { EvolveError } from '../errors.ts'

/** How one message is sent. */
export interface RpcExchange {
  /** Whether a reply is to come. */
  readonly reply: boolean
  /** Aborts when nobody waits for the reply any more. */
  readonly signal: AbortSignal
}

/** Carries messages of a client to a server, without looking into them. */
export interface RpcTransport {
  /** A connection, on which one handshake holds for all that follows; otherwise every message brings its own. */
  readonly stateful: boolean
  /**
   * Sends a message, gives its reply (`undefined` where none is to come). Settles once.
   * @throws EvolveError `connection-lost` when the connection ended first; the signal's reason.
   */
  exchange(message: Uint8Array, exchange: RpcExchange): Promise<Uint8Array | undefined>
  /** Lets go of the connection; what waits for a reply is told. */
  close(): void
}

/** A stateless transport from a function that gets the reply to a message, both without framing: for any other way to ask a server. */
export function statelessTransport(ask: (message: Uint8Array, signal: AbortSignal) => Promise<Uint8Array>): RpcTransport {
  return { stateful: false, exchange: (message, { signal }) => ask(message, signal), close: () => undefined }
}

/** What a call ends with when its connection did. */
export function connectionLost(problem: string, cause?: unknown): EvolveError {
  return new EvolveError('connection-lost', problem, {}, cause)
}
