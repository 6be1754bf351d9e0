import type { CatalogEntry } from './command.ts'
import { nearest } from './nearest.ts'
import { printable } from './style.ts'
import { usageError } from './usage.ts'

/** The command of a name. @throws EvolveError `invalid-options` with the nearest name as a hint. */
export function findCommand(name: string, catalog: readonly CatalogEntry[]): CatalogEntry {
  const found = catalog.find((entry) => entry.name === name)
  if (found !== undefined) return found
  const near = nearest(
    name,
    catalog.map((entry) => entry.name),
  )
  throw usageError(`there is no command ${printable(name)}`, near === undefined ? 'see kafka-evolve --help' : `did you mean ${near}?`)
}
