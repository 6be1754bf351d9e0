import { checkSchemas } from '../../../resolution/compatibility.ts'
import type { Field, RecordSchema } from '../../../schema/types.ts'
import { broken, type Effect, fine, type SchemaChange, unaffected } from './change.ts'
import { type DiffInside, type DiffPlace, diffAliases, diffDoc } from './parts.ts'
import { defaultWords, typeWords } from './words.ts'

/** The fields of a record: those that came, went, were renamed or moved, and what changed in those that stayed. */
export function diffFields(old: RecordSchema, next: RecordSchema, place: DiffPlace, inside: DiffInside): SchemaChange[] {
  const pairs = pairsOf(old, next)
  const taken = new Set(pairs.values())
  const at = (field: Field): DiffPlace => ({ path: `${place.path}.${field.name}`, type: next.name, member: field.name })
  const gone = old.fields.filter((field) => !taken.has(field))
  const come = next.fields.filter((field) => !pairs.has(field))
  const changes = next.fields.flatMap((field) => {
    const before = pairs.get(field)
    return before === undefined ? [added(field, at(field), likely(field, come, gone))] : stayed(before, field, at(field), inside)
  })
  changes.push(...gone.map((field) => removed(field, { path: `${place.path}.${field.name}`, type: next.name, member: undefined })))
  if (isReordered(old, pairs)) {
    changes.push({
      ...place,
      kind: 'fields-reordered',
      text: 'the fields stand in another order',
      newReaders: unaffected,
      oldReaders: unaffected,
    })
  }
  return changes
}

/** For each field of the new record the one that it was: of its name, else of one of its aliases. */
function pairsOf(old: RecordSchema, next: RecordSchema): Map<Field, Field> {
  const names = new Set(next.fields.map(({ name }) => name))
  const before = new Map(old.fields.map((field) => [field.name, field] as const))
  const pairs = new Map<Field, Field>()
  for (const field of next.fields) {
    const alias = field.aliases.find((one) => before.has(one) && !names.has(one))
    const found = before.get(field.name) ?? (alias === undefined ? undefined : before.get(alias))
    if (found !== undefined) pairs.set(field, found)
  }
  return pairs
}

/** The field that went where this one came, if there is but one that it may be: of a type that reads it. */
function likely(field: Field, come: readonly Field[], gone: readonly Field[]): Field | undefined {
  const fits = (from: Field, to: Field): boolean => checkSchemas(to.type, from.type).compatible
  const [candidate, ...others] = gone.filter((one) => fits(one, field))
  if (candidate === undefined || others.length > 0) return undefined
  return come.filter((one) => fits(candidate, one)).length === 1 ? candidate : undefined
}

function added(field: Field, place: DiffPlace, before: Field | undefined): SchemaChange {
  const hasDefault = field.default !== undefined
  const rename = before === undefined ? '' : `; was it ${before.name}? then give it the alias ${before.name}`
  return {
    ...place,
    kind: 'field-added',
    text: `added: ${typeWords(field.type)}, ${hasDefault ? `default ${defaultWords(field)}` : 'without a default'}${rename}`,
    newReaders: hasDefault
      ? fine(`take ${defaultWords(field)} for it in old data`)
      : broken('cannot read old data: it is not there and has no default'),
    oldReaders: fine('do not see it'),
  }
}

function removed(field: Field, place: DiffPlace): SchemaChange {
  return {
    ...place,
    kind: 'field-removed',
    text: `removed: ${typeWords(field.type)}, ${field.default === undefined ? 'without a default' : `default ${defaultWords(field)}`}`,
    newReaders: fine('do not see it in old data'),
    oldReaders: missing(field),
  }
}

function stayed(old: Field, next: Field, place: DiffPlace, inside: DiffInside): SchemaChange[] {
  const renamed: SchemaChange[] =
    old.name === next.name
      ? []
      : [
          {
            ...place,
            kind: 'field-renamed',
            text: `was called ${old.name}`,
            newReaders: fine('know it by its alias'),
            oldReaders: missing(old),
          },
        ]
  return [
    ...renamed,
    // Old readers do not look for it under its new name, so what is in it does not touch them.
    ...inside(old.type, next.type, place, renamed.length > 0),
    ...diffDefault(old, next, place),
    ...diffAliases(old.aliases, next.aliases, place).filter(() => renamed.length === 0),
    ...diffDoc(old.doc, next.doc, place),
  ]
}

/** What readers do without a field that they know. */
function missing(field: Field): Effect {
  return field.default === undefined
    ? broken(`cannot read new data: ${field.name} is not there, and they have no default for it`)
    : fine(`take their default ${defaultWords(field)} for ${field.name}`)
}

function diffDefault(old: Field, next: Field, place: DiffPlace): SchemaChange[] {
  const [from, to] = [defaultWords(old), defaultWords(next)]
  if (from === to && (old.default === undefined) === (next.default === undefined)) return []
  const kind = old.default === undefined ? 'default-added' : next.default === undefined ? 'default-removed' : 'default-changed'
  const effect =
    next.default === undefined ? 'cannot read data any more in which it is not there' : `take ${to} for it in data in which it is not there`
  return [{ ...place, kind, text: `the default was ${from} and is ${to}`, newReaders: fine(effect), oldReaders: unaffected }]
}

/** Whether fields that stayed stand in another order. */
function isReordered(old: RecordSchema, pairs: ReadonlyMap<Field, Field>): boolean {
  const index = new Map(old.fields.map((field, at) => [field, at] as const))
  const places = Array.from(pairs.values(), (field) => index.get(field) ?? 0)
  return places.some((place, at) => at > 0 && place < (places[at - 1] ?? 0))
}
