import type { AvroDefinition } from '../codec/avro/codec.ts'
import type { SchemaLike } from '../codec/avro/schema-like.ts'
import type { Read, TypedSchema, Write } from '../codec/avro/typed.ts'
import type { Definition, InOf } from '../codec/codec.ts'

/** The schema whose shape records have under these options: `reader` where there is one. */
type ShapeOf<S, O> = O extends { readonly reader: infer R extends SchemaLike } ? R : S

/** What records are read as under these options: `unknown` where no `reader` says. */
export type RecordRead<O> =
  ShapeOf<unknown, O> extends Definition<infer Out, never>
    ? Out
    : ShapeOf<unknown, O> extends TypedSchema<infer L, infer P>
      ? Read<L, P, O>
      : unknown

/** What records are written from, under a schema and these options: `unknown` where the schema has no types. */
export type RecordWritten<S, O> =
  ShapeOf<S, O> extends AvroDefinition
    ? InOf<ShapeOf<S, O>>
    : ShapeOf<S, O> extends TypedSchema<infer L, infer P>
      ? Write<L, P, O>
      : unknown
