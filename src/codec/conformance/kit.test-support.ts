import type { Codec, Definition, Resolution, UnknownFieldSet } from '../codec.ts'

/** Two versions of one message type, as the format states them. */
export interface Versions {
  readonly newer: Definition
  readonly older: Definition
}

/** What only some formats can do. What a format lacks it declares with the reason; then the suite holds that it is so. */
export type Capability =
  /** A message that is not edited goes back byte for byte. */
  | 'byteIdentity'
  /** The schema that says all that either can ({@link Codec.merge}). */
  | 'merge'
  /** A field that must be there and has no default: a record made anew cannot have it. */
  | 'requiredFields'
  /** Symbols that a reader does not know are shown as another. */
  | 'symbolDefaults'
  /** A reader's name for a writer's field. */
  | 'aliases'
  /** Numbers of different width under one name. */
  | 'promotion'
  /** Carrying by hand. */
  | 'byHand'

/**
 * What a format gives to {@link describeCodec}: its codec, and schemas for the message types below. Fields are of the nearest type that the
 * format has: text, whole numbers of 32 bits, booleans.
 */
export interface CodecKit {
  readonly codec: Codec
  readonly lacks: Readonly<Partial<Record<Capability, string>>>
  /** {@link Flat}: `newer` has all fields, `older` has `id` and `count`; `second` is another old service, with `id` and `note`. */
  readonly flat: Versions & { readonly second: Definition }
  /** {@link Order}: `older` lacks `vip`, `gift` (in lists and maps) and `points`. `other` is a third version: `points`, but no `vip` and no `gift`. */
  readonly order: Versions & { readonly other: Definition }
  /** {@link Ticket}: `older` does not know the symbol `REFUNDED`, for which it shows `NEW`. Absent where `symbolDefaults` is lacking. */
  readonly ticket?: Versions
  /** {@link Paid}: `newer` has `pin` on cards and `coins` on cash. `card` and `cash` make the value of the choice. */
  readonly paid: Versions & { card(fields: object): unknown; cash(fields: object): unknown }
  /** {@link Flat} without `note` and `flag`: `older` calls `count` `amount`. Absent where `aliases` is lacking. */
  readonly renamed?: Versions
  /** {@link Flat} without `note` and `flag`: `count` has 32 bits in `newer` and 64, or a fraction, in `older`. Absent where `promotion` is lacking. */
  readonly widened?: Versions
  /** {@link Flat} without `flag`: `newer` has `note`; `older` does not, but has `memo`, text that is empty by default. */
  readonly diverged: Versions
  /** Absent where `byHand` is lacking. */
  readonly byHand?: ByHand
}

/** What goes with carrying by hand. */
export interface ByHand {
  carry<T>(from: unknown, to: T): T
  discard<T>(value: T): T
  /** Gives plain data for JSON. */
  detach(value: unknown): unknown
  attach<T>(reader: Definition, value: T, detached: never): T
}

export interface Flat {
  readonly id: string
  readonly count: number
  readonly note: string
  readonly flag: boolean
}
export interface Item {
  readonly sku: string
  readonly qty: number
  readonly gift?: string
}
export interface Order {
  readonly id: string
  readonly customer: { readonly name: string; readonly vip?: boolean }
  readonly items: readonly Item[]
  readonly shelf: Readonly<Record<string, Item>>
  readonly points?: number
}
export interface Ticket {
  readonly id: string
  readonly state: string
  readonly states: readonly string[]
}
export interface Paid {
  readonly id: string
  readonly by: unknown
}

export const flat: Flat = { id: 'f-1', count: 3, note: 'hidden', flag: true }
export const order: Order = {
  id: 'o-1',
  customer: { name: 'Ada', vip: true },
  items: [
    { sku: 'a', qty: 1, gift: 'first' },
    { sku: 'b', qty: 2, gift: 'second' },
    { sku: 'a', qty: 3, gift: 'third' },
  ],
  shelf: { x: { sku: 'a', qty: 4, gift: 'on x' }, y: { sku: 'b', qty: 5, gift: 'on y' } },
  points: 70,
}
export const ticket: Ticket = { id: 't-1', state: 'REFUNDED', states: ['NEW', 'REFUNDED', 'PAID'] }

/** Writes a message in the newer version. */
export function written(kit: CodecKit, { newer }: Pick<Versions, 'newer'>, value: unknown): Buffer {
  return whole(kit, newer).encode(value)
}

/** A message as whoever knows the newer version reads it: plain, with all fields. */
export function readWhole<T>(kit: CodecKit, definition: Definition, bytes: Uint8Array): T {
  return whole(kit, definition).decode(bytes) as T
}

/** The pair that an old service reads a newer message with. */
export function pairOf(kit: CodecKit, { newer, older }: Versions): Resolution<unknown, unknown> {
  return kit.codec.resolve(newer.schema, older) as Resolution<unknown, unknown>
}

/** One version on both sides. */
export function whole(kit: CodecKit, definition: Definition): Resolution<unknown, unknown> {
  return kit.codec.resolve(definition.schema, definition) as Resolution<unknown, unknown>
}

/** What a record carries at itself. */
export function carriedAt(kit: CodecKit, value: unknown): UnknownFieldSet {
  const carried = kit.codec.carriedBy(value)
  if (carried === undefined) throw new Error('nothing is carried')
  return carried
}
