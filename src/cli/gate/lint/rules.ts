import { growthRules } from './growth-rules.ts'
import { meaningRules } from './meaning-rules.ts'
import { nameRules } from './name-rules.ts'
import type { LintRule } from './rule.ts'

/** All rules of `lint`. */
export const lintRules: readonly LintRule[] = [...growthRules, ...nameRules, ...meaningRules]
