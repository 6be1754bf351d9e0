import { EvolveError } from '../errors.ts'
import { avscJson, isAvscType } from './avsc.ts'
import { parseExactJson } from './json.ts'
import { PRIMITIVES } from './kinds.ts'
import { schemaLimits } from './limits.ts'
import { Parser } from './parser.ts'
import { plainJson } from './plain.ts'
import type { Schema } from './types.ts'

/** The text that each schema was parsed from, or what makes it. */
const texts = new WeakMap<Schema, string | (() => string)>()

/** The texts of the schemas that each schema refers to. */
const referred = new WeakMap<Schema, readonly string[]>()

/** What {@link parseSchema} takes besides the schema. */
export interface ParseOptions {
  /** Schemas whose named types this one may refer to, dependencies first. */
  readonly references?: readonly (string | object)[]
  /**
   * A default that does not fit its type: `'refuse'` the schema, or `'drop'` the default, so that the field has none. Registries
   * take such schemas by default, and what was written under one can be read all the same. Default `'refuse'`.
   */
  readonly invalidDefaults?: 'refuse' | 'drop'
}

/**
 * Reads a schema from its JSON text, or from the JavaScript value that the text stands for, and freezes it. Comments in the text are
 * stepped over, and names may be used before they are defined, as in Java. A bare primitive name (`'string'`) is taken too, and a type of avsc.
 * @throws EvolveError `invalid-schema` with the JSON Pointer into the schema; `limit-exceeded`.
 */
export function parseSchema(source: string | object, options: ParseOptions = {}): Schema {
  const parser = new Parser(new Map(), options.invalidDefaults === 'drop')
  const references = (options.references ?? []).map(sourceOf)
  for (const reference of references) parseRoot(reference, parser)
  const own = sourceOf(source)
  const schema = parseRoot(own, parser)
  parser.freeze()
  if (!texts.has(schema)) texts.set(schema, textOf(own))
  if (references.length > 0) referred.set(schema, references.map(textOf))
  return schema
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
  if (typeof source !== 'object' || source === null) return source
  try {
    if (isAvscType(source)) return JSON.stringify(avscJson(source))
  } catch (cause) {
    throw new EvolveError('invalid-schema', 'the schema object cannot be read', { path: '' }, cause)
  }
  return plainJson(source) as object
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
    return parseExactJson(source)
  } catch (cause) {
    throw new EvolveError('invalid-schema', 'the schema text is not JSON', { path: '' }, cause)
  }
}
