import { EvolveError, isEvolveError } from '../../errors.ts'
import { BoundedMap } from '../../schema/bounded-map.ts'

/** What a question was about, so that a registration can take its refusal back. */
export interface About {
  readonly subject?: string
  readonly id?: number
}

interface Refusal {
  readonly error: EvolveError
  readonly about: About
  readonly until: number
}

/** Remembers for a while what the registry said is not there. */
export class Refusals {
  readonly #refusals: BoundedMap<string, Refusal>
  readonly #keepMs: number

  constructor(limit: number, keepMs: number) {
    this.#refusals = new BoundedMap(limit)
    this.#keepMs = keepMs
  }

  /** Throws what the registry answered to this, if that still holds. */
  check(key: string, now: number): void {
    const refusal = this.#refusals.get(key)
    if (refusal === undefined) return
    if (now >= refusal.until) {
      this.#refusals.delete(key)
      return
    }
    const { code, problem, details, cause } = refusal.error
    throw new EvolveError(code, problem, details, cause)
  }

  /** Remembers the error where it is an answer, not a failure to get one. */
  note(key: string, about: About, error: unknown, now: number): void {
    if (this.#keepMs > 0 && isRefusal(error)) this.#refusals.set(key, { error, about, until: now + this.#keepMs })
  }

  /** Forgets what was said of this subject or this ID. */
  takeBack(subject: string, id: number): void {
    this.#refusals.deleteWhere(({ about }) => about.subject === subject || about.id === id)
  }
}

/** Whether the registry has said that something is not there. Time-outs, outages and unusable answers say nothing. */
export function isRefusal(error: unknown): error is EvolveError {
  if (!isEvolveError(error)) return false
  const { code } = error
  return code === 'schema-not-found' || code === 'subject-not-found' || code === 'version-not-found' || code === 'schema-not-in-subject'
}
