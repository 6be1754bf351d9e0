import { unknownFields } from './codec.ts'

/**
 * A decoded value without anything carried, at any depth: written, it is a value of the reader's schema like any other. The original is not changed;
 * where nothing in it carries it is what is given back. Dates, bytes and objects of classes are the same as in the original.
 */
export function discard<T>(value: T): T {
  return carriesInside(value, new Set()) ? withoutCarried(value) : value
}

/** A deep copy of the plain objects and arrays of a value, without what they carry. */
export function withoutCarried<T>(value: T): T {
  return copyWithout(value, new Map()) as T
}

function carriesInside(value: unknown, seen: Set<object>): boolean {
  if ((!Array.isArray(value) && !isPlainObject(value)) || seen.has(value)) return false
  seen.add(value)
  return Object.hasOwn(value, unknownFields) || Object.values(value).some((part) => carriesInside(part, seen))
}

function copyWithout(value: unknown, copies: Map<object, object>): unknown {
  if (!Array.isArray(value) && !isPlainObject(value)) return value
  const known = copies.get(value)
  if (known !== undefined) return known
  const copy: object = Array.isArray(value) ? new Array(value.length) : Object.create(Object.getPrototypeOf(value) as object | null)
  copies.set(value, copy)
  for (const key of Reflect.ownKeys(value)) {
    const descriptor = Object.getOwnPropertyDescriptor(value, key)
    if (key === unknownFields || descriptor === undefined) continue
    if ('value' in descriptor) descriptor.value = copyWithout(descriptor.value, copies)
    // Defined, not assigned: a key `__proto__` is data.
    Object.defineProperty(copy, key, descriptor)
  }
  return copy
}

function isPlainObject(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}
