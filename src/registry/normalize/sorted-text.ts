import { EvolveError } from '../../errors.ts'
import { JsonNumber } from '../../schema/json.ts'
import { numberText } from './number-text.ts'

/** Most levels of objects and arrays inside each other. */
const maxDepth = 500

/** JSON as text, as short as it can be and with the members of each object in the order of their names. */
export function sortedText(value: unknown, depth = 0): string {
  if (depth > maxDepth) throw new EvolveError('limit-exceeded', `a schema that is normalised has at most ${maxDepth} levels`)
  if (value instanceof JsonNumber) return numberText(value.token)
  if (typeof value === 'string') return stringText(value)
  if (Array.isArray(value)) return `[${value.map((item) => sortedText(item, depth + 1)).join(',')}]`
  if (typeof value !== 'object' || value === null) return String(value)
  return objectText(sortedMembers(value).map(([name, member]) => [name, sortedText(member, depth + 1)]))
}

/** An object of members that are text already. */
export function objectText(members: readonly (readonly [name: string, text: string])[]): string {
  return `{${members.map(([name, text]) => `${stringText(name)}:${text}`).join(',')}}`
}

/** The members of an object in the order of their names. */
export function sortedMembers(value: object): readonly (readonly [name: string, value: unknown])[] {
  return Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
}

/** A string with no more escapes than it needs, and those as Java writes them. */
export function stringText(value: string): string {
  return JSON.stringify(value).replace(/\\(?:u[0-9a-f]{4}|.)/g, (sign) => (sign[1] === 'u' ? `\\u${sign.slice(2).toUpperCase()}` : sign))
}
