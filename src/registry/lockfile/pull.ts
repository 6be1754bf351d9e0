import { EvolveError, isEvolveError } from '../../errors.ts'
import { checkSubject } from '../checks.ts'
import type { CompatibilityLevel } from '../compatibility/levels.ts'
import { normalSubject, referredSubject } from '../state/qualified-subject.ts'
import type { CallOptions, DeletedOptions, ManagedRegistry, Registry, SubjectVersion } from '../types.ts'
import { inParallel } from './in-parallel.ts'
import { storeOf } from './lock-store.ts'
import type { LockedSubject, Lockfile } from './lockfile.ts'

/** A registry to pull from. What it cannot say is left out of the lock file. */
export type PullableRegistry = Registry & Partial<Pick<ManagedRegistry, 'subjects' | 'config'>>

/** Options of {@link pullLockfile}. */
export interface PullOptions extends CallOptions {
  /** Versions that were deleted too: messages may still name their IDs. Default `true`. */
  readonly deleted?: boolean
  /** Requests under way at a time; default 8. */
  readonly concurrency?: number
}

/** Most subjects that one lock file holds. */
const maxSubjects = 100_000
/** How far references are followed, as where schemas are parsed. */
const maxDepth = 20

/**
 * All versions of the subjects, as the registry has them now, with the levels in force. `'all'`: all subjects of all contexts. Subjects that a schema
 * refers to come along.
 * @throws EvolveError `subject-not-found` for one that is not there, `invalid-options` for `'all'` of a registry that cannot list its subjects,
 * `registry-bad-answer` where the registry contradicts itself, or a registry failure.
 */
export async function pullLockfile(
  registry: PullableRegistry,
  subjects: 'all' | readonly string[],
  options: PullOptions = {},
): Promise<Lockfile> {
  const { concurrency = 8, deleted = true, signal } = options
  if (!Number.isInteger(concurrency) || concurrency < 1) throw new EvolveError('invalid-options', 'concurrency is not an integer from 1')
  const pulled = new Map<string, LockedSubject>()
  let wanted: readonly string[] = subjects === 'all' ? await allSubjects(registry, deleted, signal) : subjects.map(normalSubject)
  for (const subject of wanted) checkSubject(subject)
  for (let depth = 0; wanted.length > 0; depth += 1) {
    if (depth > maxDepth) throw new EvolveError('limit-exceeded', `references are more than ${maxDepth} deep`)
    if (pulled.size + wanted.length > maxSubjects) throw new EvolveError('limit-exceeded', `there are more than ${maxSubjects} subjects`)
    // A list may name what is gone by now, and that of Karapace names subjects that never had a version.
    const mayBeGone = subjects === 'all' && pulled.size === 0
    const asked = await inParallel([...new Set(wanted)], concurrency, (subject) =>
      contentsOf(registry, subject, { deleted, mayBeGone, signal }),
    )
    const lists = asked.filter(({ listed, gone }) => listed.length > 0 || gone.length > 0)
    const entries = await inParallel(lists.flatMap(versionsIn), concurrency, (one) => versionOf(registry, one, signal))
    const bySubject = new Map<string, SubjectVersion[]>(lists.map(({ subject }) => [subject, []]))
    for (const entry of entries) bySubject.get(entry.subject)?.push(entry)
    const found = lists.map((contents) => lockedSubject(contents, bySubject.get(contents.subject) ?? []))
    for (const one of found) pulled.set(one.subject, one)
    wanted = found.flatMap(referredSubjects).filter((subject) => !pulled.has(subject))
  }
  const lockfile: Lockfile = { subjects: [...pulled.values()].sort((a, b) => (a.subject < b.subject ? -1 : 1)) }
  checkSound(lockfile)
  return lockfile
}

async function allSubjects(registry: PullableRegistry, deleted: boolean, signal: AbortSignal | undefined): Promise<readonly string[]> {
  if (registry.subjects !== undefined) return registry.subjects({ prefix: ':*:', deleted, signal })
  throw new EvolveError('invalid-options', 'this registry cannot list its subjects', { hint: 'name the subjects' })
}

/** What a subject holds, by its numbers. */
interface Contents {
  readonly subject: string
  readonly compatibility: CompatibilityLevel | undefined
  readonly listed: readonly number[]
  readonly gone: readonly number[]
}

async function contentsOf(
  registry: PullableRegistry,
  subject: string,
  { deleted, mayBeGone, signal }: { readonly deleted: boolean; readonly mayBeGone: boolean; readonly signal: AbortSignal | undefined },
): Promise<Contents> {
  // Not by `deletedOnly`, which Karapace passes over: it would give those that are listed, or say that there is no such subject.
  const all = deleted ? await numbersOf(registry, subject, { deleted: true }, mayBeGone, signal) : []
  const listed = await numbersOf(registry, subject, {}, mayBeGone || all.length > 0, signal)
  const config = await registry.config?.(subject, { defaultToGlobal: true, ...(signal === undefined ? {} : { signal }) })
  return { subject, compatibility: config?.compatibility, listed, gone: all.filter((version) => !listed.includes(version)) }
}

async function numbersOf(
  registry: Registry,
  subject: string,
  which: DeletedOptions,
  mayBeNone: boolean,
  signal: AbortSignal | undefined,
): Promise<readonly number[]> {
  try {
    return await registry.versions(subject, { ...which, signal })
  } catch (error) {
    if (mayBeNone && isEvolveError(error) && error.code === 'subject-not-found') return []
    throw error
  }
}

interface WantedVersion {
  readonly subject: string
  readonly version: number
  readonly deleted: boolean
}

function versionsIn({ subject, listed, gone }: Contents): readonly WantedVersion[] {
  const wanted = (deleted: boolean) => (version: number) => ({ subject, version, deleted })
  return [...listed.map(wanted(false)), ...gone.map(wanted(true))]
}

async function versionOf(registry: Registry, wanted: WantedVersion, signal: AbortSignal | undefined): Promise<SubjectVersion> {
  const { subject, version, deleted } = wanted
  const entry = await registry.version(subject, version, { deleted, signal })
  if (entry.subject === subject && entry.version === version) return entry
  throw new EvolveError('registry-bad-answer', `asked for version ${version} of ${subject}, the registry gave another`, { subject })
}

function lockedSubject({ subject, compatibility, gone }: Contents, entries: readonly SubjectVersion[]): LockedSubject {
  const removed = new Set(gone)
  const deleted = entries.filter(({ version }) => removed.has(version))
  return {
    subject,
    ...(compatibility === undefined ? {} : { compatibility }),
    versions: entries.filter(({ version }) => !removed.has(version)),
    ...(deleted.length === 0 ? {} : { deleted }),
  }
}

function referredSubjects({ subject, versions, deleted = [] }: LockedSubject): readonly string[] {
  return [...versions, ...deleted].flatMap(({ references = [] }) => references.map((one) => referredSubject(subject, one.subject)))
}

/** A registry that gives one ID to two schemas must not end up in a lock file. */
function checkSound(lockfile: Lockfile): void {
  try {
    storeOf(lockfile)
  } catch (error) {
    if (!isEvolveError(error)) throw error
    throw new EvolveError('registry-bad-answer', `the registry contradicts itself: ${error.problem}`, error.details)
  }
}
