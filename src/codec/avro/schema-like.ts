import { EvolveError } from '../../errors.ts'
import type { Schema } from '../../schema/types.ts'
import { type AvroChoices, type Choices, choicesOf, choicesOver } from './choices.ts'
import type { AvroDefinition } from './codec.ts'

/** What stands for a schema: one that was parsed, or a definition. */
export type SchemaLike = Schema | AvroDefinition

/** The parsed schema of either. @throws EvolveError `invalid-options` for what is neither. */
export function schemaOf(schema: SchemaLike): Schema {
  const found = isDefinition(schema) ? schema.schema : schema
  if (typeof (found as Partial<Schema> | null | undefined)?.kind === 'string') return found
  throw new EvolveError('invalid-options', 'expected a schema from parseSchema(), or a definition from avro()')
}

/** A definition brings its own choices; each that is given replaces its own. */
export function choicesFor(schema: SchemaLike, options?: AvroChoices): Choices {
  return isDefinition(schema) ? choicesOver(schema.choices, options) : choicesOf(options)
}

function isDefinition(schema: SchemaLike): schema is AvroDefinition {
  return typeof schema === 'object' && schema !== null && 'codec' in schema
}
