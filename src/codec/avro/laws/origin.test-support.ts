import { unknownFields } from '../../codec.ts'
import { type Look, ownValue, unwrapJs } from './javascript.test-support.ts'
import type { Node, RecordNode } from './model.test-support.ts'
import { encodeRef, type Ref } from './reference.test-support.ts'
import { writerField } from './resolution.test-support.ts'

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
  if (view.t === 'union' && node.kind === 'union') dropOutermost(view.value, unwrapJs(js, node, view.branch, look), node.branches[view.branch] as Node, look)
  if (view.t === 'array' && node.kind === 'array') for (const [index, item] of view.items.entries()) dropOutermost(item, (js as unknown[])[index], node.items, look)
  if (view.t === 'map' && node.kind === 'map') for (const [key, item] of view.entries) dropOutermost(item, ownValue(js as object, key.toString('utf8')), node.values, look)
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
  const unknown = from.node.fields.some((field, index) => !sources.includes(index) && encodeRef(field.type, from.fields[index] as Ref).length > 0)
  return unknown || fields.some((shown, index) => isOtherSymbol(shown, from.fields[sources[index] as number]))
}

function isOtherSymbol(shown: Ref, source: Ref | undefined): boolean {
  return shown.t === 'enum' && source?.t === 'enum' && shown.symbol !== source.symbol
}
