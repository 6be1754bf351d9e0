import { BoundedMap } from '../../schema/bounded-map.ts'
import { isRefusal } from './refusals.ts'

/** How long an expired value is given out before the registry, which failed to answer, is asked again. Milliseconds. */
const retryMs = 5_000

interface Held<T> {
  readonly value: T
  until: number
  /** The last attempt to renew it failed. */
  failing: boolean
  renewing: boolean
}

/** How long values are good. Milliseconds. */
export interface Freshness {
  readonly keepMs: number
  /** How long after that they are given out while a new one is fetched. */
  readonly graceMs: number
  readonly now: () => number
}

/** Told what becomes of a question. */
export interface FreshWatcher {
  hit(): void
  stale(): void
  refresh(): void
}

/** Values that change: good for a time, and after it as long as the registry cannot say anything newer. */
export class FreshValues<T> {
  readonly #held: BoundedMap<string, Held<T>>
  readonly #freshness: Freshness

  constructor(limit: number, freshness: Freshness) {
    this.#held = new BoundedMap(limit)
    this.#freshness = freshness
  }

  get size(): number {
    return this.#held.size
  }

  /** The value held if it is fresh, else what `renew` gives, else (it fails without an answer) the value held. In its time of grace nobody waits. */
  async get(
    key: string,
    signal: AbortSignal | undefined,
    watcher: FreshWatcher,
    renew: (signal: AbortSignal | undefined) => Promise<T>,
  ): Promise<T> {
    const held = this.#held.get(key)
    if (held === undefined) return renew(signal)
    const now = this.#freshness.now()
    if (now < held.until) {
      // During an outage the time of an old value is put off, which does not make it new.
      if (held.failing) watcher.stale()
      else watcher.hit()
      return held.value
    }
    if (!held.failing && now >= held.until + this.#freshness.graceMs) return this.#renew(key, held, signal, watcher, renew)
    watcher.stale()
    if (held.renewing) return held.value
    held.renewing = true
    watcher.refresh()
    void this.#renew(key, held, undefined, undefined, renew).catch(() => undefined)
    return held.value
  }

  /** Holds a value that the registry just gave. */
  set(key: string, value: T): void {
    const { keepMs, now } = this.#freshness
    if (keepMs > 0) this.#held.set(key, { value, until: now() + keepMs, failing: false, renewing: false })
  }

  delete(key: string): void {
    this.#held.delete(key)
  }

  clear(): void {
    this.#held.clear()
  }

  async #renew(
    key: string,
    held: Held<T>,
    signal: AbortSignal | undefined,
    watcher: FreshWatcher | undefined,
    renew: (signal: AbortSignal | undefined) => Promise<T>,
  ): Promise<T> {
    try {
      return await renew(signal)
    } catch (error) {
      if (signal?.aborted === true) throw error
      if (isRefusal(error)) {
        if (this.#held.get(key) === held) this.#held.delete(key)
        throw error
      }
      held.failing = true
      held.until = this.#freshness.now() + Math.min(this.#freshness.keepMs, retryMs)
      watcher?.stale()
      return held.value
    } finally {
      held.renewing = false
    }
  }
}
