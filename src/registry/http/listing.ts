import { EvolveError, isEvolveError } from '../../errors.ts'
import { subjectFilter } from '../state/qualified-subject.ts'
import type { DeletedOptions, SubjectOptions } from '../types.ts'
import { versionsAnswer } from './answers.ts'
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
