import { EvolveError } from '../errors.ts'
import type { SchemaText } from '../schema/text.ts'
import {
  type Admission,
  checkCandidate,
  checkLookedUp,
  findOrAdmit,
  findOrAdmitImport,
  lookedUp,
  normalized,
  type SchemaValidator,
} from './admit.ts'
import { checkedSchema, checkSubject } from './checks.ts'
import type { CompatibilityReport } from './compatibility/check-versions.ts'
import { leftoverRemoval, subjectRemoval, versionRemoval } from './removal.ts'
import type { StoreStats } from './server/store-stats.ts'
import type { RegistryConfig } from './settings/config.ts'
import type { RegistryMode } from './settings/mode.ts'
import { configChange, modeChange } from './settings/settings.ts'
import type { StoreChange } from './state/changes.ts'
import { allContexts, normalSubject, splitSubject } from './state/qualified-subject.ts'
import type { SchemaStore } from './state/store.ts'
import type {
  CallOptions,
  CheckOptions,
  ConfigOptions,
  ContextId,
  DeletedOptions,
  DeleteOptions,
  IdOptions,
  ImportOptions,
  ManagedRegistry,
  ModeOptions,
  NormalizeOptions,
  RegisteredSchema,
  SchemaUse,
  SettingOptions,
  SubjectOptions,
  SubjectVersion,
  UseOptions,
} from './types.ts'

/** What to do about a request, decided on one state. */
export interface Decision<T> {
  /** What must be written down, and applied, before the answer is given; nothing where the state says it all already. */
  readonly change?: StoreChange | undefined
  /** Read off the state in which the change is made. */
  readonly answer: (store: SchemaStore) => T
}

/** Decides on a state, and changes nothing. Throws what the caller is refused with. */
export type Decide<T> = (store: SchemaStore) => Decision<T>

/** A registry whose state is a {@link SchemaStore}: all but where its changes are kept. */
export abstract class StoreRegistry implements ManagedRegistry {
  readonly #validate: SchemaValidator | undefined

  constructor(validate: SchemaValidator | undefined) {
    this.#validate = validate
  }

  /** The state to answer from. Rejects with the reason of an aborted signal, and when the registry is closed. */
  protected abstract view(options: CallOptions | undefined): Promise<SchemaStore>

  /**
   * What a question gives, asked of the state. A store that others write too may look for news first; of a `fixed` answer there is none once it is
   * there. Rejects as {@link StoreRegistry.view} does.
   */
  protected async read<T>(options: CallOptions | undefined, question: (store: SchemaStore) => T, _kind?: 'fixed'): Promise<T> {
    return question(await this.view(options))
  }

  /**
   * Decides on the newest state, makes the change durable and applies it, and then answers. One call at a time; where others write too, it may have
   * to decide again. When it rejects, nothing was changed. `subject` is for errors.
   */
  protected abstract commit<T>(decide: Decide<T>, options: CallOptions | undefined, subject: string | undefined): Promise<T>

  abstract close(): Promise<void>

  /** What the registry knows of itself, for whoever watches it. */
  async stats(): Promise<StoreStats> {
    const store = await this.view(undefined)
    return { schemas: store.size.schemas, subjects: store.subjects({ prefix: allContexts }).length }
  }

  async schemaById(id: number, options?: CallOptions & IdOptions): Promise<RegisteredSchema> {
    return this.read(options, (store) => store.schemaById(id, options), 'fixed')
  }

  async register(subject: string, schema: SchemaText, options?: CallOptions & NormalizeOptions): Promise<SubjectVersion> {
    return this.#add(subject, options, (store) => findOrAdmit(store, subject, schema, this.#validate, options))
  }

  async versions(subject: string, options?: CallOptions & DeletedOptions): Promise<readonly number[]> {
    return this.read(options, (store) => store.versions(subject, options))
  }

  async version(subject: string, version: number, options?: CallOptions & DeletedOptions): Promise<SubjectVersion> {
    return this.read(options, (store) => store.version(subject, version, options), 'fixed')
  }

  async latest(subject: string, options?: CallOptions): Promise<SubjectVersion> {
    return this.read(options, (store) => store.latest(subject))
  }

