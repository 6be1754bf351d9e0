/**
 * A number of a JSON text in the one spelling that Java has for it: integers plainly, everything else as `Double.toString` writes it (`100.0`, `1.0E-5`). All its
 * digits stay, also those that a double would lose.
 */
export function numberText(token: string): string {
  if (/^-?\d+$/.test(token)) return token === '-0' ? '0' : token
  return decimalText(token)
}

/** A number as the default of a `double`: the shortest text that is that double, but of two digits the two that are nearest (4.9E-324, not 5.0E-324). */
export function doubleText(token: string): string {
  const value = Number(token)
  if (!Number.isFinite(value)) return decimalText(token)
  const nearest = value.toPrecision(2)
  return decimalText(value !== 0 && Number(nearest) === value ? nearest : plain(value))
}

/** A number as the default of a `float`, in the same way. */
export function floatText(token: string): string {
  const value = Math.fround(Number(token))
  if (!Number.isFinite(value)) return decimalText(token)
  for (let digits = 2; digits < 9; digits += 1) {
    const short = value.toPrecision(digits)
    if (Math.fround(Number(short)) === value) return decimalText(value === 0 ? plain(value) : short)
  }
  return decimalText(value.toPrecision(9))
}

/** A number as the default of an `int` or a `long`, which may be written as `1e3`. */
export function integerText(token: string): string {
  if (/^-?\d+$/.test(token)) return numberText(token)
  const value = Number(token)
  return Number.isSafeInteger(value) ? String(value === 0 ? 0 : value) : decimalText(token)
}

function plain(value: number): string {
  return Object.is(value, -0) ? '-0' : String(value)
}

/** The exponents between which Java writes a double without one. */
const plainFrom = -3n
const plainTo = 6n

function decimalText(token: string): string {
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(token) ?? []
  const all = whole + fraction
  const [start, end] = significant(all)
  if (start >= end) return `${sign}0.0`
  const digits = all.slice(start, end)
  /** Of the first digit. */
  const power = BigInt(exponent) + BigInt(whole.length - 1 - start)
  if (power < plainFrom || power > plainTo) return `${sign}${digits[0]}.${digits.slice(1) || '0'}E${power}`
  const point = Number(power) + 1
  if (point <= 0) return `${sign}0.${'0'.repeat(-point)}${digits}`
  return `${sign}${digits.slice(0, point).padEnd(point, '0')}.${digits.slice(point) || '0'}`
}

/** Where digits begin and end without zeros around them. Steps: a regular expression may look at each zero for each zero. */
function significant(digits: string): readonly [start: number, end: number] {
  let [start, end] = [0, digits.length]
  while (start < end && digits[start] === '0') start += 1
  while (end > start && digits[end - 1] === '0') end -= 1
  return [start, end]
}
