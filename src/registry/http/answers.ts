import { EvolveError, isEvolveError } from '../../errors.ts'
import type { SchemaFormat, SchemaReference, SchemaText } from '../../schema/text.ts'
import { checkSchemaText, isId, isReference, isVersion } from '../checks.ts'
import { registeredSchema, subjectVersion } from '../entries.ts'
import { isJsonObject, type JsonObject } from '../json-copy.ts'
import { normalSubject } from '../state/qualified-subject.ts'
import type { RegisteredSchema, SubjectVersion } from '../types.ts'

/** The answer to `GET /schemas/ids/{id}`. @throws EvolveError `registry-bad-answer`; `invalid-schema` for a text that is not JSON. */
export function schemaAnswer(id: number, json: unknown): RegisteredSchema {
  const answer = members(json)
  if (answer.id !== undefined && answer.id !== null && answer.id !== id) throw bad(`it is about ID ${quoted(answer.id)}, not ${id}`)
  return sound(() => registeredSchema(id, schemaText(answer)))
}

/** The answer to `POST /subjects/{s}/versions`: the ID. @throws EvolveError `registry-bad-answer`. */
export function idAnswer(json: unknown): number {
  const { id } = members(json)
  if (!isId(id)) throw bad("'id' is not an unsigned 32-bit integer")
  return id
}

/** The answer to `GET /subjects/{s}/versions`, ascending. @throws EvolveError `registry-bad-answer`. */
export function versionsAnswer(json: unknown): readonly number[] {
  if (!Array.isArray(json) || !json.every(isVersion)) throw bad('it is not a list of version numbers')
  return Object.freeze(json.toSorted((a, b) => a - b))
}

/** What the question says that the answer must agree with. */
export interface Asked {
  readonly version?: number
  /** Taken where the answer names none: Apicurio never does when a schema is looked up. */
  readonly format?: SchemaFormat
}

/** The answer to `GET /subjects/{s}/versions/{v}` and `POST /subjects/{s}`. @throws EvolveError `registry-bad-answer`. */
export function versionAnswer(subject: string, json: unknown, asked: Asked = {}): SubjectVersion {
  const answer = members(json)
  if (!isVersion(answer.version)) throw bad("'version' is not a version number")
  if (asked.version !== undefined && answer.version !== asked.version)
    throw bad(`it is about version ${answer.version}, not ${asked.version}`)
  const { version } = answer
  return sound(() => subjectVersion(normalSubject(subject), version, registeredSchema(idAnswer(json), schemaText(answer, asked.format))))
}

/** The members of a JSON object. @throws EvolveError `registry-bad-answer`. */
export function members(json: unknown): JsonObject {
  if (!isJsonObject(json)) throw bad('it is not a JSON object')
  return json
}

// Registries leave the type out for Avro, which was there before the others.
function schemaText({ schema, schemaType, references, metadata, ruleSet }: JsonObject, unnamed: SchemaFormat = 'AVRO'): SchemaText {
  if (typeof schema !== 'string') throw bad("'schema' is not a text")
  const text: SchemaText = {
    format: schemaType === undefined || schemaType === null ? unnamed : format(schemaType),
    text: schema,
    references: referenceList(references),
    ...objectPart('metadata', metadata),
    ...objectPart('ruleSet', ruleSet),
  }
  // What the registry has is no schema: that is true of the schema, and not of this answer alone.
  if (text.format !== 'PROTOBUF' && !isJson(schema)) throw new EvolveError('invalid-schema', notASchema)
  checkSchemaText(text)
  return text
}

const notASchema = 'the schema text is not JSON'

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

/** Members that registries give as `null` where there is nothing. */
function objectPart(name: 'metadata' | 'ruleSet', value: unknown): Partial<Record<'metadata' | 'ruleSet', JsonObject>> {
  if (value === undefined || value === null) return {}
  if (!isJsonObject(value)) throw bad(`'${name}' is not a JSON object`)
  return { [name]: value }
}

/** Runs what makes a schema of an answer; whatever is wrong with it is the fault of the answer. */
function sound<T>(make: () => T): T {
  try {
    return make()
  } catch (error) {
    if (!isEvolveError(error) || error.code === 'registry-bad-answer' || error.problem === notASchema) throw error
    throw bad(error.problem)
  }
}

/** A part of an answer as a message may show it. */
function quoted(value: unknown): string {
  return typeof value === 'number' ? String(value) : `of type ${typeof value}`
}

function format(schemaType: unknown): SchemaFormat {
  if (schemaType === 'AVRO' || schemaType === 'PROTOBUF' || schemaType === 'JSON') return schemaType
  throw bad("'schemaType' is none of AVRO, PROTOBUF and JSON")
}

function referenceList(references: unknown): readonly SchemaReference[] {
  if (references === undefined || references === null) return []
  if (!Array.isArray(references) || !references.every(isReference)) throw bad("'references' is not a list of { name, subject, version }")
  return references
}

/** Whose answer it is, says who has asked: {@link unusable}. */
export function bad(problem: string): EvolveError {
  return new EvolveError('registry-bad-answer', problem)
}

/** The error for an answer that one of the functions above has refused; other errors as they are. */
export function unusable(base: string, error: unknown): unknown {
  if (!(error instanceof EvolveError) || error.code !== 'registry-bad-answer') return error
  return new EvolveError(error.code, `the answer of the registry at ${base} cannot be used: ${error.problem}`, error.details)
}
