import type { Representation } from '../../../resolution/representation.ts'
import type { Field } from '../../../schema/types.ts'

/** Whether a field's default looks as in the schema: not as a value of the application's own. */
export function isPlainDefault(field: Field, { custom }: Representation): boolean {
  if (custom === undefined) return true
  return field.type.kind !== 'union' && custom.bind(field.type) === undefined
}

/** A field's default as text of a program, where it is short and the same in any representation without logical types; else `undefined`. */
export function defaultText(field: Field, representation: Representation): string | undefined {
  if (field.default === undefined || !isPlainDefault(field, representation)) return undefined
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
