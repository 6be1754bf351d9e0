import { failAt, type Place } from './place.ts'

const ESCAPES = /\\(?:u([0-9a-fA-F]{4})|([0-3][0-7]{2}|[0-7]{1,2})|(.))/g
const CONTROLS: Readonly<Record<string, string>> = { n: '\n', r: '\r', b: '\b', f: '\f', t: '\t' }
const LONG_MIN = -(2n ** 63n)
const LONG_MAX = 2n ** 63n - 1n
const INT_MAX = 0x7fffffff

/** What a string literal says: the escapes are those of Java, octal ones too. */
export function stringValue(literal: string): string {
  return literal.slice(1, -1).replace(ESCAPES, (_all, hex: string | undefined, octal: string | undefined, char: string) => {
    if (hex !== undefined) return String.fromCharCode(Number.parseInt(hex, 16))
    if (octal !== undefined) return String.fromCharCode(Number.parseInt(octal, 8))
    return CONTROLS[char] ?? char
  })
}

/** What an integer literal says: decimal, `0x` hexadecimal, or octal with a `0` in front, of 64 bits, with or without `L`. */
export function integerValue(literal: string, place: Place): number | bigint {
  const negative = literal.startsWith('-')
  const digits = literal.slice(negative ? 1 : 0).replace(/[lL]$/, '')
  if (digits.length > 32) return failAt(place, 'the integer has more than 64 bits')
  const octal = digits.length > 1 && digits.startsWith('0') && !/^0[xX]/.test(digits)
  const magnitude = BigInt(octal ? `0o${digits}` : digits.toLowerCase())
  const exact = negative ? -magnitude : magnitude
  if (exact < LONG_MIN || exact > LONG_MAX) return failAt(place, 'the integer has more than 64 bits')
  const number = Number(exact)
  return Number.isSafeInteger(number) ? number : exact
}

/** What an integer literal says where IDL wants a size or a number of digits: at most 31 bits, no `L`. */
export function sizeValue(literal: string, place: Place): number {
  const value = /[lL]$/.test(literal) ? -1 : integerValue(literal, place)
  return typeof value === 'number' && value >= 0 && value <= INT_MAX ? value : failAt(place, `${literal} is not a size`)
}

/** What a floating-point literal says: decimal or hexadecimal, `NaN`, `Infinity`, with or without `f` or `d`. */
export function floatValue(literal: string): number {
  const negative = literal.startsWith('-')
  const unsigned = literal.replace(/^[+-]/, '')
  if (unsigned === 'NaN') return Number.NaN
  const magnitude = /^0[xX]/.test(unsigned) ? hexFloat(unsigned) : Number(unsigned.replace(/[fFdD]$/, ''))
  return negative ? -magnitude : magnitude
}

function hexFloat(literal: string): number {
  const [mantissa = '', exponent = ''] = literal.slice(2).split(/[pP]/)
  const [whole = '', fraction = ''] = mantissa.split('.')
  const digits = `${whole}${fraction}`
  // More digits than 53 bits are rounded as one integer, which is right to the last bit but for ties.
  return Number(BigInt(`0x${digits}`)) * 2 ** (Number(exponent.replace(/[fFdD]$/, '')) - 4 * fraction.length)
}
