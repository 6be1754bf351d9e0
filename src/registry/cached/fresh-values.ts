import { BoundedMap } from '../../schema/bounded-map.ts'
import { isRefusal } from './refusals.ts'

/** How long an expired value is given out before the registry, which failed to answer, is asked again. Milliseconds. */
const retryMs = 5_000

interface Held<T> {
  readonly value: T
  until: number
  /** The last attempt to renew it failed. */
  failing: boolean
}

/** Values that change: good for a time, and after it as long as the registry cannot say anything newer. */
export class FreshValues<T> {
  readonly #held: BoundedMap<string, Held<T>>
  readonly #keepMs: number
  readonly #now: () => number

  constructor(limit: number, keepMs: number, now: () => number) {
    this.#held = new BoundedMap(limit)
    this.#keepMs = keepMs
    this.#now = now
  }

  /** The value held if it is fresh, else what `renew` gives, else (it fails without an answer) the value held. */
  async get(key: string, signal: AbortSignal | undefined, renew: (signal: AbortSignal | undefined) => Promise<T>): Promise<T> {
    const held = this.#held.get(key)
    if (held === undefined) return renew(signal)
    if (this.#now() < held.until) return held.value
    if (!held.failing) return this.#renew(key, held, signal, renew)
    // During an outage nobody waits for the time-out: the next attempt goes on behind their backs.
    this.#hold(held)
    void this.#renew(key, held, undefined, renew).catch(() => undefined)
    return held.value
  }

  /** Holds a value that the registry just gave. */
  set(key: string, value: T): void {
    if (this.#keepMs > 0) this.#held.set(key, { value, until: this.#now() + this.#keepMs, failing: false })
  }

  delete(key: string): void {
    this.#held.delete(key)
  }

  async #renew(
    key: string,
    held: Held<T>,
    signal: AbortSignal | undefined,
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
      this.#hold(held)
      return held.value
    }
  }

  #hold(held: Held<T>): void {
    held.failing = true
    held.until = this.#now() + Math.min(this.#keepMs, retryMs)
  }
}
