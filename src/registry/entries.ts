import type { SchemaFormat, SchemaReference, SchemaText } from '../schema/text.ts'
import type { RegisteredSchema, SubjectVersion } from './types.ts'

/** A frozen {@link RegisteredSchema}. An empty list of references is left out. */
export function registeredSchema(id: number, schema: SchemaText): RegisteredSchema {
  return Object.freeze({ id, ...textParts(schema) })
}

/** A frozen {@link SubjectVersion}. */
export function subjectVersion(subject: string, version: number, schema: RegisteredSchema): SubjectVersion {
  return Object.freeze({ subject, version, id: schema.id, ...textParts(schema) })
}

/** The same schema without subject and version. */
export function withoutSubject(version: SubjectVersion): RegisteredSchema {
  return registeredSchema(version.id, version)
}

function textParts(schema: SchemaText): { format: SchemaFormat; text: string; references?: readonly SchemaReference[] } {
  const { format, text, references } = schema
  if (references === undefined || references.length === 0) return { format, text }
  const copies = references.map((reference) =>
    Object.freeze({ name: reference.name, subject: reference.subject, version: reference.version }),
  )
  return { format, text, references: Object.freeze(copies) }
}
