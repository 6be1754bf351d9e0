import { EvolveError } from '../../errors.ts'
import type { ListenerLimits } from './listener.ts'

/** How much and how long clients may take of a server. Times in milliseconds. */
export interface ServerLimits extends ListenerLimits {
  /** Longest body of a request, in bytes. */
  readonly maxBodyBytes: number
  /** Longest that the registry may take to answer. */
  readonly answerTimeoutMs: number
  /** Longest that running requests may take when the server is closed. */
  readonly graceMs: number
}

const defaults: ServerLimits = {
  headersTimeoutMs: 10_000,
  requestTimeoutMs: 30_000,
  keepAliveTimeoutMs: 30_000,
  maxConnections: 4_096,
  maxBodyBytes: 1024 * 1024,
  answerTimeoutMs: 30_000,
  graceMs: 2_000,
}
const names = Object.keys(defaults) as (keyof ServerLimits)[]
/** `setTimeout` takes no more. */
const maxNumber = 0x7fff_ffff

/** The limits in force. @throws EvolveError `invalid-options` for one that is no number from 1 to 2^31 - 1 (`graceMs`: from 0). */
export function limitsOf(given: Partial<ServerLimits>): ServerLimits {
  const limits = names.map((name) => [name, given[name] ?? defaults[name]] as const)
  for (const [name, value] of limits) {
    const isFine = Number.isInteger(value) && value >= (name === 'graceMs' ? 0 : 1) && value <= maxNumber
    if (!isFine) throw new EvolveError('invalid-options', `${name}: ${String(value)} is not an integer from 1 to ${maxNumber}`)
  }
  return Object.fromEntries(limits) as unknown as ServerLimits
}
