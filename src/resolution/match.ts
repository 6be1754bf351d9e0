import { unqualified } from '../schema/names.ts'
import { remember } from '../schema/remember.ts'
import type { NamedSchema, PrimitiveKind, RecordSchema, Schema, UnionSchema } from '../schema/types.ts'

/** What a reader's kind takes besides its own (Apache Avro 1.12, "Schema Resolution"). */
const PROMOTIONS: Readonly<Partial<Record<PrimitiveKind, readonly Schema['kind'][]>>> = {
  long: ['int'],
  float: ['int', 'long'],
  double: ['int', 'long', 'float'],
  string: ['bytes'],
  bytes: ['string'],
}

/** Whether the reader's kind reads the writer's by promotion. */
export function promotes(writer: Schema['kind'], reader: Schema['kind']): boolean {
  return PROMOTIONS[reader as PrimitiveKind]?.includes(writer) ?? false
}

/** Whether two named types match: by full name, by an alias of the reader, or by the name without the namespace. */
export function namesMatch(writer: NamedSchema, reader: NamedSchema): boolean {
  return writer.name === reader.name || reader.aliases.includes(writer.name) || unqualified(writer.name) === unqualified(reader.name)
}

/** The branches of a reader's union by what a writer's type is called. */
export interface BranchIndex {
  readonly union: UnionSchema
  /** The first of a kind and full name; of a kind and alias where no branch has that name. */
  readonly exact: ReadonlyMap<string, number>
  /** All of a kind and unqualified name, in their order. */
  readonly loose: ReadonlyMap<string, readonly number[]>
}

/** Makes the index of a union. */
export function indexBranches(union: UnionSchema): BranchIndex {
  const exact = new Map<string, number>()
  const loose = new Map<string, number[]>()
  for (const [index, branch] of union.branches.entries()) {
    addFirst(exact, key(branch, isNamed(branch) ? branch.name : ''), index)
    if (isNamed(branch)) remember(loose, key(branch, unqualified(branch.name)), () => []).push(index)
  }
  for (const [index, branch] of union.branches.entries()) {
    if (isNamed(branch)) for (const alias of branch.aliases) addFirst(exact, key(branch, alias), index)
  }
  return { union, exact, loose }
}

/**
 * The branch of a reader's union that takes the writer's type; -1 when none does. In this order: the same kind and full name, else
 * alias; the same kind and unqualified name at `position`, where the writer's type stands in a union of as many branches; for a record
 * one that `reads` it (where that may be asked), if possible of the same unqualified name, as in Java; the same kind and unqualified name; the
 * first that promotes.
 */
export function branchFor(
  writer: Schema,
  index: BranchIndex,
  reads: ((writer: RecordSchema, branch: RecordSchema) => boolean) | undefined,
  position?: number,
): number {
  const { union, exact, loose } = index
  const named = exact.get(key(writer, isNamed(writer) ? writer.name : ''))
  if (named !== undefined) return named
  const opposite = position === undefined ? undefined : union.branches[position]
  if (position !== undefined && opposite !== undefined && isNamesake(writer, opposite)) return position
  if (writer.kind === 'record' && reads !== undefined) {
    const alike = structuralBranch(writer, index, reads)
    if (alike >= 0) return alike
  }
  if (isNamed(writer)) return loose.get(key(writer, unqualified(writer.name)))?.[0] ?? -1
  return union.branches.findIndex((branch) => promotes(writer.kind, branch.kind))
}

/** Of the records that can read the writer's, the last of its unqualified name, else the first. */
function structuralBranch(
  writer: RecordSchema,
  { union, loose }: BranchIndex,
  reads: (writer: RecordSchema, branch: RecordSchema) => boolean,
): number {
  const canRead = (branch: Schema | undefined): boolean => branch?.kind === 'record' && reads(writer, branch)
  const first = union.branches.findIndex(canRead)
  if (first < 0) return -1
  // By the index: in a union of thousands, each of thousands of writers comes by here.
  const namesakes = loose.get(key(writer, unqualified(writer.name))) ?? []
  return namesakes.findLast((at) => at > first && canRead(union.branches[at])) ?? first
}

function isNamesake(writer: Schema, branch: Schema): boolean {
  return writer.kind === branch.kind && isNamed(writer) && isNamed(branch) && unqualified(writer.name) === unqualified(branch.name)
}

function isNamed(schema: Schema): schema is Schema & NamedSchema {
  return 'name' in schema
}

function key(schema: Schema, name: string): string {
  return `${schema.kind} ${name}`
}

function addFirst(map: Map<string, number>, name: string, index: number): void {
  if (!map.has(name)) map.set(name, index)
}
