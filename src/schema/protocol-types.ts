import type { EnumSchema, FixedSchema, RecordSchema, Schema, UnionSchema } from './types.ts'

/** A type that a protocol defines ("Protocol Declaration": records, enums, fixed and errors). */
export type NamedType = RecordSchema | EnumSchema | FixedSchema

/** An Avro protocol as frozen plain data (Apache Avro 1.12, "Protocol Declaration"). */
export interface Protocol {
  /** Full name: namespace, dot, name; just the name where the namespace is empty. */
  readonly name: string
  /** The namespace of the protocol and, unless they say otherwise, of its types; `''` is none. */
  readonly namespace: string
  readonly doc?: string
  /** Every type defined, by full name, in the order of their definitions. Has no prototype, so that any name is safe. */
  readonly types: Readonly<Record<string, NamedType>>
  /** The messages by name. Has no prototype, so that any name is safe. */
  readonly messages: Readonly<Record<string, ProtocolMessage>>
  /** The JSON text, as it was given: what a handshake sends. */
  readonly text: string
  /** MD5 of {@link Protocol.text}, 32 hexadecimal digits: what a handshake compares ("Handshake"). */
  readonly md5: string
}

/** A message of a protocol (Apache Avro 1.12, "Messages"). */
export interface ProtocolMessage {
  readonly name: string
  readonly doc?: string
  /** The parameters, as fields of a record that has the message's name. */
  readonly request: RecordSchema
  readonly response: Schema
  /** What may be answered in place of the response: `string` (any other failure) first, then the declared errors. */
  readonly errors: UnionSchema
  /** No response is sent where the connection allows that. */
  readonly oneWay: boolean
}
