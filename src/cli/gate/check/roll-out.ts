import { checkSchemas } from '../../../resolution/compatibility.ts'
import type { Schema } from '../../../schema/types.ts'

/** Who must be deployed first when a schema changes. */
export type RollOut = 'any order' | 'readers first' | 'writers first' | 'none'

/** What each order means. */
export const rollOutWords: Readonly<Record<RollOut, string>> = {
  'any order': 'any order: new readers read old data, and old readers read new data',
  'readers first': 'deploy readers first: they read old data and new data, and readers that stay behind cannot read what new writers write',
  'writers first': 'deploy writers first: old readers read what they write, and new readers cannot read what old writers wrote',
  none: 'no order is safe: neither do new readers read old data, nor old readers new data; a new topic, or a field beside the old one, does',
}

/** The order that a step from one version to the next allows, whatever the level. */
export function rollOutOf(old: Schema, next: Schema): RollOut {
  const newReadersFine = checkSchemas(next, old).compatible
  const oldReadersFine = checkSchemas(old, next).compatible
  if (newReadersFine) return oldReadersFine ? 'any order' : 'readers first'
  return oldReadersFine ? 'writers first' : 'none'
}
