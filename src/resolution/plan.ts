import type {
  ArraySchema,
  EnumSchema,
  Field,
  FixedSchema,
  MapSchema,
  PrimitiveSchema,
  RecordSchema,
  Schema,
  UnionSchema,
} from '../schema/types.ts'
import type { BoundLogicalType } from './logical-type.ts'

/**
 * Writer × reader as data: what to do with each part of the writer's bytes to get the reader's value, and the way back.
 * A plan is a graph: recursive schemas make it cyclic. It knows no bytes. Errors are nodes of it.
 */
export type Plan = LeafPlan | EnumPlan | ArrayPlan | MapPlan | RecordPlan | CustomPlan | WriterUnionPlan | ReaderUnionPlan | UnreadablePlan

/** A primitive or fixed on both sides; `writer.kind` differs from `reader.kind` where the reader promotes. */
export interface LeafPlan {
  readonly kind: 'leaf'
  readonly writer: PrimitiveSchema | FixedSchema
  readonly reader: PrimitiveSchema | FixedSchema
  /** Two values of the writer may look the same to the reader. */
  readonly collapses: boolean
}

export interface EnumPlan {
  readonly kind: 'enum'
  readonly writer: EnumSchema
  readonly reader: EnumSchema
  /** The reader's symbol for each symbol of the writer; `undefined` where it has neither that symbol nor a default. */
  readonly symbols: readonly (string | undefined)[]
  /** Whether some symbol of the writer is read as the reader's default. */
  readonly collapses: boolean
}

export interface ArrayPlan {
  readonly kind: 'array'
  readonly writer: ArraySchema
  readonly reader: ArraySchema
  readonly items: Plan
}

export interface MapPlan {
  readonly kind: 'map'
  readonly writer: MapSchema
  readonly reader: MapSchema
  readonly values: Plan
}

export interface RecordPlan {
  readonly kind: 'record'
  readonly writer: RecordSchema
  readonly reader: RecordSchema
  /** What to do with the writer's fields, in the writer's order. */
  readonly steps: readonly Step[]
  /** The reader's fields that the writer does not have, in the reader's order. */
  readonly added: readonly AddedField[]
  /** How many byte ranges a value of this record carries (see {@link Step}). */
  readonly slots: number
  /** A value must tell which branch of the writer's union it came from, even where it carries no bytes. */
  readonly provenance: boolean
  /**
   * The names do not match, in no way. Its fields are read all the same, as in Java, where there is no union to choose from; a check
   * of compatibility reports it.
   */
  readonly misnamed?: true
}

/**
 * One field of the writer. `slot` numbers the byte range that the record carries for it: adjacent skipped fields share
 * one, a field in which something collapses has its own, other fields have none (-1).
 */
export type Step = ReadStep | SkipStep

export interface ReadStep {
  readonly kind: 'read'
  readonly field: Field
  readonly target: Field
  /** Position of `target` in the reader's record. */
  readonly index: number
  readonly plan: Plan
  readonly slot: number
}

export interface SkipStep {
  readonly kind: 'skip'
  readonly field: Field
  readonly slot: number
}

export interface AddedField {
  readonly field: Field
  readonly index: number
  /** Reads the reader's default: absent when the field has none, and no message can be read. */
  readonly problem?: string
}

/** A logical type of the application's own stands on the reader's type. */
export interface CustomPlan {
  readonly kind: 'custom'
  readonly writer: Schema
  readonly reader: Schema
  /** How the base value is read. */
  readonly base: Plan
  readonly type: BoundLogicalType
}

/** The writer has a union. */
export interface WriterUnionPlan {
  readonly kind: 'writer-union'
  readonly writer: UnionSchema
  readonly reader: Schema
  /** For each branch of the writer, how the reader takes it. */
  readonly branches: readonly Plan[]
  /** For each branch of the reader's union (one entry where the reader has no union), the writer's branches that lead to it. */
  readonly sources: readonly (readonly number[])[]
  /** Several branches of the writer lead to one of the reader. */
  readonly collapses: boolean
}

/** The reader has a union and the writer does not, or this is one branch of it. */
export interface ReaderUnionPlan {
  readonly kind: 'reader-union'
  readonly writer: Schema
  readonly reader: UnionSchema
  /** The reader's branch. */
  readonly index: number
  readonly branch: Plan
}

/** The kinds of incompatibility, by the names that Java's `SchemaCompatibility` uses. */
export type IncompatibilityKind =
  | 'NAME_MISMATCH'
  | 'FIXED_SIZE_MISMATCH'
  | 'MISSING_ENUM_SYMBOLS'
  | 'READER_FIELD_MISSING_DEFAULT_VALUE'
  | 'TYPE_MISMATCH'
  | 'MISSING_UNION_BRANCH'

/** The reader cannot read this; an error for the value that uses it, not for the pair. */
export interface UnreadablePlan {
  readonly kind: 'unreadable'
  readonly writer: Schema
  readonly reader: Schema
  readonly incompatibility: IncompatibilityKind
  readonly problem: string
}
