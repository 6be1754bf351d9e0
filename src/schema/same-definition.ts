import type { Field, Schema } from './types.ts'

/** The attributes of a type or a field as they stand in the schema. */
export type Attributes = Readonly<Record<string, unknown>>

/** The attributes that each type and field was made from; a bare name has none. */
export type Sources = ReadonlyMap<object, Attributes>

/** Attributes of a type that are not compared as they stand: they have a meaning, which is compared, or none for the data. */
const RESERVED = new Set(['doc', 'fields', 'items', 'name', 'namespace', 'size', 'symbols', 'values', 'type', 'aliases'])
const RESERVED_IN_ENUM = new Set([...RESERVED, 'default'])
const RESERVED_IN_FIELD = new Set(['default', 'doc', 'name', 'order', 'type', 'aliases'])

/**
 * Whether two definitions are one, so that a schema may have both, as in Java: the same name, parts, defaults, order and other
 * attributes; docs, aliases and the default of an enum aside.
 */
export function sameDefinition(left: Schema, right: Schema, sources: Sources): boolean {
  return sameType(left, right, sources, new Map())
}

function sameType(left: Schema, right: Schema, sources: Sources, seen: Map<Schema, Set<Schema>>): boolean {
  if (left === right) return true
  if (left.kind !== right.kind || !sameAttributes(left, right, sources, left.kind === 'enum' ? RESERVED_IN_ENUM : RESERVED)) return false
  if ('name' in left && left.name !== (right as typeof left).name) return false
  switch (left.kind) {
    case 'record': {
      const known = seen.get(left) ?? new Set()
      if (known.has(right)) return true
      seen.set(left, known.add(right))
      const { fields } = right as typeof left
      return sameLists(left.fields, fields, (one, other) => sameField(one, other, sources, seen))
    }
    case 'enum':
      return sameLists(left.symbols, (right as typeof left).symbols, Object.is)
    case 'fixed':
      return left.size === (right as typeof left).size
    case 'array':
      return sameType(left.items, (right as typeof left).items, sources, seen)
    case 'map':
      return sameType(left.values, (right as typeof left).values, sources, seen)
    case 'union':
      return sameLists(left.branches, (right as typeof left).branches, (one, other) => sameType(one, other, sources, seen))
    default:
      return true
  }
}

function sameField(left: Field, right: Field, sources: Sources, seen: Map<Schema, Set<Schema>>): boolean {
  const order = (field: Field): string => String(sources.get(field)?.['order'] ?? 'ascending').toLowerCase()
  return (
    left.name === right.name &&
    order(left) === order(right) &&
    sameJson(left.default, right.default) &&
    sameAttributes(left, right, sources, RESERVED_IN_FIELD) &&
    sameType(left.type, right.type, sources, seen)
  )
}

function sameAttributes(left: object, right: object, sources: Sources, except: ReadonlySet<string>): boolean {
  const others = (owner: object): object =>
    Object.fromEntries(Object.entries(sources.get(owner) ?? {}).filter(([name]) => !except.has(name)))
  return sameJson(others(left), others(right))
}

function sameLists<T>(left: readonly T[], right: readonly T[], same: (one: T, other: T) => boolean): boolean {
  return left.length === right.length && left.every((item, index) => same(item, right[index] as T))
}

/** JSON nested deeper than this is not compared, and counts as different. */
const DEEPEST = 1000

function sameJson(left: unknown, right: unknown, depth = 0): boolean {
  if (Object.is(left, right)) return true
  if (depth > DEEPEST || typeof left !== 'object' || typeof right !== 'object' || left === null || right === null) return false
  if (Array.isArray(left) !== Array.isArray(right)) return false
  const names = Object.keys(left)
  return (
    names.length === Object.keys(right).length &&
    names.every((name) => Object.hasOwn(right, name) && sameJson((left as Attributes)[name], (right as Attributes)[name], depth + 1))
  )
}
