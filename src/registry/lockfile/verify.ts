import { isEvolveError } from '../../errors.ts'
import { schemaKey } from '../schema-key.ts'
import type { CallOptions, Registry, SubjectVersion } from '../types.ts'
import { inParallel } from './in-parallel.ts'
import { storeOf } from './lock-store.ts'
import type { LockedSubject, Lockfile } from './lockfile.ts'
import type { PullableRegistry } from './pull.ts'

/**
 * How the registry is not what the lock file says. `other-schema`: an ID, or a version, means another schema there; messages would be misread.
 * `other-id`: the schema has another ID. `missing`: the version or the ID is not there. `deleted`: no longer listed. `new-version`: the registry has
 * one more. `level`: another compatibility level is in force.
 */
export type LockDifferenceKind = 'other-schema' | 'other-id' | 'missing' | 'deleted' | 'new-version' | 'level'

/** One way in which the registry is not what the lock file says. */
export interface LockDifference {
  readonly kind: LockDifferenceKind
  readonly subject: string
  readonly version?: number | undefined
  /** The ID that the lock file has; for a `new-version` the one that the registry has. */
  readonly id?: number | undefined
  /** All of it in one sentence. */
  readonly message: string
}

/** Options of {@link verifyLockfile}. */
export interface VerifyOptions extends CallOptions {
  /** Subjects that are asked for at a time; default 8. */
  readonly concurrency?: number
}

/**
 * Holds a lock file against a registry; subjects that the file does not name are not looked at. Ascending by subject and version.
 * @throws EvolveError `registry-corrupt` for a lock file that contradicts itself, or a registry failure: a registry that does not answer says nothing.
 */
export async function verifyLockfile(
  lockfile: Lockfile,
  registry: PullableRegistry,
  options: VerifyOptions = {},
): Promise<readonly LockDifference[]> {
  const { concurrency = 8, signal } = options
  storeOf(lockfile)
  const found = await inParallel(lockfile.subjects, concurrency, (locked) => differences(locked, registry, signal))
  return found.flat()
}

async function differences(
  { subject, versions, deleted = [], compatibility }: LockedSubject,
  registry: PullableRegistry,
  signal: AbortSignal | undefined,
): Promise<readonly LockDifference[]> {
  const found: LockDifference[] = []
  const listed = (await ifThere(registry.versions(subject, { signal }))) ?? []
  for (const entry of versions) found.push(...(await compare(entry, listed.includes(entry.version), registry, signal)))
  for (const entry of deleted) found.push(...(await compareById(entry, registry, signal)))
  const known = new Set(versions.map(({ version }) => version))
  for (const version of listed.filter((number) => !known.has(number))) {
    const id = (await ifThere(registry.version(subject, version, { signal })))?.id
    found.push({ kind: 'new-version', subject, version, id, message: `${subject} has a version ${version}, which the lock file has not` })
  }
  if (compatibility !== undefined && registry.config !== undefined) {
    const config = await registry.config(subject, { defaultToGlobal: true, ...(signal === undefined ? {} : { signal }) })
    const level = config?.compatibility
    const message = `the level of ${subject} is ${level} in the registry and ${compatibility} in the lock file`
    if (level !== compatibility) found.push({ kind: 'level', subject, message })
  }
  return found
}

async function compare(
  entry: SubjectVersion,
  isListed: boolean,
  registry: Registry,
  signal: AbortSignal | undefined,
): Promise<readonly LockDifference[]> {
  const { subject, version, id } = entry
  const there = isListed ? await ifThere(registry.version(subject, version, { signal })) : undefined
  const place = `version ${version} of ${subject}`
  if (there === undefined) {
    const byId = await compareById(entry, registry, signal)
    if (byId.length > 0) return byId
    return [{ kind: 'deleted', subject, version, id, message: `${place} is no longer listed; ID ${id} can still be read` }]
  }
  if (schemaKey(there) !== schemaKey(entry)) {
    return [{ kind: 'other-schema', subject, version, id, message: `${place} is another schema in the registry` }]
  }
  if (there.id === id) return []
  return [{ kind: 'other-id', subject, version, id, message: `${place} has ID ${there.id} in the registry and ${id} in the lock file` }]
}

async function compareById(entry: SubjectVersion, registry: Registry, signal: AbortSignal | undefined): Promise<readonly LockDifference[]> {
  const { subject, version, id } = entry
  const there = await ifThere(registry.schemaById(id, { subject, signal }))
  const place = `version ${version} of ${subject}`
  if (there === undefined) return [{ kind: 'missing', subject, version, id, message: `the registry has neither ${place} nor its ID ${id}` }]
  if (schemaKey(there) === schemaKey(entry)) return []
  return [{ kind: 'other-schema', subject, version, id, message: `ID ${id} (${place}) means another schema in the registry` }]
}

/** The answer, or `undefined` where the registry says that there is no such thing. */
async function ifThere<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer
  } catch (error) {
    if (isEvolveError(error) && /^(subject|version|schema)-not-found$/.test(error.code)) return undefined
    throw error
  }
}
