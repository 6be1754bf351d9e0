import { isId } from '../checks.ts'
import { isSchemaKey } from '../schema-key.ts'
import type { SettingChange } from '../settings/settings.ts'
import type { SubjectVersion } from '../types.ts'

/**
 * What a registry writes down before it counts. The changes in their order, applied to an empty `SchemaStore`, give its state: every store
 * keeps these, each in a form of its own.
 */
export type StoreChange =
  | SettingChange
  /**
   * A new version. `isNewSchema`: no earlier change has brought a schema under this ID in this context. `key`: `schemaKey`, where it is known. `meaning`: `meaningKey`, where
   * the text is at hand no more and another stands for it.
   */
  | {
      readonly type: 'version'
      readonly entry: SubjectVersion
      readonly isNewSchema: boolean
      readonly key?: string
      readonly meaning?: string
    }
  /** These versions are no longer listed; the schemas stay under their IDs. */
  | { readonly type: 'delete'; readonly subject: string; readonly versions: readonly number[] }
  /**
   * These versions, deleted before, are gone; a schema that no other version holds too. Its ID is never given again, and means no other schema ever; but where
   * `isForgotten` nothing is kept of what it meant.
   */
  | { readonly type: 'purge'; readonly subject: string; readonly versions: readonly number[]; readonly isForgotten?: true }
  /** No ID up to this one is given to a new schema of the context, and these mean what they have meant: what is left where schemas were. */
  | { readonly type: 'reserve'; readonly context: string; readonly id: number; readonly meanings?: readonly Meaning[] }

/** An ID, and what it has meant (`meaningKey`). */
export type Meaning = readonly [id: number, key: string]

/** Whether this is one. */
export function isMeaning(value: unknown): value is Meaning {
  return Array.isArray(value) && value.length === 2 && isId(value[0]) && typeof value[1] === 'string' && isSchemaKey(value[1])
}
