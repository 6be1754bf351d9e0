import type { Schema } from '../../schema/types.ts'
import type { Place, PlaceIndex } from './places/places.ts'

/** How bad a finding is: an error stops the pull request, the others do not. */
export type Severity = 'error' | 'warning' | 'note'

/** One thing that was found, in a shape that all formats print. */
export interface Finding {
  /** What it is: a name of Java's `SchemaCompatibility`, a rule of `lint`, or one of the gate's own in small letters. */
  readonly rule: string
  readonly severity: Severity
  readonly message: string
  /** Who is hit, in a sentence. */
  readonly hit?: string
  /** What to do about it. */
  readonly cure?: string
  readonly subject?: string
  /** `backward`: new readers of old data; `forward`: old readers of new data. */
  readonly direction?: 'backward' | 'forward'
  /** The versions that it does not go with, as the baseline calls them, newest first. */
  readonly versions?: readonly string[]
  /** For people: `Order.items[].price`. */
  readonly field?: string
  /** JSON Pointer into the reader's schema, `/` for the root. */
  readonly pointer?: string
  readonly place?: Place
}

/** A file as it was read. */
export interface SourceText {
  /** Relative to where the program runs, with `/`. */
  readonly file: string
  readonly text: string
}

/** A file that schemas come from, with where things stand in it. */
export interface Source extends SourceText {
  readonly places: PlaceIndex
}

/** A schema that a file states. */
export interface GateSchema {
  readonly file: string
  /** The file, with `#Name` where the file states several. */
  readonly key: string
  /** What stands behind `#`: the full name of a type, or the name of an export. */
  readonly part: string | undefined
  readonly schema: Schema
  /** JSON that is complete in itself. */
  readonly text: string
  /** The file itself first, then those that it takes types from. */
  readonly sources: readonly Source[]
}

/** Schemas, and what was wrong where there is none. */
export interface Loaded {
  readonly schemas: readonly GateSchema[]
  readonly faults: readonly Finding[]
  /** Files whose types others use. */
  readonly shared: ReadonlySet<string>
}
