import { isDottedName, isSimpleName, unqualified } from '../names.ts'
import { failAt, type Place } from './place.ts'

/** Names that IDL has no way to refer to. */
const KEYWORDS = ['boolean', 'int', 'long', 'float', 'double', 'bytes', 'string', 'null', 'date', 'time_ms', 'timestamp_ms', 'uuid']

/**
 * Checks the name of a field, a parameter or a symbol: IDL lets identifiers have dots and dashes, names may not.
 * @param seen names that are taken in the same record or enum; the name is added.
 */
export function checkName(name: string, place: Place, seen: Set<string> = new Set()): void {
  if (!isSimpleName(name)) failAt(place, `${JSON.stringify(name)} is not a name`)
  if (seen.has(name)) failAt(place, `${name} stands there twice`)
  seen.add(name)
}

/** Checks the full name of a type. */
export function checkTypeName(name: string, place: Place): void {
  if (!isDottedName(name)) failAt(place, `${JSON.stringify(name)} is not the name of a type`)
  if (KEYWORDS.includes(unqualified(name))) failAt(place, `a type cannot have the name ${unqualified(name)}`)
}
