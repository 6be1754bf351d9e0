import type { SubjectVersion } from '../types.ts'
import { avroFingerprint, fingerprint, storeOf } from './lock-store.ts'
import type { Lockfile } from './lockfile.ts'

/** The form that this code writes, and the only one that it reads. */
export const lockfileVersion = 1

/**
 * The text of a lock file: subjects in the order of their names, versions ascending, members in one order and one to a line, so that the same
 * registry always gives the same text, and a new version is lines that were added.
 * @throws EvolveError `registry-corrupt` for contents that contradict themselves.
 */
export function lockfileText(lockfile: Lockfile): string {
  const store = storeOf(lockfile)
  const versionJson = (entry: SubjectVersion): object => {
    const { version, id, format, text, references, metadata, ruleSet } = entry
    // JSON leaves out what is undefined.
    return {
      version,
      id,
      format,
      fingerprint: fingerprint(entry),
      crc64: avroFingerprint(store, entry),
      text,
      references,
      metadata,
      ruleSet,
    }
  }
  const listJson = (versions: readonly SubjectVersion[]): readonly object[] =>
    versions.toSorted((a, b) => a.version - b.version).map(versionJson)
  const subjects = lockfile.subjects
    .toSorted((a, b) => (a.subject < b.subject ? -1 : 1))
    .map(({ subject, compatibility, versions, deleted = [] }) => ({
      subject,
      compatibility,
      versions: listJson(versions),
      deleted: deleted.length === 0 ? undefined : listJson(deleted),
    }))
  return `${JSON.stringify({ lockfileVersion, subjects }, null, 2)}\n`
}
