import type { PrimitiveKind } from '../types.ts'
import type { FloatValue } from './float-value.ts'
import type { Place } from './place.ts'

/** A value of JSON; integers beyond 2^53 are `bigint`. */
export type JsonValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | FloatValue
  | readonly JsonValue[]
  | { readonly [key: string]: JsonValue }

/** Custom properties, in the order in which they stand. */
export type Properties = Map<string, JsonValue>

/** A type as it is used. Named types are always used by reference; their definitions are kept in a {@link TypeTable}. */
export type TypeUse = PrimitiveUse | ArrayUse | MapUse | UnionUse | Reference

export interface PrimitiveUse {
  readonly kind: 'primitive'
  readonly name: PrimitiveKind
  readonly properties: Properties
}

export interface ArrayUse {
  readonly kind: 'array'
  readonly items: TypeUse
  readonly properties: Properties
}

export interface MapUse {
  readonly kind: 'map'
  readonly values: TypeUse
  readonly properties: Properties
}

export interface UnionUse {
  readonly kind: 'union'
  readonly branches: readonly TypeUse[]
  readonly place: Place
  /** Set for the shorthand `T?`: the default of a field decides which branch comes first. */
  readonly optional: boolean
}

export interface Reference {
  readonly kind: 'reference'
  /** Full names, the first one that is defined is meant. */
  readonly names: readonly string[]
  readonly place: Place
}

/** A record, error, enum or fixed. */
export type Definition = RecordDefinition | EnumDefinition | FixedDefinition

interface Named {
  /** Full name. */
  readonly name: string
  readonly doc: string | undefined
  /** Full names. */
  readonly aliases: readonly string[]
  readonly properties: Properties
  readonly place: Place
}

export interface RecordDefinition extends Named {
  readonly kind: 'record' | 'error'
  readonly fields: readonly FieldDefinition[]
}

export interface EnumDefinition extends Named {
  readonly kind: 'enum'
  readonly symbols: readonly string[]
  readonly default: string | undefined
}

export interface FixedDefinition extends Named {
  readonly kind: 'fixed'
  /** Bytes. */
  readonly size: number
}

/** A field of a record, or a parameter of a message. */
export interface FieldDefinition {
  readonly name: string
  readonly type: TypeUse
  readonly doc: string | undefined
  /** Absent: none. `null` is a default too. */
  readonly default?: JsonValue
  readonly order: string | undefined
  readonly aliases: readonly string[]
  readonly properties: Properties
}

/** A message of a protocol. */
export interface MessageDefinition {
  readonly name: string
  readonly doc: string | undefined
  readonly properties: Properties
  readonly request: readonly FieldDefinition[]
  readonly response: TypeUse
  /** `undefined` for a message that is one-way. */
  readonly errors: readonly Reference[] | undefined
  readonly place: Place
}

/** A protocol without its types. */
export interface ProtocolDefinition {
  readonly name: string
  readonly namespace: string
  readonly doc: string | undefined
  readonly properties: Properties
  readonly messages: Map<string, MessageDefinition>
}
