import type { StoreChange } from '../state/changes.ts'
import type { SchemaStore } from '../state/store.ts'
import type { Decision } from '../store-registry.ts'
import type { AskedChange } from './asked-change.ts'
import { type JournalRow, type Position, rowOf } from './journal-row.ts'
import type { Replica } from './replica.ts'

/** At most so many rows, and characters of schemas, are written in one transaction: others read them while they hold the lock. One is always written. */
const maxRows = 50
const maxLength = 64 * 1024
/** Nor is longer decided at a time, in milliseconds: reads wait for it. */
const maxMs = 50

/** A row to write, and the change that it says. */
export interface PlannedRow {
  readonly row: JournalRow
  readonly change: StoreChange
}

/** What changes that were asked for come to, one after the other, from one state on. */
export interface Plan {
  /** Behind the last row that this state has. */
  readonly from: Position
  readonly rows: readonly PlannedRow[]
  /** Those that are planned; those that change nothing, or are refused, too. */
  readonly asked: readonly AskedChange[]
  /** Those that have to wait for another turn. */
  readonly left: readonly AskedChange[]
  /** Answers or refuses all of them, once the rows are taken in; with `onlyKnown` those alone that change nothing. */
  settle(store: SchemaStore, onlyKnown?: boolean): void
}

type Verdict = { readonly asked: AskedChange } & ({ readonly decision: Decision<() => void> } | { readonly error: unknown })

/**
 * Decides on changes in their order, each on the state that those before it lead to; the replica is left as it is. Behind a change that is no new version
 * nothing more is decided in this turn.
 */
export function planFor(asked: readonly AskedChange[], { store, position }: Replica, mostMs: number = maxMs): Plan {
  const began = performance.now()
  const verdicts: Verdict[] = []
  const rows: PlannedRow[] = []
  store.preview((add) => {
    let length = 0
    for (const one of asked) {
      if (verdicts.length > 0 && performance.now() - began > mostMs) break
      const verdict = verdictOn(one, store)
      const change = 'decision' in verdict ? verdict.decision.change : undefined
      if (change !== undefined) {
        const row = rowOf(change, rows.at(-1)?.row ?? position)
        length += row.body?.length ?? 0
        if (rows.length > 0 && (rows.length === maxRows || length > maxLength)) break
        rows.push({ row, change })
      }
      verdicts.push(verdict)
      if (change?.type === 'version') add(change.entry)
      else if (change !== undefined) break
    }
  })
  return {
    from: position,
    rows,
    asked: verdicts.map((verdict) => verdict.asked),
    left: asked.slice(verdicts.length),
    settle: (after, onlyKnown = false) => {
      for (const verdict of verdicts) {
        if ('decision' in verdict) {
          if (!onlyKnown || verdict.decision.change === undefined) verdict.asked.answer(verdict.decision.answer(after))
        } else if (!onlyKnown) verdict.asked.refuse(verdict.error)
      }
    },
  }
}

function verdictOn(asked: AskedChange, store: SchemaStore): Verdict {
  try {
    return { asked, decision: asked.decide(store) }
  } catch (error) {
    return { asked, error }
  }
}
