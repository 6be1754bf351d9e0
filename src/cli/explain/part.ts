import type { Base } from '../../codec/avro/leaf-read.ts'
import type { Schema } from '../../schema/types.ts'

/** What the bytes of a part are. */
export type Role =
  /** All that stands behind the frame. */
  | 'body'
  /** A value of the writer's schema. */
  | 'value'
  /** A key of a map and its value. */
  | 'entry'
  | 'key'
  /** The index in front of a union's value. */
  | 'branch'
  /** The number of items of a block, with its size in bytes where it states one. */
  | 'block'
  /** The zero behind the last block. */
  | 'end'
  /** Items that are not shown one by one, and all that comes behind them in their array or map. */
  | 'rest'
  /** Bytes that could not be read, up to the end of the message. */
  | 'unread'

/** A run of bytes of a message. Parts without parts inside lie side by side and cover the whole message. */
export interface Part {
  role: Role
  /** The field's name, the item's index, the entry's key; absent at the root and inside a union. */
  name: string | number | undefined
  /** The writer's type of a value. */
  readonly schema: Schema | undefined
  /** First byte, from the start of the message. */
  readonly from: number
  /** The byte behind the last one. */
  to: number
  /** Of a leaf the base value, of an enum its symbol, of a key its text, of a branch its index, of a block or rest the number of items. */
  value: Base | undefined
  /** Number of items, of an array or map that was read to its end. */
  items: number | undefined
  /** Something odd about it. */
  note: string | undefined
  readonly parts: Part[]
}

/** Where and why reading stopped. */
export interface Breakage {
  /** First byte of the value that cannot be read, from the start of the message. */
  readonly at: number
  /** JSON Pointer of that value, in the writer's names. */
  readonly path: string
  /** Its type, in words; for bytes behind the value "end of the message". */
  readonly expected: string
  readonly code: string
  readonly problem: string
}

/** The parts without parts inside, in order: they cover the message. */
export function* leavesOf(part: Part): Generator<Part> {
  if (part.parts.length === 0) yield part
  for (const inside of part.parts) yield* leavesOf(inside)
}
