import type { SchemaFormat, SchemaText } from '../schema/text.ts'

/** Where the data of an unknown field rides on a decoded record: one enumerable key, so that `{ ...value }` keeps it. */
export const unknownFields: unique symbol = Symbol.for('kafka-evolve/unknown-fields@1') as never

/** What a decoded record carries of its own source: the parts that the reader schema cannot hold. Immutable. */
export interface UnknownFieldSet {
  /** The pair of schemas under which the *message* was read. Its schemas give the carried bytes their meaning. */
  readonly resolution: Resolution
  /** Full name of the record in the reader schema. */
  readonly recordName: string
  /** Names (the writer's) of the fields carried because the reader does not know them. */
  fieldNames(): readonly string[]
  /** A carried field decoded under the writer schema (no logical types; longs as `number` or, where unsafe, `bigint`); `undefined` when it is not carried. */
  get(fieldName: string): unknown
  /** Bytes carried for this record alone. */
  readonly byteLength: number
}

/** How two schemas relate, seen from data written with the writer's and read with the reader's. */
export type SchemaRelation =
  /** Both say the same. */
  | 'identical'
  /** The reader drops or narrows something: only the writer's schema can say all of a message. */
  | 'writer-superset'
  /** Whatever the writer wrote, the reader can write again so that readers of the writer schema see the same. */
  | 'reader-superset'
  /** Neither covers the other. */
  | 'diverged'
  /** No message of this writer can be read. */
  | 'incompatible'

/** One place where two schemas differ. */
export interface Divergence {
  /** JSON Pointer into the reader's value; `*` stands for an array element or a map value. */
  readonly path: string
  readonly kind: 'writer-only' | 'reader-only' | 'promoted' | 'collapsed' | 'renamed' | 'reordered' | 'unreadable'
  readonly detail: string
}

/** A pair (writer, reader), compiled. Both functions are synchronous. */
export interface Resolution<Out = unknown, In = never> {
  /** The parsed writer schema; identity is its cache key. */
  readonly writer: object
  /** The parsed reader schema. */
  readonly reader: object
  readonly relation: SchemaRelation
  readonly divergences: readonly Divergence[]
  /**
   * Reads the bytes from `start` to the end as the writer's, gives the reader's value. The value never shares memory with `bytes`.
   * @throws EvolveError `truncated`, `trailing-bytes`, `malformed-data`, `unresolvable-value`, `unsafe-long`, `limit-exceeded`, `incompatible-schemas`.
   */
  decode(bytes: Uint8Array, start?: number): Out
  /**
   * Writes the reader's value in the *writer's* schema, with all that the value carries, behind `headroom` bytes left free for a frame.
   * @throws EvolveError `invalid-value`, `unknown-field-loss`, `limit-exceeded`; then nothing was written.
   */
  encode(value: In, headroom?: number): Buffer
}

/** One schema language and its binary form. */
export interface Codec<S extends object = object> {
  readonly format: SchemaFormat
  /** @throws EvolveError `invalid-schema`. `references` are the texts of the named schemas that `text` refers to, dependencies first. */
  parse(text: string, references?: readonly string[]): S
  /** Compiled once for each (writer, reader definition). Never throws: an incompatible pair throws when used. */
  resolve(writer: S, reader: Definition): Resolution
  /** What a value carries: of its root or, where the root is fresh, of the first record inside that carries something. */
  carriedBy(value: unknown): UnknownFieldSet | undefined
}

declare const outType: unique symbol
declare const inType: unique symbol

/**
 * A schema as an application states it, with its choices of representation: what it reads as and what it writes.
 * `Out` is what decoding gives, `In` what encoding takes.
 */
export interface Definition<out Out = unknown, in In = never> {
  readonly codec: Codec
  /** The parsed schema; identity is the cache key. */
  readonly schema: object
  readonly source: SchemaText
  /** Full name of the root type, or its kind where it has no name. */
  readonly name: string
  readonly [outType]?: Out
  readonly [inType]?: (value: In) => void
}

/** What decoding under a definition gives. */
export type OutOf<D> = D extends Definition<infer Out, never> ? Out : never
/** What encoding under a definition takes. */
export type InOf<D> = D extends { readonly [inType]?: (value: infer In) => void } ? In : never
