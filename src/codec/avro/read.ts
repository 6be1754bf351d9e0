import { EvolveError } from '../../errors.ts'
import { collapsesHere, hidesInside } from '../../resolution/collapse.ts'
import type { CustomPlan, EnumPlan, LeafPlan, Plan, ReadStep, RecordPlan } from '../../resolution/plan.ts'
import { leafForm, unionForm } from '../../resolution/representation.ts'
import { pointerStep } from '../../schema/names.ts'
import type { Tap } from '../../wire/tap.ts'
import { unknownFields } from '../codec.ts'
import { carrierOf } from './carrier.ts'
import { fromBase, toBase } from './custom.ts'
import { defaultValue } from './defaults.ts'
import { heap, recordFootprint, valueMemory } from './footprint.ts'
import { promote, readBase, toForm } from './leaf-read.ts'
import { minSize } from './min-size.ts'
import { newRecord } from './new-record.ts'
import { setOwn } from './object.ts'
import type { Pair } from './pair.ts'
import { sameValue } from './same.ts'
import { SkipRun, skip } from './skip.ts'

/**
 * One datum being read by walking its plan. It knows at every moment where it is, so it is also what says what is wrong
 * with bytes that the compiled reader refused.
 */
export class ReadRun extends SkipRun {
  readonly pair: Pair
  readonly path: (string | number)[] = []
  /** The datum's bytes as a one-byte string, made when the first record carries. */
  #source: string | undefined

  constructor(pair: Pair, tap: Tap, source?: string) {
    super(tap, pair.limits)
    this.pair = pair
    this.#source = source
  }

  get source(): string {
    if (this.#source === undefined) {
      this.use(this.tap.end)
      this.#source = this.tap.bytes.toString('latin1', 0, this.tap.end)
    }
    return this.#source
  }

  /** JSON Pointer of the value being read, in the reader's names. */
  get pointer(): string {
    return this.path.map(pointerStep).join('')
  }
}

/** Reads the whole of `tap` as one datum. @throws EvolveError with the path. */
export function readDatum(pair: Pair, tap: Tap): unknown {
  const run = new ReadRun(pair, tap)
  try {
    const start = tap.position
    const value = read(pair.plan, run, pair.rootCarries)
    if (pair.box !== undefined && typeof value === 'object' && value !== null) carryInBox(pair.box, value, start, run)
    if (tap.position !== tap.end) throw new EvolveError('trailing-bytes', `${tap.end - tap.position} bytes are left after the value`)
    return value
  } catch (error) {
    if (error instanceof EvolveError) throw error.with({ path: run.pointer })
    throw new EvolveError('internal', 'reading a message failed', { path: run.pointer }, error)
  }
}

/** A root that is no record carries as a whole, where something in it lost something. */
function carryInBox(box: RecordPlan, value: object, start: number, run: ReadRun): void {
  const end = run.tap.position
  run.tap.position = start
  const lost = losesSomething(run.pair.plan, run)
  run.tap.position = end
  // A record below a union carries what is its own.
  if (lost && carrierOf(value) === undefined && Object.isExtensible(value)) attach(box, value, [start, end], run)
}

function attach(plan: RecordPlan, value: object, ranges: readonly number[], run: ReadRun): void {
  run.use(heap.carrier + ranges.length * heap.range)
  const Carrier = run.pair.carrier(plan)
  ;(value as { [unknownFields]?: unknown })[unknownFields] = new Carrier(run.source, ...ranges)
}

/** Reads one value; `carries` makes a record carry though it has no bytes to. */
export function read(plan: Plan, run: ReadRun, carries = false): unknown {
  const { tap } = run
  switch (plan.kind) {
    case 'leaf': {
      const start = tap.position
      const base = readBase(plan.writer, tap)
      const promoted = plan.writer.kind === plan.reader.kind ? base : promote(base, plan.reader.kind)
      const value = toForm(leafForm(plan.reader, run.pair.representation), promoted)
      run.use(valueMemory(value, tap.position - start))
      return value
    }
    case 'enum':
      return readEnum(plan, run)
    case 'custom':
      return fromBase(plan, read(plan.base, run, carries))
    case 'array':
      return readArray(plan.items, minSize(plan.writer.items), run)
    case 'map':
      return readMap(plan.values, minSize(plan.writer.values), run)
    case 'record':
      return readRecord(plan, run, carries)
    case 'writer-union':
      return read(plan.branches[run.branch(plan.branches)] as Plan, run, carries)
    case 'reader-union': {
      const value = read(plan.branch, run, carries)
      const form = unionForm(plan.reader, run.pair.representation)
      if (!form.wrapped || plan.reader.branches[plan.index]?.kind === 'null') return value
      run.use(heap.wrapper)
      return wrap(form.names[plan.index] as string, value)
    }
    case 'unreadable':
      throw new EvolveError(plan === run.pair.plan ? 'incompatible-schemas' : 'unresolvable-value', plan.problem)
  }
}

/** The value of a union's branch where branches look alike. */
export function wrap(name: string, value: unknown): object {
  const wrapper = {}
  setOwn(wrapper, name, value)
  return wrapper
}

