import { type Look, ownValue, toJs } from './javascript.test-support.ts'
import type { Node, RecordNode } from './model.test-support.ts'
import {
  alike,
  type ListPlace,
  type MapPlace,
  type Place,
  placesOf,
  type RecordPlace,
  rearrange,
  setEntries,
  setField,
} from './places.test-support.ts'
import { hasRecord } from './put.test-support.ts'
import type { Random } from './random.test-support.ts'
import type { Ref } from './reference.test-support.ts'
import { writerField } from './resolution.test-support.ts'
import { genValue } from './values.test-support.ts'

/** A decoded value in both worlds. */
export interface Decoded {
  readonly view: Ref
  readonly js: unknown
}

/** What an editor needs to know. */
export interface EditContext {
  readonly random: Random
  readonly reader: Node
  readonly writer: Node
  readonly look: Look
}

/** An editor's context that keeps a log. */
export interface LoggedContext extends EditContext {
  readonly log: string[]
}

/** Makes up to three edits in both worlds; false when there was nothing to edit. */
export function editSome(context: LoggedContext, value: Decoded, other: () => Decoded | undefined = () => undefined): boolean {
  const before = context.log.length
  for (let left = context.random.pick([1, 1, 2, 3]); left > 0; left--) {
    const done = edit(value, other, context)
    if (done !== undefined) context.log.push(`edit: ${done}`)
  }
  return context.log.length > before
}

type Editor<P extends Place> = (place: P, context: EditContext, others: readonly Place[]) => string | undefined

/**
 * Makes one edit of a decoded value in place and the same edit of its view; says which. `other` decodes another message, out of
 * which things may be moved. `undefined` when the value has nothing that can be edited.
 */
export function edit(value: Decoded, other: () => Decoded | undefined, context: EditContext): string | undefined {
  const { random, reader, writer, look } = context
  const places = placesOf(value.view, value.js, reader, writer, look)
  // Decoded anew for each edit: what is moved once and again from one object could end up inside itself.
  const source = other()
  const others = source === undefined ? [] : placesOf(source.view, source.js, reader, writer, look)
  for (let tries = 0; tries < 12 && places.length > 0; tries++) {
    const place = random.pick(places)
    const done =
      place.kind === 'record'
        ? random.pick(recordEdits)(place, context, others)
        : place.kind === 'array'
          ? random.pick(listEdits)(place, context, others)
          : random.pick(mapEdits)(place, context, others)
    if (done !== undefined) return done
  }
  return undefined
}

/** A value of the reader's type that came from no message. */
export function fresh(node: Node, { random, look }: EditContext): { readonly ref: Ref; readonly js: unknown } {
  const ref = genValue(node, node, { random, safeLongs: look.long === 'number', blocked: false }, 3)
  const omit = random.chance(0.3)
  return { ref: withoutUnsafe(ref, look), js: toJs(withoutUnsafe(ref, look), node, look, () => omit) }
}

/** Longs that the look cannot show become 0. */
function withoutUnsafe(ref: Ref, look: Look): Ref {
  if (look.long !== 'number') return ref
  if (ref.t === 'long') return Number.isSafeInteger(Number(ref.value)) ? ref : { t: 'long', value: 0n }
  if (ref.t === 'record') return { ...ref, fields: ref.fields.map((item) => withoutUnsafe(item, look)) }
  if (ref.t === 'array') return { ...ref, items: ref.items.map((item) => withoutUnsafe(item, look)) }
  if (ref.t === 'union') return { ...ref, value: withoutUnsafe(ref.value, look) }
  return ref.t === 'map' ? { ...ref, entries: ref.entries.map(([key, item]) => [key, withoutUnsafe(item, look)] as const) } : ref
}

const setSomeField =
  (accept: (type: Node, isOwn: boolean) => boolean): Editor<RecordPlace> =>
  (place, context) => {
    const { node, writer } = place
    if (node.kind !== 'record') return undefined
    const isOwn = (index: number): boolean =>
      writer?.kind === 'record' && writerField(writer, node.fields[index] as RecordNode['fields'][number]) < 0
    const wanted = node.fields.flatMap((field, index) => (accept(field.type, isOwn(index)) ? [index] : []))
    if (wanted.length === 0) return undefined
    const index = context.random.pick(wanted)
    const field = node.fields[index] as RecordNode['fields'][number]
    const { ref, js } = fresh(field.type, context)
    setField(place, index, ref, js)
    return `set ${node.name}.${field.name}`
  }

