import { EvolveError } from '../errors.ts'
import type { SchemaText } from '../schema/text.ts'
import { checkCandidate, findOrAdmit, findOrPrepareImport, type SchemaValidator } from './admit.ts'
import { checkSchemaText } from './checks.ts'
import type { CompatibilityReport } from './compatibility/check-versions.ts'
import type { RegistryConfig } from './settings/config.ts'
import type { RegistryMode } from './settings/mode.ts'
import { configChange, modeChange, type SettingChange } from './settings/settings.ts'
import type { SchemaStore } from './store.ts'
import type {
  CallOptions,
  CheckOptions,
  ConfigurableRegistry,
  ImportOptions,
  ModeOptions,
  RegisteredSchema,
  SchemaUse,
  SettingOptions,
  SubjectVersion,
} from './types.ts'

/** What a registry on a store writes down before it counts. */
export type StoreChange = SettingChange | { readonly type: 'version'; readonly entry: SubjectVersion; readonly isNewSchema: boolean }

/** Writes a change down, for good. When it rejects, the change has not happened. */
export type Keep = (change: StoreChange) => Promise<void>

/** A registry whose state is a {@link SchemaStore}: all but where the state is kept, and who may change it when. */
export abstract class StoreRegistry implements ConfigurableRegistry {
  readonly #validate: SchemaValidator | undefined

  constructor(validate: SchemaValidator | undefined) {
    this.#validate = validate
  }

  /** The state to answer from. Rejects with the reason of an aborted signal, and when the registry is closed. */
  protected abstract view(options: CallOptions | undefined): Promise<SchemaStore>

  /** Runs an action that may change the state, when no other runs. Rejects as {@link StoreRegistry.view} does. */
  protected abstract change<T>(
    subject: string | undefined,
    options: CallOptions | undefined,
    action: (store: SchemaStore, keep: Keep) => Promise<T>,
  ): Promise<T>

  abstract close(): Promise<void>

  async schemaById(id: number, options?: CallOptions): Promise<RegisteredSchema> {
    return (await this.view(options)).schemaById(id)
  }

  async register(subject: string, schema: SchemaText, options?: CallOptions): Promise<SubjectVersion> {
    return this.change(subject, options, async (store, keep) => {
      const known = findOrAdmit(store, subject, schema, this.#validate)
      return known ?? add(store, store.prepare(subject, schema), keep)
    })
  }

  async versions(subject: string, options?: CallOptions): Promise<readonly number[]> {
    return (await this.view(options)).versions(subject)
  }

  async version(subject: string, version: number, options?: CallOptions): Promise<SubjectVersion> {
    return (await this.view(options)).version(subject, version)
  }

  async latest(subject: string, options?: CallOptions): Promise<SubjectVersion> {
    return (await this.view(options)).latest(subject)
  }

  async lookup(subject: string, schema: SchemaText, options?: CallOptions): Promise<SubjectVersion> {
    checkSchemaText(schema, subject)
    return (await this.view(options)).lookup(subject, schema)
  }

  async subjects(options?: CallOptions): Promise<readonly string[]> {
    return (await this.view(options)).subjects()
  }

  async uses(id: number, options?: CallOptions): Promise<readonly SchemaUse[]> {
    return (await this.view(options)).uses(id)
  }

  async config(subject?: string, options?: SettingOptions): Promise<RegistryConfig | undefined> {
    const { settings } = await this.view(options)
    return subject !== undefined && options?.defaultToGlobal === true ? settings.configInForce(subject) : settings.config(subject)
  }

  async setConfig(
    subject: string | undefined,
    config: RegistryConfig | undefined,
    options?: CallOptions,
  ): Promise<RegistryConfig | undefined> {
    return this.change(subject, options, async (store, keep) => {
      const change = configChange(subject, config)
      store.settings.checkConfigurable(subject)
      await keep(change)
      store.settings.apply(change)
      return store.settings.config(subject)
    })
  }

  async mode(subject?: string, options?: SettingOptions): Promise<RegistryMode | undefined> {
    const { settings } = await this.view(options)
    return options?.defaultToGlobal === true ? settings.modeInForce(subject) : settings.mode(subject)
  }

  async setMode(subject: string | undefined, mode: RegistryMode | undefined, options?: ModeOptions): Promise<void> {
    return this.change(subject, options, async (store, keep) => {
      const change = modeChange(subject, mode)
      if (mode === 'IMPORT' && store.settings.modeInForce(subject) !== 'IMPORT' && options?.force !== true) checkEmpty(store, subject)
      await keep(change)
      store.settings.apply(change)
    })
  }

  async checkCompatibility(subject: string, schema: SchemaText, options?: CheckOptions): Promise<CompatibilityReport> {
    return checkCandidate(await this.view(options), subject, schema, this.#validate, options?.version)
  }

  async importVersion(subject: string, schema: SchemaText, options: ImportOptions): Promise<SubjectVersion> {
    return this.change(subject, options, async (store, keep) => {
      const { entry, known } = findOrPrepareImport(store, subject, schema, this.#validate, options)
      return known ? entry : add(store, entry, keep)
    })
  }
}

async function add(store: SchemaStore, entry: SubjectVersion, keep: Keep): Promise<SubjectVersion> {
  // From here on the call cannot be aborted: it has happened or it has not.
  await keep({ type: 'version', entry, isNewSchema: !store.has(entry.id) })
  store.add(entry)
  return entry
}

/** IDs that come from elsewhere could mean something else here already. */
function checkEmpty(store: SchemaStore, subject: string | undefined): void {
  const isEmpty = subject === undefined ? store.subjects().length === 0 : store.versionCount(subject) === 0
  if (isEmpty) return
  const hint = 'import into an empty registry or subject, or use force'
  throw new EvolveError('registry-rejected', 'there are schemas already', { subject, registryCode: 42205, hint })
}
