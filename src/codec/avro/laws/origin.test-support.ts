import { unknownFields } from '../../codec.ts'
import { type Look, ownValue, unwrapJs } from './javascript.test-support.ts'
import type { Node, RecordNode } from './model.test-support.ts'
import { encodeRef, type Ref, sameRef } from './reference.test-support.ts'
import { numberOf, readsAs, real, writerField } from './resolution.test-support.ts'

/** A view whose records came from no message; with `depth` 1 only the outermost record. */
export function withoutOrigin(view: Ref, depth: number = Number.POSITIVE_INFINITY): Ref {
  if (depth <= 0) return view
  switch (view.t) {
    case 'record':
      return { t: 'record', node: view.node, fields: view.fields.map((item) => withoutOrigin(item, depth - 1)) }
    case 'array':
      return { t: 'array', items: view.items.map((item) => withoutOrigin(item, depth)) }
    case 'map':
      return { t: 'map', entries: view.entries.map(([key, item]) => [key, withoutOrigin(item, depth)] as const) }
    case 'union':
      return { ...view, value: withoutOrigin(view.value, depth) }
    default:
      return view
  }
}

/** The same in JavaScript: takes what they carry off the outermost records, in place. */
export function dropOutermost(view: Ref, js: unknown, node: Node, look: Look): void {
  if (view.t === 'union' && node.kind === 'union')
    dropOutermost(view.value, unwrapJs(js, node, view.branch, look), node.branches[view.branch] as Node, look)
  if (view.t === 'array' && node.kind === 'array')
    for (const [index, item] of view.items.entries()) dropOutermost(item, (js as unknown[])[index], node.items, look)
  if (view.t === 'map' && node.kind === 'map')
    for (const [key, item] of view.entries) dropOutermost(item, ownValue(js as object, key.toString('utf8')), node.values, look)
  if (view.t === 'record') delete (js as { [unknownFields]?: unknown })[unknownFields]
}

/** Whether some record of a view came with a field that its reader does not know and that takes bytes, or with a symbol shown as another. */
export function hidesSomething(view: Ref): boolean {
  switch (view.t) {
    case 'record':
      return hidesHere(view.node, view.fields, view.from) || view.fields.some(hidesSomething)
    case 'array':
      return view.items.some(hidesSomething)
    case 'map':
      return view.entries.some(([, item]) => hidesSomething(item))
    default:
      return view.t === 'union' && hidesSomething(view.value)
  }
}

function hidesHere(node: RecordNode, fields: readonly Ref[], from: Extract<Ref, { t: 'record' }> | undefined): boolean {
  if (from === undefined) return false
  const sources = node.fields.map((field) => writerField(from.node, field))
  const unknown = from.node.fields.some(
    (field, index) => !sources.includes(index) && encodeRef(field.type, from.fields[index] as Ref).length > 0,
  )
  return unknown || fields.some((shown, index) => isOtherSymbol(shown, from.fields[sources[index] as number]))
}

function isOtherSymbol(shown: Ref, source: Ref | undefined): boolean {
  return shown.t === 'enum' && source?.t === 'enum' && shown.symbol !== source.symbol
}

/** The first thing that a view hid and that is not in what was written under another writer's schema; `undefined` when all is there. */
export function missingIn(written: Ref, schema: Node, view: Ref): string | undefined {
  if (view.t === 'union') return missingIn(written, schema, view.value)
  if (written.t === 'union' && schema.kind === 'union') return missingIn(written.value, schema.branches[written.branch] as Node, view)
  if (view.t === 'array' && written.t === 'array' && schema.kind === 'array') {
    return first(view.items.map((item, index) => missingIn(written.items[index] as Ref, schema.items, item)))
  }
  if (view.t === 'map' && written.t === 'map' && schema.kind === 'map') {
    return first(
      view.entries.map(([, item], index) => missingIn((written.entries[index] as readonly [Buffer, Ref])[1], schema.values, item)),
    )
  }
  if (view.t !== 'record' || written.t !== 'record' || schema.kind !== 'record') return undefined
  const { node, from } = view
  const hidden = from?.node.fields.map((field, index) => {
    const isHidden =
      !node.fields.some((known) => writerField(from.node, known) === index) && encodeRef(field.type, from.fields[index] as Ref).length > 0
    // A part that is written whole finds its fields as a reader does: by their names, else by an alias.
    const named = schema.fields.findIndex(({ name }) => name === field.name)
    const home = named >= 0 ? named : schema.fields.findIndex(({ aliases }) => aliases.includes(field.name))
    const before = from.fields[index] as Ref
    const after = home < 0 ? before : withPlainNaN(written.fields[home] as Ref)
    const isThere =
      home >= 0 &&
      (sameRef(withPlainNaN(before), after) ||
        readsAs(withPlainNaN(before), field.type, (schema.fields[home] as RecordNode['fields'][number]).type, after))
    return isHidden && !isThere ? `${node.name}.${field.name}` : undefined
  })
  const inside = node.fields.map((field, index) => {
    const home = writerField(schema, field)
    return home < 0
      ? undefined
      : missingIn(written.fields[home] as Ref, (schema.fields[home] as RecordNode['fields'][number]).type, view.fields[index] as Ref)
  })
  return first([...(hidden ?? []), ...inside])
}

const first = (found: readonly (string | undefined)[]): string | undefined => found.find((one) => one !== undefined)

/** Where a type changes on the way, a NaN may lose the bits that tell it from others, and a map the entries that a later one hides. */
export function withPlainNaN(ref: Ref): Ref {
  switch (ref.t) {
    case 'float':
    case 'double':
      return Number.isNaN(numberOf(ref)) ? real(ref.t, Number.NaN) : ref
    case 'record':
      return { ...ref, fields: ref.fields.map(withPlainNaN) }
    case 'array':
      return { ...ref, items: ref.items.map(withPlainNaN) }
    case 'map':
      return {
        ...ref,
        entries: [...new Map(ref.entries.map((entry) => [entry[0].toString('latin1'), entry])).values()].map(
          ([key, item]) => [key, withPlainNaN(item)] as const,
        ),
      }
    case 'union':
      return { ...ref, value: withPlainNaN(ref.value) }
    default:
      return ref
  }
}
