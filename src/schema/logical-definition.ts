import type { LogicalAnnotation } from './types.ts'

/**
 * A logical type of the application's own, or its own reading of a standard one: how values of the base type look (Apache
 * Avro 1.12, "Logical Types"). Both functions are pure. What they throw becomes the cause of an `EvolveError` with the path.
 */
export interface LogicalTypeDefinition<Value = unknown, Base = never> {
  /** The value that a value of the base type stands for. */
  fromBase(base: Base, type: LogicalAnnotation): Value
  /** The way back. `undefined`: the value is not one of this type. */
  toBase(value: Value, type: LogicalAnnotation): unknown
  /** Tells the type's values from those of a union's other branches. Default: those that `toBase` takes. */
  is?(value: unknown): boolean
  /** Whether the annotation is well-formed; where it is not, the base type stands alone. Default: always. */
  accepts?(type: LogicalAnnotation): boolean
  /**
   * Whether `toBase(fromBase(x))` is always `x`. Where it is not, the original is carried for a value that is left as it was read, and
   * reading compares. Default `false`.
   */
  readonly lossless?: boolean
}

/** A logical type as avsc has it: a subclass of its `types.LogicalType`. */
export interface AvscLogicalType {
  new (
    // biome-ignore lint/suspicious/noExplicitAny: the parameters of avsc's own declaration, which is `any` throughout
    schema: any,
    // biome-ignore lint/suspicious/noExplicitAny: as above
    options?: any,
  ): object
}

/** The application's logical types by name; `'none'` reads a standard one as its base type. */
export type LogicalTypes = Readonly<Record<string, LogicalTypeDefinition | AvscLogicalType | 'none'>>
