import { type ErrorCode, type EvolveError, isEvolveError } from '../errors.ts'

const outages: ReadonlySet<ErrorCode> = new Set<ErrorCode>(['registry-unavailable', 'registry-timeout'])

/** Whether the error says that the registry cannot be asked at present: nothing about the message, and time may cure it. */
export function isOutage(error: unknown): error is EvolveError {
  return isEvolveError(error) && outages.has(error.code)
}

/** A partition that is paused because a schema cannot be looked up. */
export interface PausedPartition {
  readonly topic: string
  readonly partition: number
  /** Offset of the message that waits, in decimal; consumption goes on with it. */
  readonly offset: string
  /** The schema that is looked for, where the failure was that of a look-up. */
  readonly schemaId: number | undefined
  readonly since: Date
  /** How often the registry failed to answer. */
  readonly failures: number
  /** Code of the last failure; `undefined` while the first look-up takes its time. */
  readonly code: ErrorCode | undefined
}

/**
 * Full jitter (AWS, "Exponential Backoff And Jitter"): milliseconds from 0 to 200, 400, 800 … 5,000 before the next try; where more than 50 are
 * `sharing` the registry, up to so much that they come to 20 tries a second together.
 */
export function outageBackoff(failures: number, sharing: number): number {
  return Math.random() * Math.min(Math.max(5_000, 100 * sharing), 200 * 2 ** Math.min(failures, 20))
}
