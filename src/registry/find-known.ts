import { isEvolveError } from '../errors.ts'
import { parseSchema } from '../schema/parse.ts'
import type { SchemaText } from '../schema/text.ts'
import { type ContractConfig, contracted } from './contract.ts'
import { sortedJson } from './json-copy.ts'
import { normalAvroText } from './normalize/avro-text.ts'
import type { SchemaStore } from './state/store.ts'
import type { SubjectVersion } from './types.ts'

/** The texts that a version refers to, dependencies first. */
type ReferencesOf = (schema: SchemaText) => readonly string[]

/** Most versions with references that a schema without any is compared with: each of them is parsed. */
const mostCompared = 100

/**
 * The version that holds the schema: as it is given, with the metadata and rules that it would be registered with, or with what it refers to written out,
 * as Java's clients send it (Confluent's `lookUpSchemaUnderSubject`, `ParsedSchema.canLookup`).
 */
export function findKnown(
  store: SchemaStore,
  subject: string,
  schema: SchemaText,
  referencesOf: ReferencesOf,
  deleted = false,
): SubjectVersion | undefined {
  const full = withContract(store, subject, schema)
  const asItIs = full === schema || hasContracts(store, subject) ? undefined : store.find(subject, schema, deleted)
  return asItIs ?? store.find(subject, full, deleted) ?? writtenOut(store, subject, full, referencesOf, deleted)
}

/** The schema as it would be registered: with metadata and rules of the version before it, and of the config in force. */
export function withContract(store: SchemaStore, subject: string, schema: SchemaText): SchemaText {
  const config: ContractConfig = store.settings.contracts(subject)
  return contracted(schema, store.newest(subject), config)
}

/** Then a schema is never registered as it is given. */
function hasContracts(store: SchemaStore, subject: string): boolean {
  return Object.keys(store.settings.contracts(subject)).length > 0
}

function writtenOut(
  store: SchemaStore,
  subject: string,
  schema: SchemaText,
  referencesOf: ReferencesOf,
  deleted: boolean,
): SubjectVersion | undefined {
  if (schema.format !== 'AVRO' || (schema.references ?? []).length > 0) return undefined
  const referring = store.newestReferring(subject, mostCompared, deleted)
  if (referring.length === 0 || !standsAlone(schema)) return undefined
  const key = contractKey(schema)
  return referring.find(
    (version) => version.format === 'AVRO' && contractKey(version) === key && isWrittenOut(version, schema, referencesOf),
  )
}

function standsAlone(schema: SchemaText): boolean {
  try {
    parseSchema(schema.text, { invalidDefaults: 'drop', invalidNames: 'keep' })
    return true
  } catch (error) {
    if (isEvolveError(error)) return false
    throw error
  }
}

/** What both refer to is named in both texts then; a definition that differs from the one that is referred to cannot stand beside it. */
function isWrittenOut(version: SchemaText, schema: SchemaText, referencesOf: ReferencesOf): boolean {
  try {
    const references = referencesOf(version)
    return normalAvroText(schema.text, references) === normalAvroText(version.text, references)
  } catch (error) {
    if (isEvolveError(error)) return false
    throw error
  }
}

function contractKey({ metadata, ruleSet }: SchemaText): string {
  return sortedJson([metadata ?? null, ruleSet ?? null])
}
