import { wholeSchemaText } from '../../../archive/schema-text.ts'
import { parseSchema, schemaText } from '../../../schema/parse.ts'
import type { Schema } from '../../../schema/types.ts'

/** A schema that a module exports. */
export interface ExportedSchema {
  /** Name of the export; of one inside an exported object `object.name`. */
  readonly name: string
  readonly schema: Schema
  /** JSON that is complete in itself. */
  readonly text: string
}

/** Types that schemas in JSON have; a bare primitive or a list is too much like anything else. */
const kinds = new Set(['record', 'error', 'enum', 'fixed', 'array', 'map'])

/**
 * The schemas among the exports of a module, and among the members of objects that it exports: definitions (`avro(…)`), parsed schemas, and plain schema
 * objects. Each once, under the first of its names. Made by whatever copy of this package.
 * @throws EvolveError for an object that looks like a schema and is none.
 */
export function exportedSchemas(exports: Readonly<Record<string, unknown>>): ExportedSchema[] {
  const found = new Map<unknown, ExportedSchema>()
  const add = (name: string, value: unknown): boolean => {
    const source = sourceOf(value)
    if (source === undefined) return false
    if (!found.has(source)) found.set(source, { name, ...made(source) })
    return true
  }
  for (const [name, value] of Object.entries(exports)) {
    if (add(name, value) || !isObject(value)) continue
    for (const [inner, part] of Object.entries(value)) add(name === 'default' ? inner : `${name}.${inner}`, part)
  }
  return [...found.values()]
}

/** The schema of a value, as it is to be read: parsed already, or an object; `undefined` for what is none. */
function sourceOf(value: unknown): object | undefined {
  if (!isObject(value)) return undefined
  if (isObject(value['codec']) && isParsed(value['schema'])) return value['schema']
  if (isParsed(value)) return value
  return typeof value['type'] === 'string' && kinds.has(value['type']) && !('kind' in value) && hasParts(value) ? value : undefined
}

function hasParts(value: Readonly<Record<string, unknown>>): boolean {
  return ['fields', 'symbols', 'size', 'items', 'values'].some((member) => member in value)
}

/** A schema that was parsed: frozen, and with a kind in place of a type. */
function isParsed(value: unknown): value is Readonly<Record<string, unknown>> {
  return isObject(value) && typeof value['kind'] === 'string' && !('type' in value) && Object.isFrozen(value) && !('source' in value)
}

function made(source: object): Pick<ExportedSchema, 'schema' | 'text'> {
  if (!('kind' in source)) {
    const schema = parseSchema(source)
    return { schema, text: schemaText(schema) ?? '' }
  }
  // Of another copy of this package it cannot be asked for its text, so the text is made of it.
  const text = wholeSchemaText(source as Schema)
  return { schema: parseSchema(text), text }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
