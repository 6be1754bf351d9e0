import { EvolveError } from '../errors.ts'
import { avscJson, isAvscType } from './avsc.ts'
import { parseExactJson } from './json.ts'
import { PRIMITIVES } from './kinds.ts'
import { schemaLimits } from './limits.ts'
import { Parser, type ParserOptions } from './parser.ts'
import { plainJson } from './plain.ts'
import type { Schema } from './types.ts'

/** The text that each schema was parsed from, or what makes it. */
const texts = new WeakMap<Schema, string | (() => string)>()

/** The texts of the schemas that each schema refers to. */
const referred = new WeakMap<Schema, readonly string[]>()

/** What {@link parseSchema} takes besides the schema. */
export interface ParseOptions extends ParserOptions {
  /** Schemas whose named types this one may refer to, dependencies first: as text, as objects, or parsed already. */
  readonly references?: readonly (string | object)[]
}

/**
 * Reads a schema from its JSON text, or from the JavaScript value that the text stands for, and freezes it. Comments in the text are
 * stepped over, and names may be used before they are defined, as in Java. A bare primitive name (`'string'`) is taken too, and a type of avsc.
 * A schema that was parsed already is given back as it is.
 * @throws EvolveError `invalid-schema` with the JSON Pointer into the schema; `limit-exceeded`; `invalid-options`.
 */
export function parseSchema(source: string | object, options: ParseOptions = {}): Schema {
  const known = parsed(source)
  if (known !== undefined) return known
  const references = referencesOf(options)
  const parser = new Parser(new Map(), options)
  for (const reference of references) parseRoot(reference, parser)
  const own = sourceOf(source)
  const schema = parseRoot(own, parser)
  parser.freeze()
  if (!texts.has(schema)) texts.set(schema, textOf(own))
  if (references.length > 0) referred.set(schema, references.map(textOf))
  return schema
}

/** The schema that was made here, alone or inside a definition. */
function parsed(source: unknown): Schema | undefined {
  if (typeof source !== 'object' || source === null) return undefined
  if (texts.has(source as Schema)) return source as Schema
  try {
    const { schema } = source as { readonly schema?: unknown }
    return typeof schema === 'object' && schema !== null && texts.has(schema as Schema) ? (schema as Schema) : undefined
  } catch {
    // What cannot be looked at is refused where it is copied.
    return undefined
  }
}

/** What a schema refers to, as it is to be parsed; of schemas that are parsed, also what they refer to. */
function referencesOf(options: ParseOptions): (string | object)[] {
  if (typeof options !== 'object' || options === null) throw new EvolveError('invalid-options', 'the options are an object')
  const { references = [] } = options
  if (!Array.isArray(references)) throw new EvolveError('invalid-options', 'references is a list of schemas')
  const sources = (references as readonly (string | object)[]).flatMap((reference) => {
    const known = parsed(reference)
    return known === undefined ? [sourceOf(reference)] : [...schemaReferences(known), schemaText(known) ?? '']
  })
  return [...new Set(sources)]
}

/** The text that a schema was parsed from; for a part of a schema `undefined`. */
export function schemaText(schema: Schema): string | undefined {
  const text = texts.get(schema)
  return typeof text === 'function' ? text() : text
}

/** States the text of a schema that is part of a larger one; it is made when it is asked for. */
export function keepText(schema: Schema, text: () => string): void {
  texts.set(schema, text)
}

/** The texts of the schemas whose names a schema refers to, dependencies first. */
export function schemaReferences(schema: Schema): readonly string[] {
  return referred.get(schema) ?? []
}

/** A registry wants JSON: a bare primitive name gets its quotes. */
function textOf(source: string | object): string {
  if (typeof source !== 'string') return toText(source)
  return PRIMITIVES.includes(source.trim()) ? JSON.stringify(source.trim()) : source
}

/** A schema object as JSON text. @throws EvolveError as {@link plainJson}. */
export function toText(source: object): string {
  return JSON.stringify(plainJson(source))
}

/** What is to be parsed: an object is copied once, so that its text says what was parsed, whatever its getters do. */
function sourceOf(source: string | object): string | object {
  if (typeof source === 'string') return withoutMark(source)
  if (typeof source !== 'object' || source === null) return source
  try {
    if (isAvscType(source)) return JSON.stringify(avscJson(source))
  } catch (cause) {
    throw new EvolveError('invalid-schema', 'the schema object cannot be read', { path: '' }, cause)
  }
  return plainJson(source) as object
}

/** Editors of some systems put a byte order mark in front of a file. */
function withoutMark(text: string): string {
  return text.startsWith('\ufeff') ? text.slice(1) : text
}

function parseRoot(source: string | object, parser: Parser): Schema {
  const schema = parser.type(toJson(source), '', '', 0)
  parser.checkDefaults()
  return schema
}

/** The JSON that a text or an object stands for; integers beyond 2^53 as bigint. @throws EvolveError `invalid-schema`, `limit-exceeded`. */
export function toJson(source: string | object): unknown {
  if (typeof source !== 'string') {
    if (typeof source === 'object' && source !== null) return plainJson(source)
    throw new EvolveError(
      'invalid-schema',
      `expected a schema as JSON text or as an object, got ${source === null ? 'null' : typeof source}`,
    )
  }
  if (source.length > schemaLimits.textLength) {
    throw new EvolveError('limit-exceeded', `the schema text has ${source.length} characters, ${schemaLimits.textLength} are allowed`)
  }
  if (PRIMITIVES.includes(source.trim())) return source.trim()
  try {
    return parseExactJson(withoutMark(source))
  } catch (cause) {
    throw new EvolveError('invalid-schema', 'the schema text is not JSON', { path: '' }, cause)
  }
}
