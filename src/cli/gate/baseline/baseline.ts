import type { EarlierVersion } from '../../../registry/compatibility/check-versions.ts'
import type { CompatibilityLevel } from '../../../registry/compatibility/levels.ts'
import type { Finding, GateSchema } from '../model.ts'

/** A version to hold a schema against. */
export interface BaselineVersion extends EarlierVersion {
  /** What people call it: `version 3`, `origin/main`. */
  readonly label: string
  /** It may be no schema, and then says nothing: a commit on the way that nobody deployed. */
  readonly mayBeBroken?: boolean
  /** The texts of what it refers to, dependencies first. */
  readonly referenced: readonly string[]
}

/** What the baseline has for one schema. */
export interface BaselineSubject {
  /** The level in force there, if it knows one. */
  readonly level: CompatibilityLevel | undefined
  /** Ascending; none for a subject that is new. The latest alone unless `all`. */
  versions(all: boolean): Promise<readonly BaselineVersion[]>
}

/** What schemas are held against: a registry, a git revision or a lock file. */
export interface Baseline {
  /** For people: `registry http://…`, `origin/main`. */
  readonly name: string
  /** Finds a subject there, or where the baseline has none the schema's file. @throws EvolveError for a registry that does not answer. */
  find(subject: string, schema?: GateSchema): Promise<BaselineSubject>
  /** Whether the baseline knows the subject of a file that others use types of: one that it does not is no subject. */
  knows(subject: string, schema: GateSchema): Promise<boolean>
  /** What else is to be said once everything was looked at, such as files that are gone. */
  remarks(): readonly Finding[]
  close(): Promise<void>
}
