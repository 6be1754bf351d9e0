import type { EnumSchema } from '../../../schema/types.ts'
import { broken, type Effect, fine, type SchemaChange, unaffected } from './change.ts'
import type { DiffPlace } from './parts.ts'
import { listed } from './words.ts'

/** The symbols of an enum, their order, and its default. */
export function diffSymbols(old: EnumSchema, next: EnumSchema, place: DiffPlace): SchemaChange[] {
  const added = next.symbols.filter((symbol) => !old.symbols.includes(symbol))
  const gone = old.symbols.filter((symbol) => !next.symbols.includes(symbol))
  const common = next.symbols.filter((symbol) => old.symbols.includes(symbol))
  const inOldOrder = old.symbols.filter((symbol) => next.symbols.includes(symbol))
  const seenAs = (what: readonly string[], fallback: string | undefined): Effect =>
    fallback === undefined ? broken(`cannot read ${listed(what)}: the enum has no default`) : fine(`see ${listed(what)} as ${fallback}`)
  const changes: SchemaChange[] = []
  if (added.length > 0)
    changes.push({
      ...place,
      kind: 'symbols-added',
      text: `knows ${listed(added)} now`,
      newReaders: unaffected,
      oldReaders: seenAs(added, old.default),
    })
  if (gone.length > 0)
    changes.push({
      ...place,
      kind: 'symbols-removed',
      text: `does not know ${listed(gone)} any more`,
      newReaders: seenAs(gone, next.default),
      oldReaders: unaffected,
    })
  if (common.some((symbol, index) => symbol !== inOldOrder[index]))
    changes.push({
      ...place,
      kind: 'symbols-reordered',
      text: 'the symbols stand in another order',
      newReaders: unaffected,
      oldReaders: unaffected,
    })
  if (old.default !== next.default) {
    const kind = old.default === undefined ? 'default-added' : next.default === undefined ? 'default-removed' : 'default-changed'
    const newReaders = fine(
      next.default === undefined
        ? 'cannot read symbols any more that they do not know'
        : `see symbols that they do not know as ${next.default}`,
    )
    changes.push({
      ...place,
      kind,
      text: `the default of the enum was ${old.default ?? 'none'} and is ${next.default ?? 'none'}`,
      newReaders,
      oldReaders: unaffected,
    })
  }
  return changes
}
