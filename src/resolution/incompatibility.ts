import { nameOf } from '../schema/default.ts'
import { remember } from '../schema/remember.ts'
import type { EnumSchema, Field, FixedSchema, Schema, UnionSchema } from '../schema/types.ts'
import { namesMatch, promotes } from './match.ts'
import type { AddedField, IncompatibilityKind, Plan, RecordPlan } from './plan.ts'

/** One reason why a reader may fail on what a writer writes. */
export interface Incompatibility {
  /** JSON Pointer into the reader's schema, where the type at fault is defined; `/` is the root, as in Java. */
  readonly path: string
  /** By Java's names. */
  readonly kind: IncompatibilityKind
  readonly message: string
  /** The cure in words, where the reader's schema can change. */
  readonly hint: string
  /** The cure in words, where the reader is there already and the writer's schema has to give way. */
  readonly writerHint: string
  /** Where a branch of a union cannot read all of it: the reader's type or field that is at fault, by full name (`shop.Order.items[]`). */
  readonly inside?: string
}

/**
 * What is wrong with one part of a plan itself, not with what is inside it; `path` is relative to the part. `union` is the writer's union
 * that it is a branch of, where the reader has none.
 */
export function ownProblems(plan: Plan, union?: UnionSchema): Incompatibility[] {
  const { writer, reader } = plan
  if (writer.kind === 'enum' && reader.kind === 'enum') return [...nameProblem(writer, reader), ...symbolProblem(writer, reader)]
  if (writer.kind === 'fixed' && reader.kind === 'fixed') return [...nameProblem(writer, reader), ...sizeProblem(writer, reader)]
  if (plan.kind === 'record') return [...recordNameProblem(plan), ...fieldProblems(plan).values()]
  return plan.kind === 'unreadable' && reader.kind !== 'union' ? [typeProblem(writer, reader, plan.problem, union)] : []
}

/** That a record has another name. */
export function recordNameProblem(plan: RecordPlan): Incompatibility[] {
  return plan.misnamed === true ? [misnamed('record', plan.writer.name, plan.reader.name)] : []
}

/** The fields of the reader that the writer does not have and that have no default, by their place in the reader's record. */
export function fieldProblems(plan: RecordPlan): Map<number, Incompatibility> {
  const missing = plan.added.filter(({ problem }) => problem !== undefined)
  if (missing.length === 0) return new Map()
  const others = plan.steps.filter((step) => step.kind === 'skip').map((step) => step.field)
  const aliasHint = aliasHints(others)
  return new Map(missing.map((added) => [added.index, fieldProblem(plan, added, aliasHint(added.field))]))
}

/**
 * What a field may have been called before: one of the writer's that the reader does not take (`others`), of a type that it would. Found once for each type: thousands
 * of fields may be missing where thousands are left.
 */
function aliasHints(others: readonly Field[]): (missing: Field) => string {
  const byType = new Map<string, Field[]>()
  for (const other of others) remember(byType, nameOf(other.type), () => []).push(other)
  const hints = new Map<string, string>()
  const alike = (name: string, kind: Schema['kind']): readonly Field[] =>
    // Only primitive types are promoted to, and those are few.
    name === kind ? others.filter(({ type }) => nameOf(type) === name || promotes(type.kind, kind)) : (byType.get(name) ?? [])
  return ({ type }) => {
    const name = nameOf(type)
    return remember(hints, name, () => aliasHint(alike(name, type.kind)))
  }
}

function aliasHint([like, ...more]: readonly Field[]): string {
  if (like === undefined) return ''
  if (more.length === 0) return `, or the alias ${like.name} if it was called that`
  return `, or an alias if the writer has it under another name (it has ${shortList([like, ...more].map(({ name }) => name))})`
}

/** How a type of the writer meets a union of the reader. */
export interface UnionMeeting {
  readonly writer: Schema
  readonly reader: UnionSchema
  /** The writer's union that the type is a branch of, if it is in one. */
  readonly among?: UnionSchema | undefined
}

/** The reader's union has no branch for a type of the writer. */
export function noBranchProblem({ writer, reader, among }: UnionMeeting): Incompatibility {
  const name = nameOf(writer)
  const names = reader.branches.map(nameOf)
  return {
    path: '',
    kind: 'MISSING_UNION_BRANCH',
    message: `the reader's union has no branch for ${name}`,
    hint:
      names.length === 0
        ? `give the union the branch ${name}: it is empty`
        : `add ${name} to the union${renameHint(writer, reader, among)}`,
    writerHint:
      among === undefined
        ? `keep a type that the reader's union has (${shortList(names)}): what is new goes into a field of its own`
        : `leave the branch ${name} out until every reader has it`,
  }
}

