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
  readonly signal?: AbortSignal | undefined
}

/** Which versions count. */
export interface DeletedOptions {
  /** Those too that were deleted and not purged. Default `false`. */
  readonly deleted?: boolean | undefined
  /** Those alone. Default `false`. */
  readonly deletedOnly?: boolean | undefined
}

/** Where an ID is looked for. */
export interface IdOptions {
  /** A subject, or a context alone (`:.context:`), that holds it. Default: the default context. */
  readonly subject?: string | undefined
}

/** Which uses of a schema count. */
export interface UseOptions extends IdOptions, Pick<DeletedOptions, 'deleted'> {
  /** Those that are known will do: a store that others write too need not look for news. Default `false`. */
  readonly known?: boolean | undefined
}

/** Which subjects count. */
export interface SubjectOptions extends DeletedOptions {
  /**
   * How they begin. One without a context means the default context; `:.context:` all of that context, `:*:` all of all contexts.
   * Default: all of the default context.
   */
  readonly prefix?: string | undefined
}

/** How a schema is compared with those that are there. */
export interface NormalizeOptions {
  /** As a normal text of what it means, and not as it is written. Default: what the config in force says, else `false`. */
  readonly normalize?: boolean | undefined
}

/**
 * Where schemas come from: an append-only list of versions for each subject, and an ID for each distinct schema.
 * The same text (with the same references) has one ID in all subjects, and an ID never means two schemas.
 */
export interface Registry {
  /** Also of versions that were deleted, as long as they are not purged. @throws EvolveError `schema-not-found`, or a registry failure. */
  schemaById(id: number, options?: CallOptions & IdOptions): Promise<RegisteredSchema>
  /** Registers under the subject, or finds it there. @throws EvolveError `incompatible-registration`, `invalid-schema`, or a registry failure. */
  register(subject: string, schema: SchemaText, options?: CallOptions & NormalizeOptions): Promise<SubjectVersion>
  /** Version numbers of the subject, ascending. @throws EvolveError `subject-not-found`. */
  versions(subject: string, options?: CallOptions & DeletedOptions): Promise<readonly number[]>
  /** @throws EvolveError `subject-not-found`, `version-not-found`. */
  version(subject: string, version: number, options?: CallOptions & Pick<DeletedOptions, 'deleted'>): Promise<SubjectVersion>
  /** The highest version that is not deleted. @throws EvolveError `subject-not-found`. */
  latest(subject: string, options?: CallOptions): Promise<SubjectVersion>
  /**
   * The newest version that holds just this schema; a registry of this package gives else the newest that means the same and is written in another way.
   * @throws EvolveError `subject-not-found`, `schema-not-in-subject`, `invalid-schema`.
   */
  lookup(
    subject: string,
    schema: SchemaText,
    options?: CallOptions & NormalizeOptions & Pick<DeletedOptions, 'deleted'>,
  ): Promise<SubjectVersion>
  /** Lets go of files, sockets and timers. A second call does nothing. */
  close(): Promise<void>
}

/** A place where a schema is registered. */
export interface SchemaUse {
  readonly subject: string
  readonly version: number
}

/** An ID, and the context in which it means something. */
export interface ContextId {
  readonly context: string
  readonly id: number
}

/** A registry that can also say what it holds. */
export interface BrowsableRegistry extends Registry {
  /** Subjects, in the order of their UTF-16 text. */
  subjects(options?: CallOptions & SubjectOptions): Promise<readonly string[]>
  /** The versions that hold the schema with this ID. @throws EvolveError `schema-not-found`. */
  uses(id: number, options?: CallOptions & UseOptions): Promise<readonly SchemaUse[]>
  /** What IDs the schema with this GUID has (see `schemaGuid`), at most one in each context, in the order of those; none where there is no such schema. */
  idsByGuid(guid: string, options?: CallOptions): Promise<readonly ContextId[]>
  /** The contexts in which there are subjects, and the default one (`.`), in the order of their text. */
  contexts(options?: CallOptions): Promise<readonly string[]>
  /** IDs of the schemas whose listed versions refer to this one, ascending. @throws EvolveError `subject-not-found`, `version-not-found`. */
  referencedBy(subject: string, version: number, options?: CallOptions & Pick<DeletedOptions, 'deleted'>): Promise<readonly number[]>
}

/** Options of {@link ManagedRegistry.config} and {@link ManagedRegistry.mode}. */
export interface SettingOptions extends CallOptions {
  /** For a subject, what is in force (its own over what holds for all), and not only what was set for it. Default `false`. */
  readonly defaultToGlobal?: boolean
  /** Without a subject, only what was set for all: no level where none was, and maybe nothing. Default `false`. */
  readonly setOnly?: boolean
}

