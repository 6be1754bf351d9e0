import { isUtf8 } from 'node:buffer'
import type { Node, RecordNode, UnionNode } from './model.test-support.ts'
import { type AnyRef, type RecordRef, type Ref, sameRef, type UnionRef } from './reference.test-support.ts'
import { fromDefault, matches, numberOf, pickBranch, readsAs, real, writerField } from './resolution.test-support.ts'

/** An edit that the writer schema cannot say. */
export interface Loss {
  readonly reason: 'no-source' | 'reader-only-field' | 'enum-symbol' | 'union-branch' | 'narrowing'
  /** JSON Pointer into the reader's value. */
  readonly path: string
}

/** What is expected of an encoding: the writer's value, or the losses of which one must be reported. */
export interface Expectation {
  readonly value: Ref
  readonly losses: readonly Loss[]
  /** Losses that may be reported as well: whether an edited list of collapsed values can be written depends on how its items are matched. */
  readonly tolerated: readonly Loss[]
  /** JSON Pointers of fields that only the reader has, and that hold anything at all. */
  readonly additions: readonly string[]
  /** The value has places that are fixed by how they read only ({@link AnyRef}). */
  readonly loose: boolean
}

/** How one step into a union is shown in a path: `''` where the value stands plain. */
export type UnionStep = (union: UnionNode, branch: number) => string

interface Context {
  readonly losses: Loss[]
  readonly tolerated: Loss[]
  readonly step: UnionStep
  /** Where given, fields that only the reader has may hold anything: they are written elsewhere, and collected here. */
  readonly additions: string[] | undefined
  loose: boolean
}

export const pointer = (key: string): string => `/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`

/** Writes an edited reader's value back into the writer's schema, following the origin of each record (the laws' own lens). */
export function put(view: Ref, reader: Node, writer: Node, origin: Ref | undefined, step: UnionStep, merged = false): Expectation {
  const additions: string[] = []
  const context: Context = { losses: [], tolerated: [], step, additions: merged ? additions : undefined, loose: false }
  const value = putAny(view, reader, writer, origin, '', context)
  return { value, losses: context.losses, tolerated: context.tolerated, additions, loose: context.loose }
}

function lose(context: Context, reason: Loss['reason'], path: string): Ref {
  context.losses.push({ reason, path })
  return { t: 'null' }
}

function anyOf(view: Ref, reader: Node, writer: Node, context: Context): AnyRef {
  context.loose = true
  return { t: 'any', view, reader, writer }
}

function putAny(view: Ref, reader: Node, writer: Node, origin: Ref | undefined, path: string, context: Context): Ref {
  if (origin !== undefined && !hasRecord(writer) && readsAs(origin, writer, reader, view)) return origin
  if (writer.kind === 'union') return putUnion(view, reader, writer, origin, path, context)
  if (reader.kind === 'union') {
    const { branch, value } = view as UnionRef
    if (pickBranch(reader, writer) !== branch) return lose(context, 'union-branch', path)
    return putAny(value, reader.branches[branch] as Node, writer, origin, path + context.step(reader, branch), context)
  }
  if (view.t === 'record' && writer.kind === 'record') return putRecord(view, writer, path, context)
  if (view.t === 'array' && writer.kind === 'array' && reader.kind === 'array') {
    const { items } = reader
    const isLoose = collapses(writer.items, items)
    const inner = isLoose ? { ...context, losses: context.tolerated } : context
    const value: Ref = {
      t: 'array',
      items: view.items.map((item, index) => putAny(item, items, writer.items, undefined, `${path}/${index}`, inner)),
    }
    context.loose ||= inner.loose
    return isLoose ? anyOf(view, reader, writer, context) : value
  }
  if (view.t === 'map' && writer.kind === 'map' && reader.kind === 'map') {
    const { values } = reader
    const origins = new Map((origin?.t === 'map' ? origin.entries : []).map(([key, item]) => [key.toString('utf8'), item]))
    return {
      t: 'map',
      entries: view.entries.map(([key, item]) => {
        const name = key.toString('utf8')
        return [key, putAny(item, values, writer.values, origins.get(name), path + pointer(name), context)] as const
      }),
    }
  }
  return putLeaf(view, writer, path, context)
}

function putRecord(view: RecordRef, writer: RecordNode, path: string, context: Context): Ref {
  const from = view.from?.node === writer ? view.from : undefined
  const sources = view.node.fields.map((field) => writerField(writer, field))
  for (const [index, field] of view.node.fields.entries()) {
    if (sources[index] !== -1) continue
    context.additions?.push(path + pointer(field.name))
    if (context.additions !== undefined) continue
    const isDefault = field.default !== undefined && sameRef(view.fields[index] as Ref, fromDefault(field.type, field.default.json))
    if (!isDefault) lose(context, 'reader-only-field', path + pointer(field.name))
  }
  const fields = writer.fields.map((field, index): Ref => {
    const known = sources.indexOf(index)
    if (known >= 0) {
      const own = view.node.fields[known] as (typeof view.node.fields)[number]
      return putAny(view.fields[known] as Ref, own.type, field.type, from?.fields[index], path + pointer(own.name), context)
    }
    if (from !== undefined) return from.fields[index] as Ref
    return field.default === undefined
      ? lose(context, 'no-source', path + pointer(field.name))
      : fromDefault(field.type, field.default.json)
  })
  return { t: 'record', node: writer, fields }
}

