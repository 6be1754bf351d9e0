import { type CompatibilityProblem, EvolveError, isEvolveError } from '../../errors.ts'
import { checkSchemas } from '../../resolution/compatibility.ts'
import { parseSchema } from '../../schema/parse.ts'
import type { SchemaText } from '../../schema/text.ts'
import type { Schema } from '../../schema/types.ts'
import { schemaKey } from '../schema-key.ts'
import { type CompatibilityDirection, type CompatibilityLevel, type LevelRule, ruleOf } from './levels.ts'

/** Whether a schema may be the next version of a subject, and if not, why. */
export interface CompatibilityReport {
  /** The level that was asked for. */
  readonly level: CompatibilityLevel
  readonly compatible: boolean
  /** Every reason: of the newest version first, and of one version the backward ones first. */
  readonly problems: readonly CompatibilityProblem[]
}

/** A version that a subject has. */
export interface EarlierVersion extends SchemaText {
  readonly version: number
  /** What messages call it; default `version` and its number. */
  readonly label?: string
}

/** The texts that a schema refers to, dependencies first. */
export type ReferencesOf = (schema: SchemaText) => readonly string[]

/**
 * Holds a schema against the versions of a subject (ascending) at a level. Avro only: of other formats nothing is known, so that under any
 * level but NONE a version of theirs is compatible with the same text and with nothing else.
 * @throws EvolveError `invalid-schema`, `limit-exceeded` when the candidate is no schema.
 */
export function checkVersions(
  level: CompatibilityLevel,
  candidate: SchemaText,
  versions: readonly EarlierVersion[],
  referencesOf: ReferencesOf,
): CompatibilityReport {
  const rule = ruleOf(level)
  const asked = rule.directions.length === 0 ? [] : rule.transitive ? versions.toReversed() : versions.slice(-1)
  const parsed = candidate.format === 'AVRO' ? parse(candidate, referencesOf) : undefined
  // The same text goes with itself, whatever is wrong with it. Asked last, as most versions are another text and go with this one.
  const isSame = (earlier: SchemaText): boolean => schemaKey(earlier) === schemaKey(candidate)
  const problems = asked.flatMap((earlier) => {
    const found = problemsWith(rule, candidate, parsed, earlier, referencesOf)
    return found.length > 0 && isSame(earlier) ? [] : found
  })
  return Object.freeze({ level, compatible: problems.length === 0, problems: Object.freeze(problems) })
}

function problemsWith(
  { directions }: LevelRule,
  candidate: SchemaText,
  parsed: Schema | undefined,
  earlier: EarlierVersion,
  referencesOf: ReferencesOf,
): CompatibilityProblem[] {
  const label = earlier.label ?? `version ${earlier.version}`
  const whole = (kind: string, message: string, hint: string): CompatibilityProblem[] =>
    directions.map((direction) => problem(earlier.version, direction, { path: '/', kind, message, hint }))
  if (candidate.format !== earlier.format) {
    const message = `the format is ${candidate.format}, and ${label} is in ${earlier.format}`
    return whole('FORMAT_MISMATCH', message, 'register it under another subject')
  }
  if (parsed === undefined) {
    const message = `${candidate.format} schemas are not compared, and the text is not that of ${label}`
    return whole('FORMAT_NOT_COMPARED', message, 'set the level of the subject to NONE')
  }
  let other: Schema
  try {
    other = parse(earlier, referencesOf)
  } catch (error) {
    if (!isEvolveError(error)) throw error
    const message = `${label} cannot be read: ${error.problem}`
    return whole('UNREADABLE_VERSION', message, 'set the level of the subject to NONE, or register under another subject')
  }
  return directions.flatMap((direction) => {
    const { incompatibilities } = direction === 'backward' ? checkSchemas(parsed, other) : checkSchemas(other, parsed)
    return incompatibilities.map((found) =>
      problem(earlier.version, direction, direction === 'backward' ? found : { ...found, hint: found.writerHint }),
    )
  })
}

function problem(
  version: number,
  direction: CompatibilityDirection,
  { path, kind, message, hint, inside }: Omit<CompatibilityProblem, 'version' | 'direction'>,
): CompatibilityProblem {
  return Object.freeze({ version, direction, path, kind, message, hint, ...(inside === undefined ? {} : { inside }) })
}

/** Defaults that do not fit are dropped, and names kept: other registries let them in, and a version that came from one is to be read. */
function parse(schema: SchemaText, referencesOf: ReferencesOf): Schema {
  return parseSchema(schema.text, { references: referencesOf(schema), invalidDefaults: 'drop', invalidNames: 'keep' })
}

/** Most reasons that a message tells; all are in `details.problems`. */
const maxReasonsTold = 100

/** The refusal of a registration, with every reason. */
export function incompatibleRegistration(subject: string, { level, problems }: CompatibilityReport): EvolveError {
  const more = problems.length > maxReasonsTold ? [`and ${problems.length - maxReasonsTold} more reasons`] : []
  const reasons = [...problems.slice(0, maxReasonsTold).map(sentence), ...more]
  const problem = `the schema is not compatible with what the subject has, at the level ${level}: ${reasons.join('; ')}`
  return new EvolveError('incompatible-registration', problem, { subject, problems })
}

/** A problem in one sentence: who is hit, by what, and the cure. */
export function sentence({ version, direction, path, kind, message, hint }: CompatibilityProblem): string {
  const hit =
    direction === 'backward'
      ? `new readers cannot read what version ${version} wrote`
      : `readers of version ${version} cannot read what the new schema writes`
  return `${hit}: ${message} (${kind} at ${path}): ${hint}`
}
