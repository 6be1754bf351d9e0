import type { SettingChange } from '../settings/settings.ts'
import type { SubjectVersion } from '../types.ts'

/**
 * What a registry writes down before it counts. The changes in their order, applied to an empty `SchemaStore`, give its state: every store
 * keeps these, each in a form of its own.
 */
export type StoreChange =
  | SettingChange
  /** A new version. `isNewSchema`: no earlier change has brought a schema under this ID in this context. */
  | { readonly type: 'version'; readonly entry: SubjectVersion; readonly isNewSchema: boolean }
  /** These versions are no longer listed; the schemas stay under their IDs. */
  | { readonly type: 'delete'; readonly subject: string; readonly versions: readonly number[] }
  /** These versions, deleted before, are gone; a schema that no other version holds too. Its ID is never given again. */
  | { readonly type: 'purge'; readonly subject: string; readonly versions: readonly number[] }
  /** No ID up to this one is given to a new schema of the context: what is left where a schema was. */
  | { readonly type: 'reserve'; readonly context: string; readonly id: number }
