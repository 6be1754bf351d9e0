import { checkDefault } from '../../schema/default.ts'
import { JsonNumber } from '../../schema/json.ts'
import type { Schema } from '../../schema/types.ts'
import { isAttributes } from './definitions.ts'
import { doubleText, floatText, integerText } from './number-text.ts'
import { objectText, sortedMembers, sortedText } from './sorted-text.ts'

/** The default of a field in the one text that all have that mean the same: `1` and `1.0` are one `double`, and two of anything else. */
export function defaultText(type: Schema, json: unknown): string {
  switch (type.kind) {
    case 'int':
    case 'long':
      return json instanceof JsonNumber ? integerText(json.token) : sortedText(json)
    case 'float':
      return json instanceof JsonNumber ? floatText(json.token) : sortedText(json)
    case 'double':
      return json instanceof JsonNumber ? doubleText(json.token) : sortedText(json)
    case 'array':
      return Array.isArray(json) ? `[${json.map((item) => defaultText(type.items, item)).join(',')}]` : sortedText(json)
    case 'map':
      return isAttributes(json)
        ? objectText(sortedMembers(json).map(([name, value]) => [name, defaultText(type.values, value)]))
        : sortedText(json)
    case 'record': {
      if (!isAttributes(json)) return sortedText(json)
      const typeOf = (name: string): Schema | undefined => type.fields.find((field) => field.name === name)?.type
      return objectText(
        sortedMembers(json).map(([name, value]) => {
          const field = typeOf(name)
          return [name, field === undefined ? sortedText(value) : defaultText(field, value)]
        }),
      )
    }
    case 'union': {
      const value = plainValue(json)
      const branch = type.branches.find((one) => checkDefault(one, value) === undefined)
      return branch === undefined ? sortedText(json) : defaultText(branch, json)
    }
    default:
      return sortedText(json)
  }
}

/** JSON with its numbers as numbers. */
function plainValue(json: unknown): unknown {
  if (json instanceof JsonNumber) {
    const value = Number(json.token)
    return Number.isInteger(value) && !Number.isSafeInteger(value) && /^-?\d+$/.test(json.token) ? BigInt(json.token) : value
  }
  if (Array.isArray(json)) return json.map(plainValue)
  return isAttributes(json) ? Object.fromEntries(Object.entries(json).map(([name, value]) => [name, plainValue(value)])) : json
}
