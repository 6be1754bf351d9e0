import type { SchemaText } from '../schema/text.ts'
import type { CompatibilityReport } from './compatibility/check-versions.ts'
import type { RegistryConfig } from './settings/config.ts'
import type { RegistryMode } from './settings/mode.ts'

/** A schema under its ID. */
export interface RegisteredSchema extends SchemaText {
  /** Unsigned 32-bit; 0 is an ID like any other. */
  readonly id: number
}

/** A schema as a version of a subject. */
export interface SubjectVersion extends RegisteredSchema {
  readonly subject: string
  /** From 1, ascending. */
  readonly version: number
}

/** Options of a single call. */
export interface CallOptions {
  readonly signal?: AbortSignal
}

/**
 * Where schemas come from: an append-only list of versions for each subject, and an ID for each distinct schema.
 * The same text (with the same references) has one ID in all subjects, and an ID never means two schemas.
 */
export interface Registry {
  /** @throws EvolveError `schema-not-found`, or a registry failure. */
  schemaById(id: number, options?: CallOptions): Promise<RegisteredSchema>
  /** Registers under the subject, or finds it there. @throws EvolveError `incompatible-registration`, `invalid-schema`, or a registry failure. */
  register(subject: string, schema: SchemaText, options?: CallOptions): Promise<SubjectVersion>
  /** Version numbers of the subject, ascending. @throws EvolveError `subject-not-found`. */
  versions(subject: string, options?: CallOptions): Promise<readonly number[]>
  /** @throws EvolveError `subject-not-found`, `version-not-found`. */
  version(subject: string, version: number, options?: CallOptions): Promise<SubjectVersion>
  /** @throws EvolveError `subject-not-found`. */
  latest(subject: string, options?: CallOptions): Promise<SubjectVersion>
  /** The version that holds just this schema. @throws EvolveError `subject-not-found`, `schema-not-in-subject`. */
  lookup(subject: string, schema: SchemaText, options?: CallOptions): Promise<SubjectVersion>
  /** Lets go of files, sockets and timers. A second call does nothing. */
  close(): Promise<void>
}

/** A place where a schema is registered. */
export interface SchemaUse {
  readonly subject: string
  readonly version: number
}

/** A registry that can also say what it holds: the ones that keep their own list can, a client of a server cannot. */
export interface BrowsableRegistry extends Registry {
  /** All subjects, in the order of their UTF-16 text. */
  subjects(options?: CallOptions): Promise<readonly string[]>
  /** The versions that hold the schema with this ID. @throws EvolveError `schema-not-found`. */
  uses(id: number, options?: CallOptions): Promise<readonly SchemaUse[]>
}

/** Options of {@link ConfigurableRegistry.config} and {@link ConfigurableRegistry.mode}. */
export interface SettingOptions extends CallOptions {
  /** For a subject, what is in force (its own over what holds for all), and not only what was set for it. Default `false`. */
  readonly defaultToGlobal?: boolean
}

/** Options of {@link ConfigurableRegistry.setMode}. */
export interface ModeOptions extends CallOptions {
  /** Go to IMPORT although something is registered. Default `false`. */
  readonly force?: boolean
}

/** Options of {@link ConfigurableRegistry.checkCompatibility}. */
export interface CheckOptions extends CallOptions {
  /** The one version to hold the schema against, whatever the level says about that. Default: those that the level asks for. */
  readonly version?: number | 'latest'
}

/** The ID that a schema has elsewhere, and its version there. */
export interface ImportOptions extends CallOptions {
  readonly id: number
  /** Default, and all that is taken: the next. */
  readonly version?: number
}

/**
 * A registry with compatibility levels and modes, as the ones that keep their own list are. Where a subject may be named, `undefined` stands for all
 * subjects.
 */
export interface ConfigurableRegistry extends BrowsableRegistry {
  /** What is set for the subject, or `undefined`; what holds for all, always with a level. */
  config(subject?: string, options?: SettingOptions): Promise<RegistryConfig | undefined>
  /**
   * Sets all of a config, or takes it back (`undefined`); gives what is set then.
   * @throws EvolveError `registry-rejected` in a mode that allows no change, `invalid-options`, `limit-exceeded`, or a registry failure.
   */
  setConfig(subject: string | undefined, config: RegistryConfig | undefined, options?: CallOptions): Promise<RegistryConfig | undefined>
  /** The mode set for the subject, or `undefined`; the mode for all, READWRITE where none was set. */
  mode(subject?: string, options?: SettingOptions): Promise<RegistryMode | undefined>
  /**
   * Sets the mode, or takes it back (`undefined`).
   * @throws EvolveError `registry-rejected` for IMPORT where something is registered, `invalid-options`, or a registry failure.
   */
  setMode(subject: string | undefined, mode: RegistryMode | undefined, options?: ModeOptions): Promise<void>
  /**
   * Whether the schema may be registered under the subject at its level, and every reason if not. Registers nothing.
   * @throws EvolveError `invalid-schema`, `limit-exceeded`, `version-not-found`, `invalid-options`, or a registry failure.
   */
  checkCompatibility(subject: string, schema: SchemaText, options?: CheckOptions): Promise<CompatibilityReport>
  /**
   * Registers a schema under the ID it has elsewhere, in mode IMPORT; it is not compared with other versions.
   * @throws EvolveError `registry-rejected` in another mode, where the ID means another schema, or for a version that is not the next.
   */
  importVersion(subject: string, schema: SchemaText, options: ImportOptions): Promise<SubjectVersion>
}
