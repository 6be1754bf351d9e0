import { EvolveError } from '../errors.ts'
import { schemaLimits } from './limits.ts'
import { pointerStep } from './names.ts'

/** Levels of arrays and objects in a schema object: several to each level of types. */
const DEEPEST = 1000

/**
 * A copy of a schema object as its JSON text would give it back: every property is looked at once, so what is checked is
 * what is used. Bounded like a text, also where objects contain themselves or one stands at many places.
 * @throws EvolveError `invalid-schema` for what JSON cannot say, and where a getter or a proxy throws; `limit-exceeded`.
 */
export function plainJson(source: object): unknown {
  return new Copy().object(source, '', 0)
}

class Copy {
  #characters = 0

  object(given: object, path: string, depth: number): unknown {
    if (depth > DEEPEST) throw new EvolveError('limit-exceeded', `the schema is nested more than ${DEEPEST} deep, or contains itself`)
    try {
      const source = 'toJSON' in given && typeof given.toJSON === 'function' ? (given.toJSON('') as unknown) : given
      if (typeof source !== 'object' || source === null) return this.#value(source, path, depth)
      return Array.isArray(source) ? this.#items(source, path, depth) : this.#entries(source, path, depth)
    } catch (cause) {
      if (cause instanceof EvolveError) throw cause
      throw new EvolveError('invalid-schema', 'the schema object cannot be read', { path }, cause)
    }
  }

  #items(source: readonly unknown[], path: string, depth: number): unknown[] {
    const items: unknown[] = []
    const { length } = source
    for (let index = 0; index < length; index++) items.push(this.#value(source[index], path + pointerStep(index), depth + 1) ?? null)
    return items
  }

  #entries(source: object, path: string, depth: number): object {
    const object = {}
    for (const key of Object.keys(source)) {
      this.#count(key.length)
      const value = this.#value((source as Record<string, unknown>)[key], path + pointerStep(key), depth + 1)
      if (value !== undefined) Object.defineProperty(object, key, { value, writable: true, enumerable: true, configurable: true })
    }
    return object
  }

  #value(value: unknown, path: string, depth: number): unknown {
    this.#count(1)
    switch (typeof value) {
      case 'string':
        this.#count(value.length)
        return value
      case 'boolean':
        return value
      case 'number':
        return Number.isFinite(value) ? value : null
      case 'object':
        return value === null ? null : this.object(value, path, depth)
      case 'bigint':
        throw new EvolveError('invalid-schema', 'a bigint cannot stand in a schema object; give the schema as JSON text', { path })
      default:
        return undefined
    }
  }

  #count(characters: number): void {
    this.#characters += characters
    if (this.#characters > schemaLimits.textLength)
      throw new EvolveError('limit-exceeded', `the schema has more than ${schemaLimits.textLength} characters`)
  }
}