function putUnion(view: Ref, reader: Node, writer: UnionNode, origin: Ref | undefined, path: string, context: Context): Ref {
  const fits = (branch: Node): boolean =>
    reader.kind === 'union' ? pickBranch(reader, branch) === (view as UnionRef).branch : matches(branch, reader)
  const candidates = writer.branches.flatMap((branch, index) => (fits(branch) ? [index] : []))
  const source = reader.kind === 'union' ? (view as UnionRef).value : view
  const home =
    source.t === 'record' && source.from !== undefined ? candidates.filter((index) => writer.branches[index] === source.from?.node) : []
  const kept = origin?.t === 'union' ? origin : undefined
  if (
    kept !== undefined &&
    candidates.includes(kept.branch) &&
    !hasRecord(writer.branches[kept.branch] as Node) &&
    readsAs(kept, writer, reader, view)
  )
    return kept
  const tries = (home.length > 0 ? home : candidates).map((branch) => {
    const trial: Context = { ...context, losses: [] }
    const inner = kept?.branch === branch ? kept.value : undefined
    const value = putAny(view, reader, writer.branches[branch] as Node, inner, path, trial)
    return { ref: { t: 'union', branch, value } as Ref, trial }
  })
  const good = tries.filter(({ trial }) => trial.losses.length === 0)
  if (good.length > 1) return anyOf(view, reader, writer, context)
  const [only] = good
  if (only !== undefined) {
    context.loose ||= only.trial.loose
    return only.ref
  }
  for (const { trial } of tries) context.losses.push(...trial.losses)
  return tries.length === 0 ? lose(context, 'union-branch', path) : { t: 'null' }
}

function putLeaf(view: Ref, writer: Node, path: string, context: Context): Ref {
  if (view.t === 'enum' && writer.kind === 'enum') return writer.symbols.includes(view.symbol) ? view : lose(context, 'enum-symbol', path)
  if (view.t === writer.kind) return view
  if (writer.kind === 'bytes' && view.t === 'string') return { t: 'bytes', raw: view.raw }
  if (writer.kind === 'string' && view.t === 'bytes')
    return isUtf8(view.raw) ? { t: 'string', raw: view.raw } : lose(context, 'narrowing', path)
  if (writer.kind === 'float') {
    const number = numberOf(view)
    return Number.isNaN(number) || Math.fround(number) === number ? real('float', number) : lose(context, 'narrowing', path)
  }
  if (writer.kind !== 'int' && writer.kind !== 'long') return lose(context, 'union-branch', path)
  const bits = writer.kind === 'int' ? 32 : 64
  if (view.t !== 'long' && !Number.isInteger(numberOf(view))) return lose(context, 'narrowing', path)
  if (Object.is(numberOf(view), -0)) return lose(context, 'narrowing', path)
  const whole = view.t === 'long' ? view.value : BigInt(numberOf(view))
  return BigInt.asIntN(bits, whole) === whole ? { t: writer.kind, value: whole } : lose(context, 'narrowing', path)
}

/** Whether a record can be met without leaving the type (records are where origins hang). */
export function hasRecord(node: Node): boolean {
  if (node.kind === 'array') return hasRecord(node.items)
  if (node.kind === 'map') return hasRecord(node.values)
  return node.kind === 'union' ? node.branches.some(hasRecord) : node.kind === 'record'
}

/** Whether two values outside of records can read as one. */
export function collapses(writer: Node, reader: Node): boolean {
  if (writer.kind === 'union') {
    const views = writer.branches
      .map((branch) => (reader.kind === 'union' ? pickBranch(reader, branch) : matches(branch, reader) ? 0 : -1))
      .filter((index) => index >= 0)
    return new Set(views).size < views.length || writer.branches.some((branch) => collapses(branch, reader))
  }
  if (reader.kind === 'union') {
    const branch = pickBranch(reader, writer)
    return branch >= 0 && collapses(writer, reader.branches[branch] as Node)
  }
  if (!matches(writer, reader)) return false
  if (writer.kind === 'array' && reader.kind === 'array') return collapses(writer.items, reader.items)
  if (writer.kind === 'map' && reader.kind === 'map') return collapses(writer.values, reader.values)
  if (writer.kind === 'enum' && reader.kind === 'enum') return writer.symbols.some((symbol) => !reader.symbols.includes(symbol))
  return (
    (writer.kind === 'int' && reader.kind === 'float') || (writer.kind === 'long' && (reader.kind === 'float' || reader.kind === 'double'))
  )
}

/** Whether what was written is what was expected. */
export function meets(expected: Ref, actual: Ref): boolean {
  if (expected.t === 'any') return readsAs(actual, expected.writer, expected.reader, expected.view)
  if (expected.t === 'record' && actual.t === 'record')
    return expected.fields.every((field, index) => meets(field, actual.fields[index] as Ref))
  if (expected.t === 'union' && actual.t === 'union') return expected.branch === actual.branch && meets(expected.value, actual.value)
  if (expected.t === 'array' && actual.t === 'array')
    return expected.items.length === actual.items.length && expected.items.every((item, index) => meets(item, actual.items[index] as Ref))
  if (expected.t === 'map' && actual.t === 'map') {
    if (sameRef(expected, actual)) return true
    const written = new Map(actual.entries.map(([key, item]) => [key.toString('latin1'), item]))
    return (
      expected.entries.length === actual.entries.length &&
      expected.entries.every(([key, item]) => {
        const other = written.get(key.toString('latin1'))
        return other !== undefined && meets(item, other)
      })
    )
  }
  return sameRef(expected, actual)
}
