import type { SchemaText } from '../../schema/text.ts'
import { isId, isReference, isVersion } from '../checks.ts'
import { isJsonObject } from '../json-copy.ts'
import { referredSubject } from '../state/qualified-subject.ts'
import { type Reply, refuse } from './reply.ts'
import { ruleSetFlaw } from './rule-set.ts'

/** What a body asks to register. */
export interface AskedSchema {
  readonly schema: SchemaText
  /** The ID that it has elsewhere, and the version there, or the one that it is to become. */
  readonly id?: number
  readonly version?: number
}

/** The schema in the body of a request, or the refusal. */
export function schemaOf(body: unknown): AskedSchema | { readonly refusal: Reply } {
  if (!isJsonObject(body)) return { refusal: refuse(400, 'the body is not a JSON object') }
  const { schema, schemaType, references, id, version } = body
  if (typeof schema !== 'string' || schema.trim() === '') return { refusal: refuse(422, 'Empty schema', 42201) }
  const format = schemaType ?? 'AVRO'
  if (format !== 'AVRO' && format !== 'JSON' && format !== 'PROTOBUF') return { refusal: refuse(422, 'Invalid schema type', 42201) }
  const list = references ?? []
  if (!Array.isArray(list) || !list.every(isReference)) return { refusal: refuse(422, 'Invalid references', 42201) }
  if (!isNone(id) && !isId(id)) return { refusal: refuse(422, 'id is not a number that there can be', 42205) }
  if (!isNone(version, 0) && !isVersion(version)) return { refusal: refuse(422, 'version is not a number that there can be', 42202) }
  const metadata = contract(body, 'metadata')
  const ruleSet = contract(body, 'ruleSet')
  if (metadata === undefined) return { refusal: refuse(422, 'metadata is not an object', 42201) }
  if (ruleSet === undefined) return { refusal: refuse(422, 'ruleSet is not an object', 42210) }
  const flaw = ruleSetFlaw(ruleSet.ruleSet)
  if (flaw !== undefined) return { refusal: refuse(422, flaw, 42210) }
  return {
    schema: { format, text: schema, ...(list.length === 0 ? {} : { references: list }), ...metadata, ...ruleSet },
    ...(isId(id) ? { id } : {}),
    ...(isVersion(version) ? { version } : {}),
  }
}

/**
 * The members that describe a schema in an answer. Avro goes without `schemaType`, as it always did. `home` is a subject of which references get the context
 * where they have none; without it they stand as they were registered.
 */
export function schemaMembers({ format, text, references, metadata, ruleSet }: SchemaText, home?: string): object {
  const qualified = home === undefined ? references : references?.map((one) => ({ ...one, subject: referredSubject(home, one.subject) }))
  return {
    ...(format === 'AVRO' ? {} : { schemaType: format }),
    ...(qualified === undefined ? {} : { references: qualified }),
    ...(metadata === undefined ? {} : { metadata }),
    ...(ruleSet === undefined ? {} : { ruleSet }),
    schema: text,
  }
}

/** A member of a data contract: none where it is null, or `undefined` where it is no object. */
function contract(body: Readonly<Record<string, unknown>>, name: 'metadata' | 'ruleSet'): Partial<SchemaText> | undefined {
  const value = body[name]
  if (value === undefined || value === null) return {}
  return isJsonObject(value) ? { [name]: value } : undefined
}

/** Clients write -1 for "none", and for a version 0 too. */
function isNone(value: unknown, none = -1): boolean {
  return value === undefined || value === null || value === -1 || value === none
}
