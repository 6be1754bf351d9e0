import { type AvroDefinition, avroCodec, representationOf, resolveSchemas } from './codec/avro/codec.ts'
import type { AvroResolution } from './codec/avro/resolution.ts'
import type { Representation } from './resolution/representation.ts'
import { schemaText } from './schema/parse.ts'
import type { Schema } from './schema/types.ts'

export type { AvroDefinition } from './codec/avro/codec.ts'
export { type AvroDefinitionOptions, avro } from './codec/avro/definition.ts'
export type { AvroResolution } from './codec/avro/resolution.ts'
export { type Definition, type InOf, type OutOf, type Resolution, type UnknownFieldSet, unknownFields } from './codec/codec.ts'
export { type ErrorCode, type ErrorDetails, EvolveError, isEvolveError } from './errors.ts'
export type { Representation } from './resolution/representation.ts'
export { type ParseOptions, parseSchema } from './schema/parse.ts'
export { parseProtocol } from './schema/protocol.ts'
export type * from './schema/protocol-types.ts'
export type * from './schema/types.ts'

/** What stands for a schema: one that was parsed, or a definition. */
export type SchemaLike = Schema | AvroDefinition

/**
 * The pair (writer, reader), compiled: `decode` reads what the writer wrote as the reader's, keeping what the reader does
 * not know; `encode` writes it back under the writer's schema. One pair is compiled once. A definition brings its own
 * representation; `representation` chooses one for a bare schema.
 */
export function resolve(writer: SchemaLike, reader: SchemaLike, representation?: Partial<Representation>): AvroResolution {
  const choices = isDefinition(reader) && representation === undefined ? reader.representation : representationOf(representation)
  return resolveSchemas(schemaOf(writer), schemaOf(reader), choices)
}

/** Writes a value under its own schema. @throws EvolveError `invalid-value` with the path, `unknown-field-loss`. */
export function encode(schema: SchemaLike, value: unknown, representation?: Partial<Representation>): Buffer {
  return resolve(schema, schema, representation).encode(value)
}

/** Reads a value under the schema that wrote it; all bytes must be used. @throws EvolveError with the path. */
export function decode<Out>(schema: AvroDefinition<Out>, bytes: Uint8Array): Out
export function decode(schema: SchemaLike, bytes: Uint8Array, representation?: Partial<Representation>): unknown
export function decode(schema: SchemaLike, bytes: Uint8Array, representation?: Partial<Representation>): unknown {
  return resolve(schema, schema, representation).decode(bytes)
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
