/**
 * Which records of the topic say something that counts, by the bytes of their keys, and which say nothing any more: those may be taken out of the topic
 * (with a record of the same key and no value) without any change of meaning, now or whatever is compacted when.
 */
export class RecordKeys {
  readonly #lists = new Map<string, string[]>()
  readonly #spent = new Set<string>()
  /** Spent too, but to go first: see {@link RecordKeys.spendFirst}. */
  readonly #spentFirst = new Set<string>()

  /** The key of the record that counts for a thing: the last one that did. */
  current(thing: string): string | undefined {
    return this.#lists.get(thing)?.at(-1)
  }

  /** One more record about a thing, the one that counts from now on. */
  add(thing: string, key: string): void {
    const keys = this.#lists.get(thing)
    // A key without a stamp may come again.
    this.#spent.delete(key)
    if (keys === undefined) this.#lists.set(thing, [key])
    else if (keys.at(-1) !== key) keys.splice(0, keys.length, ...keys.filter((one) => one !== key), key)
  }

  /** Only the record that counts says something about a thing. */
  spendEarlier(thing: string): void {
    const keys = this.#lists.get(thing)
    for (const key of keys?.splice(0, keys.length - 1) ?? []) this.#spent.add(key)
  }

  /** No record says anything about a thing any more. */
  spendAll(thing: string): void {
    for (const key of this.#lists.get(thing) ?? []) this.#spent.add(key)
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
