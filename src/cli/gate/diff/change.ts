/** What a step from one version of a schema to the next changes at one place, and what that means for whom. */
export interface SchemaChange {
  readonly kind: ChangeKind
  /** For people, in the new schema; in the old one for what is gone: `Order.items[].price`. */
  readonly path: string
  /** Full name of the type it happened in, and the field, for finding its place in a file. */
  readonly type: string | undefined
  readonly member: string | undefined
  /** What changed, in a few words. */
  readonly text: string
  /** What new readers make of old data. */
  readonly newReaders: Effect
  /** What old readers make of new data. */
  readonly oldReaders: Effect
}

/** Whether somebody can read on, and how. */
export interface Effect {
  readonly ok: boolean
  /** Empty where there is nothing to be said. */
  readonly text: string
}

export type ChangeKind =
  | 'type-renamed'
  | 'type-changed'
  | 'logical-type-changed'
  | 'field-added'
  | 'field-removed'
  | 'field-renamed'
  | 'fields-reordered'
  | 'default-added'
  | 'default-removed'
  | 'default-changed'
  | 'symbols-added'
  | 'symbols-removed'
  | 'symbols-reordered'
  | 'branch-added'
  | 'branch-removed'
  | 'branches-reordered'
  | 'size-changed'
  | 'aliases-changed'
  | 'doc-changed'

export const unaffected: Effect = { ok: true, text: '' }
export const fine = (text: string): Effect => ({ ok: true, text })
export const broken = (text: string): Effect => ({ ok: false, text })
