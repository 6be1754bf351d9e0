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

/** True for what can stand for a record or a map: any object but arrays, bytes, dates and maps. */
export function isPlainObject(value: unknown): value is Record<string, unknown> {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    !ArrayBuffer.isView(value) &&
    !(value instanceof Date) &&
    !(value instanceof Map)
  )
}
