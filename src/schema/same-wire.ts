import type { Schema } from './types.ts'

/** Whether two types write the same bytes for the same values: names, docs and defaults aside from what the bytes depend on. */
export function sameWire(left: Schema, right: Schema, seen: Map<Schema, Set<Schema>> = new Map()): boolean {
  if (left === right) return true
  if (left.kind !== right.kind) return false
  const known = seen.get(left)
  if (known?.has(right) === true) return true
  if (known === undefined) seen.set(left, new Set([right]))
  else known.add(right)
  switch (left.kind) {
    case 'record': {
      const { fields } = right as typeof left
      return (
        left.name === (right as typeof left).name &&
        left.fields.length === fields.length &&
        left.fields.every((field, index) => field.name === fields[index]?.name && sameWire(field.type, fields[index].type, seen))
      )
    }
    case 'enum': {
      const { symbols } = right as typeof left
      return left.symbols.length === symbols.length && left.symbols.every((symbol, index) => symbol === symbols[index])
    }
    case 'fixed':
      return left.size === (right as typeof left).size
    case 'array':
      return sameWire(left.items, (right as typeof left).items, seen)
    case 'map':
      return sameWire(left.values, (right as typeof left).values, seen)
    case 'union': {
      const { branches } = right as typeof left
      return (
        left.branches.length === branches.length &&
        left.branches.every((branch, index) => sameWire(branch, branches[index] as Schema, seen))
      )
    }
    default:
      return true
  }
}
