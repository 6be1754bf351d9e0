import type { PrimitiveKind } from './types.ts'

/** Kinds of types that a literal spells out as an object with attributes of its own. */
export type ComplexKind = 'record' | 'enum' | 'array' | 'map' | 'fixed'

/** A type of a literal with its kind found out, and the namespace that encloses it. */
export interface Node<Kind extends string, Schema, Namespace extends string> {
  readonly kind: Kind
  readonly schema: Schema
  readonly namespace: Namespace
}

/** A named type of a literal: its full name, what it is, and the namespace that encloses it. */
export interface NameEntry<FullName extends string, Schema, Namespace extends string> {
  readonly fullName: FullName
  readonly schema: Schema
  readonly namespace: Namespace
}

/** All before the last dot of a name; `''` where there is none. */
export type NamespaceOfName<Name extends string, Before extends string = ''> = Name extends `${infer Head}.${infer Tail}`
  ? NamespaceOfName<Tail, Before extends '' ? Head : `${Before}.${Head}`>
  : Before

type Join<Namespace extends string, Name extends string> = Namespace extends '' ? Name : `${Namespace}.${Name}`

/** Full name of a named type inside `Outer` (Avro 1.12, "Names"): a dotted name is full, then its own namespace counts, then the enclosing one. */
export type FullNameOf<Schema, Outer extends string> = Schema extends { readonly name: infer Name extends string }
  ? Name extends `${string}.${string}`
    ? Name
    : Join<Schema extends { readonly namespace: infer Own extends string } ? Own : Outer, Name>
  : never

/** The namespace that the types inside a named type inherit. */
export type InnerNamespace<Schema, Outer extends string> = Schema extends { readonly name: `${string}.${string}` }
  ? NamespaceOfName<Schema['name']>
  : Schema extends { readonly namespace: infer Own extends string }
    ? Own
    : Outer

/** Every named type in a literal, as a union of entries. A wide part (`string`, not a literal) has no names. */
export type NamesIn<Schema, Outer extends string> = [string] extends [Schema] ? never : NamesInEach<Schema, Outer>

type NamesInEach<Schema, Outer extends string> = Schema extends string
  ? never
  : Schema extends readonly (infer Branch)[]
    ? NamesIn<Branch, Outer>
    : Schema extends { readonly type: infer Type }
      ? Type extends 'record' | 'error'
        ? NameEntry<FullNameOf<Schema, Outer>, Schema, Outer> | NamesInFields<Schema, InnerNamespace<Schema, Outer>>
        : Type extends 'enum' | 'fixed'
          ? NameEntry<FullNameOf<Schema, Outer>, Schema, Outer>
          : Type extends 'array'
            ? NamesIn<Schema extends { readonly items: infer Items } ? Items : never, Outer>
            : Type extends 'map'
              ? NamesIn<Schema extends { readonly values: infer Values } ? Values : never, Outer>
              : NamesIn<Type, Outer>
      : never

type NamesInFields<Schema, Namespace extends string> = Schema extends { readonly fields: readonly (infer Field)[] }
  ? NamesIn<SchemaOfField<Field>, Namespace>
  : never

/** The type of a field. A logical type beside it, and not in it, says nothing (as in Java). */
export type SchemaOfField<Field> = Field extends { readonly type: infer Type } ? Type : never

/** Entries by full name. */
export type NameTable<Entries extends NameEntry<string, unknown, string>> = { readonly [Entry in Entries as Entry['fullName']]: Entry }

/** What a type is: names looked up, `{ type: { … } }` unwrapped. `unknown` for a name that the literal does not define. */
export type NodeOf<Schema, Outer extends string, Names> = Schema extends string
  ? Schema extends PrimitiveKind
    ? Node<Schema, Schema, Outer>
    : NodeOfName<Schema, Outer, Names>
  : Schema extends readonly unknown[]
    ? Node<'union', Schema, Outer>
    : Schema extends { readonly type: infer Type }
      ? Type extends ComplexKind | PrimitiveKind
        ? Node<Type, Schema, Outer>
        : Type extends 'error'
          ? Node<'record', Schema, Outer>
          : WithAttributesOf<Schema, NodeOf<Type, Outer, Names>>
      : unknown

/** `{ type: { type: 'long' }, logicalType: … }`: a bare primitive takes the attributes around it. */
type WithAttributesOf<Schema, N> =
  N extends Node<infer Kind extends PrimitiveKind, infer Inner, infer Outer>
    ? Inner extends { readonly logicalType: string }
      ? N
      : Node<Kind, Schema, Outer>
    : N

type NodeOfName<Name extends string, Outer extends string, Names> = Name extends keyof Names
  ? Name extends `${string}.${string}`
    ? NodeOfEntry<Names[Name]>
    : Join<Outer, Name> extends infer Full extends keyof Names
      ? NodeOfEntry<Names[Full]>
      : NodeOfEntry<Names[Name]>
  : Name extends `${string}.${string}`
    ? unknown
    : Join<Outer, Name> extends infer Full extends keyof Names
      ? NodeOfEntry<Names[Full]>
      : unknown

type NodeOfEntry<Entry> =
  Entry extends NameEntry<string, infer Schema, infer Namespace>
    ? Schema extends { readonly type: infer Kind extends ComplexKind }
      ? Node<Kind, Schema, Namespace>
      : Node<'record', Schema, Namespace>
    : unknown
