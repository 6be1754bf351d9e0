import { EvolveError } from '../../errors.ts'
import { collapsesHere } from '../../resolution/collapse.ts'
import type { Plan } from '../../resolution/plan.ts'
import { remember } from '../../schema/remember.ts'
import { sameWire } from '../../schema/same-wire.ts'
import type { Schema } from '../../schema/types.ts'
import { Tap } from '../../wire/tap.ts'
import { makePair } from './make-pair.ts'
import { minSize } from './min-size.ts'
import type { Pair } from './pair.ts'
import { encodePart } from './part.ts'
import { RAW } from './raw.ts'
import { losesSomething, ReadRun, read, readDatum } from './read.ts'
import type { WriteRun } from './write-run.ts'

const pairs = new WeakMap<Schema, WeakMap<Schema, Pair>>()

/**
 * Bytes of one type, a character for each, as bytes of another type that say the same.
 * @throws EvolveError where the other type cannot say it.
 */
export function rehome(from: Schema, raw: string, to: Schema, run: WriteRun): string {
  if (sameWire(from, to)) return raw
  // Read as the new type, so that whatever that type cannot hold is carried, and refused when written.
  const pair = remember(
    remember(pairs, from, () => new WeakMap<Schema, Pair>()),
    to,
    () => makePair(from, to, RAW),
  )
  const bytes = Buffer.from(raw, 'latin1')
  const value = readDatum(pair, new Tap(bytes))
  if (loses(pair.plan, new ReadRun(pair, new Tap(bytes)))) throw new EvolveError('unknown-field-loss', 'the type cannot say it')
  return encodePart(to, value, RAW, run).toString('latin1')
}

/** Whether something is lost outside of the records in a value, which carry what is theirs. */
function loses(plan: Plan, run: ReadRun): boolean {
  if (!collapsesHere(plan)) return false
  switch (plan.kind) {
    case 'array':
      return someLoses(plan.items, minSize(plan.writer.items), run, () => undefined)
    case 'map':
      return someLoses(plan.values, minSize(plan.writer.values) + 1, run, () => run.tap.string())
    case 'reader-union':
      return loses(plan.branch, run)
    case 'writer-union': {
      const index = run.branch(plan.branches)
      const hasRival = plan.sources.some((rivals) => rivals.length > 1 && rivals.includes(index))
      return hasRival || loses(plan.branches[index] as Plan, run)
    }
    default:
      return losesSomething(plan, run)
  }
}

function someLoses(item: Plan, smallest: number, run: ReadRun, skipKey: () => unknown): boolean {
  for (let count = run.blockCount(smallest); count > 0; count = run.blockCount(smallest)) {
    for (let left = count; left > 0; left--) {
      skipKey()
      const start = run.tap.position
      if (loses(item, run)) return true
      run.tap.position = start
      read(item, run)
    }
  }
  return false
}
