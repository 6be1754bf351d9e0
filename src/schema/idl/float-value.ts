/**
 * A number that is written as a floating-point literal. Java keeps `1.0` and `1` apart, and prints the first as it prints a
 * `double`; the hash of a protocol is made of that text.
 */
export class FloatValue {
  readonly value: number

  constructor(value: number) {
    this.value = value
  }

  /** JSON as Java has it: at least one digit behind the point, `E` below 0.001 and from ten million, strings for what is no number. */
  toText(): string {
    const { value } = this
    if (!Number.isFinite(value)) return JSON.stringify(String(value))
    if (Object.is(value, -0)) return '-0.0'
    if (value === 0) return '0.0'
    const size = Math.abs(value)
    if (size >= 1e-3 && size < 1e7) return withPoint(String(value))
    const [digits = '', exponent = ''] = value.toExponential().split('e')
    return `${withPoint(digits)}E${Number(exponent)}`
  }
}

function withPoint(digits: string): string {
  return digits.includes('.') ? digits : `${digits}.0`
}
