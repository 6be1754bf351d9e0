import { EvolveError, isEvolveError } from '../errors.ts'
import type { SchemaText } from '../schema/text.ts'
import { checkSchemaText, checkSubject } from './checks.ts'
import { referencedTextsSync } from './references.ts'
import type { SchemaStore } from './store.ts'
import type { SubjectVersion } from './types.ts'

/**
 * Says whether a text is a schema: returns, or throws (an `EvolveError` as it is, anything else becomes `invalid-schema`).
 * `references` are the texts that the schema refers to, dependencies first.
 */
export type SchemaValidator = (schema: SchemaText, references: readonly string[]) => void

/**
 * The version that already holds the schema, or `undefined` when it may become a new one.
 * @throws EvolveError `invalid-options`, `invalid-schema`, `limit-exceeded`, `incompatible-registration`.
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
  if (known === undefined) admit(store, subject, schema, validate)
  return known
}

/**
 * The one gate in front of a new version. A check against the subject's earlier versions (compatibility levels) belongs at the end of
 * this function and throws `incompatible-registration`; there are no such levels, so versions are admitted as under level NONE.
 */
function admit(store: SchemaStore, subject: string, schema: SchemaText, validate: SchemaValidator | undefined): void {
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
