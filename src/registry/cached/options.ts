import { EvolveError } from '../../errors.ts'

/** Options of {@link cachedRegistry}. */
export interface CachedRegistryOptions {
  /** Entries in each of the caches (schemas by ID, versions, look-ups, …); default 10,000. The one used longest ago makes room. */
  readonly maxEntries?: number
  /** Milliseconds for which "not there", and "no schema" of an ID, are believed; default 30,000. 0: not at all. */
  readonly negativeTtlMs?: number
  /** Milliseconds for which `latest` and `versions` are believed; default 60,000. 0: not at all. */
  readonly latestTtlMs?: number
  /**
   * Milliseconds after that in which they are still given out, at once, while the registry is asked anew behind the caller's back; default 60,000. 0: a
   * caller waits for the new answer.
   */
  readonly graceMs?: number
  /** A clock in milliseconds; default: one that never goes back. */
  readonly now?: () => number
}

/** The options with their defaults. @throws EvolveError `invalid-options`. */
export function checkedOptions(options: CachedRegistryOptions): Required<CachedRegistryOptions> {
  const { maxEntries = 10_000, negativeTtlMs = 30_000, latestTtlMs = 60_000, graceMs = 60_000, now = () => performance.now() } = options
  checkNumber('maxEntries', maxEntries, 1)
  checkNumber('negativeTtlMs', negativeTtlMs, 0)
  checkNumber('latestTtlMs', latestTtlMs, 0)
  checkNumber('graceMs', graceMs, 0)
  return { maxEntries, negativeTtlMs, latestTtlMs, graceMs, now }
}

function checkNumber(name: string, value: number, least: number): void {
  if (Number.isFinite(value) && value >= least) return
  throw new EvolveError('invalid-options', `${name} is ${String(value)}, not a number from ${least}`)
}
