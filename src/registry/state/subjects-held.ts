import { EvolveError } from '../../errors.ts'
import type { SubjectOptions, SubjectVersion } from '../types.ts'
import { HeldVersion } from './held-version.ts'
import { normalSubject, splitSubject, subjectFilter } from './qualified-subject.ts'

/** The versions of each subject, ascending; a subject without any is not there. */
export class HeldSubjects {
  readonly #versions = new Map<string, HeldVersion[]>()

  /** How many subjects and versions there are, deleted ones included. */
  get size(): { readonly subjects: number; readonly versions: number } {
    let versions = 0
    for (const held of this.#versions.values()) versions += held.length
    return { subjects: this.#versions.size, versions }
  }

  /** The versions of a subject, however that is spelled. */
  of(subject: string): readonly HeldVersion[] {
    return this.#versions.get(normalSubject(subject)) ?? []
  }

  /** Each subject with its versions, in the order in which they came. */
  all(): Iterable<readonly [string, readonly HeldVersion[]]> {
    return this.#versions
  }

  /** See `BrowsableRegistry.subjects`. */
  names({ prefix = '', deleted = false, deletedOnly = false }: SubjectOptions): readonly string[] {
    const wanted = subjectFilter(prefix)
    const names: string[] = []
    for (const [subject, held] of this.#versions) {
      const listed = held.some(isListed)
      if (wanted(subject) && (deletedOnly ? !listed : deleted || listed)) names.push(subject)
    }
    return Object.freeze(names.sort())
  }

  /** How many versions are listed in a context. */
  listedIn(context: string): number {
    let count = 0
    for (const [subject, held] of this.#versions) if (splitSubject(subject).context === context) count += held.filter(isListed).length
    return count
  }

  /** The versions of a subject with these numbers. @throws EvolveError `registry-corrupt` when one of them is not there. */
  chosen(subject: string, versions: readonly number[]): readonly HeldVersion[] {
    const chosen = this.of(subject).filter(({ version }) => versions.includes(version))
    if (chosen.length === versions.length && chosen.length > 0) return chosen
    throw new EvolveError('registry-corrupt', 'a version that is not there cannot be deleted', { subject })
  }

  /** @throws EvolveError `registry-corrupt` when the subject has the version already. */
  add(entry: SubjectVersion): HeldVersion {
    const held = this.#versions.get(normalSubject(entry.subject)) ?? []
    if (held.some((one) => one.version === entry.version)) {
      const details = { schemaId: entry.id, subject: entry.subject }
      throw new EvolveError('registry-corrupt', `there is a version ${entry.version} already`, details)
    }
    const version = new HeldVersion(entry, held.at(-1))
    // Versions come in any order only from elsewhere.
    const behind = held.findIndex((one) => one.version > entry.version)
    held.splice(behind === -1 ? held.length : behind, 0, version)
    this.#versions.set(entry.subject, held)
    return version
  }

  /** These are no longer there. */
  remove(subject: string, gone: readonly HeldVersion[]): void {
    const left = this.of(subject).filter((one) => !gone.includes(one))
    if (left.length === 0) this.#versions.delete(normalSubject(subject))
    else this.#versions.set(normalSubject(subject), left)
  }
}

/** Whether a version is not deleted. */
export function isListed({ deleted }: HeldVersion): boolean {
  return !deleted
}
