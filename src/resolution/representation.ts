import { nameOf } from '../schema/default.ts'
import { remember } from '../schema/remember.ts'
import type { FixedSchema, PrimitiveSchema, Schema, UnionSchema } from '../schema/types.ts'
import type { CustomLogicalTypes } from './logical-type.ts'

/** How the values of a schema look in JavaScript, where there is a choice. */
export interface Representation {
  /** `long` as `number` (an unsafe one is an error), as `bigint`, or as `number` where safe and `bigint` elsewhere. Default `'number'`. */
  readonly long: 'number' | 'bigint' | 'auto'
  /** `'standard'`: `Date`, decimal text and so on (table in DESIGN.md); `'none'`: the base types. Default `'standard'`. */
  readonly logicalTypes: 'standard' | 'none'
  /** `'auto'`: a union's value is the plain value unless two branches look alike; `'wrapped'`: always `{ branch: value }`. Default `'auto'`. */
  readonly unions: 'auto' | 'wrapped'
  /** Logical types of the application's own. Default: none. */
  readonly custom?: CustomLogicalTypes | undefined
  /** A symbol that the reader does not know: its default, or an error for the value that has it. Default `'default'`. */
  readonly unknownSymbols?: 'default' | 'refuse' | undefined
}

/** The defaults of {@link Representation}. */
export const standardRepresentation: Representation = Object.freeze({ long: 'number', logicalTypes: 'standard', unions: 'auto' })

/** Units of a time that is read as a `Date`, in ticks for each millisecond; days are a unit of their own. */
export type TimestampUnit = 'millis' | 'micros' | 'nanos'

/** How a leaf (primitive or fixed) looks in JavaScript. */
export type LeafForm =
  | { readonly form: 'null' | 'boolean' | 'int' | 'float' | 'double' | 'string' | 'bytes' | 'uuid' | 'uuid-bytes' | 'date' | 'duration' }
  | { readonly form: 'long'; readonly as: Representation['long'] }
  | { readonly form: 'timestamp'; readonly unit: TimestampUnit }
  | { readonly form: 'decimal'; readonly precision: number; readonly scale: number }

/** How values of a leaf schema look. */
export function leafForm(schema: PrimitiveSchema | FixedSchema, representation: Representation): LeafForm {
  const isStandard = representation.logicalTypes === 'standard' && representation.custom?.replaces(schema) !== true
  const logical = isStandard ? schema.logical : undefined
  switch (logical?.type) {
    case 'decimal':
      return { form: 'decimal', precision: logical.precision, scale: logical.scale }
    case 'uuid':
      return { form: schema.kind === 'fixed' ? 'uuid-bytes' : 'uuid' }
    case 'date':
    case 'duration':
      return { form: logical.type }
    case 'timestamp-millis':
    case 'local-timestamp-millis':
      return { form: 'timestamp', unit: 'millis' }
    case 'timestamp-micros':
    case 'local-timestamp-micros':
      return { form: 'timestamp', unit: 'micros' }
    case 'timestamp-nanos':
    case 'local-timestamp-nanos':
      return { form: 'timestamp', unit: 'nanos' }
    case 'time-micros':
      // A day has fewer than 2^37 microseconds: a number holds them whatever is chosen for other longs.
      return { form: 'long', as: 'number' }
  }
  if (schema.kind === 'long') return { form: 'long', as: representation.long }
  return { form: schema.kind === 'fixed' ? 'bytes' : schema.kind }
}

/** How a union's values look: plain, or as `{ branch: value }` with these names. */
export interface UnionForm {
  readonly wrapped: boolean
  /** Names of the branches, in their order. */
  readonly names: readonly string[]
}

const unionForms = new WeakMap<UnionSchema, Map<string, UnionForm>>()

/** How values of a union look: wrapped where asked for, or where two branches look alike in JavaScript. */
export function unionForm(union: UnionSchema, representation: Representation): UnionForm {
  const byChoice = remember(unionForms, union, () => new Map<string, UnionForm>())
  const choice = `${representation.unions} ${representation.long} ${representation.logicalTypes} ${representation.custom?.key ?? ''}`
  return remember(byChoice, choice, () => makeUnionForm(union, representation))
}

function makeUnionForm(union: UnionSchema, representation: Representation): UnionForm {
  // Those of the application tell their own values.
  const looks = union.branches
    .filter((branch) => representation.custom?.bind(branch) === undefined)
    .map((branch) => lookOf(branch, representation))
  const alike = new Set(looks).size < looks.length
  return Object.freeze({ wrapped: alike || representation.unions === 'wrapped', names: Object.freeze(union.branches.map(nameOf)) })
}

/** What a value can be told by: values of two types with one look cannot be told apart. */
export type Look = 'null' | 'boolean' | 'number' | 'string' | 'bytes' | 'date' | 'array' | 'object'

/** The look of a type's values; for a type of the application's own, of the base values. */
export function lookOf(schema: Schema, representation: Representation): Look {
  switch (schema.kind) {
    case 'record':
    case 'map':
      return 'object'
    case 'array':
      return 'array'
    case 'enum':
      return 'string'
    case 'union':
      throw new TypeError('a union has no look of its own')
  }
  const form = leafForm(schema, representation).form
  switch (form) {
    case 'null':
    case 'boolean':
    case 'bytes':
      return form
    case 'int':
    case 'long':
    case 'float':
    case 'double':
      return 'number'
    case 'string':
    case 'uuid':
    case 'uuid-bytes':
    case 'decimal':
      return 'string'
    case 'date':
    case 'timestamp':
      return 'date'
    case 'duration':
      return 'object'
  }
}
