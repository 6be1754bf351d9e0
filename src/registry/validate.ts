import { parseSchema } from '../schema/parse.ts'
import type { SchemaText } from '../schema/text.ts'

/**
 * What a registry of this package asks of a text by default: an Avro schema must parse, names, defaults and references
 * included; of other formats nothing is known here.
 */
export function validateSchema(schema: SchemaText, references: readonly string[]): void {
  if (schema.format === 'AVRO') parseSchema(schema.text, { references })
}
