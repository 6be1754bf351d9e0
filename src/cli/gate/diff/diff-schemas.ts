import { checkSchemas } from '../../../resolution/compatibility.ts'
import { unqualified } from '../../../schema/names.ts'
import { remember } from '../../../schema/remember.ts'
import type { FixedSchema, Schema } from '../../../schema/types.ts'
import { broken, fine, type SchemaChange } from './change.ts'
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
  const seen = new Map<Schema, Set<Schema>>()
  const inside: DiffInside = (from, to, place) => {
    const partners = remember(seen, from, () => new Set<Schema>())
    if (from === to || partners.size === partners.add(to).size) return []
    return diffTypes(from, to, 'name' in to ? { ...place, type: to.name, member: undefined } : place, inside, place)
  }
  const root = { path: 'name' in next ? unqualified(next.name) : next.kind, type: undefined, member: undefined }
  return inside(old, next, root)
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
