import type { SchemaText } from '../schema/text.ts'

/** A schema in the one text that all have that mean the same. `references` are the texts that it refers to, dependencies first. */
export function normalizeSchema(schema: SchemaText, _references: readonly string[]): SchemaText {
  return schema
}
