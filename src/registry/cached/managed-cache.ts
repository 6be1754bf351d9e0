import type { SchemaText } from '../../schema/text.ts'
import type { CompatibilityReport } from '../compatibility/check-versions.ts'
import type { RegistryConfig } from '../settings/config.ts'
import type { RegistryMode } from '../settings/mode.ts'
import type {
  BrowsableRegistry,
  CallOptions,
  CheckOptions,
  ConfigOptions,
  ContextId,
  DeletedOptions,
  DeleteOptions,
  ImportOptions,
  ManagedRegistry,
  ModeOptions,
  SchemaUse,
  SettingOptions,
  SubjectOptions,
  SubjectVersion,
  UseOptions,
} from '../types.ts'
import { Cache } from './cache.ts'
import type { CachedRegistryOptions } from './options.ts'

/** A cache over a registry that says what it holds: that is always asked anew, as whoever browses wants to see what there is. */
export class BrowsableCache extends Cache implements BrowsableRegistry {
  readonly #inner: BrowsableRegistry

  constructor(inner: BrowsableRegistry, options: Required<CachedRegistryOptions>) {
    super(inner, options)
    this.#inner = inner
  }

  async subjects(options?: CallOptions & SubjectOptions): Promise<readonly string[]> {
    return this.#inner.subjects(options)
  }

  async uses(id: number, options?: CallOptions & UseOptions): Promise<readonly SchemaUse[]> {
    return this.#inner.uses(id, options)
  }

  async idsByGuid(guid: string, options?: CallOptions): Promise<readonly ContextId[]> {
    return this.#inner.idsByGuid(guid, options)
  }

  async contexts(options?: CallOptions): Promise<readonly string[]> {
    return this.#inner.contexts(options)
  }

  async referencedBy(
    subject: string,
    version: number,
    options?: CallOptions & Pick<DeletedOptions, 'deleted'>,
  ): Promise<readonly number[]> {
    return this.#inner.referencedBy(subject, version, options)
  }
}

/** A cache over a registry that can be managed: what is changed through it is forgotten. */
export class ManagedCache extends BrowsableCache implements ManagedRegistry {
  readonly #inner: ManagedRegistry

  constructor(inner: ManagedRegistry, options: Required<CachedRegistryOptions>) {
    super(inner, options)
    this.#inner = inner
  }

  async config(subject?: string, options?: SettingOptions): Promise<RegistryConfig | undefined> {
    return this.#inner.config(subject, options)
  }

  async setConfig(
    subject: string | undefined,
    config: RegistryConfig | undefined,
    options?: ConfigOptions,
  ): Promise<RegistryConfig | undefined> {
    const set = await this.#inner.setConfig(subject, config, options)
    // It may have changed how schemas are compared, and so what is found.
    this.reset()
    return set
  }

  async mode(subject?: string, options?: SettingOptions): Promise<RegistryMode | undefined> {
    return this.#inner.mode(subject, options)
  }

  async setMode(subject: string | undefined, mode: RegistryMode | undefined, options?: ModeOptions): Promise<void> {
    return this.#inner.setMode(subject, mode, options)
  }

  async checkCompatibility(subject: string, schema: SchemaText, options?: CheckOptions): Promise<CompatibilityReport> {
    return this.#inner.checkCompatibility(subject, schema, options)
  }

  async importVersion(subject: string, schema: SchemaText, options: ImportOptions): Promise<SubjectVersion> {
    const imported = await this.#inner.importVersion(subject, schema, options)
    this.changed(subject, options.id)
    return imported
  }

  async deleteVersion(subject: string, version: number, options?: DeleteOptions): Promise<number> {
    try {
      return await this.#inner.deleteVersion(subject, version, options)
    } finally {
      // Of a delete that failed nobody knows whether it happened.
      this.removed(subject, options?.permanent === true)
    }
  }

  async deleteSubject(subject: string, options?: DeleteOptions): Promise<readonly number[]> {
    try {
      return await this.#inner.deleteSubject(subject, options)
    } finally {
      this.removed(subject, options?.permanent === true)
    }
  }
}
