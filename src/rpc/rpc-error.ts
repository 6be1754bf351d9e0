import { EvolveError, isEvolveError } from '../errors.ts'
import type { RpcMetadata } from './metadata.ts'

/**
 * An error that travels: a client gets it when the server answered with one, a handler throws it to answer with one (Apache Avro 1.12,
 * "Messages", on errors). Its code is `remote-error`.
 */
export class RpcError extends EvolveError {
  /** Full name of the declared error; `'string'` for any failure that is not declared. A handler may give the name without namespace. */
  readonly errorName: string
  /** The declared error's record; the text of one that is not declared. */
  readonly value: unknown
  /** Metadata of the answer that brought the error. */
  readonly metadata: RpcMetadata

  constructor(errorName: string, value: unknown, metadata: RpcMetadata = {}) {
    super('remote-error', errorName === 'string' ? `the call failed: ${String(value).slice(0, 1000)}` : `the call failed with ${errorName}`)
    this.errorName = errorName
    this.value = value
    this.metadata = metadata
  }
}

/** True for an {@link RpcError}, also one of another copy of this package: `error.errorName` tells which. */
export function isRpcError(error: unknown): error is RpcError {
  return isEvolveError(error) && error.code === 'remote-error' && 'errorName' in error
}
