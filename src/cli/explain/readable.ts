import { decimalText } from '../../codec/avro/decimal.ts'
import type { Base } from '../../codec/avro/leaf-read.ts'
import { isEvolveError } from '../../errors.ts'
import type { Schema } from '../../schema/types.ts'
import { printable } from '../style.ts'

/** Characters of a text, and bytes of a bytes value, that are shown. */
export interface TextLimits {
  readonly characters: number
  readonly bytes: number
}

/** What is shown unless all is asked for. */
export const shortTexts: TextLimits = { characters: 72, bytes: 16 }
/** All. */
export const fullTexts: TextLimits = { characters: Number.MAX_SAFE_INTEGER, bytes: Number.MAX_SAFE_INTEGER }

/** A value as a person reads it: logical types as what they mean with the number behind, text in quotes, bytes in hex. */
export function readable(schema: Schema | undefined, value: Base, limits: TextLimits): string {
  const meaning = schema === undefined ? undefined : meaningOf(schema, value)
  if (meaning !== undefined) return typeof value === 'string' || Buffer.isBuffer(value) ? meaning : `${meaning} (${value})`
  if (schema?.kind === 'enum') return printable(String(value))
  return plain(value, limits)
}

/** A value of no logical type. */
function plain(value: Base, limits: TextLimits): string {
  if (typeof value === 'string') {
    const isLong = value.length > limits.characters
    const shown = isLong ? value.slice(0, limits.characters) : value
    return `${printable(JSON.stringify(shown))}${isLong ? `… (${value.length.toLocaleString('en')} characters)` : ''}`
  }
  if (Buffer.isBuffer(value)) {
    const isLong = value.length > limits.bytes
    const hex = value.toString('hex', 0, Math.min(value.length, limits.bytes))
    return `0x${hex}${isLong ? `… (${value.length.toLocaleString('en')} bytes)` : ''}`
  }
  return Object.is(value, -0) ? '-0' : String(value)
}

/** What a value of a logical type of the specification means, or `undefined` where it has none or the value is out of its range. */
export function meaningOf(schema: Schema, value: Base): string | undefined {
  const logical = 'logical' in schema ? schema.logical : undefined
  if (logical === undefined) return undefined
  switch (logical.type) {
    case 'decimal':
      return Buffer.isBuffer(value) ? decimalMeaning(value, logical.precision, logical.scale) : undefined
    case 'uuid':
      return Buffer.isBuffer(value) ? value.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5') : undefined
    case 'duration':
      return Buffer.isBuffer(value) && value.length === 12
        ? `${value.readUInt32LE(0)} months ${value.readUInt32LE(4)} days ${value.readUInt32LE(8)} ms`
        : undefined
    default:
      return typeof value === 'number' || typeof value === 'bigint' ? timeMeaning(logical.type, BigInt(value)) : undefined
  }
}

function decimalMeaning(value: Buffer, precision: number, scale: number): string | undefined {
  try {
    return decimalText(value, precision, scale)
  } catch (error) {
    if (isEvolveError(error)) return undefined
    throw error
  }
}

/** Ticks of a second. */
const ticks: Readonly<Record<string, bigint>> = { millis: 1_000n, micros: 1_000_000n, nanos: 1_000_000_000n }
const secondsOfDay = 86_400n

function timeMeaning(type: string, value: bigint): string | undefined {
  if (type === 'date') return isoOf(value * secondsOfDay, '', '')?.slice(0, -'T00:00:00'.length)
  const each = ticks[type.slice(type.lastIndexOf('-') + 1)] as bigint
  // Rounded down, as the fraction counts forwards.
  const seconds = (value - (((value % each) + each) % each)) / each
  const fraction = `.${(value - seconds * each).toString().padStart(each.toString().length - 1, '0')}`
  if (type.startsWith('time-')) {
    if (seconds < 0n || seconds >= secondsOfDay) return undefined
    return isoOf(seconds, fraction, '')?.slice('1970-01-01T'.length)
  }
  return isoOf(seconds, fraction, type.startsWith('local-') ? '' : 'Z')
}

function isoOf(seconds: bigint, fraction: string, zone: string): string | undefined {
  const date = new Date(Number(seconds) * 1000)
  return Number.isNaN(date.getTime()) ? undefined : `${date.toISOString().slice(0, -'.000Z'.length)}${fraction}${zone}`
}
