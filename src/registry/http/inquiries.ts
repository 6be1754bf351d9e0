import type { ErrorDetails } from '../../errors.ts'
import type { SchemaText } from '../../schema/text.ts'
import type { DeletedOptions, NormalizeOptions } from '../types.ts'
import type { Question } from './answer-errors.ts'
import type { Inquiry } from './attempt.ts'

/** Parameters of a query; what is `undefined` or `false` is left out, as it is the default everywhere. */
type Query = Readonly<Record<string, string | boolean | undefined>>

/** Something that is read. */
export function reading(question: Question, path: string, details: ErrorDetails = {}, query: Query = {}): Inquiry {
  return { question, method: 'GET', path: `${path}${queryText(query)}`, details }
}

/** Something that is sent. */
export function sending(
  question: Question,
  method: 'POST' | 'PUT',
  path: string,
  body: unknown,
  details: ErrorDetails = {},
  query: Query = {},
): Inquiry {
  return { question, method, path: `${path}${queryText(query)}`, body, details }
}

/** A delete. Of a version it is not to be made twice: the second would hear that it is deleted already. */
export function deleting(question: Question, path: string, details: ErrorDetails, query: Query = {}): Inquiry {
  return { question, method: 'DELETE', path: `${path}${queryText(query)}`, details, repeatable: question !== 'delete' }
}

/** `/subjects/{subject}`, escaped. */
export function subjectPath(subject: string): string {
  return `/subjects/${encodeURIComponent(subject)}`
}

/** `/config` or `/mode`, of all or of one subject. */
export function settingPath(setting: 'config' | 'mode', subject: string | undefined): string {
  return subject === undefined ? `/${setting}` : `/${setting}/${encodeURIComponent(subject)}`
}

/** What the API calls the options of deletes. */
export function deletedQuery({ deleted, deletedOnly }: DeletedOptions = {}): Query {
  // Confluent's registry looks at `deletedOnly` first, others at `deleted` alone: to them it must not mean "listed".
  return { deleted: deleted === true || deletedOnly === true, deletedOnly }
}

/** The query of a registration or look-up. `false` is said, as the registry may have another default. */
export function normalizeQuery({ normalize }: NormalizeOptions = {}): Query {
  return { normalize: normalize === undefined ? undefined : String(normalize) }
}

/** A schema as the API wants it. */
export function schemaBody({ format, text, references = [], metadata, ruleSet }: SchemaText): object {
  return {
    schema: text,
    ...(format === 'AVRO' ? {} : { schemaType: format }),
    ...(references.length === 0 ? {} : { references: references.map(({ name, subject, version }) => ({ name, subject, version })) }),
    ...(metadata === undefined ? {} : { metadata }),
    ...(ruleSet === undefined ? {} : { ruleSet }),
  }
}

function queryText(query: Query): string {
  const used = Object.entries(query).filter(([, value]) => value !== undefined && value !== false)
  return used.length === 0 ? '' : `?${new URLSearchParams(Object.fromEntries(used.map(([name, value]) => [name, String(value)])))}`
}
