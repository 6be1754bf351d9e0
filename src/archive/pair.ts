import { type AvroChoices, type Choices, choicesOf, choicesOver } from '../codec/avro/choices.ts'
import { type AvroDefinition, avroCodec } from '../codec/avro/codec.ts'
import { type AvroResolution, resolveSchemas } from '../codec/avro/resolution.ts'
import { unknownFields } from '../codec/codec.ts'
import { schemaText } from '../schema/parse.ts'
import { sameWire } from '../schema/same-wire.ts'
import type { Schema } from '../schema/types.ts'

/** What stands for a schema: one that was parsed, or a definition. */
export type ContainerSchema = Schema | AvroDefinition

/** The parsed schema of either. */
export function schemaOf(schema: ContainerSchema): Schema {
  return 'codec' in schema ? schema.schema : schema
}

/** The choices for records of this shape: those given, and for the rest those of its definition. */
export function choicesFor(reader: ContainerSchema, { long, logicalTypes, unions, unknownSymbols, limits }: AvroChoices): Choices {
  const given: AvroChoices = { long, logicalTypes, unions, unknownSymbols, limits }
  return 'codec' in reader ? choicesOver(reader.choices, given) : choicesOf(given)
}

/**
 * Writes records under one schema. A record that was read under this schema as its writer's goes back under the pair it was read with, so
 * that what its reader did not know is written too; one read under another schema finds a place for it or is refused.
 */
export function recordWriter(writer: Schema, reader: ContainerSchema, choices: AvroChoices): (record: unknown) => Buffer {
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
