import type { StoreChange } from '../state/changes.ts'
import type { SchemaStore } from '../state/store.ts'

/** What a record takes beside the text of a schema, about. */
const bytesOfRecord = 80

/** How much of a log says nothing any more. An estimate: how much it really is shows when the log is written anew. */
export class LogWaste {
  readonly #bound: number
  #records = 0
  /** Bytes of texts that are in the log and in no version. */
  #gone = 0
  /** What was waste at most when it was last counted, in bytes. */
  #counted = 0
  /** Records and bytes that came since. */
  #since = 0

  /** `bound` in bytes. */
  constructor(bound: number) {
    this.#bound = bound
  }

  /** A change that is written down, before it is made. */
  note(store: SchemaStore, change: StoreChange): void {
    this.#records += 1
    this.#since += bytesOfRecord
    if (change.type !== 'purge') return
    let gone = 0
    for (const { version, text } of store.entries(change.subject, true)) if (change.versions.includes(version)) gone += text.length
    this.#gone += gone
    this.#since += gone
  }

  /** Whether the log is worth being written anew: the bound is reached, and a third of the log, which pays for the writing. */
  isDue(store: SchemaStore, size: number): boolean {
    const bound = Math.max(this.#bound, size / 3)
    // Nothing is counted while it cannot be enough.
    if (this.#counted + this.#since < bound) return false
    let needed = 0
    for (const _ of store.history()) needed += 1
    this.#counted = this.#gone + bytesOfRecord * Math.max(0, this.#records - needed)
    this.#since = 0
    return this.#counted >= bound
  }

  /** The log could not be written anew: not again before as much has come together once more. */
  postpone(): void {
    this.#counted = 0
    this.#since = 0
  }

  /** The log was written anew, with so many records. */
  reset(records: number): void {
    this.#records = records
    this.#gone = 0
    this.#counted = 0
    this.#since = 0
  }
}
