import type { AvroChoices } from './codec/avro/choices.ts'
import { type AvroDefinition, avroCodec } from './codec/avro/codec.ts'
import { type AvroResolution, resolveSchemas } from './codec/avro/resolution.ts'
import { choicesFor, type SchemaLike, schemaOf } from './codec/avro/schema-like.ts'
import { decodeObject, encodeObject, findIn } from './codec/avro/single-object.ts'
import type { Read, SchemaOf, SchemaSource, TypedSchema, Write } from './codec/avro/typed.ts'
import type { EncodeOptions } from './codec/codec.ts'
import { type Compatibility, checkSchemas } from './resolution/compatibility.ts'
import type { TypedProtocol } from './rpc/typed.ts'
import { canonicalForm as canonical } from './schema/canonical.ts'
import { type FingerprintAlgorithm, schemaFingerprint } from './schema/fingerprint.ts'
import type { NoOptions } from './schema/literal.ts'
import { type ParseOptions, parseSchema as parse, schemaText } from './schema/parse.ts'
import { parseProtocol as parseAnyProtocol } from './schema/protocol.ts'
import type { Schema } from './schema/types.ts'

export { appendContainer } from './archive/append-container.ts'
export type { ContainerBlock } from './archive/block.ts'
export type { ContainerSource } from './archive/chunks.ts'
export type { BlockCodec } from './archive/codecs/block-codec.ts'
export type { ContainerCodec, OwnCodecs } from './archive/codecs/codecs.ts'
export {
  type BlockOptions,
  type ContainerSummary,
  encodeContainer,
  type Records,
  type WriteContainerOptions,
} from './archive/encode-container.ts'
export type { ContainerHeader, GivenMetadata } from './archive/header.ts'
export type { ContainerLimits } from './archive/limits.ts'
export { type Container, type OpeningContainer, type ReadContainerOptions, readContainer } from './archive/read-container.ts'
export type { RecordRead, RecordWritten } from './archive/types-of.ts'
export { writeContainer } from './archive/write-container.ts'
export { type Alignment, carry } from './codec/avro/carry.ts'
export type { AvroChoices } from './codec/avro/choices.ts'
export type { AvroDefinition } from './codec/avro/codec.ts'
export { type AvroDefinitionOptions, avro } from './codec/avro/definition.ts'
export { attach, type DetachedUnknownFields, detach } from './codec/avro/detach.ts'
export type { DatumLimits } from './codec/avro/limits.ts'
export type { AvroResolution, Written } from './codec/avro/resolution.ts'
export type { SchemaLike } from './codec/avro/schema-like.ts'
export type { TypedSchema } from './codec/avro/typed.ts'
export {
  type Definition,
  type EncodeOptions,
  type InOf,
  type OutOf,
  type OutputSchema,
  type Resolution,
  type UnknownFieldEvent,
  type UnknownFieldPolicy,
  type UnknownFieldSet,
  unknownFields,
} from './codec/codec.ts'
export { discard } from './codec/discard.ts'
export { type ErrorCode, type ErrorDetails, EvolveError, isEvolveError } from './errors.ts'
export type { Compatibility } from './resolution/compatibility.ts'
export type { Incompatibility } from './resolution/incompatibility.ts'
export type { IncompatibilityKind, Plan } from './resolution/plan.ts'
export type { ByteStream, ByteStreamHalves } from './rpc/byte-stream.ts'
export { createRpcClient } from './rpc/client.ts'
export type * from './rpc/client-types.ts'
export { FrameDecoder, frameMessage, type RpcFrame, type RpcFraming, unframeMessage } from './rpc/framing.ts'
export { type HttpTransportOptions, httpTransport } from './rpc/http-transport.ts'
export type { RpcMetadata } from './rpc/metadata.ts'
export type { RpcCall } from './rpc/rpc-call.ts'
export { isRpcError, RpcError } from './rpc/rpc-error.ts'
export { createRpcServer } from './rpc/server.ts'
export type * from './rpc/server-types.ts'
export { type StreamTransportOptions, streamTransport } from './rpc/stream-transport.ts'
export { type RpcExchange, type RpcTransport, statelessTransport } from './rpc/transport.ts'
export type { TypedProtocol } from './rpc/typed.ts'
export type { ValueOptions } from './rpc/value-form.ts'
export type { FingerprintAlgorithm } from './schema/fingerprint.ts'
export type { ImportedText, ImportKind, ResolveImport } from './schema/idl/import.ts'
export { type IdlFile, type IdlOptions, parseIdl } from './schema/idl/parse-idl.ts'
export type { AvscLogicalType, LogicalTypeDefinition, LogicalTypes } from './schema/logical-definition.ts'
export type { ParseOptions } from './schema/parse.ts'
export type * from './schema/protocol-types.ts'
export { parseSchemaSet, type SchemaFile, type SchemaSet } from './schema/schema-set.ts'
export type * from './schema/types.ts'

