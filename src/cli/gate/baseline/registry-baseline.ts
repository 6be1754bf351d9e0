import { isEvolveError } from '../../../errors.ts'
import type { HttpRegistry } from '../../../registry/http/http-registry.ts'
import { referencedTexts } from '../../../registry/references.ts'
import type { ManagedRegistry, Registry, SubjectVersion } from '../../../registry/types.ts'
import { remember } from '../../../schema/remember.ts'
import type { Connection } from '../../connection/open.ts'
import type { Finding } from '../model.ts'
import type { Baseline, BaselineSubject, BaselineVersion } from './baseline.ts'

type AskedRegistry = Registry & Partial<Pick<ManagedRegistry, 'config'> & Pick<HttpRegistry, 'entries'>>

/** The versions and levels of a registry. */
export function registryBaseline({ registry, name }: Connection): Baseline {
  return new RegistryBaseline(registry, name)
}

class RegistryBaseline implements Baseline {
  readonly name: string
  readonly #registry: AskedRegistry
  readonly #numbers = new Map<string, Promise<readonly number[]>>()

  constructor(registry: AskedRegistry, name: string) {
    this.#registry = registry
    this.name = name
  }

  /** One request after the other: the subjects that are looked at side by side keep as many connections busy as the client keeps open. */
  async find(subject: string): Promise<BaselineSubject> {
    const numbers = await this.#versionsOf(subject)
    const config = await this.#registry.config?.(subject, { defaultToGlobal: true }).catch(noLevels)
    return {
      level: config?.compatibility,
      versions: async (all) => {
        const versions: BaselineVersion[] = []
        for (const entry of await this.#entries(subject, all ? numbers : numbers.slice(-1))) versions.push(await this.#version(entry))
        return versions
      },
    }
  }

  async knows(subject: string): Promise<boolean> {
    return (await this.#versionsOf(subject)).length > 0
  }

  remarks(): readonly Finding[] {
    return []
  }

  async close(): Promise<void> {
    await this.#registry.close()
  }

  async #versionsOf(subject: string): Promise<readonly number[]> {
    return remember(this.#numbers, subject, () => this.#registry.versions(subject).catch(noVersions))
  }

  async #entries(subject: string, versions: readonly number[]): Promise<readonly SubjectVersion[]> {
    if (versions.length > 2 && this.#registry.entries !== undefined) return this.#registry.entries(subject, versions)
    const entries: SubjectVersion[] = []
    for (const version of versions) entries.push(await this.#registry.version(subject, version))
    return entries
  }

  async #version(entry: SubjectVersion): Promise<BaselineVersion> {
    const referenced = (entry.references ?? []).length === 0 ? [] : await referencedTexts(this.#registry, entry)
    return { ...entry, label: `version ${entry.version}`, referenced }
  }
}

function noVersions(error: unknown): readonly number[] {
  if (isEvolveError(error) && error.code === 'subject-not-found') return []
  throw error
}

/** Some registries have no levels, and say so with a status; one that cannot be reached is a failure like any other. */
function noLevels(error: unknown): undefined {
  if (isEvolveError(error) && (error.details.status === 404 || error.details.status === 501)) return undefined
  throw error
}
