import type { Protocol } from '../schema/protocol-types.ts'
import type { RpcMetadata } from './metadata.ts'

/** What a handler is told besides the request. */
export interface RpcCall {
  readonly message: string
  /** What the client sent beside the request. */
  readonly metadata: RpcMetadata
  /** What goes back beside the reply: set entries in it. */
  readonly replyMetadata: Record<string, Uint8Array>
  /** The protocol of the client. */
  readonly remote: Protocol
  /** Aborts when the connection is gone, so that nobody waits for the reply. */
  readonly signal: AbortSignal
}