/**
 * Reads a schema from its JSON text, or from the JavaScript value that the text stands for, and freezes it (Apache Avro 1.12, "Schema
 * Declaration"). Its identity is the key under which all that is made for it is kept: parse once. Given as a literal, the compiler
 * knows the types of its values. A schema that was parsed already is given back as it is.
 * @throws EvolveError `invalid-schema` with the JSON Pointer into the schema; `limit-exceeded`; `invalid-options`.
 */
export function parseSchema<const L extends SchemaSource, const P extends ParseOptions = NoOptions>(
  source: L,
  options?: P,
): SchemaOf<L, P> {
  return parse(source as string | object, options) as SchemaOf<L, P>
}

/**
 * Reads a protocol (an `.avpr` file) from its JSON text, or from the JavaScript value that the text stands for, and freezes it (Apache Avro
 * 1.12, "Protocol Declaration"). Given as a literal, the compiler knows the types of its messages.
 * @throws EvolveError `invalid-schema` with the JSON Pointer into the protocol; `limit-exceeded`.
 */
export function parseProtocol<const L extends string | object>(
  source: L,
  options?: Pick<ParseOptions, 'invalidDefaults'>,
): TypedProtocol<L> {
  return parseAnyProtocol(source, options)
}

/**
 * The pair (writer, reader), compiled: `decode` reads what the writer wrote as the reader's, keeping what the reader does not know; `encode`
 * writes it back (Apache Avro 1.12, "Schema Resolution"). One pair is compiled once. A definition brings its own choices; `options` are those of a
 * bare schema, or replace the definition's one by one.
 * @throws EvolveError `invalid-options`. What cannot be read is an error of the message that has it; see `relation`.
 */
export function resolve<Out, In>(writer: SchemaLike, reader: AvroDefinition<Out, In>, options?: AvroChoices): AvroResolution<Out, In>
export function resolve<L, P, const O extends AvroChoices = NoOptions>(
  writer: SchemaLike,
  reader: TypedSchema<L, P>,
  options?: O,
): AvroResolution<Read<L, P, O>, Write<L, P, O>>
export function resolve(writer: SchemaLike, reader: SchemaLike, options?: AvroChoices): AvroResolution
export function resolve(writer: SchemaLike, reader: SchemaLike, options?: AvroChoices): AvroResolution {
  return resolveSchemas(schemaOf(writer), schemaOf(reader), choicesFor(reader, options))
}

/**
 * Writes a value under a schema (Apache Avro 1.12, "Binary Encoding").
 * @throws EvolveError `invalid-value` with the path; `unknown-field-loss` where the value carries what this schema does not have.
 */
export function encode<In>(schema: AvroDefinition<unknown, In>, value: In, options?: AvroChoices & EncodeOptions): Buffer
export function encode<L, P, const O extends AvroChoices & EncodeOptions = NoOptions>(
  schema: TypedSchema<L, P>,
  value: NoInfer<Write<L, P, O>>,
  options?: O,
): Buffer
export function encode(schema: SchemaLike, value: unknown, options?: AvroChoices & EncodeOptions): Buffer {
  return resolve(schema, schema, options).encode(value, options)
}

/**
 * Reads a value under the schema that wrote it, from any `Uint8Array`. All bytes must be used. The value never shares memory with `bytes`.
 * @throws EvolveError `truncated`, `trailing-bytes`, `malformed-data`, `unsafe-long`, `limit-exceeded`, with the path.
 */
