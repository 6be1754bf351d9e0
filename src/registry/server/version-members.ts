import type { SchemaText } from '../../schema/text.ts'
import { schemaGuid } from '../schema-guid.ts'
import type { SubjectVersion } from '../types.ts'
import type { Call } from './route.ts'
import { schemaMembers } from './schema-body.ts'

/** A version in an answer. */
export function versionMembers(entry: SubjectVersion, call: Pick<Call, 'headers'>): object {
  return { subject: entry.subject, version: entry.version, id: entry.id, ...guidMember(entry, call), ...schemaMembers(entry) }
}

/**
 * The GUID of a schema, for a client that says that it does not mind members it never heard of (`Confluent-Accept-Unknown-Properties: true`): those of
 * Confluent since 2025 do. Others get what they always got.
 */
export function guidMember(schema: SchemaText, call: Pick<Call, 'headers'>): { readonly guid?: string } {
  return takesMore(call) ? { guid: schemaGuid(schema) } : {}
}

/** Whether the client takes members that it may not know. */
export function takesMore({ headers }: Pick<Call, 'headers'>): boolean {
  return headers['confluent-accept-unknown-properties'] === 'true'
}
