import { EvolveError } from '../../errors.ts'
import { unknownFields } from '../codec.ts'
import { carrierOf } from './carrier.ts'
import { likeness, NextLike } from './likeness.ts'
import { getOwn, isPlainObject, setOwn } from './object.ts'

/**
 * How elements of lists find their originals: by the path of the list, field names joined by dots (`'items'`,
 * `'orders.items'`, with `*` for each element of a list or map on the way), what identifies an element of it.
 */
export type Alignment = Readonly<Record<string, (element: never) => unknown>>

/** Values that contain themselves must not be followed for ever. */
const DEEPEST = 500

/**
 * `to`, copied where something is put on, that carries what `from` carries: root to root, fields by name, entries of maps by key. Elements of lists are aligned by
 * what `align` says of the list, else each takes after the element of `from`, in order, that is the same in all that the reader knows. What
 * already carries something keeps that. Neither argument is changed.
 * @throws EvolveError `invalid-options` where two elements of a list have one key.
 */
export function carry<To>(from: unknown, to: To, align: Alignment = {}): To {
  return new Carrying(align).value(from, to, '', 0) as To
}

class Carrying {
  readonly #align: Alignment

  constructor(align: Alignment) {
    this.#align = align
  }

  value(from: unknown, to: unknown, path: string, depth: number): unknown {
    if (depth > DEEPEST) throw new EvolveError('limit-exceeded', `values are nested more than ${DEEPEST} deep, or contain themselves`)
    if (Array.isArray(to)) return Array.isArray(from) ? this.#list(from, to, path, depth) : to
    if (!isPlainObject(to) || !isPlainObject(from)) return to
    const inside = path === '' ? '' : `${path}.`
    const keys = Object.keys(to)
    const parts = keys.map((key) => this.value(getOwn(from, key), to[key], this.#step(inside, key), depth + 1))
    const isSame = keys.every((key, index) => parts[index] === to[key])
    return withCarried(from, to, isSame, () => {
      // A value of a class stays one.
      const copy = Object.create(Object.getPrototypeOf(to) as object | null) as Record<PropertyKey, unknown>
      for (const symbol of Object.getOwnPropertySymbols(to)) copy[symbol] = Reflect.get(to, symbol)
      for (const [index, key] of keys.entries()) setOwn(copy, key, parts[index])
      return copy
    })
  }

  /** A step by a name, or by `*` where an alignment is given for all of them. */
  #step(inside: string, key: string): string {
    const general = `${inside}*`
    const isGeneral = Object.keys(this.#align).some((path) => path === general || path.startsWith(`${general}.`))
    return isGeneral ? general : inside + key
  }

  #list(from: readonly unknown[], to: readonly unknown[], path: string, depth: number): readonly unknown[] {
    const originals = this.#aligned(from, to, path)
    const parts = to.map((item, index) => this.value(originals[index], item, path === '' ? '*' : `${path}.*`, depth + 1))
    return withCarried(
      from,
      to,
      to.every((item, index) => parts[index] === item),
      () => parts,
    )
  }

  #aligned(from: readonly unknown[], to: readonly unknown[], path: string): readonly unknown[] {
    const keyOf = Object.hasOwn(this.#align, path) ? (this.#align[path] as (element: unknown) => unknown) : undefined
    if (keyOf !== undefined) {
      const byKey = new Map<unknown, unknown>()
      for (const item of from) {
        const key = keyOf(item)
        if (byKey.has(key)) throw new EvolveError('invalid-options', `two elements of ${path} have one key`)
        byKey.set(key, item)
      }
      return to.map((item) => byKey.get(keyOf(item)))
    }
    const likes = new NextLike(from.map((item) => likeness(item, false)))
    return to.map((item) => {
      const found = likes.find(likeness(item, false))
      return found === undefined ? undefined : from[found]
    })
  }
}

/** What already carries keeps that; else it carries what its original does. Copied only where it must be. */
function withCarried<T extends object>(from: object, to: T, isSame: boolean, copyOf: () => T): T {
  const isOwn = Object.hasOwn(to, unknownFields)
  const carried: unknown = isOwn ? Reflect.get(to, unknownFields) : carrierOf(from)
  if (isSame && (isOwn || carried === undefined)) return to
  const copy = copyOf()
  if (carried !== undefined) (copy as { [unknownFields]?: unknown })[unknownFields] = carried
  return copy
}
