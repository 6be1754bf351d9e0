import type { Seen } from './fingerprint.ts'

/** What the books say when the rolling upgrade is over. */
export interface Balance {
  /** Orders that the writers wrote. */
  readonly written: number
  /** Of these, how many audit found (each counted once). */
  readonly audited: number
  /** Written and never found, or found with a field changed that nobody was to change. */
  readonly lost: number
  /** Found and never written. */
  readonly invented: number
  /** Further copies of an order: what at-least-once delivery allows when a group is rebalanced. */
  readonly repeated: number
  /** The two parts of `lost`. */
  readonly missing: number
  readonly altered: number
  /** Up to five of the orders that are lost or invented. */
  readonly examples: readonly string[]
}

type Entry = { readonly written: Seen; copies: number; intact: boolean }
const keptExamples = 5

/** Double-entry bookkeeping of orders: what writers say they wrote against what audit says it read, in whatever order they say it. */
export class Ledger {
  readonly #entries = new Map<string, Entry>()
  /** Audited before the writer's own report came in. */
  readonly #early = new Map<string, Seen[]>()
  #audited = 0

  /** Orders that a writer wrote. */
  write(orders: readonly Seen[]): void {
    for (const order of orders) {
      const entry: Entry = { written: order, copies: 0, intact: true }
      this.#entries.set(order.id, entry)
      for (const found of this.#early.get(order.id) ?? []) this.#match(entry, found)
      this.#early.delete(order.id)
    }
  }

  /** Orders that audit read. */
  audit(orders: readonly Seen[]): void {
    for (const order of orders) {
      const entry = this.#entries.get(order.id)
      if (entry !== undefined) this.#match(entry, order)
      else this.#early.set(order.id, [...(this.#early.get(order.id) ?? []), order])
    }
  }

  /** Orders written so far. */
  get written(): number {
    return this.#entries.size
  }

  /** Different orders audited so far. */
  get audited(): number {
    return this.#audited
  }

  /** The balance now; what was audited and not yet written counts as invented. */
  balance(): Balance {
    const entries = [...this.#entries.values()]
    const missing = entries.filter((entry) => entry.copies === 0)
    const altered = entries.filter((entry) => !entry.intact)
    const invented = [...this.#early.values()]
    return {
      written: entries.length,
      audited: this.#audited,
      lost: missing.length + altered.length,
      invented: invented.length,
      repeated: sum([...entries.map((entry) => Math.max(0, entry.copies - 1)), ...invented.map((copies) => copies.length - 1)]),
      missing: missing.length,
      altered: altered.length,
      examples: [
        ...missing.map((entry) => `${entry.written.id} never arrived`),
        ...altered.map((entry) => `${entry.written.id} arrived altered`),
        ...[...this.#early.keys()].map((id) => `${id} was never written`),
      ].slice(0, keptExamples),
    }
  }

  #match(entry: Entry, found: Seen): void {
    if (entry.copies === 0) this.#audited++
    entry.copies++
    const same = found.known === entry.written.known && found.newer === entry.written.newer
    // every order was to be paid on its way
    if (!same || found.status !== 'paid') entry.intact = false
  }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}
