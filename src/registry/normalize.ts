import { EvolveError, isEvolveError } from '../errors.ts'
import { parseJsonNumbers } from '../schema/json.ts'
import type { SchemaReference, SchemaText } from '../schema/text.ts'
import { normalAvroText } from './normalize/avro-text.ts'
import { sortedText } from './normalize/sorted-text.ts'

/**
 * A schema in the one text that all have that mean the same, its references in one order and each once; Protobuf as it is. `references` are the texts that it
 * refers to, dependencies first.
 * @throws EvolveError `invalid-schema`, `limit-exceeded`.
 */
export function normalizeSchema(schema: SchemaText, references: readonly string[]): SchemaText {
  if (schema.format === 'PROTOBUF') return schema
  const own = schema.references === undefined ? {} : { references: inOrder(schema.references) }
  try {
    const text = schema.format === 'AVRO' ? normalAvroText(schema.text, references) : sortedText(parseJsonNumbers(schema.text))
    return { ...schema, text, ...own }
  } catch (error) {
    if (isEvolveError(error)) throw error
    // A text that was read is JSON: what is left is that it is nested too deep for the stack.
    throw new EvolveError('limit-exceeded', 'the schema is nested too deep to be normalised', {}, error)
  }
}

/** Confluent's registry orders them by subject and version; which of two names comes first is left as it is there. */
function inOrder(references: readonly SchemaReference[]): readonly SchemaReference[] {
  const distinct = references.filter(
    (one, at) =>
      references.findIndex(({ name, subject, version }) => name === one.name && subject === one.subject && version === one.version) === at,
  )
  return distinct.sort((a, b) => (a.subject === b.subject ? a.version - b.version : a.subject < b.subject ? -1 : 1))
}
