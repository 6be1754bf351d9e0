import type { Field } from '../../../schema/types.ts'

/** A field's default as text of a program, where it is short and the same whatever the representation; else `undefined`. */
export function defaultText(field: Field): string | undefined {
  if (field.default === undefined) return undefined
  const { json } = field.default
  switch (field.type.kind) {
    case 'null':
      return 'null'
    case 'boolean':
      return String(json === true)
    case 'union':
      return json === null ? 'null' : undefined
    default:
      return undefined
  }
}
