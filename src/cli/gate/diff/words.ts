import { nameOf } from '../../../schema/default.ts'
import { stringifyExactJson } from '../../../schema/json.ts'
import type { Field, Schema } from '../../../schema/types.ts'

/** A type in a few words: `double`, `union of null and string`, `long (timestamp-millis)`. */
export function typeWords(type: Schema): string {
  switch (type.kind) {
    case 'array':
      return `array of ${typeWords(type.items)}`
    case 'map':
      return `map of ${typeWords(type.values)}`
    case 'union':
      return type.branches.length === 0 ? 'empty union' : `union of ${listed(type.branches.map(nameOf))}`
    default: {
      const logical = logicalWords(type)
      return logical === undefined ? nameOf(type) : `${nameOf(type)} (${logical})`
    }
  }
}

/** The logical type with its attributes, if there is one. */
export function logicalWords(type: Schema): string | undefined {
  if (type.kind === 'union' || type.annotation === undefined) return undefined
  const { logicalType, ...attributes } = type.annotation
  const { precision, scale } = attributes as { readonly precision?: unknown; readonly scale?: unknown }
  return logicalType === 'decimal' ? `decimal(${String(precision)}, ${String(scale ?? 0)})` : logicalType
}

/** A default as JSON, cut where it is long. */
export function defaultWords({ default: given }: Pick<Field, 'default'>): string {
  if (given === undefined) return 'none'
  const text = stringifyExactJson(given.json)
  return text.length > 60 ? `${text.slice(0, 57)}…` : text
}

/** `a, b and c`. */
export function listed(names: readonly string[]): string {
  const shown = names.length > 8 ? [...names.slice(0, 7), `${names.length - 7} more`] : names
  return shown.length < 2 ? shown.join('') : `${shown.slice(0, -1).join(', ')} and ${shown.at(-1)}`
}
