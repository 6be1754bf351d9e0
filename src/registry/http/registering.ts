import { EvolveError, isEvolveError } from '../../errors.ts'
import type { SchemaText } from '../../schema/text.ts'
import type { ImportOptions, NormalizeOptions, SubjectVersion } from '../types.ts'
import { idAnswer, versionAnswer } from './answers.ts'
import type { Ask } from './client.ts'
import { normalizeQuery, reading, schemaBody, sending, subjectPath } from './inquiries.ts'

/** The version that a subject has of a schema: asked for, or registered. */
export async function register(ask: Ask, subject: string, schema: SchemaText, options: NormalizeOptions = {}): Promise<SubjectVersion> {
  const query = normalizeQuery(options)
  let id: number
  try {
    id = await ask(sending('register', 'POST', `${subjectPath(subject)}/versions`, schemaBody(schema), { subject }, query), idAnswer)
  } catch (error) {
    if (!isEvolveError(error) || error.code !== 'incompatible-registration') throw error
    // Apicurio answers 409 also to whoever comes second with the first version of a subject. If that is not it, the verdict stands: asked again, it
    // would be the same.
    const found = await ifThere(lookUp(ask, subject, schema, options))
    if (found === undefined) throw error
    return found
  }
  // The answer holds the ID alone; the version comes from a look-up.
  return agreed(id, await lookUp(ask, subject, schema, options))
}

/** The version under which a schema with an ID from elsewhere was registered. */
export async function importVersion(ask: Ask, subject: string, schema: SchemaText, options: ImportOptions): Promise<SubjectVersion> {
  const { id, version } = options
  const body = { ...schemaBody(schema), id, ...(version === undefined ? {} : { version }) }
  const given = await ask(sending('import', 'POST', `${subjectPath(subject)}/versions`, body, { subject, schemaId: id }), idAnswer)
  if (given !== id) throw differs(id, given)
  if (version === undefined) return agreed(id, await lookUp(ask, subject, schema))
  const inquiry = reading('version', `${subjectPath(subject)}/versions/${version}`, { subject })
  return agreed(id, await ask(inquiry, (json) => versionAnswer(subject, json, { version, format: schema.format })))
}

/** The version that holds the schema. */
export async function lookUp(
  ask: Ask,
  subject: string,
  schema: SchemaText,
  options: NormalizeOptions & { readonly deleted?: boolean | undefined } = {},
): Promise<SubjectVersion> {
  const query = { ...normalizeQuery(options), deleted: options.deleted }
  const inquiry = sending('lookup', 'POST', subjectPath(subject), schemaBody(schema), { subject }, query)
  return ask(inquiry, (json) => versionAnswer(subject, json, { format: schema.format }))
}

function agreed(id: number, found: SubjectVersion): SubjectVersion {
  if (found.id === id) return found
  throw differs(id, found.id)
}

function differs(id: number, other: number): EvolveError {
  return new EvolveError('registry-bad-answer', `the registry registered the schema with ID ${id}, and finds it with ID ${other}`)
}

async function ifThere<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer
  } catch (error) {
    if (isEvolveError(error) && (error.code === 'subject-not-found' || error.code === 'schema-not-in-subject')) return undefined
    throw error
  }
}
