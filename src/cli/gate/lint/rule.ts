import type { EnumSchema, Field, FixedSchema, RecordSchema, Schema } from '../../../schema/types.ts'
import type { LintSeverity } from '../config/gate-config.ts'

/** A type at a place of a schema. */
export interface LintPlace {
  /** For people: `Order.items[].price`. */
  readonly path: string
  /** Full name of the named type around it, or of itself. */
  readonly type: string | undefined
  readonly member: string | undefined
}

/** What a rule says of a place. */
export interface Complaint {
  readonly message: string
  readonly cure: string
  /** Part of the field or type that is meant, such as `type`. */
  readonly part?: string
}

/** One rule. It looks at what it has a function for. */
export interface LintRule {
  readonly id: string
  /** Unless `kafka-evolve.json` says otherwise. */
  readonly severity: LintSeverity
  /** What the rule is about, in one sentence. */
  readonly text: string
  readonly named?: (type: RecordSchema | EnumSchema | FixedSchema, isRoot: boolean) => Complaint | undefined
  readonly record?: (record: RecordSchema) => readonly (Complaint & { readonly field?: string })[]
  readonly field?: (field: Field, record: RecordSchema) => Complaint | undefined
  readonly enum?: (type: EnumSchema) => Complaint | undefined
  /** Any type at its place, named or not. */
  readonly type?: (type: Schema) => Complaint | undefined
  /** The schema as a whole. */
  readonly whole?: (facts: WholeSchema) => Complaint | undefined
}

/** How large a schema is. */
export interface WholeSchema {
  readonly characters: number
  readonly fields: number
}
