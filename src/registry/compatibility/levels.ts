/** The compatibility levels, by the names that all registries use for them. */
export const compatibilityLevels = [
  'NONE',
  'BACKWARD',
  'BACKWARD_TRANSITIVE',
  'FORWARD',
  'FORWARD_TRANSITIVE',
  'FULL',
  'FULL_TRANSITIVE',
] as const

/**
 * What a new version of a subject must be able to do. BACKWARD: its readers read what was written before. FORWARD: earlier readers read
 * what it writes. FULL: both. The plain ones look at the latest version, the TRANSITIVE ones at all. NONE asks for nothing.
 */
export type CompatibilityLevel = (typeof compatibilityLevels)[number]

/** Who is hit: `backward`, the new readers of old data; `forward`, the old readers of new data. */
export type CompatibilityDirection = 'backward' | 'forward'

/** What a level asks for. */
export interface LevelRule {
  readonly directions: readonly CompatibilityDirection[]
  /** Whether all versions count, or the latest alone. */
  readonly transitive: boolean
}

/** What a level asks for. */
export function ruleOf(level: CompatibilityLevel): LevelRule {
  return {
    directions: (['backward', 'forward'] as const).filter(
      (direction) => level.startsWith('FULL') || level.startsWith(direction.toUpperCase()),
    ),
    transitive: level.endsWith('_TRANSITIVE'),
  }
}

/** Whether this is the name of a level, in capitals. */
export function isCompatibilityLevel(value: unknown): value is CompatibilityLevel {
  return compatibilityLevels.some((level) => level === value)
}
