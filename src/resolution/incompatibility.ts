import { nameOf } from '../schema/default.ts'
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
  /** The cure in words. */
  readonly hint: string
  /** What is at fault, by name: the field, the symbols, the branch. */
  readonly names?: readonly string[]
}

/** What is wrong with one part of a plan itself, not with what is inside it; `path` is relative to the part. */
export function ownProblems(plan: Plan): Incompatibility[] {
  const { writer, reader } = plan
  if (writer.kind === 'enum' && reader.kind === 'enum') return [...nameProblem(writer, reader), ...symbolProblem(writer, reader)]
  if (writer.kind === 'fixed' && reader.kind === 'fixed') return [...nameProblem(writer, reader), ...sizeProblem(writer, reader)]
  if (plan.kind === 'record') return [...recordNameProblem(plan), ...fieldProblems(plan).values()]
  return plan.kind === 'unreadable' && reader.kind !== 'union' ? [typeProblem(writer, reader, plan.problem)] : []
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
  return new Map(missing.map((added) => [added.index, fieldProblem(plan, added, aliasHint(added.field, others))]))
}

/** What a field may have been called before: one of the writer's that the reader does not take, of a type that it would. */
function aliasHint({ type }: Field, others: readonly Field[]): string {
  if (others.length === 0) return ''
  const [like, ...more] = others.filter((other) => nameOf(other.type) === nameOf(type) || promotes(other.type.kind, type.kind))
  if (like === undefined) return ''
  if (more.length === 0) return `, or the alias ${like.name} if it was called that`
  return `, or an alias if the writer has it under another name (it has ${shortList([like, ...more].map(({ name }) => name))})`
}

/** The reader's union has no branch for a type of the writer or, where it `hasOne`, that branch cannot read all of it: `inside` says why. */
export function branchProblem(writer: Schema, reader: UnionSchema, hasOne: boolean, inside?: Incompatibility): Incompatibility {
  const name = nameOf(writer)
  const cure = reader.branches.length === 0 ? `give the union the branch ${name}: it is empty` : `add ${name} to the union`
  const why = inside === undefined ? '' : `: ${inside.message}`
  return {
    path: '',
    kind: 'MISSING_UNION_BRANCH',
    message: hasOne
      ? `the branch ${name} of the reader's union cannot read all of it${why}`
      : `the reader's union has no branch for ${name}`,
    hint: hasOne ? (inside?.hint ?? `let the branch read what the writer's ${name} may have`) : cure,
    ...(hasOne ? {} : { names: [name] }),
  }
}

function nameProblem(writer: EnumSchema | FixedSchema, reader: EnumSchema | FixedSchema): Incompatibility[] {
  return namesMatch(writer, reader) ? [] : [misnamed(writer.kind, writer.name, reader.name)]
}

function misnamed(kind: string, writer: string, reader: string): Incompatibility {
  return {
    path: '/name',
    kind: 'NAME_MISMATCH',
    message: `the ${kind} ${writer} is not ${reader}`,
    hint: `add the alias ${writer} to ${reader}, or give both the same name`,
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
      names: missing,
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
    },
  ]
}

function fieldProblem(plan: RecordPlan, { field, index }: AddedField, alias: string): Incompatibility {
  const path = `/fields/${index}`
  const message = `the writer's ${plan.writer.name} has no field ${field.name}, and the reader gives it no default`
  const hint = `give ${field.name} a default${alias}`
  const names = [field.name]
  // Java's check takes the default of an enum for one of the field, and then finds that the writer's record is no enum.
  if (field.type.kind === 'enum' && field.type.default !== undefined)
    return { path: `${path}/type`, kind: 'TYPE_MISMATCH', message, hint, names }
  return { path, kind: 'READER_FIELD_MISSING_DEFAULT_VALUE', message, hint, names }
}

function typeProblem(writer: Schema, reader: Schema, message: string): Incompatibility {
  const hint = promotes(reader.kind, writer.kind)
    ? `make the reader's type ${nameOf(writer)}, which takes ${nameOf(reader)} too`
    : `leave the type at ${nameOf(writer)}, or let the reader take a union that has both; what is new goes into a field of its own`
  return { path: '', kind: 'TYPE_MISMATCH', message, hint }
}

function shortList(names: readonly string[]): string {
  return names.length > 10 ? `${names.slice(0, 10).join(', ')} and ${names.length - 10} more` : names.join(', ')
}