  async lookup(
    subject: string,
    schema: SchemaText,
    options: CallOptions & NormalizeOptions & Pick<DeletedOptions, 'deleted'> = {},
  ): Promise<SubjectVersion> {
    checkSubject(subject)
    const plain = checkedSchema(schema, subject)
    return this.read(options, (store) => {
      const asked = normalized(store, subject, plain, this.#validate, options)
      const found = lookedUp(store, subject, asked, { deleted: options.deleted === true, alike: true })
      if (found !== undefined) return found
      checkLookedUp(store, subject, asked, this.#validate)
      store.versions(subject, { deleted: options.deleted })
      throw new EvolveError('schema-not-in-subject', 'no version of the subject holds this schema', { subject })
    })
  }

  async subjects(options?: CallOptions & SubjectOptions): Promise<readonly string[]> {
    return this.read(options, (store) => store.subjects(options))
  }

  async uses(id: number, options?: CallOptions & UseOptions): Promise<readonly SchemaUse[]> {
    return this.read(options, (store) => store.uses(id, options), options?.known === true ? 'fixed' : undefined)
  }

  async idsByGuid(guid: string, options?: CallOptions): Promise<readonly ContextId[]> {
    return this.read(options, (store) => store.idsByGuid(guid))
  }

  async contexts(options?: CallOptions): Promise<readonly string[]> {
    return this.read(options, (store) => store.contexts())
  }

  async referencedBy(
    subject: string,
    version: number,
    options?: CallOptions & Pick<DeletedOptions, 'deleted'>,
  ): Promise<readonly number[]> {
    return this.read(options, (store) => {
      store.version(subject, version, { deleted: true })
      const ids = new Set(store.referring(subject, version, options?.deleted).map(({ id }) => id))
      return Object.freeze([...ids].sort((a, b) => a - b))
    })
  }

  async config(subject?: string, options?: SettingOptions): Promise<RegistryConfig | undefined> {
    return this.read(options, ({ settings }) =>
      subject !== undefined && options?.defaultToGlobal === true
        ? settings.configInForce(subject)
        : settings.config(subject, options?.setOnly),
    )
  }

  async setConfig(
    subject: string | undefined,
    config: RegistryConfig | undefined,
    options?: ConfigOptions,
  ): Promise<RegistryConfig | undefined> {
    const decide: Decide<RegistryConfig | undefined> = (store) => {
      const { keep = [] } = options ?? {}
      const change = keep.length === 0 ? configChange(subject, config) : store.settings.changeOf(subject, config, keep)
      store.settings.checkChangeable(subject)
      return { change, answer: ({ settings }) => settings.config(subject) }
    }
    return this.commit(decide, options, subject)
  }

  async mode(subject?: string, options?: SettingOptions): Promise<RegistryMode | undefined> {
    return this.read(options, ({ settings }) =>
      options?.defaultToGlobal === true ? settings.modeInForce(subject) : settings.mode(subject),
    )
  }

  async setMode(subject: string | undefined, mode: RegistryMode | undefined, options?: ModeOptions): Promise<void> {
    const change = modeChange(subject, mode)
    const begins = mode === 'IMPORT' && options?.force !== true
    // Nothing else is waited for: it counts for what is asked for after it.
    if (begins) for (const one of leftovers(await this.view(options), subject)) await this.commit(purging(one), options, one)
    const decide: Decide<void> = (newest) => {
      if (begins && newest.settings.modeInForce(subject) !== 'IMPORT') checkEmpty(newest, subject)
      return { change, answer: () => undefined }
    }
    await this.commit(decide, options, subject)
    if (mode !== undefined || options?.recursive !== true) return
    const store = await this.view(options)
    for (const one of store.settings.modesWithin(subject)) await this.setMode(one, undefined, { signal: options.signal })
  }

  async checkCompatibility(subject: string, schema: SchemaText, options: CheckOptions = {}): Promise<CompatibilityReport> {
    return this.read(options, (store) => checkCandidate(store, subject, schema, this.#validate, options))
  }

  async importVersion(subject: string, schema: SchemaText, options: ImportOptions): Promise<SubjectVersion> {
    const store = await this.view(options)
    const { version } = findOrAdmitImport(store, subject, schema, this.#validate, { ...options, replacing: true }).entry
    if (store.isDeleted(subject, version) === true) await this.deleteVersion(subject, version, { signal: options.signal, permanent: true })
    return this.#add(subject, options, (newest) => findOrAdmitImport(newest, subject, schema, this.#validate, options))
  }

  async deleteVersion(subject: string, version: number, options?: DeleteOptions): Promise<number> {
    const decide: Decide<number> = (store) => ({
      change: versionRemoval(store, subject, version, options?.permanent === true),
      answer: () => version,
    })
    return this.commit(decide, options, subject)
  }

  async deleteSubject(subject: string, options?: DeleteOptions): Promise<readonly number[]> {
    const decide: Decide<readonly number[]> = (store) => {
      const change = subjectRemoval(store, subject, options?.permanent === true)
      return { change, answer: () => Object.freeze([...change.versions]) }
    }
    return this.commit(decide, options, subject)
  }

  async #add(subject: string, options: CallOptions | undefined, admit: (store: SchemaStore) => Admission): Promise<SubjectVersion> {
    const decide: Decide<SubjectVersion> = (store) => {
      const { entry, known } = admit(store)
      const isNewSchema = !store.has(entry.id, subject)
      return { change: known ? undefined : { type: 'version', entry, isNewSchema }, answer: () => entry }
    }
    return this.commit(decide, options, subject)
  }
}

/** Subjects of which nothing is listed any more, where IDs come from elsewhere from now on; none where they do already, or may not. */
function leftovers(store: SchemaStore, subject: string | undefined): readonly string[] {
  if (store.settings.modeInForce(subject) === 'IMPORT') return []
  checkEmpty(store, subject)
  const deleted = store.subjects({ prefix: subject ?? allContexts, deletedOnly: true })
  const isWhole = subject === undefined || splitSubject(subject).name === ''
  const wanted = isWhole ? deleted : deleted.filter((one) => one === normalSubject(subject))
  // Whether all of them can go is known before the first one goes.
  return wanted.filter((one) => leftoverRemoval(store, one) !== undefined)
}

/** Purges what is left of a subject. */
function purging(subject: string): Decide<void> {
  return (store) => ({ change: leftoverRemoval(store, subject), answer: () => undefined })
}

/** IDs that come from elsewhere could mean something else here already. */
function checkEmpty(store: SchemaStore, subject: string | undefined): void {
  const isEmpty = subject === undefined ? store.subjects({ prefix: allContexts }).length === 0 : store.versionCount(subject) === 0
  if (isEmpty) return
  const hint = 'import into an empty registry or subject, or use force'
  throw new EvolveError('registry-rejected', 'there are schemas already', { subject, registryCode: 42205, hint })
}
