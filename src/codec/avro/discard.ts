import { unknownFields } from '../codec.ts'
import { isPlainObject, setOwn } from './object.ts'

/**
 * A deep copy of a decoded value that carries nothing: written, it is a value of the reader's schema like any other. Dates, bytes and objects of
 * classes are the same as in the original. What holds nothing that carries is not copied.
 */
export function discard<T>(value: T): T {
  return without(value, new Map()) as T
}

function without(value: unknown, seen: Map<object, unknown>): unknown {
  if (typeof value !== 'object' || value === null || !(Array.isArray(value) || isPlainObject(value))) return value
  const known = seen.get(value)
  if (known !== undefined) return known
  // A value that contains itself is met again before its copy is known, and left as it is there.
  seen.set(value, value)
  const keys = Object.keys(value)
  const parts = keys.map((key) => without((value as Record<string, unknown>)[key], seen))
  const isSame =
    !Object.hasOwn(value, unknownFields) && keys.every((key, index) => parts[index] === (value as Record<string, unknown>)[key])
  if (isSame) return value
  const copy: object = Array.isArray(value) ? [] : Object.create(Object.getPrototypeOf(value) as object | null)
  for (const [index, key] of keys.entries()) setOwn(copy, key, parts[index])
  seen.set(value, copy)
  return copy
}
