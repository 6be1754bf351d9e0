import { EvolveError, isEvolveError } from '../../errors.ts'
import { BoundedMap } from '../../schema/bounded-map.ts'

/** What a question was about, so that a registration can take its refusal back. */
export interface About {
  readonly subject?: string | undefined
  readonly id?: number | undefined
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

  get size(): number {
    return this.#refusals.size
  }

  /** What the registry answered to this, if that still holds, as an error of its own for each caller. */
  find(key: string, now: number): EvolveError | undefined {
    const refusal = this.#refusals.get(key)
    if (refusal === undefined) return undefined
    if (now >= refusal.until) {
      this.#refusals.delete(key)
      return undefined
    }
    const { code, problem, details, cause } = refusal.error
    return new EvolveError(code, problem, details, cause)
  }

  /** Remembers the error where it is an answer, not a failure to get one. */
  note(key: string, about: About, error: unknown, now: number): void {
    if (this.#keepMs > 0 && isAnswer(error, about)) this.#refusals.set(key, { error, about, until: now + this.#keepMs })
  }

  clear(): void {
    this.#refusals.clear()
  }

  /** Forgets what was said of this subject or this ID. */
  takeBack(subject: string, id?: number): void {
    this.#refusals.deleteWhere(({ about }) => about.subject === subject || (id !== undefined && about.id === id))
  }
}

/** Whether the registry has said that something is not there. Time-outs, outages and unusable answers say nothing. */
export function isRefusal(error: unknown): error is EvolveError {
  if (!isEvolveError(error)) return false
  const { code } = error
  return code === 'schema-not-found' || code === 'subject-not-found' || code === 'version-not-found' || code === 'schema-not-in-subject'
}

/** The text under an ID is what it is, also where it is no schema; of others it may be said for what it refers to, and that may come. */
function isAnswer(error: unknown, { id }: About): error is EvolveError {
  return isRefusal(error) || (id !== undefined && isEvolveError(error) && error.code === 'invalid-schema')
}
