import type { Plan } from '../../resolution/plan.ts'
import type { Tap } from '../../wire/tap.ts'
import { minSize } from './min-size.ts'
import { isPlainObject } from './object.ts'
import type { Pair } from './pair.ts'
import { ReadRun, read } from './read.ts'
import { sameValue } from './same.ts'
import { writeArray, writeMap } from './write-blocks.ts'
import type { WriteRun } from './write-run.ts'
import { branchPlan, tell } from './write-union.ts'

/** A value as it was read, with the bytes that it was read from. */
interface Original {
  readonly value: unknown
  readonly start: number
  readonly end: number
}

/** Reads again what stands at a position of a source. */
export function readAgain(plan: Plan, pair: Pair, tap: Tap, source: string): Original {
  const start = tap.position
  const value = read(plan, new ReadRun(pair, tap, source))
  return { value, start, end: tap.position }
}

/**
 * Writes a field in which something collapsed. What still looks as it did when it was read goes back as the bytes it was
 * read from, whole or element by element: least change, so a symbol shown as the default is not overwritten with it.
 */
export function restore(plan: Plan, value: unknown, source: string, start: number, end: number, run: WriteRun): void {
  const tap = run.sourceTap(source, start, end)
  const original = readAgain(plan, run.pair, tap, source)
  if (sameValue(original.value, value)) return run.sink.latin1(source.slice(start, end))
  tap.position = start
  restoreParts(plan, value, source, tap, run)
}

function restoreParts(plan: Plan, value: unknown, source: string, tap: Tap, run: WriteRun): void {
  switch (plan.kind) {
    case 'array':
      return restoreItems(plan.items, minSize(plan.writer.items), value, source, tap, run)
    case 'map':
      return restoreValues(plan.values, minSize(plan.writer.values), value, source, tap, run)
    case 'reader-union': {
      const told = tell(plan.reader, value, run)
      return told.index === plan.index ? restoreParts(plan.branch, told.value, source, tap, run) : run.write(plan, value)
    }
    case 'writer-union': {
      const told = tell(plan.reader, value, run)
      const index = Number(tap.long())
      const branch = branchPlan(plan, index)
      if (plan.sources[told.index]?.includes(index) !== true || (branch.kind !== 'array' && branch.kind !== 'map'))
        return run.write(plan, value)
      run.sink.long(index)
      return restoreParts(branch, told.value, source, tap, run)
    }
    default:
      return run.write(plan, value)
  }
}

/** Elements are matched in order: each new one with the next old one that looks the same. */
function restoreItems(item: Plan, smallest: number, value: unknown, source: string, tap: Tap, run: WriteRun): void {
  if (!Array.isArray(value)) return run.misfit('an array', value)
  const originals: Original[] = []
  const reader = new ReadRun(run.pair, tap, source)
  for (let count = reader.blockCount(smallest); count > 0; count = reader.blockCount(smallest)) {
    for (let left = count; left > 0; left--) originals.push(readAgain(item, run.pair, tap, source))
  }
  let next = 0
  writeArray(value, run, (element) => {
    const found = originals.findIndex((original, index) => index >= next && sameValue(original.value, element))
    if (found < 0) return run.write(item, element)
    next = found + 1
    splice(originals[found] as Original, source, run)
  })
}

function restoreValues(values: Plan, smallest: number, value: unknown, source: string, tap: Tap, run: WriteRun): void {
  if (!isPlainObject(value)) return run.misfit('an object', value)
  const originals = new Map<string, Original>()
  const reader = new ReadRun(run.pair, tap, source)
  for (let count = reader.blockCount(smallest + 1); count > 0; count = reader.blockCount(smallest + 1)) {
    for (let left = count; left > 0; left--) originals.set(tap.string(), readAgain(values, run.pair, tap, source))
  }
  writeMap(value, run, (key, item) => {
    const original = originals.get(key)
    if (original !== undefined && sameValue(original.value, item)) splice(original, source, run)
    else run.write(values, item)
  })
}

function splice(original: Original, source: string, run: WriteRun): void {
  run.sink.latin1(source.slice(original.start, original.end))
}
