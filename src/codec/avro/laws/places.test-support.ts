import { type Look, ownValue, unwrapJs } from './javascript.test-support.ts'
import { type Node, setOwn, type UnionNode } from './model.test-support.ts'
import type { ListRef, MapRef, RecordRef, Ref } from './reference.test-support.ts'
import { matches, writerField } from './resolution.test-support.ts'

/** A container of a decoded value, in both worlds: the reference's view of it and the JavaScript object. */
export type Place = RecordPlace | ListPlace | MapPlace

interface Common<T extends Ref, J> {
  readonly ref: T
  readonly js: J
  /** The reader's type. */
  readonly node: Node
  /** The writer's type that it was read from, where there is one. */
  readonly writer: Node | undefined
}
export interface RecordPlace extends Common<RecordRef, object> {
  readonly kind: 'record'
}
export interface ListPlace extends Common<ListRef, unknown[]> {
  readonly kind: 'array'
}
export interface MapPlace extends Common<MapRef, object> {
  readonly kind: 'map'
}

/** All containers in a value that was decoded, outermost first. */
export function placesOf(ref: Ref, js: unknown, node: Node, writer: Node | undefined, look: Look): Place[] {
  const found: Place[] = []
  walk(ref, js, node, writer, look, found)
  return found
}

function walk(ref: Ref, js: unknown, node: Node, writer: Node | undefined, look: Look, found: Place[]): void {
  if (node.kind === 'union' && ref.t === 'union')
    return walk(ref.value, unwrapJs(js, node, ref.branch, look), node.branches[ref.branch] as Node, writer, look, found)
  const source = writer?.kind === 'union' ? branchOf(writer, node, ref) : writer
  if (ref.t === 'record' && node.kind === 'record') {
    found.push({ kind: 'record', ref, js: js as object, node, writer: source })
    for (const [index, field] of node.fields.entries()) {
      const from = source?.kind === 'record' ? source.fields[writerField(source, field)]?.type : undefined
      walk(ref.fields[index] as Ref, ownValue(js as object, field.name), field.type, from, look, found)
    }
  }
  if (ref.t === 'array' && node.kind === 'array') {
    found.push({ kind: 'array', ref, js: js as unknown[], node, writer: source })
    const items = source?.kind === 'array' ? source.items : undefined
    for (const [index, item] of ref.items.entries()) walk(item, (js as unknown[])[index], node.items, items, look, found)
  }
  if (ref.t === 'map' && node.kind === 'map') {
    found.push({ kind: 'map', ref, js: js as object, node, writer: source })
    const values = source?.kind === 'map' ? source.values : undefined
    for (const [key, value] of ref.entries) walk(value, ownValue(js as object, key.toString('utf8')), node.values, values, look, found)
  }
}

/** The branch of the writer's union behind a value: for a record the one it came from. */
function branchOf(writer: UnionNode, node: Node, ref: Ref): Node | undefined {
  if (ref.t === 'record' && ref.from !== undefined) return ref.from.node
  return writer.branches.find((branch) => branch.kind === node.kind && matches(branch, node))
}

/** Puts a value into a field, in both worlds. */
export function setField(place: RecordPlace, index: number, value: Ref, js: unknown): void {
  place.ref.fields[index] = value
  const { node } = place
  if (node.kind === 'record') setOwn(place.js, (node.fields[index] as { name: string }).name, js)
}

/** Puts items into a list, in both worlds. `order` gives, for each new position, an old position. */
export function rearrange(place: ListPlace, order: readonly number[]): void {
  const [refs, values] = [[...place.ref.items], [...place.js]]
  place.ref.items.splice(0, refs.length, ...order.map((index) => refs[index] as Ref))
  place.js.splice(0, values.length, ...order.map((index) => values[index]))
}

/** Gives a map these entries, in both worlds. */
export function setEntries(place: MapPlace, entries: readonly { readonly key: string; readonly ref: Ref; readonly js: unknown }[]): void {
  for (const key of Object.keys(place.js)) delete (place.js as Record<string, unknown>)[key]
  for (const { key, js } of entries) setOwn(place.js, key, js)
  place.ref.entries.splice(0, place.ref.entries.length, ...entries.map(({ key, ref }) => [Buffer.from(key), ref] as const))
}

/** Whether two places hold values of the same types on both sides, so that something of one may stand in the other. */
export function alike(left: Place, right: Place): boolean {
  return left.kind === right.kind && left.node === right.node && left.writer === right.writer
}