const recordEdits: readonly Editor<RecordPlace>[] = [
  setSomeField((type, isOwn) => !isOwn && !hasRecord(type)),
  setSomeField((type, isOwn) => !isOwn && !hasRecord(type)),
  setSomeField((type, isOwn) => !isOwn && hasRecord(type)),
  setSomeField((_type, isOwn) => isOwn),
  // The value that is there already: no edit at all (L7).
  (place, { random, look }) => {
    const { node } = place
    if (node.kind !== 'record') return undefined
    const plain = node.fields.flatMap((field, index) => (hasRecord(field.type) ? [] : [index]))
    if (plain.length === 0) return undefined
    const index = random.pick(plain)
    const field = node.fields[index] as RecordNode['fields'][number]
    setField(place, index, place.ref.fields[index] as Ref, toJs(place.ref.fields[index] as Ref, field.type, look))
    return `set ${node.name}.${field.name} to what it is`
  },
  // A field's records taken over from another message.
  (place, { random }, others) => {
    const source = others.filter((other): other is RecordPlace => alike(place, other))
    const { node } = place
    if (node.kind !== 'record' || source.length === 0) return undefined
    const records = node.fields.flatMap((field, index) => (hasRecord(field.type) && !mixes(field.type) ? [index] : []))
    if (records.length === 0) return undefined
    const [from, index] = [random.pick(source), random.pick(records)]
    const { name } = node.fields[index] as RecordNode['fields'][number]
    setField(place, index, from.ref.fields[index] as Ref, ownValue(from.js, name))
    return `take ${node.name}.${name} from another message`
  },
]

/** Whether something besides records is in a type with records: what collapses there stays behind with the record around it. */
function mixes(type: Node): boolean {
  if (type.kind === 'array') return mixes(type.items)
  if (type.kind === 'map') return mixes(type.values)
  return type.kind === 'union' ? type.branches.some((branch) => branch.kind !== 'null' && mixes(branch)) : type.kind !== 'record'
}

const indexes = (place: ListPlace): number[] => place.ref.items.map((_, index) => index)

const listEdits: readonly Editor<ListPlace>[] = [
  (place) => {
    rearrange(place, indexes(place).reverse())
    return 'reverse'
  },
  (place, { random }) => {
    rearrange(place, random.shuffle(indexes(place)))
    return 'shuffle'
  },
  (place, { random }) => {
    rearrange(
      place,
      indexes(place).filter(() => random.chance(0.5)),
    )
    return 'filter'
  },
  (place, { random }) => {
    if (place.ref.items.length === 0) return undefined
    rearrange(place, [...indexes(place), random.pick(indexes(place))])
    return 'duplicate'
  },
  (place, context) => {
    if (place.node.kind !== 'array') return undefined
    const { ref, js } = fresh(place.node.items, context)
    const at = context.random.below(place.ref.items.length + 1)
    place.ref.items.splice(at, 0, ref)
    place.js.splice(at, 0, js)
    return `insert something fresh at ${at}`
  },
  (place, { random }, others) => {
    const source = others.filter((other): other is ListPlace => alike(place, other) && (other as ListPlace).ref.items.length > 0)
    if (source.length === 0) return undefined
    const from = random.pick(source)
    const at = random.below(from.ref.items.length)
    place.ref.items.push(from.ref.items[at] as Ref)
    place.js.push(from.js[at])
    return 'move in from another message'
  },
]

const entriesOf = (place: MapPlace): { key: string; ref: Ref; js: unknown }[] =>
  place.ref.entries.map(([key, ref]) => ({ key: key.toString('utf8'), ref, js: ownValue(place.js, key.toString('utf8')) }))

const mapEdits: readonly Editor<MapPlace>[] = [
  (place, { random }) => {
    const entries = entriesOf(place)
    const free = ['renamed', '__proto__', 'constructor', 'a~/b'].filter((key) => !entries.some((entry) => entry.key === key))
    if (entries.length === 0 || free.length === 0) return undefined
    const [at, key] = [random.below(entries.length), random.pick(free)]
    setEntries(
      place,
      entries.map((entry, index) => (index === at ? { ...entry, key } : entry)),
    )
    return `rename a map key to ${key}`
  },
  (place, { random }) => {
    setEntries(
      place,
      entriesOf(place).filter(() => random.chance(0.5)),
    )
    return 'delete map keys'
  },
  (place, context) => {
    if (place.node.kind !== 'map') return undefined
    const entries = entriesOf(place).filter(({ key }) => key !== 'fresh')
    setEntries(place, [...entries, { key: 'fresh', ...fresh(place.node.values, context) }])
    return 'add a fresh map entry'
  },
  (place, { random }) => {
    setEntries(place, random.shuffle(entriesOf(place)))
    return 'reorder map keys'
  },
]
