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

/** What is done with data that the reader does not know when a value is written. */
export type UnknownFieldPolicy =
  /** Keep it, or throw `unknown-field-loss`. */
  | 'preserve'
  /** The same, and throw where the outcome is a matter of choice: records made anew, what another type carries, ambiguous edits of lists. */
  | 'strict'
  /** Leave it out on purpose, and report it: for trust boundaries. */
  | 'drop'

/** Which schema a value is written in. */
export type OutputSchema =
  /** The writer's where the value carries something and that schema can say the value, else the reader's where that loses nothing. */
  | 'auto'
  | 'writer'
  | 'reader'
  /** The writer's schema with the fields that only the reader has ({@link Codec.merge}). */
  | 'merged'

/** What happened to unknown data of one record, or of one value in which something had collapsed. */
export interface UnknownFieldEvent {
  readonly kind: /** What the record carries went back as it came. */
    | 'preserved'
    /** It was left out, by the policy `drop`. */
    | 'dropped'
    /** A record made anew took the writer's defaults. */
    | 'defaulted'
    /** What a record carries belongs to another record type, and was left aside. */
    | 'foreign'
    /** What a record read under another pair carries found its fields by name. */
    | 'transplanted'
    /** A list with collapsed values was rearranged: each value kept the original that fits it first. */
    | 'ambiguous'
  /** JSON Pointer into the value. */
  readonly path: string
  /** Full name of the record in the reader schema; of the root where it is no record. */
  readonly recordName: string
  /** The writer's fields that it is about. */
  readonly fields: readonly string[]
}

/** How a value is written. */
export interface EncodeOptions {
  /** Bytes left free in front, for a frame. Default 0. */
  readonly headroom?: number
  /** Default `'preserve'`. */
  readonly policy?: UnknownFieldPolicy
  /** Default `'writer'`. */
  readonly output?: OutputSchema
  /** A number that the writer's narrower type cannot hold exactly: an error, or rounded where it is in range. Default `'error'`. */
  readonly narrowing?: 'error' | 'round'
  /**
   * The message that the value was read from: for values that cannot carry, such as an enum as a whole message, and for those that lost
   * what they carried on their way through JSON. Records inside are found as `carry` finds them.
   */
  readonly source?: Uint8Array
  /** Told of each record with unknown data. Makes writing slower. */
  readonly onEvent?: (event: UnknownFieldEvent) => void
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
   * Writes the reader's value, in the *writer's* schema where `output` asks for no other, with all that the value carries.
   * @throws EvolveError `invalid-value`, `unknown-field-loss`, `limit-exceeded`, `invalid-options`; then nothing was written.
   */
  encode(value: In, options?: EncodeOptions): Buffer
}

/** One schema language and its binary form. */
export interface Codec<S extends object = object> {
  readonly format: SchemaFormat
  /** @throws EvolveError `invalid-schema`. `references` are the texts of the named schemas that `text` refers to, dependencies first. */
  parse(text: string, references?: readonly string[]): S
  /** Compiled once for each (writer, reader definition). Never throws: an incompatible pair throws when used. */
  resolve(writer: S, reader: Definition): Resolution
  /**
   * The writer's schema with the fields that only the reader has, each with the reader's default: what can say all that either can.
   * `undefined` where there is no such schema. The same pair gives the same text.
   */
  merge?(writer: S, reader: Definition): { readonly schema: S; readonly text: string } | undefined
  /** The text that a schema was parsed from. */
  textOf?(schema: object): string | undefined
  /** The definition under which a value is refused that its reader could only show as another, such as a symbol as the default. */
  strict?(definition: Definition): Definition
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
