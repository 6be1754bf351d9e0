import { EvolveError, isEvolveError } from '../../errors.ts'
import { schemaFingerprint } from '../../schema/fingerprint.ts'
import { parseSchema } from '../../schema/parse.ts'
import type { SchemaText } from '../../schema/text.ts'
import { referencedTextsSync } from '../references.ts'
import { schemaKey } from '../schema-key.ts'
import { referredSubject } from '../state/qualified-subject.ts'
import { SchemaStore } from '../state/store.ts'
import type { SubjectVersion } from '../types.ts'
import type { Lockfile } from './lockfile.ts'

/**
 * What a lock file says, as the state of a registry.
 * @throws EvolveError `registry-corrupt` that names the version at fault where an ID has two schemas, or a subject one version twice.
 */
export function storeOf({ subjects }: Lockfile): SchemaStore {
  const store = new SchemaStore(1)
  for (const { subject, versions, deleted = [], compatibility } of subjects) {
    if (store.entries(subject, true).length > 0) throw new EvolveError('registry-corrupt', 'the subject stands there twice', { subject })
    for (const entry of [...versions, ...deleted]) {
      inVersion(subject, entry.version, () => store.apply({ type: 'version', entry, isNewSchema: !store.has(entry.id, subject) }))
    }
    if (deleted.length > 0) store.apply({ type: 'delete', subject, versions: deleted.map(({ version }) => version) })
    if (compatibility !== undefined) store.settings.apply({ type: 'config', subject, config: { compatibility } })
  }
  return store
}

/** Runs the action; an error about it names the version. */
export function inVersion<T>(subject: string, version: number, action: () => T): T {
  try {
    return action()
  } catch (error) {
    if (!isEvolveError(error)) throw error
    const { problem, details, cause } = error
    throw new EvolveError('registry-corrupt', `version ${version} of subject ${subject}: ${problem}`, { ...details, subject }, cause)
  }
}

/** The SHA-256 by which a registry tells schemas apart, in the form of a "subresource integrity" text. */
export function fingerprint(schema: SchemaText): string {
  return `sha256-${schemaKey(schema)}`
}

/**
 * CRC-64-AVRO of the canonical form, as 16 hexadecimal digits in the order of single-object encoding; `undefined` for other formats, and for what does
 * not parse: registries take texts that the specification does not.
 */
export function avroFingerprint(store: SchemaStore, entry: SubjectVersion): string | undefined {
  if (entry.format !== 'AVRO') return undefined
  try {
    const versionOf = (subject: string, version: number): SchemaText =>
      store.version(referredSubject(entry.subject, subject), version, { deleted: true })
    const schema = parseSchema(entry.text, { references: referencedTextsSync(versionOf, entry), invalidDefaults: 'drop' })
    return schemaFingerprint(schema, 'CRC-64-AVRO').toString('hex')
  } catch (error) {
    if (isEvolveError(error)) return undefined
    throw error
  }
}
