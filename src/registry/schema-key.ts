import { createHash } from 'node:crypto'
import type { SchemaText } from '../schema/text.ts'
import { sortedJson } from './json-copy.ts'

/**
 * What makes two schema texts the same schema for a registry: format, text, references, and metadata and rule set where there are any. White space between JSON tokens does not
 * count, everything else does (key order, escapes, how a number is written), so that two schemas that differ never share an ID.
 * A SHA-256, in base64. Texts that are not JSON are compared as they are.
 */
export function schemaKey(schema: SchemaText): string {
  const references = (schema.references ?? []).map(({ name, subject, version }) => [name, subject, version])
  const hash = createHash('sha256').update(schema.format).update('\n').update(JSON.stringify(references)).update('\n')
  if (schema.metadata !== undefined || schema.ruleSet !== undefined) {
    hash.update(sortedJson([schema.metadata ?? null, schema.ruleSet ?? null])).update('\n')
  }
  // JSON text is hashed as UTF-16: as UTF-8, all lone surrogates would look the same.
  return hash.update(Buffer.from(schema.format === 'PROTOBUF' ? schema.text : withoutWhitespace(schema.text), 'utf16le')).digest('base64')
}

/** What bytes behind an ID mean: the key of the schema without metadata and rules. */
export function meaningKey({ format, text, references }: SchemaText): string {
  return schemaKey({ format, text, ...(references === undefined ? {} : { references }) })
}

/** Whether this looks like a {@link schemaKey}. */
export function isSchemaKey(text: string): boolean {
  return /^[A-Za-z0-9+/]{43}=$/.test(text)
}

/** JSON text without the white space that JSON allows between tokens. Only that: parsing and printing would round long numbers and move numeric keys. */
function withoutWhitespace(json: string): string {
  let out = ''
  let start = 0
  let inString = false
  for (let at = 0; at < json.length; at += 1) {
    const char = json[at]
    if (inString) {
      if (char === '\\') at += 1
      else if (char === '"') inString = false
    } else if (char === '"') {
      inString = true
    } else if (char === ' ' || char === '\n' || char === '\r' || char === '\t') {
      out += json.slice(start, at)
      start = at + 1
    }
  }
  return out + json.slice(start)
}
