/**
 * Another object in place of `original`: with `overrides`, and with all else that the original has. That is read from the original at the time
 * it is asked for, so a method patched later is the one that is called; methods of a class are bound, so they find their private fields.
 * All of it is own and enumerable: other people's wrappers spread a client, and must not lose a part of it.
 */
export function delegateTo<T extends object>(original: T, overrides: Partial<T>): T {
  const delegate = Object.create(Object.getPrototypeOf(original)) as T
  const read = isPlain(original) ? (name: PropertyKey): unknown => Reflect.get(original, name) : boundReader(original)
  for (const name of namesOf(original)) {
    Object.defineProperty(delegate, name, {
      get: () => read(name),
      set: (value: unknown) => void Object.defineProperty(delegate, name, { value, writable: true }),
      enumerable: true,
      configurable: true,
    })
  }
  for (const [name, value] of Object.entries(overrides)) {
    Object.defineProperty(delegate, name, { value, writable: true, enumerable: true, configurable: true })
  }
  return delegate
}

/** Reads properties; the same method is always given as the same bound function. */
function boundReader(original: object): (name: PropertyKey) => unknown {
  const bound = new WeakMap<object, unknown>()
  return (name) => {
    const value: unknown = Reflect.get(original, name)
    if (typeof value !== 'function') return value
    const known = bound.get(value) ?? value.bind(original)
    bound.set(value, known)
    return known
  }
}

/** Names of the object's own properties and of what its classes give it. */
function namesOf(object: object): Set<PropertyKey> {
  const names = new Set<PropertyKey>()
  for (let at: object | null = object; at !== null && !isRoot(at); at = Object.getPrototypeOf(at) as object | null) {
    for (const name of Reflect.ownKeys(at)) names.add(name)
  }
  names.delete('constructor')
  return names
}

function isPlain(object: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(object)
  return prototype === null || isRoot(prototype as object)
}

/** `Object.prototype`, of any realm. */
function isRoot(object: object): boolean {
  return Object.getPrototypeOf(object) === null && Object.hasOwn(object, 'hasOwnProperty')
}
