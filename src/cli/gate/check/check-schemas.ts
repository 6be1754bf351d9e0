import type { CompatibilityLevel } from '../../../registry/compatibility/levels.ts'
import { inParallel } from '../../../registry/lockfile/in-parallel.ts'
import type { Baseline, BaselineSubject } from '../baseline/baseline.ts'
import { globMatcher } from '../files/glob.ts'
import type { Finding, GateSchema, Loaded } from '../model.ts'
import { locate } from '../places/locate.ts'
import type { SubjectNames } from '../subjects.ts'
import { type ChosenLevel, checkSubject } from './check-subject.ts'
import type { Report, SubjectReport } from './report.ts'

/** What decides at which level a subject is checked. */
export interface LevelSources {
  /** `--level`. */
  readonly asked: CompatibilityLevel | undefined
  /** Levels of the config by patterns of subjects. */
  readonly configured: readonly (readonly [pattern: string, level: CompatibilityLevel])[]
  /** The level where nobody else has one. */
  readonly fallback: CompatibilityLevel | undefined
}

/** Subjects that are asked about at a time: as many as there are connections that the HTTP client keeps when they are idle. */
const concurrency = 8

/** Holds all schemas against a baseline. @throws EvolveError where the baseline fails. */
export async function checkSchemas(
  { schemas, faults, shared }: Loaded,
  names: SubjectNames,
  baseline: Baseline,
  levels: LevelSources,
  failOnNew: boolean,
): Promise<Report> {
  const pairs: { readonly subject: string; readonly schema: GateSchema }[] = []
  for (const schema of schemas)
    for (const subject of names.of(schema)) {
      const isShared = shared.has(schema.file) && !names.isNamed(schema)
      if (!isShared || (await baseline.knows(subject, schema))) pairs.push({ subject, schema })
    }
  const subjects = await inParallel(pairs, concurrency, async ({ subject, schema }): Promise<SubjectReport> => {
    const found = await baseline.find(subject, schema)
    const report = await checkSubject(subject, schema, levelOf(subject, found, baseline, levels), found)
    return failOnNew && report.status === 'new' ? { ...report, findings: [newSubject(subject, schema, baseline)] } : report
  })
  const findings = [
    ...faults,
    ...twice(pairs),
    ...missing(names, schemas),
    ...subjects.flatMap((report) => report.findings),
    ...baseline.remarks(),
  ]
  return { command: 'check', baseline: baseline.name, subjects, findings, schemas: [...new Set(schemas.map(({ file }) => file))] }
}

function levelOf(subject: string, found: BaselineSubject, baseline: Baseline, { asked, configured, fallback }: LevelSources): ChosenLevel {
  if (asked !== undefined) return { level: asked, from: '--level' }
  const [, own] = configured.find(([pattern]) => pattern === subject || globMatcher(pattern)(subject)) ?? []
  if (own !== undefined) return { level: own, from: 'kafka-evolve.json' }
  if (found.level !== undefined) return { level: found.level, from: baseline.name }
  return fallback === undefined ? { level: 'BACKWARD', from: 'default' } : { level: fallback, from: 'kafka-evolve.json' }
}

/** Two schemas of one subject: each would be checked, and the second one registered over the first. */
function twice(pairs: readonly { readonly subject: string; readonly schema: GateSchema }[]): Finding[] {
  const first = new Map<string, GateSchema>()
  return pairs.flatMap(({ subject, schema }): Finding[] => {
    const other = first.get(subject)
    if (other === undefined) {
      first.set(subject, schema)
      return []
    }
    const place = locate(schema.sources, { type: 'name' in schema.schema ? schema.schema.name : undefined, part: 'name' })
    return [
      {
        rule: 'duplicate-subject',
        severity: 'error',
        subject,
        message: `${schema.key} and ${other.key} both belong to the subject ${subject}`,
        cure: 'say in kafka-evolve.json which subject each belongs to, or choose another --strategy',
        ...(place === undefined ? {} : { place }),
      },
    ]
  })
}

function missing(names: SubjectNames, schemas: readonly GateSchema[]): Finding[] {
  return names.missing(schemas).map(([subject, target]) => ({
    rule: 'schema-missing',
    severity: 'error',
    subject,
    message: `kafka-evolve.json maps ${subject} to ${target}, which is not among the schemas`,
    cure: 'correct the path, or take the line out when the subject is gone',
  }))
}

function newSubject(subject: string, schema: GateSchema, baseline: Baseline): Finding {
  const place = locate(schema.sources, { type: 'name' in schema.schema ? schema.schema.name : undefined, part: 'name' })
  return {
    rule: 'new-subject',
    severity: 'error',
    subject,
    message: `${baseline.name} has no subject ${subject}`,
    cure: 'correct the name or the mapping of subjects; leave --fail-on-new out if the subject is meant to be new',
    ...(place === undefined ? {} : { place }),
  }
}
