import type { SchemaText } from '../schema/text.ts'

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
