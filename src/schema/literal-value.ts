import type { FormOf, Own, OwnOf } from './literal-logical.ts'
import type { FullNameOf, InnerNamespace, Node, NodeOf, SchemaOfField } from './literal-names.ts'

/** All that the resolution of a literal depends on, the same for every type in it. */
export interface Context {
  /** Named types by full name. */
  readonly names: object
  readonly direction: 'read' | 'write'
  /** One of the values of `AvroOptions`, as are the two below it. */
  readonly long: unknown
  readonly logicalTypes: unknown
  readonly unions: unknown
}

/** A span of calendar and clock time (logical type `duration`); each part is an unsigned 32-bit integer. */
export interface AvroDuration {
  months: number
  days: number
  milliseconds: number
}

/** What leaf forms read as. `long` depends on an option. */
interface ReadForms {
  readonly null: null
  readonly boolean: boolean
  readonly int: number
  readonly float: number
  readonly double: number
  readonly string: string
  readonly bytes: Buffer
  readonly fixed: Buffer
  readonly date: Date
  readonly clock: number
  readonly text: string
  readonly duration: AvroDuration
}

/** What leaf forms are written from, where it differs from what they read as. */
interface WriteForms extends Omit<ReadForms, 'bytes' | 'fixed' | 'duration'> {
  readonly long: number | bigint
  readonly bytes: Uint8Array
  readonly fixed: Uint8Array
  readonly duration: Readonly<AvroDuration>
}

/** Forms that share a bucket cannot be told apart by the JavaScript type of a value. */
interface Buckets {
  readonly null: 'null'
  readonly boolean: 'boolean'
  readonly int: 'number'
  readonly long: 'number'
  readonly float: 'number'
  readonly double: 'number'
  readonly clock: 'number'
  readonly string: 'string'
  readonly text: 'string'
  readonly enum: 'string'
  readonly bytes: 'bytes'
  readonly fixed: 'bytes'
  readonly array: 'array'
  readonly map: 'object'
  readonly record: 'object'
  readonly duration: 'object'
  readonly date: 'date'
}

/** The JavaScript type of an Avro type that stands in namespace `Outer`. */
export type ValueOf<Schema, Outer extends string, C extends Context> = [string] extends [Schema]
  ? unknown
  : ValueOfNode<NodeOf<Schema, Outer, C['names']>, C>

type ValueOfNode<N, C extends Context> = [OwnOf<N, C['logicalTypes']>] extends [never]
  ? ValueOfBase<N, C>
  : OwnOf<N, C['logicalTypes']> extends Own<string, infer Value>
    ? Value
    : unknown

type ValueOfBase<N, C extends Context> =
  N extends Node<infer Kind, infer Schema, infer Outer>
    ? Kind extends 'record'
      ? ValueOfRecord<Schema, InnerNamespace<Schema, Outer>, C>
      : Kind extends 'union'
        ? ValueOfUnion<Schema, Outer, C>
        : Kind extends 'enum'
          ? Schema extends { readonly symbols: readonly (infer Symbol)[] }
            ? Symbol
            : unknown
          : Kind extends 'array'
            ? ValueOfArray<Schema extends { readonly items: infer Items } ? Items : unknown, Outer, C>
            : Kind extends 'map'
              ? ValueOfMap<Schema extends { readonly values: infer Values } ? Values : unknown, Outer, C>
              : ValueOfForm<FormOf<N, C['logicalTypes']>, C>
    : unknown

type ValueOfForm<Form, C extends Context> = C['direction'] extends 'write'
  ? Form extends keyof WriteForms
    ? WriteForms[Form]
    : unknown
  : Form extends keyof ReadForms
    ? ReadForms[Form]
    : C['long'] extends 'number'
      ? number
      : C['long'] extends 'bigint'
        ? bigint
        : number | bigint

type ValueOfArray<Items, Outer extends string, C extends Context> = C['direction'] extends 'write'
  ? readonly ValueOf<Items, Outer, C>[]
  : ValueOf<Items, Outer, C>[]

type ValueOfMap<Values, Outer extends string, C extends Context> = C['direction'] extends 'write'
  ? { readonly [key: string]: ValueOf<Values, Outer, C> }
  : { [key: string]: ValueOf<Values, Outer, C> }

/** A field as far as its name, type and default count. */
interface FieldShape {
  readonly name: string
  readonly type: unknown
}

type ValueOfRecord<Schema, Inner extends string, C extends Context> = Schema extends {
  readonly fields: readonly (infer Field extends FieldShape)[]
}
  ? C['direction'] extends 'write'
    ? FieldsByName<Field> extends infer Fields
      ? { [Name in keyof Fields]: ValueOf<Exclude<Fields[Name], undefined>, Inner, C> }
      : never
    : { [F in Field as F['name']]: ValueOf<SchemaOfField<F>, Inner, C> }
  : unknown

/** The types of fields under their names, those with a default as optional properties. */
type FieldsByName<Field extends FieldShape> = { [F in Field as F extends WithDefault ? never : F['name']]: SchemaOfField<F> } & {
  [F in Field as F extends WithDefault ? F['name'] : never]?: SchemaOfField<F>
}

interface WithDefault {
  readonly default: NonNullable<unknown> | null
}

type ValueOfUnion<Branches, Outer extends string, C extends Context> = C['unions'] extends 'wrapped'
  ? WrappedBranch<NodeOfEach<Branches, Outer, C>, C>
  : Branches extends readonly ['null', infer Branch] | readonly [infer Branch, 'null']
    ? null | ValueOf<Branch, Outer, C>
    : IsAmbiguous<Branches, Outer, C> extends true
      ? WrappedBranch<NodeOfEach<Branches, Outer, C>, C>
      : PlainBranch<NodeOfEach<Branches, Outer, C>, C>

type NodeOfEach<Branches, Outer extends string, C extends Context> = Branches extends readonly (infer Branch)[]
  ? Branch extends unknown
    ? NodeOf<Branch, Outer, C['names']>
    : never
  : unknown

type PlainBranch<N, C extends Context> = N extends unknown ? ValueOfNode<N, C> : never

/** `{ name: value }` for every branch but null, keyed by the full name of a named type and by the kind of any other. */
type WrappedBranch<N, C extends Context> =
  N extends Node<infer Kind, infer Schema, infer Outer>
    ? Kind extends 'null'
      ? null
      : { [Key in Kind extends 'record' | 'enum' | 'fixed' ? FullNameOf<Schema, Outer> : Kind]: ValueOfNode<N, C> }
    : unknown

/** Whether two branches of a union share a bucket. */
type IsAmbiguous<Branches, Outer extends string, C extends Context, Seen = never> = Branches extends readonly [infer Branch, ...infer Rest]
  ? BucketOf<NodeOf<Branch, Outer, C['names']>, C> extends infer Bucket
    ? [Bucket] extends [Seen]
      ? true
      : IsAmbiguous<Rest, Outer, C, Seen | Bucket>
    : false
  : false

type BucketOf<N, C extends Context> =
  FormOf<N, C['logicalTypes']> extends infer Form
    ? Form extends keyof Buckets
      ? Buckets[Form]
      : Form extends Own<string, unknown>
        ? Form
        : never
    : never
