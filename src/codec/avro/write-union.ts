import { types } from 'node:util'
import { isEvolveError } from '../../errors.ts'
import type { Plan, ReaderUnionPlan, RecordPlan, WriterUnionPlan } from '../../resolution/plan.ts'
import { type Look, lookOf, unionForm } from '../../resolution/representation.ts'
import { nameOf } from '../../schema/default.ts'
import type { Schema, UnionSchema } from '../../schema/types.ts'
import { carrierOf } from './carrier.ts'
import { isBytes, isPlainObject } from './object.ts'
import type { WriteRun } from './write-run.ts'

/** What a try that failed counts as: tries inside tries must come to an end. */
const FAILED_TRY = 100

/** A union's value with its branch told. */
export interface Told {
  /** The branch of the reader's union; 0 where the reader has no union. */
  readonly index: number
  readonly value: unknown
}

/** Which branch of the reader's schema a value belongs to. */
export function tell(reader: Schema, value: unknown, run: WriteRun): Told {
  if (reader.kind !== 'union') return { index: 0, value }
  const form = unionForm(reader, run.pair.representation)
  const index = form.wrapped && value !== null ? wrappedBranch(form.names, value) : plainBranch(reader, value, run)
  if (index < 0) return run.misfit(expectation(reader, form.wrapped), value)
  return { index, value: form.wrapped && value !== null ? (value as Record<string, unknown>)[form.names[index] as string] : value }
}

/** Values of the application's own logical types are told first: they may look like any other. */
function plainBranch(reader: UnionSchema, value: unknown, run: WriteRun): number {
  const { representation } = run.pair
  const custom = representation.custom
  const own = custom === undefined ? -1 : reader.branches.findIndex((branch) => custom.bind(branch)?.is(value) === true)
  if (own >= 0) return own
  return reader.branches.findIndex((branch) => custom?.bind(branch) === undefined && looksLike(value, lookOf(branch, representation)))
}

function wrappedBranch(names: readonly string[], value: unknown): number {
  if (!isPlainObject(value)) return -1
  const keys = Object.keys(value)
  return keys.length === 1 ? names.indexOf(keys[0] as string) : -1
}

function expectation(union: UnionSchema, wrapped: boolean): string {
  const names = union.branches.map((branch) => (wrapped && branch.kind !== 'null' ? `{ '${nameOf(branch)}': … }` : nameOf(branch)))
  return `one of ${names.length > 20 ? `${names.slice(0, 20).join(', ')} and ${names.length - 20} more` : names.join(', ')}`
}

function looksLike(value: unknown, look: Look): boolean {
  switch (look) {
    case 'null':
      return value === null
    case 'boolean':
    case 'string':
      return typeof value === look
    case 'number':
      return typeof value === 'number' || typeof value === 'bigint'
    case 'bytes':
      return isBytes(value)
    case 'date':
      return types.isDate(value)
    case 'array':
      return Array.isArray(value)
    case 'object':
      return isPlainObject(value)
  }
}

/** The writer has no union where the reader has one. */
export function writeToPlainUnion(plan: ReaderUnionPlan, value: unknown, run: WriteRun): void {
  const told = tell(plan.reader, value, run)
  if (told.index !== plan.index) {
    run.loss(
      'union-branch',
      `the writer has only ${nameOf(plan.writer)} here, not the branch ${nameOf(plan.reader.branches[told.index] as Schema)}`,
    )
  }
  run.write(plan.branch, told.value)
}

/** The writer has a union: finds the branch that can say the value. */
export function writeIntoUnion(plan: WriterUnionPlan, value: unknown, run: WriteRun): void {
  const told = tell(plan.reader, value, run)
  const candidates = plan.sources[told.index] as readonly number[]
  if (candidates.length === 0) {
    const branch = plan.reader.kind === 'union' ? (plan.reader.branches[told.index] as Schema) : plan.reader
    return run.loss('union-branch', `the writer's union has no branch for ${nameOf(branch)}`)
  }
  const ordered = candidates.length === 1 ? candidates : preferred(plan, candidates, run.drops ? undefined : told.value)
  const start = run.mark()
  let first: unknown
  for (const [position, index] of ordered.entries()) {
    run.sink.long(index)
    try {
      return run.write(branchPlan(plan, index), told.value)
    } catch (error) {
      if (!isEvolveError(error) || error.code === 'limit-exceeded') throw error
      // What the likeliest branch has against the value says most.
      if (position === 0) first = error
      run.count(FAILED_TRY)
      run.backTo(start)
    }
  }
  throw first
}

/** The plan inside one branch of the writer's union, below the choice of the reader's branch. */
export function branchPlan(plan: WriterUnionPlan, index: number): Plan {
  const branch = plan.branches[index] as Plan
  return branch.kind === 'reader-union' ? branch.branch : branch
}

/** The branch that a record came from first, then those of the same type, by how well their names match, then those that promote. */
export function preferred(plan: WriterUnionPlan, candidates: readonly number[], value: unknown): readonly number[] {
  const carried = typeof value === 'object' && value !== null ? carrierOf(value) : undefined
  const rank = (index: number): number => {
    const taken = branchPlan(plan, index)
    // A type of the application's own changes how a value looks, not which branch can say it.
    const branch = taken.kind === 'custom' ? taken.base : taken
    if (branch.kind === 'record')
      return carried?.plan === branch ? 0 : carried?.plan.writer.name === branch.writer.name ? 1 : nameRank(branch)
    return branch.kind === 'leaf' && branch.writer.kind !== branch.reader.kind ? 6 : 5
  }
  return candidates.toSorted((left, right) => rank(left) - rank(right))
}

function nameRank(plan: RecordPlan): number {
  return plan.writer.name === plan.reader.name ? 2 : plan.misnamed === true ? 4 : 3
}
