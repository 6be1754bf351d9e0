import { EvolveError } from '../errors.ts'
import { checkSubject } from './checks.ts'
import type { StoreChange } from './state/changes.ts'
import { normalSubject } from './state/qualified-subject.ts'
import type { SchemaStore } from './state/store.ts'

/** What deletes one version. @throws EvolveError as `ManagedRegistry.deleteVersion` says. */
export function versionRemoval(store: SchemaStore, subject: string, version: number, permanent: boolean): StoreChange {
  const isDeleted = store.isDeleted(subject, version)
  // Says which of the two is not there.
  if (isDeleted === undefined) store.version(subject, version, { deleted: true })
  if (isDeleted === true && !permanent) {
    throw refusal(subject, 40406, `Subject '${subject}' Version ${version} was soft deleted.Set permanent=true to delete permanently`)
  }
  store.settings.checkChangeable(subject)
  const change = removal(store, subject, [version], permanent)
  if (isDeleted === false && permanent) {
    throw refusal(subject, 40407, `Subject '${subject}' Version ${version} was not deleted first before being permanently deleted`)
  }
  return change
}

/** What deletes all versions of a subject. @throws EvolveError as `ManagedRegistry.deleteSubject` says. */
export function subjectRemoval(
  store: SchemaStore,
  subject: string,
  permanent: boolean,
): Extract<StoreChange, { readonly versions: readonly number[] }> {
  checkSubject(subject)
  const all = store.versions(subject, { deleted: true })
  const listed = store.entries(subject).map(({ version }) => version)
  if (listed.length === 0 && !permanent) {
    throw refusal(subject, 40404, `Subject '${subject}' was soft deleted.Set permanent=true to delete permanently`)
  }
  store.settings.checkChangeable(subject)
  const change = removal(store, subject, permanent ? all : listed, permanent)
  if (listed.length > 0 && permanent) {
    throw refusal(subject, 40405, `Subject '${subject}' was not deleted first before being permanently deleted`)
  }
  return change
}

/** What purges a subject of which nothing is listed any more, in any mode; nothing where there is no such subject. @throws EvolveError as above, with 42206. */
export function leftoverRemoval(store: SchemaStore, subject: string): StoreChange | undefined {
  const all = store.entries(subject, true)
  if (all.length === 0 || store.versionCount(subject) > 0) return undefined
  return removal(
    store,
    subject,
    all.map(({ version }) => version),
    true,
  )
}

/**
 * A schema whose references are gone cannot be read. So what a listed version refers to stays listed, and what any refers to stays: the IDs of
 * deleted versions are in messages.
 */
function removal(
  store: SchemaStore,
  subject: string,
  versions: readonly number[],
  permanent: boolean,
): Extract<StoreChange, { readonly versions: readonly number[] }> {
  const own = normalSubject(subject)
  for (const version of versions) {
    const [referring] = store
      .referring(subject, version, permanent)
      .filter((entry) => entry.subject !== own || !versions.includes(entry.version))
    if (referring === undefined) continue
    const problem = `One or more references exist to the schema {magic=1,keytype=SCHEMA,subject=${subject},version=${version}}`
    throw refusal(subject, 42206, problem, `version ${referring.version} of ${referring.subject} refers to it: delete that first`)
  }
  return { type: permanent ? 'purge' : 'delete', subject: own, versions }
}

/** Code and words are those of Confluent's registry. */
function refusal(subject: string, registryCode: number, problem: string, hint?: string): EvolveError {
  return new EvolveError('registry-rejected', problem, { subject, registryCode, hint })
}
