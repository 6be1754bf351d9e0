import type { CompatibilityLevel } from '../../../registry/compatibility/levels.ts'
import type { Finding } from '../model.ts'
import type { RollOut } from './roll-out.ts'

/** What came of one subject. */
export interface SubjectReport {
  readonly subject: string
  /** The file, with `#Name` where it states several schemas. */
  readonly schema: string
  readonly status: 'new' | 'unchanged' | 'compatible' | 'incompatible'
  readonly level: CompatibilityLevel
  /** Who says so: `--level`, `kafka-evolve.json`, the baseline, or `default`. */
  readonly levelFrom: string
  /** The versions that it was held against, as the baseline calls them, oldest first. */
  readonly against: readonly string[]
  /** Absent for a subject that is new or unchanged. */
  readonly rollOut?: RollOut
  readonly findings: readonly Finding[]
}

/** What came of a run. */
export interface Report {
  /** `check` or `lint`. */
  readonly command: string
  /** What the schemas were held against; absent for `lint`. */
  readonly baseline?: string
  readonly subjects: readonly SubjectReport[]
  /** Everything that was found, those of the subjects too. */
  readonly findings: readonly Finding[]
  /** The schemas that were looked at, by file. */
  readonly schemas: readonly string[]
}

/** Whether something stops the pull request. */
export function hasErrors({ findings }: Report): boolean {
  return findings.some(({ severity }) => severity === 'error')
}
