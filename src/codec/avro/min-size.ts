import type { Schema } from '../../schema/types.ts'

const sizes = new WeakMap<Schema, number>()

/** The fewest bytes that a value of a type takes: what bounds the length of an array of it. */
export function minSize(schema: Schema): number {
  const known = sizes.get(schema)
  if (known !== undefined) return known
  // A record inside itself counts as nothing: no finite value is smaller for it.
  sizes.set(schema, 0)
  const size = measure(schema)
  sizes.set(schema, size)
  return size
}

function measure(schema: Schema): number {
  switch (schema.kind) {
    case 'null':
      return 0
    case 'float':
      return 4
    case 'double':
      return 8
    case 'fixed':
      return schema.size
    case 'record':
      return schema.fields.reduce((sum, field) => sum + minSize(field.type), 0)
    case 'union':
      return 1 + Math.min(...schema.branches.map(minSize), Number.MAX_SAFE_INTEGER)
    default:
      return 1
  }
}
