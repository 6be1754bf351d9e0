import type { RegistrySettings } from '../settings/settings.ts'
import type { StoreChange } from './changes.ts'
import type { ContextSchemas } from './context.ts'
import type { HeldSubjects } from './subjects-held.ts'

/** Most meanings of IDs that one change tells of. */
const meaningsTogether = 500

/**
 * A short history that leads to a state: what a long one may be replaced by. Versions by context and ID in the order in which they came, so that uses keep theirs; settings last, as a
 * delete takes them back.
 */
export function* shortHistory(
  contexts: ReadonlyMap<string, ContextSchemas>,
  subjects: HeldSubjects,
  settings: RegistrySettings,
  firstId: number,
): Generator<StoreChange, void, undefined> {
  for (const [context, schemas] of contexts) {
    let highest = firstId - 1
    for (const id of schemas.ids()) {
      let isNewSchema = true
      for (const { entry } of schemas.uses(id)) {
        yield { type: 'version', entry, isNewSchema }
        isNewSchema = false
      }
      highest = Math.max(highest, id)
    }
    const { reserved } = schemas
    const meanings = schemas.meanings()
    if (reserved > highest && meanings.length === 0) yield { type: 'reserve', context, id: reserved }
    for (let at = 0; at < meanings.length; at += meaningsTogether)
      yield { type: 'reserve', context, id: reserved, meanings: meanings.slice(at, at + meaningsTogether) }
  }
  for (const [subject, held] of subjects.all()) {
    const versions = held.filter((one) => one.deleted).map((one) => one.version)
    if (versions.length > 0) yield { type: 'delete', subject, versions }
  }
  // Last: a delete may take settings back.
  yield* settings.changes()
}