/** Options of {@link ManagedRegistry.setConfig}. */
export interface ConfigOptions extends CallOptions {
  /**
   * Members that stay as they are set, unless the config has them: so that of several changes at once, of different members, none is lost. Default: none, the config is
   * all that is set then.
   */
  readonly keep?: readonly (keyof RegistryConfig)[] | undefined
}

/** Options of {@link ManagedRegistry.setMode}. */
export interface ModeOptions extends CallOptions {
  /** Go to IMPORT although something is registered. Default `false`. */
  readonly force?: boolean
  /** Where the mode of a context, or the one for all, is taken back: also those of the subjects in that context, or in the default one. Default `false`. */
  readonly recursive?: boolean
}

/** Options of {@link ManagedRegistry.checkCompatibility}. */
export interface CheckOptions extends CallOptions, NormalizeOptions {
  /** The one version to hold the schema against, whatever the level says about that. Default: those that the level asks for. */
  readonly version?: number | 'latest'
}

/** The ID that a schema has elsewhere, and its version there. */
export interface ImportOptions extends CallOptions {
  readonly id: number
  /** Any that the subject does not have; default: the next. */
  readonly version?: number | undefined
}

/** Options of {@link ManagedRegistry.deleteVersion} and {@link ManagedRegistry.deleteSubject}. */
export interface DeleteOptions extends CallOptions {
  /** For good, text and all; only what was deleted before. Default `false`: no longer listed, but readable under its ID. */
  readonly permanent?: boolean | undefined
}

/**
 * A registry that can be managed: compatibility levels, modes, deletes, schemas that come from elsewhere. In `config` and `mode`, `undefined` in place of a
 * subject stands for all subjects, and `:.context:` for all of a context.
 */
export interface ManagedRegistry extends BrowsableRegistry {
  /** What is set for the subject, or `undefined`; what holds for all, always with a level (but see `setOnly`). */
  config(subject?: string, options?: SettingOptions): Promise<RegistryConfig | undefined>
  /**
   * Sets all of a config, or takes it back (`undefined`); gives what is set then. With `keep`, in place of some members only.
   * @throws EvolveError `registry-rejected` in a mode that allows no change, `invalid-options`, `limit-exceeded`, or a registry failure.
   */
  setConfig(subject: string | undefined, config: RegistryConfig | undefined, options?: ConfigOptions): Promise<RegistryConfig | undefined>
  /** The mode set for the subject, or `undefined`; the mode for all, READWRITE where none was set. */
  mode(subject?: string, options?: SettingOptions): Promise<RegistryMode | undefined>
  /**
   * Sets the mode, or takes it back (`undefined`). As with Confluent's registry, versions that were deleted are purged where it becomes IMPORT without
   * `force`: what is imported may have their numbers.
   * @throws EvolveError `registry-rejected` for IMPORT where something is registered, or what was deleted is referred to; `invalid-options`, or a registry failure.
   */
  setMode(subject: string | undefined, mode: RegistryMode | undefined, options?: ModeOptions): Promise<void>
  /**
   * Whether the schema may be registered under the subject at its level, and every reason if not. Registers nothing.
   * @throws EvolveError `invalid-schema`, `limit-exceeded`, `version-not-found`, `invalid-options`, or a registry failure.
   */
  checkCompatibility(subject: string, schema: SchemaText, options?: CheckOptions): Promise<CompatibilityReport>
  /**
   * Registers a schema under the ID it has elsewhere, in mode IMPORT; it is not compared with other versions. A version of that number that was deleted is
   * purged for it, and a schema that has an ID already may get another one.
   * @throws EvolveError `registry-rejected` in another mode, where the ID means another schema, or the subject has the version.
   */
  importVersion(subject: string, schema: SchemaText, options: ImportOptions): Promise<SubjectVersion>
  /**
   * Deletes a version; gives its number.
   * @throws EvolveError `subject-not-found`, `version-not-found`, `registry-rejected` (with Confluent's number in `details.registryCode`) in a mode
   * that allows no change (42205), where other schemas refer to it (42206), where it was deleted before (40406), or, to purge it, was not (40407).
   */
  deleteVersion(subject: string, version: number, options?: DeleteOptions): Promise<number>
  /**
   * Deletes all versions of a subject, and what is set for it; gives their numbers.
   * @throws EvolveError `subject-not-found`, `registry-rejected` as {@link ManagedRegistry.deleteVersion} does, with 40404 where the subject was deleted
   * before and 40405 where, to purge it, it was not.
   */
  deleteSubject(subject: string, options?: DeleteOptions): Promise<readonly number[]>
}
