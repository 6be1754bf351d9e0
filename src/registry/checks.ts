import { EvolveError } from '../errors.ts'
import { withoutComments } from '../schema/json.ts'
import type { SchemaReference, SchemaText } from '../schema/text.ts'
import { isJsonObject, jsonCopy } from './json-copy.ts'

/** Largest schema text that a registry takes, in UTF-16 units. */
export const maxSchemaLength: number = 1024 * 1024
/** Most references that one schema may name itself. */
export const maxReferences = 100
/** IDs are unsigned 32-bit: the frame has four bytes for them. */
export const maxId = 0xffff_ffff
const maxSubjectLength = 1024

/** Throws `invalid-options` unless this can be a subject in a registry and a segment of its URLs. */
export function checkSubject(subject: string): void {
  const problem = subjectProblem(subject)
  if (problem !== undefined) throw new EvolveError('invalid-options', `not a subject name: ${problem}`)
}

function subjectProblem(subject: unknown): string | undefined {
  if (typeof subject !== 'string') return 'a string is needed'
  if (subject === '') return 'it is empty'
  if (subject.length > maxSubjectLength) return `it has more than ${maxSubjectLength} characters`
  // URLs resolve a segment of dots, in escaped form too: it would ask for something else.
  if (subject === '.' || subject === '..') return `'${subject}' cannot be part of a URL`
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  if (/[\u0000-\u001f\u007f]/.test(subject)) return 'it holds a control character'
  if (!subject.isWellFormed()) return 'it holds half of a surrogate pair'
  return undefined
}

/** Whether this can be a schema ID: an integer of 32 bits without sign. */
export function isId(id: unknown): id is number {
  return typeof id === 'number' && Number.isInteger(id) && id >= 0 && id <= maxId
}

/** Whether this can be the number of a version: an integer from 1 to 2^31 - 1. */
export function isVersion(version: unknown): version is number {
  return typeof version === 'number' && Number.isInteger(version) && version >= 1 && version <= 0x7fff_ffff
}

/** Throws `invalid-options` unless this can be a schema ID. */
export function checkId(id: number): void {
  if (!isId(id)) throw new EvolveError('invalid-options', `not a schema ID: ${String(id)} is not an integer from 0 to ${maxId}`)
}

/** A version number that no subject can have is answered without asking: registries read -1 as "latest". */
export function checkVersion(subject: string, version: number): void {
  if (!isVersion(version))
    throw new EvolveError('version-not-found', `there is no version ${String(version)}: versions count from 1`, { subject })
}

/**
 * Throws `invalid-schema` unless the parts of a schema text have the right shape and its text is JSON where its format is, comments in one of Avro aside;
 * `limit-exceeded` when it is too long. Says nothing about what the text means.
 */
export function checkSchemaText(schema: SchemaText, subject?: string): void {
  const details = { subject }
  if (schema.format !== 'AVRO' && schema.format !== 'JSON' && schema.format !== 'PROTOBUF') {
    throw new EvolveError('invalid-schema', `'${String(schema.format)}' is not a schema format`, {
      ...details,
      hint: "use 'AVRO', 'JSON' or 'PROTOBUF'",
    })
  }
  if (typeof schema.text !== 'string' || schema.text.trim() === '')
    throw new EvolveError('invalid-schema', 'the schema text is empty', details)
  if (schema.text.length > maxSchemaLength) {
    throw new EvolveError('limit-exceeded', `the schema text has more than ${maxSchemaLength} characters`, details)
  }
  const references: unknown = schema.references ?? []
  if (!Array.isArray(references) || !references.every(isReference)) {
    throw new EvolveError('invalid-schema', 'a reference is not { name, subject, version }', details)
  }
  if (references.length > maxReferences)
    throw new EvolveError('limit-exceeded', `the schema has more than ${maxReferences} references`, details)
  for (const part of ['metadata', 'ruleSet'] as const) {
    const value: unknown = schema[part]
    if (value === undefined) continue
    if (!isJsonObject(value)) throw new EvolveError('invalid-schema', `'${part}' of a schema is not a JSON object`, details)
    jsonCopy(value, `'${part}' of a schema`)
  }
  if (schema.format !== 'PROTOBUF') checkJson(schema, details)
}

/**
 * The schema as a registry keeps it: an Avro text without comments. Java's parser takes them, and so do registries; most other readers of JSON do not.
 * @throws EvolveError as {@link checkSchemaText} does.
 */
export function checkedSchema(schema: SchemaText, subject?: string): SchemaText {
  checkSchemaText(schema, subject)
  const text = schema.format === 'AVRO' ? withoutComments(schema.text) : schema.text
  return text === schema.text ? schema : { ...schema, text }
}

/** Whether this has the shape of a {@link SchemaReference}. */
export function isReference(value: unknown): value is SchemaReference {
  if (typeof value !== 'object' || value === null) return false
  const { name, subject, version } = value as Partial<Record<keyof SchemaReference, unknown>>
  return typeof name === 'string' && subjectProblem(subject) === undefined && isVersion(version)
}

function checkJson(schema: SchemaText, details: { readonly subject: string | undefined }): void {
  let parsed: unknown
  try {
    parsed = JSON.parse(schema.format === 'AVRO' ? withoutComments(schema.text) : schema.text)
  } catch (error) {
    throw new EvolveError('invalid-schema', `the ${schema.format} schema is not JSON`, details, error)
  }
  if (schema.format !== 'AVRO') return
  if (typeof parsed === 'string' || (typeof parsed === 'object' && parsed !== null)) return
  throw new EvolveError('invalid-schema', `an Avro schema is a JSON string, array or object, not ${JSON.stringify(parsed)}`, details)
}
