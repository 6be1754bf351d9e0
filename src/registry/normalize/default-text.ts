import { checkDefault, type Verdicts } from '../../schema/default.ts'
import { JsonNumber } from '../../schema/json.ts'
import type { Schema } from '../../schema/types.ts'
import { isAttributes } from './definitions.ts'
import { doubleText, floatText, integerText } from './number-text.ts'
import { objectText, sortedMembers, sortedText } from './sorted-text.ts'

/** The default of a field in the one text that all have that mean the same: `1` and `1.0` are one `double`, and two of anything else. */
export function defaultText(type: Schema, json: unknown): string {
  return textOf(type, json, plainValue(json), new Map())
}

/** `value` is the JSON with its numbers as numbers: what a branch of a union is chosen by. */
function textOf(type: Schema, json: unknown, value: unknown, verdicts: Verdicts): string {
  switch (type.kind) {
    case 'int':
    case 'long':
      return json instanceof JsonNumber ? integerText(json.token) : sortedText(json)
    case 'float':
      return json instanceof JsonNumber ? floatText(json.token) : sortedText(json)
    case 'double':
      return json instanceof JsonNumber ? doubleText(json.token) : sortedText(json)
    case 'array':
      if (!Array.isArray(json)) return sortedText(json)
      return `[${json.map((item, at) => textOf(type.items, item, (value as readonly unknown[])[at], verdicts)).join(',')}]`
    case 'map':
      return membersText(json, value, verdicts, () => type.values)
    case 'record': {
      const types = new Map(type.fields.map((field) => [field.name, field.type]))
      return membersText(json, value, verdicts, (name) => types.get(name))
    }
    case 'union': {
      const branch = type.branches.find((one) => checkDefault(one, value, verdicts) === undefined)
      return branch === undefined ? sortedText(json) : textOf(branch, json, value, verdicts)
    }
    default:
      return sortedText(json)
  }
}

function membersText(json: unknown, value: unknown, verdicts: Verdicts, typeOf: (name: string) => Schema | undefined): string {
  if (!isAttributes(json)) return sortedText(json)
  return objectText(
    sortedMembers(json).map(([name, member]) => {
      const type = typeOf(name)
      return [name, type === undefined ? sortedText(member) : textOf(type, member, Reflect.get(value as object, name), verdicts)]
    }),
  )
}

function plainValue(json: unknown): unknown {
  if (json instanceof JsonNumber) {
    const value = Number(json.token)
    return Number.isInteger(value) && !Number.isSafeInteger(value) && /^-?\d+$/.test(json.token) ? BigInt(json.token) : value
  }
  if (Array.isArray(json)) return json.map(plainValue)
  return isAttributes(json) ? Object.fromEntries(Object.entries(json).map(([name, value]) => [name, plainValue(value)])) : json
}
