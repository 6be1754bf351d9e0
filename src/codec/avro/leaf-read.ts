import { EvolveError } from '../../errors.ts'
import type { LeafForm } from '../../resolution/representation.ts'
import type { FixedSchema, PrimitiveKind, PrimitiveSchema } from '../../schema/types.ts'
import { decodeText, type Tap } from '../../wire/tap.ts'
import { decimalText } from './decimal.ts'

/** A primitive or fixed before its logical type: a long is a `number` where exact, else a `bigint`. */
export type Base = null | boolean | number | bigint | string | Buffer

/** Milliseconds that a `Date` reaches on either side of 1970 (ECMA-262, "Time Values and Time Range"). */
const DATE_RANGE = 8.64e15
const DAY = 86_400_000

/** Reads a leaf as the writer wrote it. */
export function readBase(writer: PrimitiveSchema | FixedSchema, tap: Tap): Base {
  switch (writer.kind) {
    case 'null':
      return null
    case 'boolean':
      return tap.boolean()
    case 'int':
      return tap.int()
    case 'long':
      return tap.long()
    case 'float':
      return tap.float()
    case 'double':
      return tap.double()
    case 'string':
      return tap.string()
    case 'bytes':
      return tap.data(tap.length('a bytes value'))
    case 'fixed':
      return tap.data(writer.size)
  }
}

/** The writer's value in the reader's type (Apache Avro 1.12, "Schema Resolution"). */
export function promote(base: Base, to: PrimitiveKind | 'fixed'): Base {
  switch (to) {
    case 'float':
      return toFloat(base)
    case 'double':
      return Number(base)
    case 'string':
      return Buffer.isBuffer(base) ? decodeText(base, 0, base.length) : base
    case 'bytes':
      return typeof base === 'string' ? Buffer.from(base) : base
    default:
      return base
  }
}

/** A number rounded to 32 bits, once: by way of a double a long beyond 2^53 would be rounded twice, and so to its other neighbour. */
function toFloat(base: Base): number {
  if (typeof base !== 'bigint') return Math.fround(Number(base))
  // Where low bits are set the lowest that a double keeps tells so; a float is far coarser than that.
  const kept = (base & 0x7ffn) === 0n ? base : (base | 0x800n) & ~0x7ffn
  return Math.fround(Number(kept))
}

/** The reader's value as it looks in JavaScript. @throws EvolveError `unsafe-long`, `malformed-data`. */
export function toForm(form: LeafForm, base: Base): unknown {
  switch (form.form) {
    case 'long':
      return asLong(base as number | bigint, form.as)
    case 'date':
      return asDate((base as number) * DAY)
    case 'timestamp':
      return asDate(milliseconds(base as number | bigint, form.unit))
    case 'decimal':
      return decimalText(base as Buffer, form.precision, form.scale)
    case 'uuid-bytes':
      return (base as Buffer).toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
    case 'duration': {
      const bytes = base as Buffer
      return { months: bytes.readUInt32LE(0), days: bytes.readUInt32LE(4), milliseconds: bytes.readUInt32LE(8) }
    }
    default:
      return base
  }
}

/** A long by the chosen representation. */
export function asLong(value: number | bigint, as: 'number' | 'bigint' | 'auto'): number | bigint {
  if (as === 'bigint') return BigInt(value)
  if (typeof value === 'bigint' && as === 'number') {
    throw new EvolveError('unsafe-long', 'a long beyond 2^53 is not exact as a number', {
      hint: "read the schema with long: 'bigint' or 'auto'",
    })
  }
  return value
}

/** A point in time, or an error where a `Date` does not reach. */
export function asDate(time: number): Date {
  if (!(Math.abs(time) <= DATE_RANGE)) {
    throw new EvolveError('unsafe-long', 'a time is out of the range of Date', { hint: "read the schema with logicalTypes: 'none'" })
  }
  return new Date(time)
}

/** Whole milliseconds, rounded down, of a time in finer ticks. */
export function milliseconds(ticks: number | bigint, unit: 'millis' | 'micros' | 'nanos'): number {
  if (unit === 'millis') return Number(ticks)
  const each = unit === 'micros' ? 1000 : 1_000_000
  if (typeof ticks === 'number') {
    const rest = ticks % each
    return (ticks - (rest < 0 ? rest + each : rest)) / each
  }
  const rest = ticks % BigInt(each)
  return Number((ticks - (rest < 0n ? rest + BigInt(each) : rest)) / BigInt(each))
}
