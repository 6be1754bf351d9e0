import { type AvroChoices, choicesOf } from './codec/avro/choices.ts'
import { type AvroDefinition, avroCodec } from './codec/avro/codec.ts'
import { type AvroResolution, resolveSchemas } from './codec/avro/resolution.ts'
import { schemaText } from './schema/parse.ts'
import type { Schema } from './schema/types.ts'

export type { AvroChoices } from './codec/avro/choices.ts'
export type { AvroDefinition } from './codec/avro/codec.ts'
export { type AvroDefinitionOptions, avro } from './codec/avro/definition.ts'
export type { AvroResolution } from './codec/avro/resolution.ts'
export { type Definition, type InOf, type OutOf, type Resolution, type UnknownFieldSet, unknownFields } from './codec/codec.ts'
export { type ErrorCode, type ErrorDetails, EvolveError, isEvolveError } from './errors.ts'
export { type ParseOptions, parseSchema } from './schema/parse.ts'
export { parseProtocol } from './schema/protocol.ts'
export type * from './schema/protocol-types.ts'
export type * from './schema/types.ts'

/** What stands for a schema: one that was parsed, or a definition. */
export type SchemaLike = Schema | AvroDefinition

/**
 * The pair (writer, reader), compiled: `decode` reads what the writer wrote as the reader's, keeping what the reader does
 * not know; `encode` writes it back under the writer's schema. One pair is compiled once. A definition brings its own
 * choices; `options` are those of a bare schema, or replace them.
 */
export function resolve(writer: SchemaLike, reader: SchemaLike, options?: AvroChoices): AvroResolution {
  const choices = isDefinition(reader) && options === undefined ? reader.choices : choicesOf(options)
  return resolveSchemas(schemaOf(writer), schemaOf(reader), choices)
}

/** Writes a value under its own schema. @throws EvolveError `invalid-value` with the path, `unknown-field-loss`. */
export function encode(schema: SchemaLike, value: unknown, options?: AvroChoices): Buffer {
  return resolve(schema, schema, options).encode(value)
}

/** Reads a value under the schema that wrote it; all bytes must be used. @throws EvolveError with the path. */
export function decode<Out>(schema: AvroDefinition<Out>, bytes: Uint8Array): Out
export function decode(schema: SchemaLike, bytes: Uint8Array, options?: AvroChoices): unknown
export function decode(schema: SchemaLike, bytes: Uint8Array, options?: AvroChoices): unknown {
  return resolve(schema, schema, options).decode(bytes)
}

/** The JSON text that a schema was parsed from. */
export function textOf(schema: SchemaLike): string | undefined {
  return schemaText(schemaOf(schema))
}

/** What a decoded value carries: at its root or, where that carries nothing, in the first record inside that does. */
export const carriedBy: typeof avroCodec.carriedBy = avroCodec.carriedBy

function schemaOf(schema: SchemaLike): Schema {
  return isDefinition(schema) ? schema.schema : schema
}

function isDefinition(schema: SchemaLike): schema is AvroDefinition {
  return 'codec' in schema
}
