import { isEvolveError } from '../../errors.ts'
import type { CustomPlan, Plan } from '../../resolution/plan.ts'
import { nameOf } from '../../schema/default.ts'
import { Tap } from '../../wire/tap.ts'
import { toBase } from './custom.ts'
import { likeness, NextLike } from './likeness.ts'
import { minSize } from './min-size.ts'
import { isPlainObject } from './object.ts'
import type { Pair } from './pair.ts'
import { losesSomething, ReadRun, read } from './read.ts'
import { sameValue } from './same.ts'
import { writeArray, writeMap } from './write-blocks.ts'
import type { WriteRun } from './write-run.ts'
import { branchPlan, tell } from './write-union.ts'

/** A value as it was read, with the bytes that it was read from. */
interface Original {
  readonly value: unknown
  readonly source: string
  readonly start: number
  readonly end: number
}

function again(pair: Pair, tap: Tap, source: string): ReadRun {
  const run = new ReadRun(pair, tap, source)
  run.checksSizes = false
  return run
}

/** Reads again what stands at a position of a source. */
export function readAgain(plan: Plan, pair: Pair, tap: Tap, source: string): Original {
  const start = tap.position
  const value = read(plan, again(pair, tap, source))
  return { value, source, start, end: tap.position }
}

/**
 * Writes a field in which something collapsed. What still looks as it did when it was read goes back as the bytes it was
 * read from, whole or element by element: least change, so a symbol shown as the default is not overwritten with it.
 */
export function restore(plan: Plan, value: unknown, source: string, start: number, end: number, run: WriteRun): void {
  // The part on its own: the whole message would be copied for each of many fields.
  const part = source.slice(start, end)
  const tap = new Tap(Buffer.from(part, 'latin1'))
  const original = readAgain(plan, run.pair, tap, part)
  if (sameValue(original.value, value)) return run.sink.latin1(part)
  tap.position = 0
  restoreParts(plan, value, part, tap, run)
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
      if (plan.sources[told.index]?.includes(index) !== true || !HAVE_PARTS.includes(branch.kind)) return run.write(plan, value)
      run.sink.long(index)
      return restoreParts(branch, told.value, source, tap, run)
    }
    case 'custom':
      return restoreCustom(plan, value, source, tap, run)
    default:
      return run.write(plan, value)
  }
}

/** Kinds of plan that are looked into. */
const HAVE_PARTS: readonly Plan['kind'][] = ['array', 'map', 'custom']

/** Values of the application's own are compared by what would be written of them. */
function restoreCustom(plan: CustomPlan, value: unknown, source: string, tap: Tap, run: WriteRun): void {
  const original = readAgain(plan, run.pair, tap, source)
  if (sameBase(plan, original.value, value)) splice(original, source, run)
  else run.write(plan, value)
}

function sameBase(plan: CustomPlan, left: unknown, right: unknown): boolean {
  try {
    return sameValue(toBase(plan, left), toBase(plan, right))
  } catch (error) {
    // Writing says what is wrong with the value.
    if (isEvolveError(error)) return false
    throw error
  }
}

function restoreItems(item: Plan, smallest: number, value: unknown, source: string, tap: Tap, run: WriteRun): void {
  if (!Array.isArray(value)) return run.misfit('an array', value)
  const originals: Original[] = []
  const reader = again(run.pair, tap, source)
  for (let count = reader.blockCount(smallest); count > 0; count = reader.blockCount(smallest)) {
    for (let left = count; left > 0; left--) originals.push(readAgain(item, run.pair, tap, source))
  }
  const matches = align(originals, value)
  if (isRearranged(originals, matches)) reportAmbiguous(item, originals, tap.bytes, run)
  writeArray(value, smallest, run, (element, index) => {
    const original = matches[index]
    if (original === undefined) return run.write(item, element)
    if (sameValue(original.value, element)) return splice(original, source, run)
    restoreParts(item, element, source, new Tap(tap.bytes, original.start, original.end), run)
  })
}

/**
 * The old element that each new one was: the same at the front, the same at the back, and between these in order, each
 * with the next old one that looks the same. One that matches none is taken for an edit of the old one at its place, if
 * no later element looks like that.
 */
function align(originals: readonly Original[], value: readonly unknown[]): (Original | undefined)[] {
  const same = (old: number, index: number): boolean => sameValue(originals[old]?.value, value[index])
  const shorter = Math.min(originals.length, value.length)
  let front = 0
  while (front < shorter && same(front, front)) front++
  let back = 0
  while (back < shorter - front && same(originals.length - 1 - back, value.length - 1 - back)) back++
  const [oldEnd, newEnd] = [originals.length - back, value.length - back]
  const between = alignInOrder(originals.slice(front, oldEnd), value.slice(front, newEnd))
  return originals.slice(0, front).concat(between as Original[], originals.slice(oldEnd))
}

function alignInOrder(originals: readonly Original[], value: readonly unknown[]): (Original | undefined)[] {
  const old = originals.map((original) => likeness(original.value, true))
  const now = value.map((element) => likeness(element, true))
  const last = new Map(now.map((text, index) => [text, index] as const))
  const likes = new NextLike(old)
  return now.map((text, index) => {
    const found = likes.find(text)
    if (found !== undefined) return originals[found]
    const { next } = likes
    const returns = (last.get(old[next] ?? '') ?? -1) > index
    if (next >= old.length || returns) return undefined
    likes.pass()
    return originals[next]
  })
}

function isRearranged(originals: readonly Original[], matches: readonly (Original | undefined)[]): boolean {
  return originals.length !== matches.length || matches.some((match, index) => match !== undefined && match !== originals[index])
}

/** Equal to look at, different underneath: which original a value of a rearranged list had is a guess, where one of them hides something. */
function reportAmbiguous(item: Plan, originals: readonly Original[], bytes: Buffer, run: WriteRun): void {
  const hides = ({ start, end }: Original): boolean => losesSomething(item, new ReadRun(run.pair, new Tap(bytes, start, end)))
  if (!originals.some(hides)) return
  const problem = 'the list holds values that the reader shows as others, and was rearranged'
  run.whereStrict('ambiguous-edit', problem, 'change elements in their places, or write under the policy preserve')
  run.report('ambiguous', nameOf(run.pair.reader), () => [])
}

function restoreValues(values: Plan, smallest: number, value: unknown, source: string, tap: Tap, run: WriteRun): void {
  if (!isPlainObject(value)) return run.misfit('an object', value)
  const originals = new Map<string, Original>()
  const reader = again(run.pair, tap, source)
  for (let count = reader.blockCount(smallest + 1); count > 0; count = reader.blockCount(smallest + 1)) {
    for (let left = count; left > 0; left--) originals.set(tap.string(), readAgain(values, run.pair, tap, source))
  }
  writeMap(value, run, (key, item) => {
    const original = originals.get(key)
    if (original === undefined) return run.write(values, item)
    if (sameValue(original.value, item)) return splice(original, source, run)
    restoreParts(values, item, source, new Tap(tap.bytes, original.start, original.end), run)
  })
}

function splice(original: Original, source: string, run: WriteRun): void {
  run.sink.latin1(source.slice(original.start, original.end))
}