export function decode<Out>(schema: AvroDefinition<Out>, bytes: Uint8Array, options?: AvroChoices): Out
export function decode<L, P, const O extends AvroChoices = NoOptions>(
  schema: TypedSchema<L, P>,
  bytes: Uint8Array,
  options?: O,
): Read<L, P, O>
export function decode(schema: SchemaLike, bytes: Uint8Array, options?: AvroChoices): unknown
export function decode(schema: SchemaLike, bytes: Uint8Array, options?: AvroChoices): unknown {
  return resolve(schema, schema, options).decode(bytes)
}

/**
 * Whether a reader reads all that a writer may write (Apache Avro 1.12, "Schema Resolution"), with every reason why not: where in the reader's
 * schema, of which kind (the names that Java's `SchemaCompatibility` uses) and the cure. Stricter than reading itself, as in Java: records
 * must have the name or an alias, and each branch of the writer's unions a branch that reads it. Logical types have no part in it.
 */
export function checkCompatibility(reader: SchemaLike, writer: SchemaLike): Compatibility {
  return checkSchemas(schemaOf(reader), schemaOf(writer))
}

/**
 * The Parsing Canonical Form (Apache Avro 1.12, "Transforming into Parsing Canonical Form"): what matters for reading data, in one fixed
 * spelling. Schemas of one form write the same bytes.
 */
export function canonicalForm(schema: SchemaLike): string {
  return canonical(schemaOf(schema))
}

/**
 * The fingerprint of the canonical form (Apache Avro 1.12, "Schema Fingerprints"): 8, 16 or 32 bytes. That of `'CRC-64-AVRO'`, the default,
 * has its least significant byte first, as single-object encoding has it.
 * @throws EvolveError `invalid-options` for another algorithm.
 */
export function fingerprint(schema: SchemaLike, algorithm: FingerprintAlgorithm = 'CRC-64-AVRO'): Buffer {
  return schemaFingerprint(schemaOf(schema), algorithm)
}

/** Where {@link decodeSingleObject} finds a writer's schema: in a list, or by its fingerprint (CRC-64-AVRO, as an unsigned number). */
export type SingleObjectSchemas = Iterable<SchemaLike> | ((fingerprint: bigint) => SchemaLike | undefined)

/**
 * Writes a value in single-object encoding (Apache Avro 1.12, "Single-object encoding"): `C3 01`, the fingerprint of the schema, the value.
 * A value that was read under another writer's schema goes back under that schema, with all that it carries.
 * @throws EvolveError `invalid-value` with the path; `unknown-field-loss`.
 */
export function encodeSingleObject(schema: SchemaLike, value: unknown, options: AvroChoices & EncodeOptions = {}): Buffer {
  return encodeObject(schemaOf(schema), value, choicesFor(schema, options), options)
}

/**
 * Reads a value in single-object encoding. The writer's schema is looked for among `schemas`; the reader's own is always known.
 * @throws EvolveError `not-framed`, `truncated-frame`, `schema-not-found`; and as {@link decode}.
 */
export function decodeSingleObject<Out>(
  reader: AvroDefinition<Out>,
  bytes: Uint8Array,
  options?: AvroChoices & { readonly schemas?: SingleObjectSchemas },
): Out
export function decodeSingleObject(
  reader: SchemaLike,
  bytes: Uint8Array,
  options?: AvroChoices & { readonly schemas?: SingleObjectSchemas },
): unknown
export function decodeSingleObject(
  reader: SchemaLike,
  bytes: Uint8Array,
  { schemas = [], ...choices }: AvroChoices & { readonly schemas?: SingleObjectSchemas } = {},
): unknown {
  const find = typeof schemas === 'function' ? byNumber(schemas) : findIn(schemas, schemaOf)
  return decodeObject(schemaOf(reader), bytes, choicesFor(reader, choices), find)
}

function byNumber(find: (fingerprint: bigint) => SchemaLike | undefined): (fingerprint: bigint) => Schema | undefined {
  return (number) => {
    const found = find(number)
    return found === undefined ? undefined : schemaOf(found)
  }
}

/** The JSON text that a schema was parsed from. */
export function textOf(schema: SchemaLike): string | undefined {
  return schemaText(schemaOf(schema))
}

/** What a decoded value carries: at its root or, where that carries nothing, in the first record inside that does. */
export const carriedBy: typeof avroCodec.carriedBy = avroCodec.carriedBy
