import { EvolveError } from '../../errors.ts'
import type { SchemaText } from '../../schema/text.ts'
import { isRefusal } from '../cached/refusals.ts'
import { checkedSchema, checkSubject } from '../checks.ts'
import type { SchemaStore } from '../state/store.ts'
import type { CallOptions, DeletedOptions, IdOptions, NormalizeOptions, RegisteredSchema, Registry, SubjectVersion } from '../types.ts'
import { readLockfileSync } from './lock-file.ts'
import { storeOf } from './lock-store.ts'
import type { Lockfile } from './lockfile.ts'

/** Options of {@link lockedRegistry}. */
export interface LockedRegistryOptions {
  /** The file, or what {@link readLockfile} gave of it. */
  readonly lockfile: string | Lockfile
  /** Asked for what is not in the lock file. Without one, the lock file is all there is. */
  readonly registry?: Registry
}

/** A registry on a lock file. */
export interface LockedRegistry extends Registry {
  /** The schema if the lock file has it, at once and without asking. */
  peekById(id: number): RegisteredSchema | undefined
}

/**
 * A registry that answers from a lock file, and asks the registry behind it only for what is not in there: with that one down, or without one, a
 * service starts, reads and writes what it knows. `latest` and `versions` of a locked subject are those of the file, and what was registered here
 * since. Reads the file at once. `close` closes the registry behind it.
 * @throws EvolveError as {@link readLockfile} does.
 */
export function lockedRegistry(options: LockedRegistryOptions): LockedRegistry {
  const { lockfile, registry } = options
  const contents = typeof lockfile === 'string' ? readLockfileSync(lockfile) : lockfile
  return new Locked(storeOf(contents), registry)
}

class Locked implements LockedRegistry {
  readonly #store: SchemaStore
  readonly #registry: Registry | undefined

  constructor(store: SchemaStore, registry: Registry | undefined) {
    this.#store = store
    this.#registry = registry
  }

  peekById(id: number): RegisteredSchema | undefined {
    return this.#store.has(id) ? this.#store.schemaById(id) : undefined
  }

  async schemaById(id: number, options?: CallOptions & IdOptions): Promise<RegisteredSchema> {
    return this.#answer(
      options,
      (store) => store.schemaById(id, options),
      (registry) => registry.schemaById(id, options),
    )
  }

  async register(subject: string, schema: SchemaText, options?: CallOptions & NormalizeOptions): Promise<SubjectVersion> {
    checkSubject(subject)
    const plain = checkedSchema(schema, subject)
    options?.signal?.throwIfAborted()
    const known = this.#store.find(subject, plain)
    if (known !== undefined) return known
    if (this.#registry === undefined) {
      const hint = 'give lockedRegistry the registry behind it, or register when you deploy and pull the lock file again'
      throw new EvolveError('registry-rejected', 'the schema is not in the lock file, which takes none', { subject, hint })
    }
    const entry = this.#checked(await this.#registry.register(subject, plain, options))
    const isLocked = this.#store.entries(subject).length > 0
    if (isLocked && this.#store.isDeleted(subject, entry.version) === undefined) {
      this.#store.apply({ type: 'version', entry, isNewSchema: !this.#store.has(entry.id, subject) })
    }
    return entry
  }

  async versions(subject: string, options?: CallOptions & DeletedOptions): Promise<readonly number[]> {
    return this.#answer(
      options,
      (store) => store.versions(subject, options),
      (registry) => registry.versions(subject, options),
    )
  }

  async version(subject: string, version: number, options?: CallOptions & DeletedOptions): Promise<SubjectVersion> {
    return this.#answer(
      options,
      (store) => store.version(subject, version, options),
      async (registry) => this.#checked(await registry.version(subject, version, options)),
    )
  }

  async latest(subject: string, options?: CallOptions): Promise<SubjectVersion> {
    return this.#answer(
      options,
      (store) => store.latest(subject),
      async (registry) => this.#checked(await registry.latest(subject, options)),
    )
  }

  async lookup(subject: string, schema: SchemaText, options?: CallOptions & NormalizeOptions & DeletedOptions): Promise<SubjectVersion> {
    checkSubject(subject)
    const plain = checkedSchema(schema, subject)
    return this.#answer(
      options,
      (store) => store.lookup(subject, plain, options),
      async (registry) => this.#checked(await registry.lookup(subject, plain, options)),
    )
  }

  async close(): Promise<void> {
    await this.#registry?.close()
  }

  /** What the lock file says, or the registry behind it where the lock file does not have it. */
  async #answer<T>(options: CallOptions | undefined, read: (store: SchemaStore) => T, ask: (registry: Registry) => Promise<T>): Promise<T> {
    options?.signal?.throwIfAborted()
    try {
      return read(this.#store)
    } catch (error) {
      if (!isRefusal(error)) throw error
      if (this.#registry === undefined) throw error.with({ hint: 'it is not in the lock file: pull it again' })
    }
    return ask(this.#registry)
  }

  /** Messages under an ID that the registry has come to mean otherwise would be misread by everybody who has the lock file. */
  #checked(entry: SubjectVersion): SubjectVersion {
    if (this.#store.allows(entry.id, entry.subject, entry)) return entry
    const problem = `the registry has another schema under ID ${entry.id} than the lock file`
    throw new EvolveError('registry-bad-answer', problem, { subject: entry.subject, schemaId: entry.id })
  }
}
