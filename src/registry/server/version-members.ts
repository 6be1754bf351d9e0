import type { SchemaText } from '../../schema/text.ts'
import { schemaGuid } from '../schema-guid.ts'
import type { Registry, SchemaUse, SubjectVersion } from '../types.ts'
import { flag } from './query.ts'
import type { Call } from './route.ts'
import { schemaMembers } from './schema-body.ts'

/** A version in an answer. */
export function versionMembers(entry: SubjectVersion, call: Pick<Call, 'headers' | 'query'>, deleted = false): object {
  return {
    subject: entry.subject,
    version: entry.version,
    id: entry.id,
    ...guidMember(entry, call),
    ...schemaMembers(entry, referenceHome(call, entry.subject)),
    ...(takesMore(call) && deleted ? { deleted } : {}),
  }
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

/** Where a client that wants references with their contexts (`referenceFormat=qualified`) reads them: under this subject. */
export function referenceHome({ query }: Pick<Call, 'query'>, subject: string | undefined): string | undefined {
  return query.get('referenceFormat') === 'qualified' ? subject : undefined
}

/** Whether a version is one that was deleted: asked of the registry only where the client is to hear of it. */
export async function isDeleted(
  registry: Registry,
  { subject, version }: SchemaUse,
  call: Pick<Call, 'headers' | 'query'>,
): Promise<boolean> {
  return takesMore(call) && flag(call.query, 'deleted') && (await deletedVersions(registry, subject)).includes(version)
}

/** The versions of a subject that were deleted and not purged. */
export async function deletedVersions(registry: Registry, subject: string): Promise<readonly number[]> {
  return registry.versions(subject, { deletedOnly: true }).catch(() => [])
}
