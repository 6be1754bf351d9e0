import { checkSchemas } from '../../../resolution/compatibility.ts'
import { unqualified } from '../../../schema/names.ts'
import { remember } from '../../../schema/remember.ts'
import type { FixedSchema, Schema } from '../../../schema/types.ts'
import { broken, fine, type SchemaChange, unaffected } from './change.ts'
import { diffFields } from './diff-fields.ts'
import { diffSymbols } from './diff-symbols.ts'
import { diffUnions } from './diff-unions.ts'
import { type DiffInside, type DiffPlace, diffLogical, diffNames } from './parts.ts'
import { typeWords } from './words.ts'

/**
 * Every difference in meaning between two versions of a schema, in the order of the new one. Types that stand at several places are compared once.
 * Attributes that Avro does not know are not compared.
 */
export function diffSchemas(old: Schema, next: Schema): SchemaChange[] {
  const later: Later = []
  const hidden = walk(later, (found) => ({ ...found, oldReaders: unaffected }))
  const inside = walk(later, (found) => found, hidden)
  const root = { path: 'name' in next ? unqualified(next.name) : next.kind, type: undefined, member: undefined }
  const changes = inside(old, next, root)
  for (const compare of later) changes.push(...compare())
  return changes
}

/** What is compared when the rest is done: a chain of types may be longer than the stack of calls is deep. The list grows while it is gone through. */
type Later = (() => SchemaChange[])[]

/** Types inside each other that are compared at once. */
const maxDepth = 100

/** A comparison that meets each pair of types once. @param hidden takes over where old readers do not look. */
function walk(later: Later, seenBy: (change: SchemaChange) => SchemaChange, hidden?: DiffInside): DiffInside {
  const seen = new Map<Schema, Set<Schema>>()
  let depth = 0
  const inside: DiffInside = (old, next, place, isHidden = false) => {
    if (isHidden && hidden !== undefined) return hidden(old, next, place)
    if (depth >= maxDepth) {
      later.push(() => inside(old, next, place))
      return []
    }
    const partners = remember(seen, old, () => new Set<Schema>())
    if (old === next || partners.size === partners.add(next).size) return []
    depth += 1
    const changes = diffTypes(old, next, 'name' in next ? { ...place, type: next.name, member: undefined } : place, inside, place)
    depth -= 1
    return changes.map(seenBy)
  }
  return inside
}

function diffTypes(old: Schema, next: Schema, place: DiffPlace, inside: DiffInside, around: DiffPlace): SchemaChange[] {
  if (old.kind === 'record' && next.kind === 'record') return [...diffNames(old, next, place), ...diffFields(old, next, place, inside)]
  if (old.kind === 'enum' && next.kind === 'enum') return [...diffNames(old, next, place), ...diffSymbols(old, next, place)]
  if (old.kind === 'fixed' && next.kind === 'fixed')
    return [...diffNames(old, next, place), ...diffSize(old, next, place), ...diffLogical(old, next, place)]
  if (old.kind === 'array' && next.kind === 'array') return inside(old.items, next.items, { ...place, path: `${place.path}[]` })
  if (old.kind === 'map' && next.kind === 'map') return inside(old.values, next.values, { ...place, path: `${place.path}{}` })
  if (old.kind === 'union' && next.kind === 'union') return diffUnions(old, next, place, inside)
  if (old.kind === next.kind) return diffLogical(old, next, place)
  return [changed(old, next, around)]
}

/** One type in place of another: what that means is asked of the rules themselves. */
function changed(old: Schema, next: Schema, place: DiffPlace): SchemaChange {
  const [forNew] = checkSchemas(next, old).incompatibilities
  const [forOld] = checkSchemas(old, next).incompatibilities
  return {
    ...place,
    kind: 'type-changed',
    text: `the type was ${typeWords(old)} and is ${typeWords(next)}`,
    newReaders: forNew === undefined ? fine(`read ${typeWords(old)} as ${typeWords(next)}`) : broken(forNew.message),
    oldReaders: forOld === undefined ? fine(`read ${typeWords(next)} as ${typeWords(old)}`) : broken(forOld.message),
  }
}

function diffSize(old: FixedSchema, next: FixedSchema, place: DiffPlace): SchemaChange[] {
  if (old.size === next.size) return []
  const both = broken(`cannot read it: ${old.size} and ${next.size} bytes are two types`)
  return [{ ...place, kind: 'size-changed', text: `had ${old.size} bytes and has ${next.size}`, newReaders: both, oldReaders: both }]
}
