import { EvolveError } from '../../errors.ts'

/** Decimal as exact text: two's-complement big-endian unscaled integer with `scale` digits after the point (Apache Avro 1.12, "Decimal"). */

/** Digits of a decimal, before and after the point: a message may have many, and the time of each grows with the square of its digits. */
const MOST_DIGITS = 1000

/**
 * Digits that are read whatever the precision: writers that do not check it are many, and Java reads what they write. More are not: the bytes
 * decide how many there are, and each costs time.
 */
const READ_DIGITS = 100

const DECIMAL = /^([+-]?)(\d+)(?:\.(\d+))?$/

/**
 * Bytes to text with just `scale` digits after the point. More digits than `precision` are read up to 100, as in Java; written they are not.
 * @throws EvolveError `malformed-data` when the bytes are empty or hold more digits than that; `limit-exceeded`.
 */
export function decimalText(bytes: Buffer, precision: number, scale: number): string {
  if (bytes.length === 0) throw new EvolveError('malformed-data', 'a decimal has no bytes')
  if (scale > MOST_DIGITS) throw new EvolveError('limit-exceeded', `a decimal has more than ${MOST_DIGITS} digits after the point`)
  // Checked before the conversion, whose time grows with the square of the length.
  const negative = (bytes[0] as number) >= 0x80
  const significant = bytes.findIndex((byte) => byte !== (negative ? 0xff : 0))
  const length = significant < 0 ? 1 : bytes.length - significant
  const most = Math.max(precision, READ_DIGITS)
  if (length > byteLength(most)) throw new EvolveError('malformed-data', `a decimal of precision ${precision} has more than ${most} digits`)
  if (length > byteLength(MOST_DIGITS)) throw new EvolveError('limit-exceeded', `a decimal has more than ${MOST_DIGITS} digits`)
  const magnitude = BigInt.asIntN(bytes.length * 8, BigInt(`0x${bytes.toString('hex')}`))
  const digits = (magnitude < 0n ? -magnitude : magnitude).toString()
  if (digits.length > most) throw new EvolveError('malformed-data', `a decimal of precision ${precision} has ${digits.length} digits`)
  const sign = magnitude < 0n ? '-' : ''
  if (scale === 0) return sign + digits
  const padded = digits.padStart(scale + 1, '0')
  return `${sign}${padded.slice(0, -scale)}.${padded.slice(-scale)}`
}

/** Text to the unscaled integer; `undefined` when it is not decimal text or does not fit. */
export function unscaled(text: string, precision: number, scale: number): bigint | undefined {
  const match = text.length > 3 * MOST_DIGITS || scale > MOST_DIGITS ? null : DECIMAL.exec(text)
  if (match === null) return undefined
  const [, sign = '', whole = '', fraction = ''] = match
  const kept = fraction.slice(0, scale)
  if (/[1-9]/.test(fraction.slice(scale))) return undefined
  const digits = (whole + kept.padEnd(scale, '0')).replace(/^0+(?=\d)/, '')
  if (digits.length > Math.min(precision, MOST_DIGITS)) return undefined
  const magnitude = BigInt(digits)
  return sign === '-' ? -magnitude : magnitude
}

/** The shortest two's-complement form, or one of just `size` bytes. */
export function unscaledBytes(value: bigint, size?: number): Buffer {
  let length = size ?? 1
  if (size === undefined) while (BigInt.asIntN(length * 8, value) !== value) length++
  return Buffer.from(
    BigInt.asUintN(length * 8, value)
      .toString(16)
      .padStart(length * 2, '0'),
    'hex',
  )
}

function byteLength(precision: number): number {
  return Math.ceil((precision * Math.log2(10) + 1) / 8) + 1
}
