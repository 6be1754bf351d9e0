import { EvolveError, isEvolveError } from '../errors.ts'
import type { SchemaText } from '../schema/text.ts'
import { checkedSchema, checkId, checkSubject, checkVersion } from './checks.ts'
import { type CompatibilityReport, checkVersions, incompatibleRegistration } from './compatibility/check-versions.ts'
import { propertyOf } from './contract.ts'
import { registeredSchema, subjectVersion } from './entries.ts'
import { type FindOptions, findKnown, withContract } from './find-known.ts'
import { normalizeSchema } from './normalize.ts'
import { referencedTextsSync } from './references.ts'
import { normalSubject, referredSubject } from './state/qualified-subject.ts'
import type { SchemaStore } from './state/store.ts'
import type { ImportOptions, NormalizeOptions, SubjectVersion } from './types.ts'
import type { ValidateOptions } from './validate.ts'

/**
 * Says whether a text is a schema: returns, or throws (an `EvolveError` as it is, anything else becomes `invalid-schema`).
 * `references` are the texts that the schema refers to, dependencies first.
 */
export type SchemaValidator = (schema: SchemaText, references: readonly string[], options?: ValidateOptions) => void

/** A version that is there already, or one that may become the next. */
export interface Admission {
  readonly entry: SubjectVersion
  readonly known: boolean
}

/**
 * The version that already holds the schema, or the one that it may become.
 * @throws EvolveError `invalid-options`, `invalid-schema`, `limit-exceeded`, `registry-rejected`, `incompatible-registration`.
 */
export function findOrAdmit(
  store: SchemaStore,
  subject: string,
  schema: SchemaText,
  validate: SchemaValidator | undefined,
  options: NormalizeOptions = {},
): Admission {
  checkRegistrable(subject)
  const given = normalized(store, subject, checkedSchema(schema, subject), validate, options)
  const known = lookedUp(store, subject, given)
  if (known !== undefined) return { entry: known, known: true }
  store.settings.checkWritable(subject)
  const asked = withContract(store, subject, given)
  checkMeaning(store, subject, asked, validate)
  const report = reportOn(store, subject, asked, store.entries(subject))
  if (!report.compatible) throw incompatibleRegistration(subject, report)
  return { entry: store.prepare(subject, asked), known: false }
}

/**
 * The version that holds the schema already, or the one that it becomes under the ID it has elsewhere; where it is `replacing`, also in place of one that was
 * deleted, and must be purged first.
 * @throws EvolveError `invalid-options`, `invalid-schema`, `limit-exceeded`, `registry-rejected`.
 */
export function findOrAdmitImport(
  store: SchemaStore,
  subject: string,
  given: SchemaText,
  validate: SchemaValidator | undefined,
  { id, version, replacing = false }: ImportOptions & { readonly replacing?: boolean },
): Admission {
  checkRegistrable(subject)
  checkId(id)
  if (version !== undefined) checkVersion(subject, version)
  const schema = checkedSchema(given, subject)
  const known = store.find(subject, schema)
  if (known?.id === id && (version ?? known.version) === known.version) return { entry: known, known: true }
  const details = { subject, schemaId: id, registryCode: 42205 }
  const refuse = (problem: string, hint?: string): EvolveError => new EvolveError('registry-rejected', problem, { ...details, hint })
  if (store.settings.modeInForce(subject) !== 'IMPORT') {
    throw refuse('this registry gives IDs and versions itself', 'set the mode of the subject to IMPORT')
  }
  if (!store.allows(id, subject, schema)) throw refuse(otherMeaning(store.has(id, subject)))
  const number = version ?? store.nextVersion(subject)
  const isDeleted = store.isDeleted(subject, number)
  if (isDeleted === false || (isDeleted === true && !replacing)) throw refuse(`the subject has a version ${number} already`)
  checkMeaning(store, subject, schema, validate, true)
  return { entry: subjectVersion(normalSubject(subject), number, registeredSchema(id, schema)), known: false }
}

