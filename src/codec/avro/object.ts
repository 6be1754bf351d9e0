import { types } from 'node:util'

/** Sets an own property, also one named `__proto__`, which assignment would take for the prototype. */
export function setOwn(target: object, key: PropertyKey, value: unknown): void {
  if (key === '__proto__') Object.defineProperty(target, key, { value, writable: true, enumerable: true, configurable: true })
  else (target as Record<PropertyKey, unknown>)[key] = value
}

/** A property of the value's own; `undefined` for one that it inherits, such as `constructor`. */
export function getOwn(target: object, key: string): unknown {
  return Object.hasOwn(target, key) ? (target as Record<string, unknown>)[key] : inherited(target, key)
}

/** Getters of a class count as the value's own fields; what every object inherits does not. */
function inherited(target: object, key: string): unknown {
  return key in Object.prototype ? undefined : (target as Record<string, unknown>)[key]
}

/** True for what can stand for a record or a map: any object but arrays, bytes, dates, maps and sets. */
export function isPlainObject(value: unknown): value is Record<string, unknown> {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    !ArrayBuffer.isView(value) &&
    !(value instanceof Date) &&
    !(value instanceof Map) &&
    !(value instanceof Set)
  )
}

/** True for a `Uint8Array` of any realm, not for what only pretends to be one, nor for one whose memory was given to another thread. */
export function isBytes(value: unknown): value is Uint8Array {
  return types.isUint8Array(value) && !isDetached(value)
}

/** Whether the memory behind bytes is gone: they look empty, and are not. */
export function isDetached(value: Uint8Array): boolean {
  if (value.length > 0) return false
  try {
    new Uint8Array(value.buffer)
    return false
  } catch {
    return true
  }
}

/** The time of a `Date` of any realm; `NaN` for an invalid one and for what only pretends to be one. */
export function timeOf(value: unknown): number {
  return types.isDate(value) ? Date.prototype.getTime.call(value) : Number.NaN
}
