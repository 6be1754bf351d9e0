import { EvolveError } from '../errors.ts'

/** A JSON object that a registry keeps for its clients, and does not act on. */
export type JsonObject = Readonly<Record<string, unknown>>

/** The longest that one may be as JSON, in UTF-16 units. */
const maxLength = 256 * 1024
/** Most levels of objects and arrays inside each other. */
const maxDepth = 100

/**
 * A deep copy of what JSON can say of a value, frozen. `what` names it in errors.
 * @throws EvolveError `limit-exceeded` above 256 Ki characters or 100 levels; `invalid-options` for what JSON cannot say.
 */
export function jsonCopy(value: object, what: string): JsonObject {
  const text = jsonOf(value, what)
  if (text.length > maxLength) throw new EvolveError('limit-exceeded', `${what} has more than ${maxLength} characters`)
  return freeze(JSON.parse(text)) as JsonObject
}

/** Whether this is an object that is no array. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** JSON text in which the members of objects stand in the order of their names: one for all that are equal. */
export function sortedJson(value: unknown): string {
  return JSON.stringify(value, (_name, part: unknown) =>
    isJsonObject(part) ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1))) : part,
  )
}

/** The JSON of a value. It may come from anybody, and printing and freezing are as deep as it is. */
function jsonOf(value: object, what: string): string {
  let level: readonly unknown[] = [value]
  const seen = new Set(level)
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > maxDepth) throw new EvolveError('limit-exceeded', `${what} is more than ${maxDepth} levels deep`)
    level = level
      .flatMap((part) => (typeof part === 'object' && part !== null ? Object.values(part) : []))
      .filter((part) => !seen.has(part))
    for (const part of level) if (typeof part === 'object') seen.add(part)
  }
  try {
    return JSON.stringify(value)
  } catch (error) {
    throw new EvolveError('invalid-options', `${what} holds what JSON cannot say`, {}, error)
  }
}

function freeze(value: unknown): unknown {
  if (typeof value === 'object' && value !== null) for (const part of Object.values(Object.freeze(value))) freeze(part)
  return value
}
