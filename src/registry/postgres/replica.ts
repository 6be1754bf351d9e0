import { EvolveError, isEvolveError } from '../../errors.ts'
import type { CompatibilityLevel } from '../compatibility/levels.ts'
import { readChange } from '../state/change-json.ts'
import { SchemaStore } from '../state/store.ts'
import { checkFollows, type JournalRow, journalStart, type Position, recordOf, withMeaning } from './journal-row.ts'

/** A row of the journal that this code does not know. It stays there. */
export interface UnknownRow {
  /** What its record says that it is. */
  readonly type: string
  /** Its number in the journal. */
  readonly seq: number
}

/** The state of a registry in memory, and how much of the journal it has seen. */
export class Replica {
  readonly store: SchemaStore
  readonly #onUnknown: (row: UnknownRow) => void
  #position: Position = journalStart

  constructor(firstId: number, level: CompatibilityLevel, onUnknown: (row: UnknownRow) => void) {
    this.store = new SchemaStore(firstId, level)
    this.#onUnknown = onUnknown
  }

  /** Behind the last row seen. */
  get position(): Position {
    return this.#position
  }

  /**
   * Takes rows in, in their order; those that were seen before are passed over. All at once: a schema that is purged in these rows is missing from
   * them, and nobody may look in between.
   * @throws EvolveError `registry-corrupt` when a row is missing, altered, or contradicts those before it; it and those behind it are not taken in.
   */
  take(rows: readonly JournalRow[]): void {
    for (const row of rows) {
      if (row.seq <= this.#position.seq) continue
      checkFollows(row, this.#position)
      this.#takeOne(row)
      this.#position = { seq: row.seq, chain: row.chain }
    }
  }

  #takeOne(row: JournalRow): void {
    try {
      const read = readChange(recordOf(row), this.store)
      if ('change' in read) {
        this.store.apply(withMeaning(read.change, row))
        for (const name of read.strangers) this.#onUnknown({ type: `${read.change.type} with '${name}'`, seq: row.seq })
      } else {
        // A later version of this code may know it. An ID that it names is taken.
        if (read.id !== undefined) this.store.reserve(read.id, read.context)
        this.#onUnknown({ type: read.unknown, seq: row.seq })
      }
    } catch (error) {
      if (isEvolveError(error) && error.code !== 'registry-corrupt') throw error
      const problem = isEvolveError(error) ? error.problem : String(error)
      throw new EvolveError('registry-corrupt', `row ${row.seq} of the journal: ${problem}`, {}, error)
    }
  }
}