function readEnum(plan: EnumPlan, run: ReadRun): string {
  const index = run.tap.int()
  if (index < 0 || index >= plan.symbols.length) throw new EvolveError('malformed-data', `enum ${plan.writer.name} has no symbol ${index}`)
  const symbol = plan.symbols[index]
  if (symbol !== undefined) return symbol
  throw new EvolveError(
    'unresolvable-value',
    `enum ${plan.reader.name} of the reader has no symbol ${plan.writer.symbols[index]} and no default`,
  )
}

function readArray(item: Plan, smallest: number, run: ReadRun): unknown[] {
  const items: unknown[] = []
  run.enter()
  run.use(heap.list)
  for (let count = run.blockCount(smallest); count > 0; count = run.blockCount(smallest)) {
    run.use(count * heap.item + (items.length === 0 ? heap.filledList : 0))
    for (let left = count; left > 0; left--) {
      run.path.push(items.length)
      items.push(read(item, run))
      run.path.pop()
    }
  }
  run.leave()
  return items
}

function readMap(values: Plan, smallest: number, run: ReadRun): object {
  const map = {}
  run.enter()
  run.use(heap.map)
  for (let count = run.blockCount(smallest + 1); count > 0; count = run.blockCount(smallest + 1)) {
    run.use(count * heap.entry)
    for (let left = count; left > 0; left--) {
      const key = run.tap.string()
      run.use(key.length * 2)
      run.path.push(key)
      setOwn(map, key, read(values, run))
      run.path.pop()
    }
  }
  run.leave()
  return map
}

function readRecord(plan: RecordPlan, run: ReadRun, carries: boolean): object {
  const missing = plan.added.find((field) => field.problem !== undefined)
  if (missing !== undefined) {
    run.path.push(missing.field.name)
    throw new EvolveError('incompatible-schemas', missing.problem as string, {
      hint: `give the field ${missing.field.name} a default in the reader schema`,
    })
  }
  const { tap } = run
  const values: unknown[] = new Array(plan.reader.fields.length)
  const ranges: number[] = []
  let mustCarry = carries || plan.provenance
  run.enter()
  const footprint = recordFootprint(plan)
  run.count(footprint.values)
  run.use(footprint.memory)
  for (const step of plan.steps) {
    const start = tap.position
    run.path.push(step.kind === 'read' ? step.target.name : step.field.name)
    if (step.kind === 'read') values[step.index] = read(step.plan, run)
    else skip(step.field.type, run)
    run.path.pop()
    if (step.slot < 0) continue
    ranges[step.slot * 2] ??= start
    ranges[step.slot * 2 + 1] = tap.position
    mustCarry ||= step.kind === 'skip' || collapsed(step, start, run)
  }
  run.leave()
  for (const { field, index } of plan.added) values[index] = defaultValue(field.type, field.default?.json, run.pair.representation)
  const record = newRecord(plan.reader, values)
  if (mustCarry) attach(plan, record, ranges, run)
  return record
}

/** Whether the value just read from `start` really lost something: a symbol that is known or a time in whole milliseconds did not. */
function collapsed(step: ReadStep, start: number, run: ReadRun): boolean {
  const end = run.tap.position
  run.tap.position = start
  const lost = losesSomething(step.plan, run)
  run.tap.position = end
  return lost
}

/** Whether the value at the tap's position, read by the plan, shows less than was written. Moves the tap. */
export function losesSomething(plan: Plan, run: ReadRun): boolean {
  switch (plan.kind) {
    case 'enum': {
      const index = run.tap.int()
      return plan.symbols[index] !== plan.writer.symbols[index]
    }
    case 'leaf':
      return plan.collapses && !inWholeMilliseconds(plan, run)
    case 'reader-union':
      return losesSomething(plan.branch, run)
    case 'custom':
      return customLoses(plan, run)
    case 'writer-union': {
      const index = run.branch(plan.branches)
      const hasRival = plan.sources.some((rivals) => rivals.length > 1 && rivals.includes(index))
      return hasRival || losesSomething(plan.branches[index] as Plan, run)
    }
    case 'array':
    case 'map':
      return run.tap.long() !== 0
    case 'record':
    case 'unreadable':
      return false
  }
}

/** Whether the way back from the application's value misses what was read, or something in it was lost already. */
function customLoses(plan: CustomPlan, run: ReadRun): boolean {
  if (!collapsesHere(plan.base) && hidesInside(plan.base)) return true
  const start = run.tap.position
  const base = read(plan.base, run)
  if (!plan.type.lossless && !sameValue(toBase(plan, fromBase(plan, base)), base)) return true
  run.tap.position = start
  return losesSomething(plan.base, run)
}

function inWholeMilliseconds(plan: LeafPlan, run: ReadRun): boolean {
  const form = leafForm(plan.reader, run.pair.representation)
  if (form.form !== 'timestamp') return false
  const ticks = run.tap.long()
  const each = form.unit === 'micros' ? 1000 : 1_000_000
  return typeof ticks === 'number' ? ticks % each === 0 : ticks % BigInt(each) === 0n
}
