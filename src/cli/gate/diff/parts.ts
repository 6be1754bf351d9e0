import { unqualified } from '../../../schema/names.ts'
import type { EnumSchema, FixedSchema, RecordSchema, Schema } from '../../../schema/types.ts'
import { broken, fine, type SchemaChange, unaffected } from './change.ts'
import { listed, logicalWords } from './words.ts'

/** Where a comparison is. */
export interface DiffPlace {
  readonly path: string
  readonly type: string | undefined
  readonly member: string | undefined
}

/** Compares what is inside of two types; `isHidden` where old readers do not come to see it. */
export type DiffInside = (old: Schema, next: Schema, place: DiffPlace, isHidden?: boolean) => SchemaChange[]

/** The name of a type, its aliases, its documentation. */
export function diffNames(old: RecordSchema | EnumSchema | FixedSchema, next: typeof old, place: DiffPlace): SchemaChange[] {
  const changes: SchemaChange[] = []
  if (old.name !== next.name) {
    const isKnown = unqualified(old.name) === unqualified(next.name)
    const hasAlias = next.aliases.includes(old.name)
    changes.push({
      ...place,
      kind: 'type-renamed',
      text: `the ${next.kind} was called ${old.name}`,
      newReaders:
        isKnown || hasAlias
          ? fine(hasAlias ? 'know it by its alias' : 'know it by its name without the namespace')
          : broken(`do not know ${old.name}: add the alias ${old.name}`),
      oldReaders: isKnown ? fine('know it by its name without the namespace') : broken(`do not know ${next.name}`),
    })
  }
  return [...changes, ...diffAliases(old.aliases, next.aliases, place), ...diffDoc(old.doc, next.doc, place)]
}

/** Aliases of a type or a field. */
export function diffAliases(old: readonly string[], next: readonly string[], place: DiffPlace): SchemaChange[] {
  const added = next.filter((alias) => !old.includes(alias))
  const gone = old.filter((alias) => !next.includes(alias))
  if (added.length + gone.length === 0) return []
  const words = [
    added.length > 0 ? `has the alias ${listed(added)} now` : '',
    gone.length > 0 ? `has no alias ${listed(gone)} any more` : '',
  ]
  return [
    {
      ...place,
      kind: 'aliases-changed',
      text: words.filter((one) => one !== '').join(', and '),
      newReaders: gone.length === 0 ? unaffected : fine(`do not know data any more in which it is called ${listed(gone)}`),
      oldReaders: unaffected,
    },
  ]
}

/** Documentation of a type or a field. */
export function diffDoc(old: string | undefined, next: string | undefined, place: DiffPlace): SchemaChange[] {
  if (old === next) return []
  const text =
    old === undefined ? 'has documentation now' : next === undefined ? 'has no documentation any more' : 'has other documentation'
  return [{ ...place, kind: 'doc-changed', text, newReaders: unaffected, oldReaders: unaffected }]
}

/** What a logical type makes of the same bytes. */
export function diffLogical(old: Schema, next: Schema, place: DiffPlace): SchemaChange[] {
  const [from, to] = [logicalWords(old), logicalWords(next)]
  if (from === to) return []
  const effect = fine('read the bytes as before, and may take them for something else')
  return [
    {
      ...place,
      kind: 'logical-type-changed',
      text: `the logical type was ${from ?? 'none'} and is ${to ?? 'none'}`,
      newReaders: effect,
      oldReaders: effect,
    },
  ]
}
