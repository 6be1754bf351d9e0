import { EvolveError, isEvolveError } from '../../errors.ts'
import { subjectFilter } from '../state/qualified-subject.ts'
import type { DeletedOptions, SubjectOptions, SubjectVersion } from '../types.ts'
import { members, versionAnswer, versionsAnswer } from './answers.ts'
import type { Ask } from './client.ts'
import { deletedQuery, reading, subjectPath } from './inquiries.ts'
import { namesAnswer } from './list-answers.ts'

/** See `Registry.versions`. Servers that know `deleted` and not `deletedOnly` list all: what is listed without it is taken out. */
export async function listedVersions(ask: Ask, subject: string, options: DeletedOptions = {}): Promise<readonly number[]> {
  const list = (which: DeletedOptions): Promise<readonly number[]> =>
    ask(reading('versions', `${subjectPath(subject)}/versions`, { subject }, deletedQuery(which)), versionsAnswer)
  if (options.deletedOnly !== true) return list(options)
  const found = await list({ deletedOnly: true })
  const listed = new Set(await noneIfNotThere(list({})))
  const deleted = found.filter((version) => !listed.has(version))
  if (deleted.length > 0) return Object.freeze(deleted)
  throw new EvolveError('subject-not-found', 'no version of the subject is deleted', { subject })
}

/**
 * These versions of a subject (ascending, all that are listed) in one request, where the server lists schemas by subject; else one by one. Servers list
 * in the order of subjects, so the subject itself stands before those that its name begins.
 */
export async function listedEntries(ask: Ask, subject: string, versions: readonly number[]): Promise<readonly SubjectVersion[]> {
  const query = { subjectPrefix: subject, offset: '0', limit: String(versions.length) }
  const all = (json: unknown): readonly SubjectVersion[] | undefined => {
    if (!Array.isArray(json) || json.length !== versions.length) return undefined
    const entries = json.map((one: unknown) => (members(one).subject === subject ? versionAnswer(subject, one) : undefined))
    const sorted = entries.filter((one) => one !== undefined).sort((a, b) => a.version - b.version)
    return sorted.length === versions.length && sorted.every(({ version }, at) => version === versions[at]) ? sorted : undefined
  }
  const listed = await ask(reading('entries', '/schemas', { subject }, query), all).catch((error: unknown) => {
    if (isEvolveError(error) && (!error.retryable || error.details.status === 501)) return undefined
    throw error
  })
  if (listed !== undefined) return listed
  const found: SubjectVersion[] = []
  for (const version of versions) found.push(await askVersion(ask, subject, version))
  return found
}

/** See `Registry.version`. */
export function askVersion(ask: Ask, subject: string, version: number, options: DeletedOptions = {}): Promise<SubjectVersion> {
  const inquiry = reading('version', `${subjectPath(subject)}/versions/${version}`, { subject }, { deleted: options.deleted })
  return ask(inquiry, (json) => versionAnswer(subject, json, { version }))
}

/** See `BrowsableRegistry.subjects`. */
export async function listedSubjects(ask: Ask, options: SubjectOptions = {}): Promise<readonly string[]> {
  const { prefix = '' } = options
  const list = (which: DeletedOptions): Promise<readonly string[]> => {
    const query = { subjectPrefix: prefix === '' ? undefined : prefix, ...deletedQuery(which) }
    return ask(reading('subjects', '/subjects', {}, query), namesAnswer)
  }
  const found = await list(options)
  const listed = new Set(options.deletedOnly === true ? await list({}) : [])
  // Servers differ in what they list of contexts, and some look at no prefix.
  const wanted = subjectFilter(prefix)
  return Object.freeze(found.filter((name) => wanted(name) && !listed.has(name)).sort())
}

async function noneIfNotThere(list: Promise<readonly number[]>): Promise<readonly number[]> {
  try {
    return await list
  } catch (error) {
    if (isEvolveError(error) && error.code === 'subject-not-found') return []
    throw error
  }
}
