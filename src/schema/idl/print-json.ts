import { EvolveError } from '../../errors.ts'
import { schemaLimits } from '../limits.ts'
import { FloatValue } from './float-value.ts'
import type { JsonValue } from './model.ts'

/** Characters that a text may become, in text lengths: one name or comment may be repeated for each field that uses it. */
const GROWTH = 8

/** Prints JSON and counts what it prints, so that a small text cannot ask for a huge one. */
export class JsonText {
  #left = GROWTH * schemaLimits.textLength
  /** One annotation may be printed for many fields. */
  readonly #printed = new Map<object, string>()

  /** A string in quotes. */
  string(text: string): string {
    return this.#spend(quoted(text))
  }

  /** Members of an object, from their names and printed values; those without a value are left out. */
  object(members: readonly (readonly [name: string, printed: string | undefined])[]): string {
    const present = members.filter(([, printed]) => printed !== undefined)
    return this.#spend(`{${present.map(([name, printed]) => `${this.string(name)}:${printed}`).join(',')}}`, 2)
  }

  /** A list of printed values. */
  list(printed: readonly string[]): string {
    return this.#spend(`[${printed.join(',')}]`, printed.length + 2)
  }

  /** Any value; `NaN` and the infinities become strings, as they do in Java. */
  value(value: JsonValue, depth: number = 0): string {
    if (depth > schemaLimits.depth) {
      throw new EvolveError('limit-exceeded', `a JSON value is nested more than ${schemaLimits.depth} deep`)
    }
    switch (typeof value) {
      case 'string':
        return this.string(value)
      case 'number':
        return this.#spend(numberText(value))
      case 'bigint':
        return this.#spend(String(value))
    }
    if (value === null || typeof value === 'boolean') return this.#spend(String(value))
    if (value instanceof FloatValue) return this.#spend(value.toText())
    const known = this.#printed.get(value)
    if (known !== undefined) return this.#spend(known)
    const printed = isList(value)
      ? this.list(value.map((item) => this.value(item, depth + 1)))
      : this.object(Object.entries(value).map(([name, item]) => [name, this.value(item, depth + 1)]))
    if (depth === 0) this.#printed.set(value, printed)
    return printed
  }

  #spend(printed: string, length: number = printed.length): string {
    this.#left -= length
    if (this.#left >= 0) return printed
    throw new EvolveError('limit-exceeded', `the schemas take more than ${GROWTH * schemaLimits.textLength} characters of JSON`)
  }
}

function isList(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value)
}

/** A string in quotes. Control characters have capitals in their escapes, as in Java. */
function quoted(text: string): string {
  return JSON.stringify(text).replace(/\\(?:\\|u00[01][0-9a-f])/g, (escaped) =>
    escaped === '\\\\' ? escaped : `\\u${escaped.slice(2).toUpperCase()}`,
  )
}

function numberText(value: number): string {
  if (!Number.isFinite(value)) return JSON.stringify(String(value))
  if (Object.is(value, -0)) return '-0.0'
  const text = String(value)
  // Not to be taken for an exact integer: those beyond 2^53 are bigints.
  return Number.isInteger(value) && !Number.isSafeInteger(value) && !text.includes('e') ? `${text}.0` : text
}