/** See `ManagedRegistry.checkCompatibility`. */
export function checkCandidate(
  store: SchemaStore,
  subject: string,
  schema: SchemaText,
  validate: SchemaValidator | undefined,
  { version, ...options }: NormalizeOptions & { readonly version?: number | 'latest' | undefined },
): CompatibilityReport {
  checkRegistrable(subject)
  const plain = checkedSchema(schema, subject)
  const versions = store.entries(subject)
  const asked = version === undefined ? versions : version === 'latest' ? versions.slice(-1) : [versionOf(store, subject, version)]
  const candidate = withContract(store, subject, normalized(store, subject, plain, validate, options))
  checkMeaning(store, subject, candidate, validate)
  return reportOn(store, subject, candidate, asked)
}

/**
 * The schema as it is compared with those that are there: its normal text where that is asked for, or in force for the subject.
 * @throws EvolveError `invalid-schema`, `limit-exceeded` for a text that has no normal form as it is no schema.
 */
export function normalized(
  store: SchemaStore,
  subject: string,
  schema: SchemaText,
  validate: SchemaValidator | undefined,
  { normalize = store.settings.normalizes(subject) }: NormalizeOptions,
): SchemaText {
  if (!normalize) return schema
  checkMeaning(store, subject, schema, validate)
  return normalizeSchema(schema, referencesIn(store, subject, schema, false))
}

/** The version that holds the schema, if any; see {@link findKnown}. */
export function lookedUp(store: SchemaStore, subject: string, schema: SchemaText, options?: FindOptions): SubjectVersion | undefined {
  return findKnown(store, subject, schema, (version) => referencesIn(store, subject, version, true), options)
}

/** Throws `invalid-schema` unless the text is a schema: of one that is only looked up, names and defaults may be anything. */
export function checkLookedUp(store: SchemaStore, subject: string, schema: SchemaText, validate: SchemaValidator | undefined): void {
  checkMeaning(store, subject, schema, validate, true)
}

/** A version that is not there is one thing, whether or not its subject is: so say other registries. */
function versionOf(store: SchemaStore, subject: string, version: number): SubjectVersion {
  if (store.versionCount(subject) > 0) return store.version(subject, version)
  throw new EvolveError('version-not-found', 'nothing is registered under the subject', { subject })
}

function reportOn(store: SchemaStore, subject: string, schema: SchemaText, versions: readonly SubjectVersion[]): CompatibilityReport {
  // Versions of another group, as a property of their metadata says, are none that this one must go with.
  const group = store.settings.value(subject, 'compatibilityGroup')
  const peers = group === undefined ? versions : versions.filter((other) => propertyOf(other, group) === propertyOf(schema, group))
  return checkVersions(store.settings.level(subject), schema, peers, (other) => referencesIn(store, subject, other, true))
}

function checkMeaning(
  store: SchemaStore,
  subject: string,
  schema: SchemaText,
  validate: SchemaValidator | undefined,
  lenient: boolean = store.settings.value(subject, 'validateNewSchemas') === false,
): void {
  const references = referencesIn(store, subject, schema, false)
  if (validate === undefined) return
  try {
    validate(schema, references, { lenient })
  } catch (error) {
    if (isEvolveError(error)) throw error
    throw new EvolveError('invalid-schema', error instanceof Error ? error.message : String(error), { subject }, error)
  }
}

function referencesIn(store: SchemaStore, subject: string, schema: SchemaText, deleted: boolean): readonly string[] {
  try {
    return referencedTextsSync((name, version) => store.version(referredSubject(subject, name), version, { deleted }), schema)
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

function otherMeaning(isHeld: boolean): string {
  return isHeld ? 'the ID means another schema here' : 'the ID has meant another schema here, which was deleted for good'
}

/** A context alone holds settings, and no versions. */
function checkRegistrable(subject: string): void {
  checkSubject(subject)
  if (/^:\.[^:]*:$/.test(subject)) throw new EvolveError('invalid-options', 'not a subject name: it names a context and no subject in it')
}
