import type { Node } from './literal-names.ts'

/**
 * How a leaf type shows in JavaScript: its own kind or, where a well-formed logical type stands on it, that type's form:
 * `date` (a `Date`), `clock` (a number), `text` (a string) or `duration` (an object).
 */
export type FormOf<N, LogicalTypes> = [OwnOf<N, LogicalTypes>] extends [never] ? StandardFormOf<N, LogicalTypes> : OwnOf<N, LogicalTypes>

/** The form of a logical type of the application's own. */
export interface Own<Name, Value> {
  readonly logicalType: Name
  readonly own: Value
}

/** The application's own logical type on a type, where one is given for its name; `never` elsewhere. */
export type OwnOf<N, LogicalTypes> = LogicalTypes extends object
  ? N extends Node<string, infer Schema, string>
    ? Schema extends { readonly logicalType: infer Name extends string }
      ? Name extends keyof LogicalTypes
        ? LogicalTypes[Name] extends 'none'
          ? never
          : Own<Name, LogicalTypes[Name] extends { fromBase(...given: never): infer Value } ? Value : unknown>
        : never
      : never
    : never
  : never

type StandardFormOf<N, LogicalTypes> =
  IsBase<N, LogicalTypes> extends true
    ? KindOf<N>
    : N extends Node<infer Kind, infer Schema, string>
      ? Schema extends { readonly logicalType: infer Logical extends string }
        ? Kind extends 'int' | 'long' | 'string'
          ? ByName<Logical, Kind>
          : Kind extends 'bytes'
            ? Logical extends 'decimal'
              ? IsDecimal<Schema> extends true
                ? 'text'
                : Kind
              : Kind
            : Kind extends 'fixed'
              ? FormOfFixed<Logical, Schema>
              : Kind
        : Kind
      : never

/** Whether the base type is read instead of a standard logical type. */
type IsBase<N, LogicalTypes> = LogicalTypes extends 'none'
  ? true
  : LogicalTypes extends object
    ? N extends Node<string, infer Schema, string>
      ? Schema extends { readonly logicalType: infer Name extends string }
        ? Name extends keyof LogicalTypes
          ? true
          : false
        : false
      : false
    : false

type KindOf<N> = N extends { readonly kind: infer Kind } ? Kind : never

/** Logical types that need no attributes, by the primitive that they stand on. */
interface Plain {
  readonly int: { readonly date: 'date'; readonly 'time-millis': 'clock' }
  readonly long: {
    readonly 'time-micros': 'clock'
    readonly 'timestamp-millis': 'date'
    readonly 'timestamp-micros': 'date'
    readonly 'timestamp-nanos': 'date'
    readonly 'local-timestamp-millis': 'date'
    readonly 'local-timestamp-micros': 'date'
    readonly 'local-timestamp-nanos': 'date'
  }
  readonly string: { readonly uuid: 'text' }
}

type ByName<Logical extends string, Kind extends keyof Plain> = Logical extends keyof Plain[Kind] ? Plain[Kind][Logical] : Kind

type FormOfFixed<Logical extends string, Schema> = Schema extends { readonly size: infer Size extends number }
  ? Logical extends 'duration'
    ? Size extends 12
      ? 'duration'
      : 'fixed'
    : Logical extends 'uuid'
      ? Size extends 16
        ? 'text'
        : 'fixed'
      : Logical extends 'decimal'
        ? IsDecimal<Schema> extends true
          ? FitsFixed<Schema, Size> extends true
            ? 'text'
            : 'fixed'
          : 'fixed'
        : 'fixed'
  : 'fixed'

/** Precision a positive integer, scale (0 where absent) an integer from 0 to precision ("Decimal"). */
type IsDecimal<Schema> = Schema extends { readonly precision: infer Precision extends number }
  ? IsCount<Precision> extends true
    ? Precision extends 0
      ? false
      : Schema extends { readonly scale: infer Scale }
        ? Scale extends number
          ? IsCount<Scale> extends true
            ? AtMost<Scale, Precision>
            : false
          : false
        : true
    : false
  : false

/** An integer from 0 written with digits alone. A wide `number` is believed. */
type IsCount<N extends number> = number extends N ? true : `${N}` extends `${string}${'-' | '.' | 'e'}${string}` ? false : true

/** Digits that a two's-complement number of so many bytes always holds: floor(log10(2^(8 * size - 1) - 1)), sizes 0 to 32. */
type DigitsBySize = readonly [
  0,
  2,
  4,
  6,
  9,
  11,
  14,
  16,
  18,
  21,
  23,
  26,
  28,
  31,
  33,
  35,
  38,
  40,
  43,
  45,
  47,
  50,
  52,
  55,
  57,
  59,
  62,
  64,
  67,
  69,
  71,
  74,
  76,
]

type FitsFixed<Schema, Size extends number> = Schema extends { readonly precision: infer Precision extends number }
  ? `${Size}` extends keyof DigitsBySize
    ? DigitsBySize[`${Size}` & keyof DigitsBySize] extends infer Digits extends number
      ? AtMost<Precision, Digits>
      : true
    : true
  : false

/** Whether A <= B, for counts of up to three digits (longer ones are believed). */
type AtMost<A extends number, B extends number> = number extends A | B ? true : Compare<Padded<`${A}`>, Padded<`${B}`>>

type Padded<S extends string> = S extends `${infer X}${infer Y}${infer Z}${infer Rest}`
  ? Rest extends ''
    ? [X, Y, Z]
    : ['9', '9', '9']
  : S extends `${infer Y}${infer Z}`
    ? Z extends ''
      ? ['0', '0', Y]
      : ['0', Y, Z]
    : ['0', '0', '0']

type Compare<A, B> = A extends [infer X, ...infer RestOfA]
  ? B extends [infer Y, ...infer RestOfB]
    ? X extends Y
      ? Compare<RestOfA, RestOfB>
      : '0123456789' extends `${string}${X & string}${string}${Y & string}${string}`
        ? true
        : false
    : true
  : true
