import type { CompatibilityLevel } from '../compatibility/levels.ts'
import type { SubjectVersion } from '../types.ts'

/** One subject as a lock file has it. */
export interface LockedSubject {
  /** With its context, where that is not the default one. */
  readonly subject: string
  /** The level in force for it when it was pulled; missing where the registry knows no levels. */
  readonly compatibility?: CompatibilityLevel | undefined
  /** The versions that the registry listed, ascending. */
  readonly versions: readonly SubjectVersion[]
  /** Versions that were deleted there, and whose schemas messages may still name by their IDs; ascending. */
  readonly deleted?: readonly SubjectVersion[] | undefined
}

/** What a registry said at one time, kept in a file beside the code: what a service needs to start, to read and to write without that registry. */
export interface Lockfile {
  /** In the order of their UTF-16 text. */
  readonly subjects: readonly LockedSubject[]
}
