import { EvolveError } from '../../errors.ts'
import { type AttemptLimits, attempt, Failure, type Inquiry } from './attempt.ts'
import type { Endpoints } from './endpoints.ts'
import { jitter, pause } from './pause.ts'

/** How a client talks: the options that hold for all its requests. */
export interface Manner extends AttemptLimits {
  readonly endpoints: Endpoints
  /** Rounds after the first. */
  readonly retries: number
  /** Milliseconds for a whole call. */
  readonly deadlineMs: number
}

/** The time that a call has. */
export interface Deadline {
  /** Aborted at its end, when the caller gives up, and when the client is closed. */
  readonly signal: AbortSignal
  /** Milliseconds that are left. */
  left(): number
}

/**
 * Asks each address once, and after a pause all of them again, until one answers; a definite answer, good or bad, ends it. Gives the JSON of a 200.
 * @throws EvolveError as `refusalError` says, `registry-unavailable`, `registry-timeout`, `registry-bad-answer`; the signal's reason when it is aborted.
 */
export async function exchange(manner: Manner, inquiry: Inquiry, deadline: Deadline): Promise<unknown> {
  for (let round = 0; ; round += 1) {
    const failures: Failure[] = []
    for (const endpoint of manner.endpoints.round()) {
      deadline.signal.throwIfAborted()
      try {
        const json = await attempt(manner, endpoint, inquiry, deadline.signal)
        manner.endpoints.answered(endpoint)
        return json
      } catch (error) {
        if (!(error instanceof Failure)) throw failures.length === 0 ? error : lateAfter(error, failures)
        if (!error.error.retryable) manner.endpoints.answered(endpoint)
        if (!error.again) throw error.error
        failures.push(error)
      }
    }
    const wait = Math.max(jitter(round), Math.min(...failures.map(({ retryAfterMs }) => retryAfterMs)))
    // A pause that ends after the call's time helps nobody: what is known is told now.
    if (round >= manner.retries || wait >= deadline.left()) throw together(failures)
    await pause(wait, deadline.signal)
  }
}

/** One error for a round in which nobody answered: that of the first address, with what the others said. */
function together(failures: readonly Failure[]): EvolveError {
  const [first, ...others] = failures.map(({ error }) => error)
  if (first === undefined) throw new EvolveError('internal', 'a registry without addresses was asked')
  if (others.length === 0) return first
  return new EvolveError(first.code, [first, ...others].map(({ problem }) => problem).join('; '), first.details, first.cause)
}

/** The end of a call's time says more with what happened before it. */
function lateAfter(error: unknown, failures: readonly Failure[]): unknown {
  if (!(error instanceof EvolveError) || error.code !== 'registry-timeout') return error
  return new EvolveError(error.code, `${error.problem}; before that, ${together(failures).problem}`, error.details)
}
