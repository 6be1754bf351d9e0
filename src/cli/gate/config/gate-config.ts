import type { CompatibilityLevel } from '../../../registry/compatibility/levels.ts'

/** What `kafka-evolve.json` says. Paths are relative to the folder of the file. */
export interface GateConfig {
  /** Files, folders and patterns that are looked at where the command line names none. */
  readonly schemas: readonly string[]
  /** Patterns of files that are left out. */
  readonly exclude: readonly string[]
  /** What to compare with, where the command line does not say: a git revision or a lock file. */
  readonly against: string | undefined
  readonly registry: string | undefined
  readonly strategy: SubjectStrategy | undefined
  /** The level where neither the registry nor a lock file has one. */
  readonly level: CompatibilityLevel | undefined
  /** Levels by subject, or by pattern of subjects; the first that fits counts, over that of the registry. */
  readonly levels: readonly (readonly [pattern: string, level: CompatibilityLevel])[]
  /** For each subject named outright the file (`orders.avsc`), or the part of a file (`orders.avdl#shop.Order`). */
  readonly subjects: ReadonlyMap<string, string>
  /** Severities of the rules of `lint`, over their own. */
  readonly lint: ReadonlyMap<string, LintSeverity>
}

/** How a subject is named after a schema. */
export const subjectStrategies = ['topic', 'record', 'topic-record', 'file'] as const
export type SubjectStrategy = (typeof subjectStrategies)[number]

/** What a rule of `lint` may be set to. */
export const lintSeverities = ['off', 'note', 'warning', 'error'] as const
export type LintSeverity = (typeof lintSeverities)[number]

/** What holds without a file. */
export const noConfig: GateConfig = {
  schemas: [],
  exclude: [],
  against: undefined,
  registry: undefined,
  strategy: undefined,
  level: undefined,
  levels: [],
  subjects: new Map(),
  lint: new Map(),
}
