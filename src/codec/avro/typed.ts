import type { AvroLiteral, NoOptions, ReadOf, WriteOf } from '../../schema/literal.ts'
import type { ParseOptions } from '../../schema/parse.ts'
import type { Schema } from '../../schema/types.ts'

declare const literalType: unique symbol
declare const parsedWith: unique symbol

/** A parsed schema that the compiler knows the literal of: what is read and written under it has types. */
export type TypedSchema<L = unknown, P = NoOptions> = Schema & {
  readonly [literalType]?: L
  readonly [parsedWith]?: P
}

/** What `parseSchema` gives for a literal: for text, which the compiler does not read, values are `unknown`. A parsed schema is what it is. */
export type SchemaOf<L, P extends ParseOptions> =
  IsOpen<L> extends true
    ? TypedSchema<L>
    : L extends Schema
      ? L
      : TypedSchema<L, P extends { readonly references: infer R } ? { readonly references: LiteralsOf<R> } : NoOptions>

/** The literals that references were parsed from, where they are schemas. */
type LiteralsOf<R> = { readonly [K in keyof R]: R[K] extends TypedSchema<infer L> ? (R[K] extends Schema ? L : R[K]) : R[K] }

/** A schema as it is given to `parseSchema`. */
export type SchemaSource = AvroLiteral | object

/** What decoding under a typed schema gives. */
export type Read<L, P, O> = IsOpen<L> extends true ? unknown : ReadOf<L, O & P>

/** What encoding under a typed schema takes. */
export type Write<L, P, O> = IsOpen<L> extends true ? unknown : WriteOf<L, O & P>

/** Whether the compiler knows nothing of the literal. */
type IsOpen<L> = unknown extends L ? true : object extends L ? true : false