/** The branch that the reader's union has cannot read all of the writer's type. Why, and where in it, says `inside`, if that was found. */
export function branchProblem(writer: Schema, inside?: Incompatibility, at = ''): Incompatibility {
  const name = nameOf(writer)
  const where = at === '' ? '' : `in ${at}: `
  const why = inside === undefined ? '' : `: ${where}${inside.message}`
  return {
    path: '',
    kind: 'MISSING_UNION_BRANCH',
    message: `the branch ${name} of the reader's union cannot read all of it${why}`,
    hint: inside === undefined ? `let the branch read what the writer's ${name} may have` : where + inside.hint,
    writerHint:
      inside === undefined
        ? `keep what is in the branch ${name}: what is new goes into a branch or a field of its own`
        : where + inside.writerHint,
  }
}

/** Most branches of a union that are looked through for one that may have had another name. */
const MAX_RENAMED = 20

/** What a type may be called now: the one branch of its kind that is no other type of the writer's. */
function renameHint(writer: Schema, { branches }: UnionSchema, among: UnionSchema | undefined): string {
  if (!('name' in writer) || branches.length > MAX_RENAMED) return ''
  const others = (among?.branches ?? []).filter((other) => other.kind === writer.kind && 'name' in other).slice(0, MAX_RENAMED)
  const [candidate, ...more] = branches.filter(
    (branch) => branch.kind === writer.kind && 'name' in branch && !others.some((other) => 'name' in other && namesMatch(other, branch)),
  )
  if (candidate === undefined || more.length > 0) return ''
  return `, or the alias ${writer.name} to ${nameOf(candidate)} if it was called that`
}

function nameProblem(writer: EnumSchema | FixedSchema, reader: EnumSchema | FixedSchema): Incompatibility[] {
  return namesMatch(writer, reader) ? [] : [misnamed(writer.kind, writer.name, reader.name)]
}

function misnamed(kind: string, writer: string, reader: string): Incompatibility {
  return {
    path: '/name',
    kind: 'NAME_MISMATCH',
    message: `the ${kind} ${writer} is not ${reader}`,
    // Where the type of a field became another one that was there before, an alias would be wrong.
    hint: `add the alias ${writer} to ${reader} if it was called that, or leave the type at ${writer}`,
    writerHint: `keep the name ${reader}, or the type that has it`,
  }
}

function symbolProblem(writer: EnumSchema, reader: EnumSchema): Incompatibility[] {
  if (reader.default !== undefined) return []
  const known = new Set(reader.symbols)
  const missing = writer.symbols.filter((symbol) => !known.has(symbol))
  if (missing.length === 0) return []
  return [
    {
      path: '/symbols',
      kind: 'MISSING_ENUM_SYMBOLS',
      message: `the reader's enum ${reader.name} does not know ${shortList(missing)}`,
      hint: `add a default symbol to the enum ${reader.name}, or ${shortList(missing)} to its symbols`,
      writerHint: `leave ${shortList(missing)} out until every reader knows ${missing.length > 1 ? 'them' : 'it'}, or has a default symbol`,
    },
  ]
}

function sizeProblem(writer: FixedSchema, reader: FixedSchema): Incompatibility[] {
  if (writer.size === reader.size) return []
  return [
    {
      path: '/size',
      kind: 'FIXED_SIZE_MISMATCH',
      message: `${writer.name} has ${writer.size} bytes, the reader expects ${reader.size}`,
      hint: `leave the size of ${reader.name} at ${writer.size}: a fixed of another size is another type, with a name of its own`,
      writerHint: `keep the size of ${writer.name} at ${reader.size}: a fixed of another size is another type, with a name of its own`,
    },
  ]
}

function fieldProblem(plan: RecordPlan, { field, index }: AddedField, alias: string): Incompatibility {
  const path = `/fields/${index}`
  const message = `the writer's ${plan.writer.name} has no field ${field.name}, and the reader gives it no default`
  const hint = `give ${field.name} a default${alias}`
  const writerHint = `keep the field ${field.name} until every reader has a default for it; an alias helps new readers only`
  // Java's check takes the default of an enum for one of the field, and then finds that the writer's record is no enum.
  if (field.type.kind === 'enum' && field.type.default !== undefined)
    return { path: `${path}/type`, kind: 'TYPE_MISMATCH', message, hint, writerHint }
  return { path, kind: 'READER_FIELD_MISSING_DEFAULT_VALUE', message, hint, writerHint }
}

function typeProblem(writer: Schema, reader: Schema, message: string, union: UnionSchema | undefined): Incompatibility {
  const writerHint = `keep the type ${nameOf(reader)}: what is new goes into a field of its own`
  return { path: '', kind: 'TYPE_MISMATCH', message, hint: typeHint(writer, reader, union), writerHint }
}

function typeHint(writer: Schema, reader: Schema, union: UnionSchema | undefined): string {
  if (promotes(reader.kind, writer.kind)) return `make the reader's type ${nameOf(writer)}, which takes ${nameOf(reader)} too`
  if (union !== undefined)
    return `let the reader take ${nameOf(writer)} too: leave the type at the union of ${shortList(union.branches.map(nameOf))}`
  return `leave the type at ${nameOf(writer)}, or let the reader take a union that has both; what is new goes into a field of its own`
}

function shortList(names: readonly string[]): string {
  return names.length > 10 ? `${names.slice(0, 10).join(', ')} and ${names.length - 10} more` : names.join(', ')
}
