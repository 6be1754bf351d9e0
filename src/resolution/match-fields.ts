import type { Field, RecordSchema } from '../schema/types.ts'

/** A field of the reader and where it stands. */
export interface FieldMatch {
  readonly field: Field
  readonly index: number
}

/**
 * The reader's field for each of the writer's: by name, else by alias where no other field has that name ("Aliases"). Of two fields
 * with one alias the last has it, as in Java. No field is taken twice.
 */
export function matchFields(writer: RecordSchema, reader: RecordSchema): Map<Field, FieldMatch> {
  const byName = new Map<string, FieldMatch>()
  const byAlias = new Map<string, FieldMatch>()
  for (const [index, field] of reader.fields.entries()) {
    const match = { field, index }
    byName.set(field.name, match)
    for (const alias of field.aliases) byAlias.set(alias, match)
  }
  const matches = new Map<Field, FieldMatch>()
  const taken = new Set<FieldMatch>()
  for (const names of [byName, byAlias]) {
    for (const field of writer.fields) {
      const match = names.get(field.name)
      if (match === undefined || matches.has(field) || taken.has(match)) continue
      matches.set(field, match)
      taken.add(match)
    }
  }
  return matches
}
