import { stringifyExactJson } from '../schema/json.ts'
import { schemaReferences, schemaText } from '../schema/parse.ts'
import type { AnnotatedSchema, Schema } from '../schema/types.ts'

/**
 * A schema as text that stands alone: the text that it was parsed from, or one with everything in it where that refers to other
 * schemas, or where the schema is a part of one.
 */
export function wholeSchemaText(schema: Schema): string {
  const text = schemaText(schema)
  return text !== undefined && schemaReferences(schema).length === 0 ? text : stringifyExactJson(jsonOf(schema, new Set()))
}

/** Attributes that are written from the schema itself. */
const STRUCTURE: readonly string[] = [
  'type',
  'name',
  'namespace',
  'aliases',
  'doc',
  'default',
  'items',
  'values',
  'fields',
  'symbols',
  'size',
]

/** The attributes of the specification; a named type in full where it first occurs, then by its name. */
function jsonOf(schema: Schema, defined: Set<string>): unknown {
  switch (schema.kind) {
    case 'array':
      return { type: 'array', items: jsonOf(schema.items, defined), ...logical(schema) }
    case 'map':
      return { type: 'map', values: jsonOf(schema.values, defined), ...logical(schema) }
    case 'union':
      return schema.branches.map((branch) => jsonOf(branch, defined))
    case 'record':
    case 'enum':
    case 'fixed':
      break
    default:
      return schema.annotation === undefined ? schema.kind : { type: schema.kind, ...logical(schema) }
  }
  if (defined.has(schema.name)) return schema.name
  defined.add(schema.name)
  const { kind, name, aliases, doc } = schema
  // An empty namespace says so: otherwise a name without a dot is taken to be in the one around it.
  const named = {
    type: kind,
    name,
    ...(name.includes('.') ? {} : { namespace: '' }),
    ...(doc === undefined ? {} : { doc }),
    ...listed(aliases),
    ...logical(schema),
  }
  if (schema.kind === 'enum')
    return { ...named, symbols: schema.symbols, ...(schema.default === undefined ? {} : { default: schema.default }) }
  if (schema.kind === 'fixed') return { ...named, size: schema.size }
  const fields = schema.fields.map((field) => ({
    name: field.name,
    ...(field.doc === undefined ? {} : { doc: field.doc }),
    type: jsonOf(field.type, defined),
    ...(field.default === undefined ? {} : { default: field.default.json }),
    ...listed(field.aliases),
  }))
  return { ...named, fields }
}

function listed(aliases: readonly string[]): object {
  return aliases.length === 0 ? {} : { aliases }
}

/** What a type says of a logical type, of the specification or of one's own. */
function logical({ annotation }: AnnotatedSchema): object {
  return Object.fromEntries(Object.entries(annotation ?? {}).filter(([name]) => !STRUCTURE.includes(name)))
}
