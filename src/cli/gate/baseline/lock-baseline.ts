import { resolve } from 'node:path'
import { readLockfile } from '../../../registry/lockfile/lock-file.ts'
import type { LockedSubject, Lockfile } from '../../../registry/lockfile/lockfile.ts'
import { referencedTextsSync } from '../../../registry/references.ts'
import { referredSubject } from '../../../registry/state/qualified-subject.ts'
import type { SchemaText } from '../../../schema/text.ts'
import { usageError } from '../../usage.ts'
import type { Finding } from '../model.ts'
import type { Baseline, BaselineSubject, BaselineVersion } from './baseline.ts'

/** The versions and levels of a lock file. @throws EvolveError as {@link readLockfile} does. */
export async function lockBaseline(cwd: string, file: string): Promise<Baseline> {
  return new LockBaseline(file, await readLockfile(resolve(cwd, file)))
}

class LockBaseline implements Baseline {
  readonly name: string
  readonly #subjects: ReadonlyMap<string, LockedSubject>

  constructor(name: string, { subjects }: Lockfile) {
    this.name = name
    this.#subjects = new Map(subjects.map((one) => [one.subject, one]))
  }

  async find(subject: string): Promise<BaselineSubject> {
    const locked = this.#subjects.get(subject)
    const entries = locked?.versions ?? []
    return {
      level: locked?.compatibility,
      versions: async (all) => (all ? entries : entries.slice(-1)).map((entry) => this.#version(subject, entry)),
    }
  }

  async knows(subject: string): Promise<boolean> {
    return this.#subjects.has(subject)
  }

  remarks(): readonly Finding[] {
    return []
  }

  async close(): Promise<void> {
    // A lock file is read as a whole.
  }

  #version(subject: string, entry: LockedSubject['versions'][number]): BaselineVersion {
    const find = (named: string, version: number): SchemaText => {
      const locked = this.#subjects.get(referredSubject(subject, named))
      const found = [...(locked?.versions ?? []), ...(locked?.deleted ?? [])].find((one) => one.version === version)
      if (found === undefined) throw usageError(`${this.name} does not have version ${version} of ${named}, which ${subject} refers to`)
      return found
    }
    return { ...entry, label: `version ${entry.version}`, referenced: referencedTextsSync(find, entry) }
  }
}
