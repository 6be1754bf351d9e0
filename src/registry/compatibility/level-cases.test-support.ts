import type { SchemaText } from '../../schema/text.ts'
import type { CompatibilityLevel } from './levels.ts'

export const f1: object = { name: 'f1', type: 'string' }
export const record = (...fields: readonly object[]): SchemaText => ({
  format: 'AVRO',
  text: JSON.stringify({ type: 'record', name: 'myrecord', fields }),
})
const union = (...branches: readonly string[]): SchemaText => record({ name: 'f1', type: branches })

export const one = record(f1)
const withDefault = record(f1, { name: 'f2', type: 'string', default: 'foo' })
export const withoutDefault = record(f1, { name: 'f2', type: 'string' })
const renamed = record({ name: 'f1_new', type: 'string', aliases: ['f1'] })
const optional = union('null', 'string')
const wider = union('null', 'string', 'int')
const three = record(f1, { name: 'f2', type: 'string', default: 'foo' }, { name: 'f3', type: 'string', default: 'bar' })

/** What Java's registry says of each change: [what, candidate, earlier versions, levels that allow it]. */
export const levelCases: readonly (readonly [string, SchemaText, readonly SchemaText[], allowed: string])[] = [
  ['the first version', one, [], 'B BT F FT U UT'],
  ['the same again', one, [one], 'B BT F FT U UT'],
  ['a field with a default', withDefault, [one], 'B BT F FT U UT'],
  ['a field without a default', withoutDefault, [one], 'F FT'],
  ['a default less', withoutDefault, [withDefault], 'B BT F FT U UT'],
  ['a default more', withDefault, [withoutDefault], 'B BT F FT U UT'],
  ['a field less, that had a default', one, [withDefault], 'B BT F FT U UT'],
  ['a field less, that had none', one, [withoutDefault], 'B BT'],
  ['another name, with an alias', renamed, [one], 'B BT'],
  ['a type that becomes a union', optional, [one], 'B BT'],
  ['a union that becomes a type', one, [optional], 'F FT'],
  ['a branch more', wider, [optional], 'B BT'],
  ['a branch less', optional, [wider], 'F FT'],
  ['fields with defaults, one after the other', three, [one, withDefault], 'B BT F FT U UT'],
  ['fields with defaults gone, both at once', one, [three, withDefault], 'B BT F FT U UT'],
  ['a default less, of a field that an older version does not have', withoutDefault, [one, withDefault], 'B F FT U'],
  ['the same, the other way round', withoutDefault, [withDefault, one], 'F FT'],
  ['a field less, that once had no default', one, [withoutDefault, withDefault], 'B BT F U'],
  ['the same, the other way round', one, [withDefault, withoutDefault], 'B BT'],
]

export const shortNames: Readonly<Record<CompatibilityLevel, string>> = {
  NONE: 'N',
  BACKWARD: 'B',
  BACKWARD_TRANSITIVE: 'BT',
  FORWARD: 'F',
  FORWARD_TRANSITIVE: 'FT',
  FULL: 'U',
  FULL_TRANSITIVE: 'UT',
}
