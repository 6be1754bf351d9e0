import { isEvolveError } from '../../../errors.ts'
import { checkVersions } from '../../../registry/compatibility/check-versions.ts'
import { type CompatibilityLevel, ruleOf } from '../../../registry/compatibility/levels.ts'
import { parseSchema } from '../../../schema/parse.ts'
import { remember } from '../../../schema/remember.ts'
import type { SchemaText } from '../../../schema/text.ts'
import type { Schema } from '../../../schema/types.ts'
import type { BaselineSubject, BaselineVersion } from '../baseline/baseline.ts'
import { diffSchemas } from '../diff/diff-schemas.ts'
import type { Finding, GateSchema } from '../model.ts'
import { problemFinding } from './problem-finding.ts'
import type { SubjectReport } from './report.ts'
import { rollOutOf } from './roll-out.ts'

/** A level, and who says so. */
export interface ChosenLevel {
  readonly level: CompatibilityLevel
  readonly from: string
}

/** Holds one schema against what a baseline has of its subject. */
export async function checkSubject(
  subject: string,
  schema: GateSchema,
  { level, from }: ChosenLevel,
  baseline: BaselineSubject,
): Promise<SubjectReport> {
  const { transitive } = ruleOf(level)
  const versions = await baseline.versions(transitive)
  const latest = versions.at(-1)
  const base = { subject, schema: schema.key, level, levelFrom: from, against: versions.map(({ label }) => label) }
  if (latest === undefined) return { ...base, status: 'new', findings: [] }
  const old = parsed(latest)
  const isSame = old !== undefined && diffSchemas(old, schema.schema).length === 0
  const findings = findingsOf(subject, schema, level, versions)
  if (findings.length > 0)
    return { ...base, status: 'incompatible', findings, ...(isSame || old === undefined ? {} : { rollOut: rollOutOf(old, schema.schema) }) }
  if (isSame) return { ...base, status: 'unchanged', findings }
  return { ...base, status: 'compatible', findings, ...(old === undefined ? {} : { rollOut: rollOutOf(old, schema.schema) }) }
}

function findingsOf(subject: string, schema: GateSchema, level: CompatibilityLevel, versions: readonly BaselineVersion[]): Finding[] {
  const referenced = new Map<SchemaText, readonly string[]>(versions.map((version) => [version, version.referenced]))
  const { problems } = checkVersions(level, { format: 'AVRO', text: schema.text }, versions, (text) => referenced.get(text) ?? [])
  const byNumber = new Map(versions.map((version) => [version.version, version]))
  const found = new Map<string, Finding>()
  for (const problem of problems) {
    const version = byNumber.get(problem.version)
    if (version === undefined || (version.mayBeBroken === true && problem.kind === 'UNREADABLE_VERSION')) continue
    const finding = problemFinding(subject, schema, problem, version, parsed(version))
    const key = JSON.stringify([finding.direction, finding.rule, finding.field, finding.message, finding.place?.line])
    const known = found.get(key)
    found.set(key, known === undefined ? finding : { ...known, versions: [...(known.versions ?? []), version.label] })
  }
  return [...found.values()]
}

const schemas = new WeakMap<BaselineVersion, { readonly schema: Schema | undefined }>()

/** The version's schema, if it is one. */
function parsed(version: BaselineVersion): Schema | undefined {
  return remember(schemas, version, () => {
    try {
      return {
        schema:
          version.format === 'AVRO'
            ? parseSchema(version.text, { references: version.referenced, invalidDefaults: 'drop', invalidNames: 'keep' })
            : undefined,
      }
    } catch (error) {
      if (!isEvolveError(error)) throw error
      return { schema: undefined }
    }
  }).schema
}
