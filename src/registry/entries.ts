import type { SchemaText } from '../schema/text.ts'
import { jsonCopy } from './json-copy.ts'
import type { RegisteredSchema, SubjectVersion } from './types.ts'

/** A frozen {@link RegisteredSchema}. What is empty or not given is left out. */
export function registeredSchema(id: number, schema: SchemaText): RegisteredSchema {
  return Object.freeze(isPlain(schema) ? { id, format: schema.format, text: schema.text } : { id, ...textParts(schema) })
}

/** A frozen {@link SubjectVersion}. */
export function subjectVersion(subject: string, version: number, schema: RegisteredSchema): SubjectVersion {
  const { id } = schema
  if (!isPlain(schema)) return Object.freeze({ subject, version, id, ...textParts(schema) })
  // Most schemas: as one literal it takes half the memory that it takes with parts spread into it.
  return Object.freeze({ subject, version, id, format: schema.format, text: schema.text })
}

/** Whether there is nothing to a schema but its text. */
function isPlain({ references, metadata, ruleSet }: SchemaText): boolean {
  return (references === undefined || references.length === 0) && metadata === undefined && ruleSet === undefined
}

/** The same schema without subject and version. */
export function withoutSubject(version: SubjectVersion): RegisteredSchema {
  return registeredSchema(version.id, version)
}

function textParts(schema: SchemaText): SchemaText {
  const { format, text, references = [], metadata, ruleSet } = schema
  const copies = references.map(({ name, subject, version }) => Object.freeze({ name, subject, version }))
  return {
    format,
    text,
    ...(copies.length === 0 ? {} : { references: Object.freeze(copies) }),
    ...(metadata === undefined ? {} : { metadata: jsonCopy(metadata, 'the metadata of a schema') }),
    ...(ruleSet === undefined ? {} : { ruleSet: jsonCopy(ruleSet, 'the rule set of a schema') }),
  }
}
