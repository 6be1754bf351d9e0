import { isStamped } from './keys.ts'

/**
 * Which records of the topic say something that counts, by the bytes of their keys, and which say nothing any more: those may be taken out of the topic
 * (with a record of the same key and no value) without any change of meaning, now or whatever is compacted when.
 */
export class RecordKeys {
  readonly #lists = new Map<string, string[]>()
  readonly #spent = new Set<string>()
  /** Those of the spent ones that have no stamp, by what they were about. */
  readonly #foreign = new Map<string, string[]>()
  /** Spent too, but to go first: see {@link RecordKeys.spendFirst}. */
  readonly #spentFirst = new Set<string>()

  /** The key of the record that counts for a thing: the last one that did. */
  current(thing: string): string | undefined {
    return this.#lists.get(thing)?.at(-1)
  }

  /** One more record about a thing, the one that counts from now on. */
  add(thing: string, key: string): void {
    const keys = this.#lists.get(thing) ?? []
    this.#lists.set(thing, [...this.#back(thing, key), ...keys.filter((one) => one !== key), key])
  }

  /** Only the record that counts says something about a thing. */
  spendEarlier(thing: string): void {
    const keys = this.#lists.get(thing) ?? []
    this.#lists.set(thing, keys.slice(-1))
    this.#spendThose(thing, keys.slice(0, -1))
  }

  /** No record says anything about a thing any more. */
  spendAll(thing: string): void {
    this.#spendThose(thing, this.#lists.get(thing) ?? [])
    this.#lists.delete(thing)
  }

  /** A record that never said anything. */
  spend(key: string): void {
    this.#spent.add(key)
  }

  /** As {@link RecordKeys.spendAll}; but these have to go before all others, as they would come to count if those went first. */
  spendFirst(thing: string): void {
    for (const key of this.#lists.get(thing) ?? []) this.#spentFirst.add(key)
    this.#lists.delete(thing)
  }

  /** The records with this key are gone from the topic, or will be. */
  gone(key: string, thing: string | undefined): void {
    this.#spent.delete(key)
    this.#spentFirst.delete(key)
    const keys = thing === undefined ? undefined : this.#lists.get(thing)
    if (thing === undefined || keys === undefined) return
    const left = keys.filter((one) => one !== key)
    if (left.length === 0) this.#lists.delete(thing)
    else this.#lists.set(thing, left)
  }

  #spendThose(thing: string, keys: readonly string[]): void {
    for (const key of keys) this.#spent.add(key)
    const foreign = keys.filter((key) => !isStamped(key))
    if (foreign.length > 0) this.#foreign.set(thing, [...(this.#foreign.get(thing) ?? []), ...foreign])
  }

  /**
   * A record of another registry makes a thing anew of which records were spent. To take one of those out would now say that the thing is gone: that registry
   * may spell its key in another way.
   */
  #back(thing: string, key: string): readonly string[] {
    this.#spent.delete(key)
    const foreign = this.#foreign.get(thing)
    if (foreign === undefined || isStamped(key)) return []
    this.#foreign.delete(thing)
    const back = foreign.filter((one) => one !== key && this.#spent.has(one))
    for (const one of back) this.#spent.delete(one)
    return back
  }

  /** How many records could be taken out. */
  get spentCount(): number {
    return this.#spent.size + this.#spentFirst.size
  }

  /** The keys of records to take out, in the order in which they have to go; at most so many. */
  spent(most: number): readonly string[] {
    const keys: string[] = []
    for (const set of [this.#spentFirst, this.#spent]) for (const key of set) if (keys.length < most) keys.push(key)
    return keys
  }
}
