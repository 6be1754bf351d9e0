import { parseSchema } from '../schema/parse.ts'
import type { SchemaText } from '../schema/text.ts'

/** How much is asked of a text. */
export interface ValidateOptions {
  /**
   * Names and defaults may be anything: the config in force says `validateNewSchemas: false`, or the schema has its ID from a registry that let them in, and messages
   * name it. Default `false`.
   */
  readonly lenient?: boolean
}

/**
 * What a registry of this package asks of a text by default: an Avro schema must parse, names, defaults and references
 * included; of other formats nothing is known here.
 */
export function validateSchema(schema: SchemaText, references: readonly string[], { lenient = false }: ValidateOptions = {}): void {
  const leniency = lenient ? ({ invalidDefaults: 'drop', invalidNames: 'keep' } as const) : {}
  if (schema.format === 'AVRO') parseSchema(schema.text, { references, ...leniency })
}
