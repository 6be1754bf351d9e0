import { unqualified } from '../schema/names.ts'
import type { NamedSchema, PrimitiveKind, Schema } from '../schema/types.ts'

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
  return namesMatchExactly(writer, reader) || unqualified(writer.name) === unqualified(reader.name)
}

function namesMatchExactly(writer: NamedSchema, reader: NamedSchema): boolean {
  return writer.name === reader.name || reader.aliases.includes(writer.name)
}

/**
 * The branch of a reader's union that takes the writer's type: one of the same kind and full name (or alias), else of the
 * same kind and unqualified name, else the first that promotes; -1 when none does.
 */
export function branchFor(writer: Schema, branches: readonly Schema[]): number {
  const exact = branches.findIndex(
    (branch) => branch.kind === writer.kind && (!isNamed(branch) || !isNamed(writer) || namesMatchExactly(writer, branch)),
  )
  if (exact >= 0) return exact
  const loose = branches.findIndex(
    (branch) => branch.kind === writer.kind && isNamed(branch) && isNamed(writer) && namesMatch(writer, branch),
  )
  if (loose >= 0) return loose
  return branches.findIndex((branch) => promotes(writer.kind, branch.kind))
}

function isNamed(schema: Schema): schema is Schema & NamedSchema {
  return 'name' in schema
}
