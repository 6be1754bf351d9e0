import { EvolveError, isEvolveError } from '../errors.ts'
import type { SchemaText } from '../schema/text.ts'
import { checkId, checkSchemaText, checkSubject } from './checks.ts'
import { type CompatibilityReport, checkVersions, incompatibleRegistration } from './compatibility/check-versions.ts'
import { referencedTextsSync } from './references.ts'
import type { SchemaStore } from './store.ts'
import type { ImportOptions, SubjectVersion } from './types.ts'

/**
 * Says whether a text is a schema: returns, or throws (an `EvolveError` as it is, anything else becomes `invalid-schema`).
 * `references` are the texts that the schema refers to, dependencies first.
 */
export type SchemaValidator = (schema: SchemaText, references: readonly string[]) => void

/**
 * The version that already holds the schema, or `undefined` when it may become a new one.
 * @throws EvolveError `invalid-options`, `invalid-schema`, `limit-exceeded`, `registry-rejected`, `incompatible-registration`.
 */
export function findOrAdmit(
  store: SchemaStore,
  subject: string,
  schema: SchemaText,
  validate: SchemaValidator | undefined,
): SubjectVersion | undefined {
  checkSubject(subject)
  checkSchemaText(schema, subject)
  const known = store.find(subject, schema)
  if (known !== undefined) return known
  store.settings.checkWritable(subject)
  admit(store, subject, schema, validate)
  return undefined
}

/** The one gate in front of a new version. */
function admit(store: SchemaStore, subject: string, schema: SchemaText, validate: SchemaValidator | undefined): void {
  checkMeaning(store, subject, schema, validate)
  const report = reportOn(store, subject, schema, store.entries(subject))
  if (!report.compatible) throw incompatibleRegistration(subject, report)
}

/**
 * The version that holds the schema already, or the one that it becomes under the ID it has elsewhere.
 * @throws EvolveError `invalid-options`, `invalid-schema`, `limit-exceeded`, `registry-rejected`.
 */
export function findOrPrepareImport(
  store: SchemaStore,
  subject: string,
  schema: SchemaText,
  validate: SchemaValidator | undefined,
  { id, version }: ImportOptions,
): { readonly entry: SubjectVersion; readonly known: boolean } {
  checkSubject(subject)
  checkId(id)
  checkSchemaText(schema, subject)
  const known = store.find(subject, schema)
  if (known?.id === id && (version ?? known.version) === known.version) return { entry: known, known: true }
  const details = { subject, schemaId: id, registryCode: 42205 }
  if (store.settings.modeInForce(subject) !== 'IMPORT') {
    const hint = 'set the mode of the subject to IMPORT'
    throw new EvolveError('registry-rejected', 'this registry gives IDs and versions itself', { ...details, hint })
  }
  const entry = store.prepareImport(subject, schema, id)
  if (known !== undefined) throw new EvolveError('registry-rejected', `the schema is version ${known.version} already`, details)
  if (version !== undefined && version !== entry.version) {
    const hint = 'import the versions in their order, and register those that were deleted too'
    throw new EvolveError('registry-rejected', `version ${version} is not the next, which is ${entry.version}`, { ...details, hint })
  }
  checkMeaning(store, subject, schema, validate)
  return { entry, known: false }
}

/** See `ConfigurableRegistry.checkCompatibility`. */
export function checkCandidate(
  store: SchemaStore,
  subject: string,
  schema: SchemaText,
  validate: SchemaValidator | undefined,
  version: number | 'latest' | undefined,
): CompatibilityReport {
  checkSubject(subject)
  checkSchemaText(schema, subject)
  const versions = store.entries(subject)
  const asked = version === undefined ? versions : version === 'latest' ? versions.slice(-1) : [versionOf(store, subject, version)]
  checkMeaning(store, subject, schema, validate)
  return reportOn(store, subject, schema, asked)
}

/** A version that is not there is one thing, whether or not its subject is: so say other registries. */
function versionOf(store: SchemaStore, subject: string, version: number): SubjectVersion {
  if (store.versionCount(subject) > 0) return store.version(subject, version)
  throw new EvolveError('version-not-found', 'nothing is registered under the subject', { subject })
}

function reportOn(store: SchemaStore, subject: string, schema: SchemaText, versions: readonly SubjectVersion[]): CompatibilityReport {
  return checkVersions(store.settings.level(subject), schema, versions, (other) => referencesIn(store, subject, other))
}

function checkMeaning(store: SchemaStore, subject: string, schema: SchemaText, validate: SchemaValidator | undefined): void {
  const references = referencesIn(store, subject, schema)
  if (validate === undefined) return
  try {
    validate(schema, references)
  } catch (error) {
    if (isEvolveError(error)) throw error
    throw new EvolveError('invalid-schema', error instanceof Error ? error.message : String(error), { subject }, error)
  }
}

function referencesIn(store: SchemaStore, subject: string, schema: SchemaText): readonly string[] {
  try {
    return referencedTextsSync((name, version) => store.version(name, version), schema)
  } catch (error) {
    if (!isEvolveError(error) || (error.code !== 'subject-not-found' && error.code !== 'version-not-found')) throw error
    throw new EvolveError(
      'invalid-schema',
      'the schema refers to a version that is not registered',
      { subject, hint: 'register it first' },
      error,
    )
  }
}
