import { type CompatibilityProblem, isEvolveError } from '../../errors.ts'
import type { ManagedRegistry, Registry, SubjectVersion } from '../../registry/types.ts'
import type { SchemaReference, SchemaText } from '../../schema/text.ts'
import type { Registrable } from './registrable.ts'

/** What became of one schema. */
export interface Outcome {
  readonly subject: string
  /** The file. */
  readonly schema: string
  readonly status: 'registered' | 'already-there' | 'would-be-registered' | 'incompatible' | 'refused'
  readonly version?: number
  readonly id?: number
  /** Why it is incompatible. */
  readonly problems?: readonly CompatibilityProblem[]
  /** Why it is refused. */
  readonly error?: string
}

/** How it is done. */
export interface RegisterManner {
  readonly normalize: boolean
  /** Ask only. */
  readonly dryRun: boolean
  readonly signal: AbortSignal
}

/**
 * Registers schemas, or says what would happen. All are asked for first, and nothing is registered when one of them is incompatible: half a deployment helps
 * nobody. @throws EvolveError where the registry fails.
 */
export async function registerSchemas(
  schemas: readonly Registrable[],
  registry: Registry & Partial<Pick<ManagedRegistry, 'checkCompatibility'>>,
  manner: RegisterManner,
): Promise<readonly Outcome[]> {
  const asked = await each(schemas, (one, text) => ask(one, text, registry, manner))
  if (manner.dryRun || asked.some(({ status }) => status === 'incompatible' || status === 'refused')) return asked
  return each(schemas, (one, text, index) => {
    const before = asked[index] as Outcome
    return before.status === 'already-there' ? Promise.resolve(before) : register(one, text, registry, manner)
  })
}

/** One after the other: versions that others refer to are known by then. */
async function each(
  schemas: readonly Registrable[],
  action: (one: Registrable, text: SchemaText, index: number) => Promise<Outcome>,
): Promise<readonly Outcome[]> {
  const outcomes: Outcome[] = []
  for (const [index, one] of schemas.entries()) outcomes.push(await action(one, textOf(one, schemas, outcomes), index))
  return outcomes
}

function textOf({ schema, needs }: Registrable, schemas: readonly Registrable[], outcomes: readonly Outcome[]): SchemaText {
  // A version that only would be there is taken for the next one: it is not asked for.
  if (needs.length === 0 || needs.some((needed) => versionOf(needed, schemas, outcomes) === undefined))
    return { format: 'AVRO', text: schema.text }
  const references = needs.map((needed): SchemaReference => {
    const type = needed.schema.schema
    return { name: 'name' in type ? type.name : '', subject: needed.subject, version: versionOf(needed, schemas, outcomes) ?? 0 }
  })
  return { format: 'AVRO', text: schema.sources[0]?.text ?? schema.text, references }
}

function versionOf(needed: Registrable, schemas: readonly Registrable[], outcomes: readonly Outcome[]): number | undefined {
  return outcomes[schemas.findIndex(({ subject, schema }) => subject === needed.subject && schema.key === needed.schema.key)]?.version
}

async function ask(
  { subject, schema }: Registrable,
  text: SchemaText,
  registry: Registry & Partial<Pick<ManagedRegistry, 'checkCompatibility'>>,
  { normalize, signal }: RegisterManner,
): Promise<Outcome> {
  const base = { subject, schema: schema.key }
  const options = { normalize, signal }
  const found = await lookup(registry, subject, text, options)
  if (found !== undefined) return { ...base, status: 'already-there', version: found.version, id: found.id }
  if (registry.checkCompatibility === undefined) return { ...base, status: 'would-be-registered' }
  return refusable(base, async () => {
    const report = await registry.checkCompatibility?.(subject, text, options)
    if (report === undefined || report.compatible) return { ...base, status: 'would-be-registered' }
    return { ...base, status: 'incompatible', problems: report.problems }
  })
}

async function register(
  { subject, schema }: Registrable,
  text: SchemaText,
  registry: Registry,
  { normalize, signal }: RegisterManner,
): Promise<Outcome> {
  const base = { subject, schema: schema.key }
  return refusable(base, async () => {
    const { version, id } = await registry.register(subject, text, { normalize, signal })
    return { ...base, status: 'registered', version, id }
  })
}

async function lookup(
  registry: Registry,
  subject: string,
  text: SchemaText,
  options: { readonly normalize: boolean; readonly signal: AbortSignal },
): Promise<SubjectVersion | undefined> {
  try {
    return await registry.lookup(subject, text, options)
  } catch (error) {
    if (isEvolveError(error) && (error.code === 'subject-not-found' || error.code === 'schema-not-in-subject')) return undefined
    throw error
  }
}

/** What the registry says against one schema is an outcome; where it fails, all ends. */
async function refusable(base: Pick<Outcome, 'subject' | 'schema'>, action: () => Promise<Outcome>): Promise<Outcome> {
  try {
    return await action()
  } catch (error) {
    if (!isEvolveError(error)) throw error
    if (error.code === 'incompatible-registration') return { ...base, status: 'incompatible', problems: error.details.problems ?? [] }
    if (error.code !== 'invalid-schema' && error.code !== 'registry-rejected') throw error
    // Who may not do it, may not do it for the next one either.
    if (error.details.status === 401 || error.details.status === 403) throw error
    return { ...base, status: 'refused', error: `[${error.code}] ${error.problem}` }
  }
}
