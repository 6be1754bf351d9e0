import { ownValue } from './javascript.test-support.ts'
import { setOwn } from './model.test-support.ts'

/** Copies records, and all that is around them, by `{ ...record }`, as application code does. */
export function spreadDeep(value: unknown): unknown {
  return copyDeep(value, (object) => ({ ...object }))
}

/** The same with rest properties: one field is taken out and put back. */
export function restDeep(value: unknown): unknown {
  return copyDeep(value, (object) => {
    const [key] = Object.keys(object)
    if (key === undefined || key === '__proto__') return { ...object }
    const { [key]: taken, ...rest } = object
    return { ...rest, [key]: taken }
  })
}

/** The same with `Object.assign`, but where there is a property `__proto__`: it would be taken for the prototype. */
export function assignDeep(value: unknown): unknown {
  return copyDeep(value, (object) => (Object.hasOwn(object, '__proto__') ? { ...object } : Object.assign({}, object)))
}

/** What is left of a value after a trip through JSON or a worker: all that is to be seen, and nothing that is carried. */
export function withoutCarried(value: unknown): unknown {
  if (Buffer.isBuffer(value)) return Buffer.from(value)
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(withoutCarried)
  if (!isRecord(value)) return value
  const copy = {}
  for (const key of Object.keys(value)) setOwn(copy, key, withoutCarried(ownValue(value, key)))
  return copy
}

/** Objects of classes are values of the application's own. */
const isRecord = (value: object): boolean => [Object.prototype, null].includes(Object.getPrototypeOf(value) as null)

function copyDeep(value: unknown, copy: (object: Record<string, unknown>) => Record<string, unknown>): unknown {
  if (typeof value !== 'object' || value === null || Buffer.isBuffer(value) || value instanceof Date) return value
  if (Array.isArray(value)) return value.map((item) => copyDeep(item, copy))
  if (!isRecord(value)) return value
  const made = copy(value as Record<string, unknown>)
  for (const key of Object.keys(made)) setOwn(made, key, copyDeep(ownValue(made, key), copy))
  return made
}
