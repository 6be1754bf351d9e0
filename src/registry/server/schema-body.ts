import type { SchemaText } from '../../schema/text.ts'
import { isReference } from '../checks.ts'
import { type Reply, refuse } from './reply.ts'

/** The schema in the body of a request, or the refusal. */
export function schemaOf(body: unknown): { readonly schema: SchemaText } | { readonly refusal: Reply } {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return { refusal: refuse(400, 'the body is not a JSON object') }
  const { schema, schemaType, references, id, version } = body as Partial<Record<string, unknown>>
  if (typeof schema !== 'string' || schema === '') return { refusal: refuse(422, 'Empty schema', 42201) }
  if (schemaType !== undefined && schemaType !== null && schemaType !== 'AVRO' && schemaType !== 'JSON' && schemaType !== 'PROTOBUF') {
    return { refusal: refuse(422, 'Invalid schema type', 42201) }
  }
  // Confluent's server takes these in mode IMPORT only; -1 stands for "none".
  if (!isNone(id) || !isNone(version)) return { refusal: refuse(422, 'this registry gives IDs and versions itself', 42205) }
  const list = references ?? []
  if (!Array.isArray(list) || !list.every(isReference)) return { refusal: refuse(422, 'Invalid references', 42201) }
  return { schema: { format: schemaType ?? 'AVRO', text: schema, ...(list.length === 0 ? {} : { references: list }) } }
}

/** The members that describe a schema in an answer. Avro goes without `schemaType`, as it always did. */
export function schemaMembers({ format, text, references }: SchemaText): object {
  return { schema: text, ...(format === 'AVRO' ? {} : { schemaType: format }), ...(references === undefined ? {} : { references }) }
}

function isNone(value: unknown): boolean {
  return value === undefined || value === null || value === -1
}
