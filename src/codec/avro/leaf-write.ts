import type { LeafForm } from '../../resolution/representation.ts'
import type { FixedSchema, PrimitiveSchema } from '../../schema/types.ts'
import type { Sink } from '../../wire/sink.ts'
import { unscaled, unscaledBytes } from './decimal.ts'
import type { Base } from './leaf-read.ts'
import { isBytes, timeOf } from './object.ts'

/** What a value should have been. */
export class Misfit {
  readonly expected: string
  constructor(expected: string) {
    this.expected = expected
  }
}

const MAX_LONG = 2n ** 63n
const DAY = 86_400_000
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

/** A JavaScript value as the base value of the reader's leaf, or a {@link Misfit}. */
export function fromForm(form: LeafForm, schema: PrimitiveSchema | FixedSchema, value: unknown): Base | Misfit {
  switch (form.form) {
    case 'null':
      return value === null ? null : new Misfit('null')
    case 'boolean':
      return typeof value === 'boolean' ? value : new Misfit('a boolean')
    case 'int':
      return typeof value === 'number' && (value | 0) === value ? value : new Misfit('a 32-bit integer')
    case 'long':
      return isLong(value) ? value : new Misfit('a 64-bit integer: a safe number or a bigint')
    case 'float':
      return typeof value === 'number' && (Number.isFinite(Math.fround(value)) || !Number.isFinite(value))
        ? value
        : new Misfit('a 32-bit floating-point number')
    case 'double':
      return typeof value === 'number' ? value : new Misfit('a number')
    case 'string':
    case 'uuid':
      if (typeof value !== 'string') return new Misfit('a string')
      return value.isWellFormed() ? value : new Misfit('a string without lone surrogates')
    case 'bytes':
      return bytesOf(value, schema)
    case 'date':
      return dateOf(value)
    case 'timestamp':
      return timestampOf(value, form.unit)
    case 'decimal':
      return decimalOf(value, form.precision, form.scale, schema)
    case 'uuid-bytes':
      return typeof value === 'string' && UUID.test(value) ? Buffer.from(value.replaceAll('-', ''), 'hex') : new Misfit('a UUID')
    case 'duration':
      return durationOf(value)
  }
}

/** The reader's base value in the writer's type, or `undefined` where the writer's type cannot say it; `rounds` numbers to the nearest that it can. */
export function narrow(
  base: Base,
  reader: PrimitiveSchema | FixedSchema,
  writer: PrimitiveSchema | FixedSchema,
  rounds = false,
): Base | undefined {
  if (reader.kind === writer.kind) return base
  if (rounds && typeof base === 'number') return narrow(rounded(base, writer.kind), reader, writer)
  switch (writer.kind) {
    case 'int':
      return Number(base) === (Number(base) | 0) && !Object.is(base, -0) ? Number(base) : undefined
    case 'long': {
      const value = base as number
      return Number.isInteger(value) && value >= -(2 ** 63) && value < 2 ** 63 && !Object.is(value, -0)
        ? Number.isSafeInteger(value)
          ? value
          : BigInt(value)
        : undefined
    }
    case 'float':
      return Object.is(Math.fround(base as number), base) ? base : undefined
    case 'bytes':
      return Buffer.from(base as string)
    case 'string': {
      const text = (base as Buffer).toString('utf8')
      return Buffer.from(text).equals(base as Buffer) ? text : undefined
    }
    default:
      return base
  }
}

function rounded(value: number, to: (PrimitiveSchema | FixedSchema)['kind']): number {
  if (to === 'float') return Number.isFinite(Math.fround(value)) ? Math.fround(value) : value
  // Adding 0 takes the sign off a zero.
  return to === 'int' || to === 'long' ? Math.round(value) + 0 : value
}

/** Writes a leaf in the writer's type. */
export function writeBase(writer: PrimitiveSchema | FixedSchema, base: Base, sink: Sink): void {
  switch (writer.kind) {
    case 'null':
      return
    case 'boolean':
      return sink.byte(base === true ? 1 : 0)
    case 'int':
    case 'long':
      return sink.long(base as number | bigint)
    case 'float':
      return sink.float(base as number)
    case 'double':
      return sink.double(base as number)
    case 'string':
      return sink.string(base as string)
    case 'bytes':
      sink.long((base as Buffer).length)
      return sink.raw(base as Buffer)
    case 'fixed':
      return sink.raw(base as Buffer)
  }
}

/** Whether a value is an integer of 64 bits. */
export function isLong(value: unknown): value is number | bigint {
  return typeof value === 'bigint' ? value >= -MAX_LONG && value < MAX_LONG : Number.isSafeInteger(value)
}

function bytesOf(value: unknown, schema: PrimitiveSchema | FixedSchema): Buffer | Misfit {
  if (!isBytes(value)) return new Misfit('a Uint8Array')
  if (schema.kind === 'fixed' && value.length !== schema.size) return new Misfit(`${schema.size} bytes`)
  return Buffer.isBuffer(value) ? value : Buffer.from(value.buffer, value.byteOffset, value.byteLength)
}

function dateOf(value: unknown): number | Misfit {
  const days = timeOf(value) / DAY
  return Number.isInteger(days) ? days | 0 : new Misfit('a Date at midnight UTC')
}

function timestampOf(value: unknown, unit: 'millis' | 'micros' | 'nanos'): number | bigint | Misfit {
  const time = timeOf(value)
  if (Number.isNaN(time)) return new Misfit('a valid Date')
  if (unit === 'millis') return time
  const ticks = BigInt(time) * (unit === 'micros' ? 1000n : 1_000_000n)
  return isLong(ticks) ? ticks : new Misfit(`a Date whose ${unit === 'micros' ? 'microseconds' : 'nanoseconds'} fit 64 bits`)
}

function decimalOf(value: unknown, precision: number, scale: number, schema: PrimitiveSchema | FixedSchema): Buffer | Misfit {
  const integer = typeof value === 'string' ? unscaled(value, precision, scale) : undefined
  if (integer === undefined) return new Misfit(`decimal text with at most ${precision} digits, ${scale} of them after the point`)
  return unscaledBytes(integer, schema.kind === 'fixed' ? schema.size : undefined)
}

function durationOf(value: unknown): Buffer | Misfit {
  const bytes = Buffer.alloc(12)
  const parts = typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
  for (const [index, name] of ['months', 'days', 'milliseconds'].entries()) {
    const part = parts[name]
    if (typeof part !== 'number' || part !== part >>> 0)
      return new Misfit('{ months, days, milliseconds }, each an unsigned 32-bit integer')
    bytes.writeUInt32LE(part, index * 4)
  }
  return bytes
}
