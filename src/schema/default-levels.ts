import { defaultBranch, type Verdicts } from './default.ts'
import { schemaLimits } from './limits.ts'
import type { Field, Schema } from './types.ts'

/**
 * How many levels of values inside each other the default of a field makes, fields that it leaves out taken from their own
 * defaults: `Infinity` for one that contains itself, such as `{}` for a record that has this very field, and for one of more
 * levels than types may have. `known` keeps what was found out, for other fields of the same schema.
 */
export function defaultLevels(field: Field, known: Map<Field, number>, depth = 0, verdicts: Verdicts = new Map()): number {
  const found = known.get(field)
  if (found !== undefined) return found
  known.set(field, Number.POSITIVE_INFINITY)
  const levels = levelsOf(field.type, field.default?.json, known, depth, verdicts)
  known.set(field, levels)
  return levels
}

function levelsOf(type: Schema, json: unknown, known: Map<Field, number>, depth: number, verdicts: Verdicts): number {
  if (depth > schemaLimits.depth) return Number.POSITIVE_INFINITY
  // What does not fit its type has no levels: its own field is refused for that.
  if (typeof json !== 'object' || json === null) return 0
  switch (type.kind) {
    case 'union': {
      const branch = type.branches[defaultBranch(type.branches, json, verdicts)]
      return branch === undefined ? 0 : levelsOf(branch, json, known, depth, verdicts)
    }
    case 'array':
      return 1 + most(Object.values(json), (item) => levelsOf(type.items, item, known, depth + 1, verdicts))
    case 'map':
      return 1 + most(Object.values(json), (item) => levelsOf(type.values, item, known, depth + 1, verdicts))
    case 'record': {
      const given = json as Record<string, unknown>
      return (
        1 +
        most(type.fields, (field) =>
          Object.hasOwn(given, field.name)
            ? levelsOf(field.type, given[field.name], known, depth + 1, verdicts)
            : defaultLevels(field, known, depth + 1, verdicts),
        )
      )
    }
    default:
      return 0
  }
}

function most<T>(items: readonly T[], measure: (item: T) => number): number {
  let found = 0
  for (const item of items) found = Math.max(found, measure(item))
  return found
}
