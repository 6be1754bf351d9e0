import { varint } from './reference.test-support.ts'

/** Messages written by hand: each function gives the bytes of one value. */
export const int = (value: number | bigint): Buffer => varint(BigInt(value))
export const text = (value: string): Buffer => octets(Buffer.from(value))
export const octets = (value: Uint8Array): Buffer => Buffer.concat([int(value.length), value])
export const hex = (value: string): Buffer => Buffer.from(value.replaceAll(' ', ''), 'hex')
export const all = (...parts: readonly Buffer[]): Buffer => Buffer.concat(parts)

export function double(value: number): Buffer {
  const bytes = Buffer.alloc(8)
  bytes.writeDoubleLE(value)
  return bytes
}

export function float(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeFloatLE(value)
  return bytes
}

/** An array in one block, as most writers write it. */
export const list = (...items: readonly Buffer[]): Buffer => all(...(items.length > 0 ? [int(items.length), ...items] : []), int(0))

/** A map in one block. */
export const map = (...entries: readonly (readonly [string, Buffer])[]): Buffer =>
  list(...entries.map(([key, value]) => all(text(key), value)))

/** An array or a map in a block with its size in bytes (a negative count). */
export function sized(...items: readonly Buffer[]): Buffer {
  const body = all(...items)
  return all(int(-items.length), int(body.length), body, int(0))
}

type Type = string | object

export interface FieldOptions {
  readonly default?: unknown
  readonly aliases?: readonly string[]
}

/** A field of a record schema. */
export const field = (name: string, type: Type, options: FieldOptions = {}): object => ({ name, type, ...options })

/** A record schema. */
export const record = (name: string, ...fields: readonly object[]): object => ({ type: 'record', name, fields })
