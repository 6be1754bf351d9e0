import type { AvroChoices } from '../codec/avro/choices.ts'
import { avroCodec } from '../codec/avro/codec.ts'
import { type AvroResolution, resolveSchemas } from '../codec/avro/resolution.ts'
import { choicesFor, type SchemaLike, schemaOf } from '../codec/avro/schema-like.ts'
import { unknownFields } from '../codec/codec.ts'
import { schemaText } from '../schema/parse.ts'
import { sameWire } from '../schema/same-wire.ts'
import type { Schema } from '../schema/types.ts'

/**
 * Writes records under one schema. A record that was read under this schema as its writer's goes back under the pair it was read with, so
 * that what its reader did not know is written too; one read under another schema finds a place for it or is refused.
 */
export function recordWriter(writer: Schema, reader: SchemaLike, choices: AvroChoices): (record: unknown) => Buffer {
  const pair = resolveSchemas(writer, schemaOf(reader), choicesFor(reader, choices))
  const known = new WeakMap<object, boolean>()
  const isOwn = (other: object): boolean => {
    let own = known.get(other)
    if (own === undefined) known.set(other, (own = sameSchema(other as Schema, writer)))
    return own
  }
  return (record) => {
    const carried = carries(record) ? avroCodec.carriedBy(record) : undefined
    const back = carried !== undefined && isOwn(carried.resolution.writer) ? (carried.resolution as AvroResolution) : pair
    return back.encode(record)
  }
}

function carries(record: unknown): boolean {
  return typeof record === 'object' && record !== null && (record as { readonly [unknownFields]?: unknown })[unknownFields] !== undefined
}

function sameSchema(one: Schema, other: Schema): boolean {
  return one === other || (sameWire(one, other) && schemaText(one) === schemaText(other))
}
