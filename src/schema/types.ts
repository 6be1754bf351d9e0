/** Avro schemas as frozen plain data (Apache Avro 1.12, "Schema Declaration"). Object identity is the cache key everywhere above. */
export type Schema = PrimitiveSchema | FixedSchema | EnumSchema | RecordSchema | ArraySchema | MapSchema | UnionSchema

/** The names of the primitive types ("Primitive Types"). */
export type PrimitiveKind = 'null' | 'boolean' | 'int' | 'long' | 'float' | 'double' | 'bytes' | 'string'

/** The logical types of the specification ("Logical Types"), with their attributes checked. */
export type LogicalType =
  | { readonly type: 'decimal'; readonly precision: number; readonly scale: number }
  | { readonly type: TimeLogicalType | 'uuid' | 'duration' }

export type TimeLogicalType =
  | 'date'
  | 'time-millis'
  | 'time-micros'
  | 'timestamp-millis'
  | 'timestamp-micros'
  | 'timestamp-nanos'
  | 'local-timestamp-millis'
  | 'local-timestamp-micros'
  | 'local-timestamp-nanos'

/** The attributes of a type that names a logical type, as they stand in the schema: for logical types of the application's own. */
export interface LogicalAnnotation {
  readonly logicalType: string
  readonly [attribute: string]: unknown
}

/** A type that may have attributes: any but a union. */
export interface AnnotatedSchema {
  /** Present when the type names a logical type, known or not. */
  readonly annotation?: LogicalAnnotation
}

export interface PrimitiveSchema extends AnnotatedSchema {
  readonly kind: PrimitiveKind
  /** Present when a logical type of the specification is named and well-formed; otherwise the base type stands alone. */
  readonly logical?: LogicalType
}

export interface NamedSchema extends AnnotatedSchema {
  /** Full name: namespace, dot, name; just the name where the namespace is empty. */
  readonly name: string
  /** Full names of the aliases. */
  readonly aliases: readonly string[]
  readonly doc?: string
}

export interface FixedSchema extends NamedSchema {
  readonly kind: 'fixed'
  /** Bytes. */
  readonly size: number
  readonly logical?: LogicalType
}

export interface EnumSchema extends NamedSchema {
  readonly kind: 'enum'
  readonly symbols: readonly string[]
  /** Symbol a reader takes for one that it does not know. */
  readonly default?: string
}

export interface RecordSchema extends NamedSchema {
  readonly kind: 'record'
  readonly fields: readonly Field[]
  /** Present where the type is `error` ("Protocol Declaration"); in all else it is a record. */
  readonly isError?: true
}

export interface Field {
  readonly name: string
  readonly aliases: readonly string[]
  readonly type: Schema
  /** The default as the schema text has it (JSON), checked against `type`. Absent: the field has none. */
  readonly default?: { readonly json: unknown }
  readonly doc?: string
}

export interface ArraySchema extends AnnotatedSchema {
  readonly kind: 'array'
  readonly items: Schema
}

export interface MapSchema extends AnnotatedSchema {
  readonly kind: 'map'
  readonly values: Schema
}

export interface UnionSchema {
  readonly kind: 'union'
  readonly branches: readonly Schema[]
}
