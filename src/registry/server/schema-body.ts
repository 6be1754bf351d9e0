import type { SchemaText } from '../../schema/text.ts'
import { isId, isReference, isVersion } from '../checks.ts'
import { type Reply, refuse } from './reply.ts'

/** The schema in the body of a request, or the refusal; with the ID and the version it has elsewhere, where they are given. */
export function schemaOf(
  body: unknown,
): { readonly schema: SchemaText; readonly id?: number; readonly version?: number } | { readonly refusal: Reply } {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return { refusal: refuse(400, 'the body is not a JSON object') }
  const { schema, schemaType, references, id, version } = body as Partial<Record<string, unknown>>
  if (typeof schema !== 'string' || schema === '') return { refusal: refuse(422, 'Empty schema', 42201) }
  if (schemaType !== undefined && schemaType !== null && schemaType !== 'AVRO' && schemaType !== 'JSON' && schemaType !== 'PROTOBUF') {
    return { refusal: refuse(422, 'Invalid schema type', 42201) }
  }
  const list = references ?? []
  if (!Array.isArray(list) || !list.every(isReference)) return { refusal: refuse(422, 'Invalid references', 42201) }
  // These come in mode IMPORT only.
  if ((!isNone(id) && !isId(id)) || (!isNone(version, 0) && !isVersion(version))) {
    return { refusal: refuse(422, 'id or version is not a number that there can be', 42205) }
  }
  return {
    schema: { format: schemaType ?? 'AVRO', text: schema, ...(list.length === 0 ? {} : { references: list }) },
    ...(isNone(id) || !isId(id) ? {} : { id }),
    ...(isVersion(version) ? { version } : {}),
  }
}

/** The members that describe a schema in an answer. Avro goes without `schemaType`, as it always did. */
export function schemaMembers({ format, text, references }: SchemaText): object {
  return { schema: text, ...(format === 'AVRO' ? {} : { schemaType: format }), ...(references === undefined ? {} : { references }) }
}

/** Clients write -1 for "none", and for a version 0 too. */
function isNone(value: unknown, none = -1): boolean {
  return value === undefined || value === null || value === -1 || value === none
}
