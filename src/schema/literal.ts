import type { NameEntry, NamesIn, NameTable } from './literal-names.ts'
import type { Context, ValueOf } from './literal-value.ts'
import type { LogicalTypes } from './logical-definition.ts'
import type { PrimitiveKind, Schema } from './types.ts'

/**
 * An Avro schema as a JavaScript literal: what {@link ReadOf} and {@link WriteOf} infer types from. A `string` is the name of a type or
 * the JSON text of a schema. A schema of this wide type, with nothing known of what is in it, reads as `unknown`. Types spelled out inside each other: about 12 levels of record in array or union, TypeScript's own
 * limit ("excessive stack depth"); define deeper ones apart and refer to them by name.
 */
export type AvroLiteral = AvroName | readonly AvroLiteral[] | AvroTypeLiteral

/** A primitive type or, by short or full name, a named type. */
export type AvroName = PrimitiveKind | (string & Record<never, never>)

/** A type spelled out as an object. */
export type AvroTypeLiteral =
  | AvroRecordLiteral
  | AvroEnumLiteral
  | AvroFixedLiteral
  | AvroArrayLiteral
  | AvroMapLiteral
  | AvroPrimitiveLiteral
  | AvroNestedLiteral

/** Attributes that a schema may carry beside those of the specification. */
interface Attributes {
  readonly [attribute: string]: unknown
}

interface NamedLiteral extends Attributes {
  readonly name: string
  readonly namespace?: string
  readonly aliases?: readonly string[]
  readonly doc?: string
}

/** A record ("Records"), or an error of a protocol, which is the same. */
export interface AvroRecordLiteral extends NamedLiteral {
  readonly type: 'record' | 'error'
  readonly fields: readonly AvroFieldLiteral[]
}

/** A field of a record. With a `default`, a value to be written may leave it out. */
export interface AvroFieldLiteral extends Attributes {
  readonly name: string
  readonly type: AvroLiteral
  readonly default?: unknown
  readonly aliases?: readonly string[]
  readonly doc?: string
}

/** An enum ("Enums"). */
export interface AvroEnumLiteral extends NamedLiteral {
  readonly type: 'enum'
  readonly symbols: readonly string[]
  readonly default?: string
}

/** So many bytes ("Fixed"), or the decimal, uuid or duration that they stand for. */
export interface AvroFixedLiteral extends NamedLiteral {
  readonly type: 'fixed'
  readonly size: number
}

/** An array ("Arrays"). */
export interface AvroArrayLiteral extends Attributes {
  readonly type: 'array'
  readonly items: AvroLiteral
}

/** A map with string keys ("Maps"). */
export interface AvroMapLiteral extends Attributes {
  readonly type: 'map'
  readonly values: AvroLiteral
}

/** A primitive type with attributes, such as a logical type. */
export interface AvroPrimitiveLiteral extends Attributes {
  readonly type: PrimitiveKind
}

/** A type inside `type` once more, or a full name. */
export interface AvroNestedLiteral extends Attributes {
  readonly type: AvroTypeLiteral | readonly AvroLiteral[] | `${string}.${string}`
}

/** How the values of a schema show in JavaScript, and where the names come from that it does not define itself. */
export interface AvroOptions {
  /**
   * What a `long` reads as. `'number'`: a number, and one beyond 2^53 - 1 is an error; `'bigint'`: always a bigint; `'auto'`: a number where that is
   * exact, else a bigint. Default: `'number'`. Written are both, whatever this says.
   */
  readonly long?: 'number' | 'bigint' | 'auto'
  /**
   * `'none'`: logical types read and write as the types below them. An object: types of your own by name, beside the standard ones or instead of
   * them. Default: `'standard'`.
   */
  readonly logicalTypes?: 'standard' | 'none' | LogicalTypes
  /** `'wrapped'`: every branch but null is `{ name: value }`. Default: `'auto'`, only where two branches have the same JavaScript type. */
  readonly unions?: 'auto' | 'wrapped'
  /** Schemas of the names that the literal refers to and does not define, dependencies first; what is parsed already reads as `unknown` here. */
  readonly references?: readonly (AvroLiteral | Schema)[]
}

/** No option set. */
export type NoOptions = Readonly<Record<never, never>>

/** What decoding gives under the schema `L` (a literal type) with the options `O`; `unknown` where `L` is not known exactly. */
export type ReadOf<L, O = NoOptions> = RootOf<L, O, 'read'>

/** What encoding takes under the schema `L` (a literal type) with the options `O`. What was read may always be written. */
export type WriteOf<L, O = NoOptions> = RootOf<L, O, 'write'>

type RootOf<L, O, Direction extends 'read' | 'write'> =
  HasOpenChoice<O> extends true ? unknown : ValueOf<L, '', ContextOf<NamesIn<L, ''> | NamesInReferences<O>, O, Direction>>

interface ContextOf<Names extends NameEntry<string, unknown, string>, O, Direction extends 'read' | 'write'> extends Context {
  readonly names: NameTable<Names>
  readonly direction: Direction
  readonly long: Choice<O, 'long', 'number'>
  readonly logicalTypes: Choice<O, 'logicalTypes', 'standard'>
  readonly unions: Choice<O, 'unions', 'auto'>
}

type NamesInReferences<O> = O extends { readonly references: readonly (infer Reference)[] } ? NamesIn<Reference, ''> : never

/** The value of an option; with its default among them where the option may be absent. */
type Choice<O, Key extends keyof AvroOptions, Default extends AvroOptions[Key]> =
  O extends Readonly<Record<Key, infer Chosen extends Exclude<AvroOptions[Key], undefined>>>
    ? Chosen
    : Key extends keyof O
      ? Extract<O[Key], AvroOptions[Key]> | Default
      : Default

/** Whether an option that shapes the types is known at run time only. */
type HasOpenChoice<O> =
  'standard' | 'none' extends Choice<O, 'logicalTypes', 'standard'>
    ? true
    : 'auto' | 'wrapped' extends Choice<O, 'unions', 'auto'>
      ? true
      : false
