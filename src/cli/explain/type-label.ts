import type { Schema } from '../../schema/types.ts'

/** Arrays and maps inside each other that are named. */
const mostNested = 4
/** Branches of a union that are named one by one. */
const mostBranches = 4

/** A type in a few words: `long (timestamp-millis)`, `shop.Order`, `array of string`. */
export function typeLabel(schema: Schema, depth = 0): string {
  if (depth > mostNested) return '…'
  switch (schema.kind) {
    case 'record':
    case 'enum':
      return schema.name
    case 'fixed':
      return withLogical(`${schema.name} (${schema.size} bytes)`, schema.logical?.type)
    case 'array':
      return `array of ${partLabel(schema.items, depth + 1)}`
    case 'map':
      return `map of ${partLabel(schema.values, depth + 1)}`
    case 'union':
      return unionLabel(schema.branches)
    default:
      return withLogical(schema.kind, schema.logical?.type)
  }
}

const partLabel = (schema: Schema, depth: number): string =>
  schema.kind === 'union' ? `(${typeLabel(schema, depth)})` : typeLabel(schema, depth)

const withLogical = (type: string, logical: string | undefined): string => (logical === undefined ? type : `${type} (${logical})`)

function unionLabel(branches: readonly Schema[]): string {
  if (branches.length > mostBranches) return `union of ${branches.length}`
  // Inside of a union a union cannot be, so this ends.
  return branches.map((branch) => (branch.kind === 'array' || branch.kind === 'map' ? branch.kind : typeLabel(branch))).join(' | ')
}
