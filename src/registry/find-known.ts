import { isEvolveError } from '../errors.ts'
import type { SchemaText } from '../schema/text.ts'
import { type ContractConfig, contracted } from './contract.ts'
import { sortedJson } from './json-copy.ts'
import { normalizeSchema } from './normalize.ts'
import type { SchemaStore } from './state/store.ts'
import type { SubjectVersion } from './types.ts'

/** The texts that a version refers to, dependencies first. */
type ReferencesOf = (schema: SchemaText) => readonly string[]

/** Which versions count, and for what. */
export interface FindOptions {
  /** Those too that were deleted. */
  readonly deleted?: boolean
  /** Those too that mean the same and are written in another way. */
  readonly alike?: boolean
}

/** Most versions that a schema is compared with by what they mean: each of them is parsed. */
const mostCompared = 100

/**
 * The version that holds the schema: as it is given, with the metadata and rules that it would be registered with, with what it refers to written out, as Java's clients send it (Confluent's `lookUpSchemaUnderSubject`, `ParsedSchema.canLookup`).
 */
export function findKnown(
  store: SchemaStore,
  subject: string,
  schema: SchemaText,
  referencesOf: ReferencesOf,
  { deleted = false, alike = false }: FindOptions = {},
): SubjectVersion | undefined {
  const full = withContract(store, subject, schema)
  const asItIs = full === schema || hasContracts(store, subject) ? undefined : store.find(subject, schema, deleted)
  return asItIs ?? store.find(subject, full, deleted) ?? sameMeaning(store, subject, full, referencesOf, { deleted, alike })
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

/** The newest version that means the same. */
function sameMeaning(
  store: SchemaStore,
  subject: string,
  schema: SchemaText,
  referencesOf: ReferencesOf,
  { deleted, alike }: Required<FindOptions>,
): SubjectVersion | undefined {
  const versions = schema.format === 'PROTOBUF' ? [] : store.newestVersions(subject, mostCompared, deleted)
  const [first] = versions
  if (first === undefined) return undefined
  const own = meaning(schema, () => referencesOf(schema))
  if (own === undefined) return undefined
  const sameReferences = JSON.stringify(schema.references ?? [])
  const sameContract = contractKey(schema)
  return versions.find((version) => {
    if (version.format !== schema.format || contractKey(version) !== sameContract) return false
    const references = version.references ?? []
    if (JSON.stringify(references) === sameReferences) return alike && meaning(version, () => referencesOf(version)) === own
    return (schema.references ?? []).length === 0 && schema.format === 'AVRO' && isWrittenOut(version, schema, referencesOf)
  })
}

/** What both refer to is named in both texts then; a definition that differs from the one that is referred to cannot stand beside it. */
function isWrittenOut(version: SchemaText, schema: SchemaText, referencesOf: ReferencesOf): boolean {
  const referred = (): readonly string[] => referencesOf(version)
  const there = meaning(version, referred)
  return there !== undefined && there === meaning({ format: schema.format, text: schema.text }, referred)
}

/** The normal text of a schema, or nothing where it is none. */
function meaning(schema: SchemaText, referred: () => readonly string[]): string | undefined {
  try {
    return normalizeSchema(schema, referred()).text
  } catch (error) {
    if (isEvolveError(error)) return undefined
    throw error
  }
}

function contractKey({ metadata, ruleSet }: SchemaText): string {
  return sortedJson([metadata ?? null, ruleSet ?? null])
}
