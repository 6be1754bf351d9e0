import type { Schema } from '../../schema/types.ts'

const DEEPEST = 200

const sizes = new WeakMap<Schema, number>()

/** The fewest bytes that a value of a type takes: what bounds the length of an array of it. */
export function minSize(schema: Schema, depth = 0): number {
  const known = sizes.get(schema)
  if (known !== undefined) return known
  // A chain of records may be longer than the stack is deep. What is counted as nothing only bounds less.
  if (depth > DEEPEST) return 0
  // A record inside itself counts as nothing: no finite value is smaller for it.
  sizes.set(schema, 0)
  const size = measure(schema, depth + 1)
  sizes.set(schema, size)
  return size
}

function measure(schema: Schema, depth: number): number {
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
      return schema.fields.reduce((sum, field) => sum + minSize(field.type, depth), 0)
    case 'union':
      return 1 + Math.min(...schema.branches.map((branch) => minSize(branch, depth)), Number.MAX_SAFE_INTEGER)
    default:
      return 1
  }
}
