import type { LockedSubject, Lockfile } from '../../registry/lockfile/lockfile.ts'

/** What is new in a lock file, a sentence for each subject. */
export function lockChanges(before: Lockfile, after: Lockfile): readonly string[] {
  const known = new Map(before.subjects.map((one) => [one.subject, one]))
  const changed = after.subjects.flatMap((subject) => {
    const change = changeOf(known.get(subject.subject), subject)
    return change === undefined ? [] : [`${subject.subject}: ${change}`]
  })
  const left = new Set(after.subjects.map(({ subject }) => subject))
  return [...changed, ...before.subjects.filter(({ subject }) => !left.has(subject)).map(({ subject }) => `${subject}: gone`)]
}

function changeOf(before: LockedSubject | undefined, after: LockedSubject): string | undefined {
  if (before === undefined) return `new, ${numbers(after.versions)}`
  const had = new Map(before.versions.map((entry) => [entry.version, entry.id]))
  const words = [
    list(
      '',
      after.versions.filter(({ version }) => !had.has(version)),
    ),
    list(
      'another ID for ',
      after.versions.filter(({ version, id }) => had.has(version) && had.get(version) !== id),
    ),
    list(
      'deleted ',
      before.versions.filter(({ version }) => !after.versions.some((one) => one.version === version)),
    ),
    before.compatibility === after.compatibility ? undefined : `level ${after.compatibility ?? 'unknown'}`,
  ].filter((word) => word !== undefined)
  if (words.length > 0) return words.join(', ')
  return JSON.stringify(before) === JSON.stringify(after) ? undefined : 'something else'
}

const list = (what: string, versions: LockedSubject['versions']): string | undefined =>
  versions.length === 0 ? undefined : `${what}${numbers(versions)}`

function numbers(versions: LockedSubject['versions']): string {
  if (versions.length === 0) return 'no version'
  const [first] = versions
  return versions.length === 1
    ? `version ${first?.version} (ID ${first?.id})`
    : `versions ${versions.map(({ version }) => version).join(', ')}`
}
