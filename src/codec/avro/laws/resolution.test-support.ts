import { isUtf8 } from 'node:buffer'
import type { FieldNode, Leaf, Node, RecordNode, UnionNode } from './model.test-support.ts'
import { unqualified } from './model.test-support.ts'
import { type RawRef, type Ref, sameMeaning } from './reference.test-support.ts'

/** Thrown by {@link get} where the reader cannot have the value; `code` is what the engine must say. */
export class Unreadable extends Error {
  readonly code: 'unresolvable-value' | 'malformed-data' | 'unsafe-long'

  constructor(code: 'unresolvable-value' | 'malformed-data' | 'unsafe-long', problem: string) {
    super(problem)
    this.code = code
  }
}

const unresolvable = (problem: string): never => {
  throw new Unreadable('unresolvable-value', problem)
}

const promotions: Readonly<Record<string, readonly string[]>> = {
  int: ['long', 'float', 'double'],
  long: ['float', 'double'],
  float: ['double'],
  string: ['bytes'],
  bytes: ['string'],
}

type Named = Extract<Node, { readonly name: string }>

/** "(Unqualified) names match", or one of the reader's aliases is the writer's name (Apache Avro 1.12, "Schema Resolution", "Aliases"). */
function namesMatch(writer: Named, reader: Named): boolean {
  return unqualified(writer.name) === unqualified(reader.name) || reader.aliases.includes(writer.name)
}

const sameFullName = (writer: Named, reader: Named): boolean => reader.name === writer.name || reader.aliases.includes(writer.name)

const sameKind = (writer: Node, reader: Node): boolean =>
  writer.kind === reader.kind &&
  (!('name' in writer) || namesMatch(writer, reader as Named)) &&
  (writer.kind !== 'fixed' || writer.size === (reader as typeof writer).size)

/** Whether the types match at their top, as the specification says it, but for the names of records; unions are taken apart before. */
export function matches(writer: Node, reader: Node): boolean {
  if (writer.kind === 'record' && reader.kind === 'record') return true
  return sameKind(writer, reader) || (promotions[writer.kind] ?? []).includes(reader.kind)
}

const tried = new Map<RecordNode, Set<RecordNode>>()

/** Whether each field of the reader's record has a field of the writer's that matches, or a default; a pair inside itself matches. */
function reads(writer: RecordNode, reader: RecordNode): boolean {
  const readers = tried.get(writer) ?? new Set()
  tried.set(writer, readers)
  if (readers.has(reader)) return true
  readers.add(reader)
  const result = reader.fields.every((field) => {
    const source = writer.fields[writerField(writer, field)]?.type
    if (source === undefined) return field.default !== undefined
    if (source.kind === 'union') return true
    if (field.type.kind !== 'union') return matches(source, field.type)
    const branch = field.type.branches[pickBranch(field.type, source)]
    return branch !== undefined && matches(source, branch)
  })
  readers.delete(reader)
  return result
}

/**
 * The reader's branch for a writer's type that is no union: the same full name (or its alias), else for a record one that reads it (the last
 * of its unqualified name, or the first), else the same type, else the first promotion; -1 for none.
 */
export function pickBranch(reader: UnionNode, writer: Node): number {
  const ofName = reader.branches.findIndex(
    (branch) => branch.kind === writer.kind && 'name' in writer && (branch as Named).name === writer.name,
  )
  if (ofName >= 0) return ofName
  const named = reader.branches.findIndex((branch) => sameKind(writer, branch) && 'name' in writer && sameFullName(writer, branch as Named))
  if (named >= 0) return named
  if (writer.kind === 'record') {
    const able = reader.branches.filter((branch): branch is RecordNode => branch.kind === 'record' && reads(writer, branch))
    const best = able.findLast((branch) => unqualified(branch.name) === unqualified(writer.name)) ?? able[0]
    if (best !== undefined) return reader.branches.indexOf(best)
  }
  const exact = reader.branches.findIndex((branch) => sameKind(writer, branch))
  return exact >= 0 ? exact : reader.branches.findIndex((branch) => (promotions[writer.kind] ?? []).includes(branch.kind))
}

/** The writer's field that a reader's field takes its value from, by name and then by alias; -1 for none. */
export function writerField(writer: RecordNode, field: FieldNode): number {
  const byName = writer.fields.findIndex(({ name }) => name === field.name)
  return byName >= 0 ? byName : writer.fields.findIndex(({ name }) => field.aliases.includes(name))
}

/** The reader's view of a writer's value; each record in it knows the record that it was read from. */
export function get(value: Ref, writer: Node, reader: Node): Ref {
  if (value.t === 'union') return get(value.value, (writer as UnionNode).branches[value.branch] as Node, reader)
  if (reader.kind === 'union') {
    const branch = pickBranch(reader, writer)
    if (branch < 0) return unresolvable(`no branch for ${writer.kind}`)
    return { t: 'union', branch, value: get(value, writer, reader.branches[branch] as Node) }
  }
  if (!matches(writer, reader)) return unresolvable(`${writer.kind} is not ${reader.kind}`)
  if (value.t === 'record' && writer.kind === 'record' && reader.kind === 'record') {
    const fields = reader.fields.map((field) => {
      const index = writerField(writer, field)
      if (index >= 0) return get(value.fields[index] as Ref, (writer.fields[index] as FieldNode).type, field.type)
      if (field.default === undefined) return unresolvable(`no ${field.name}`)
      return fromDefault(field.type, field.default.json)
    })
    return { t: 'record', node: reader, fields, from: value }
  }
  if (value.t === 'array' && writer.kind === 'array' && reader.kind === 'array') {
    return { t: 'array', items: value.items.map((item) => get(item, writer.items, reader.items)) }
  }
  if (value.t === 'map' && writer.kind === 'map' && reader.kind === 'map') {
    const last = new Map(
      value.entries.map(([key, item]) => [key.toString('utf8'), [key, get(item, writer.values, reader.values)] as const]),
    )
    return { t: 'map', entries: [...last.values()] }
  }
  if (value.t === 'enum' && reader.kind === 'enum') {
    if (reader.symbols.includes(value.symbol)) return value
    if (reader.default === undefined) return unresolvable(`no symbol ${value.symbol}`)
    return { t: 'enum', symbol: reader.default }
  }
  return promote(value, reader as Leaf)
}

/** A value of one primitive type read as another. */
function promote(value: Ref, reader: Leaf): Ref {
  if (reader.kind === 'string' && (value.t === 'bytes' || value.t === 'string')) {
    if (!isUtf8(value.raw)) throw new Unreadable('malformed-data', 'not UTF-8')
    return { t: 'string', raw: value.raw }
  }
  if (reader.kind === 'bytes' && (value.t === 'bytes' || value.t === 'string')) return { t: 'bytes', raw: value.raw }
  if (reader.kind === 'long' && (value.t === 'int' || value.t === 'long')) return { t: 'long', value: value.value }
  if (value.t !== reader.kind && (reader.kind === 'float' || reader.kind === 'double')) return real(reader.kind, numberOf(value))
  return value
}

/** The number that a numeric value stands for, rounded to what JavaScript has. */
export function numberOf(value: Ref): number {
  if (value.t === 'int' || value.t === 'long') return Number(value.value)
  const { t, raw } = value as RawRef
  return t === 'float' ? raw.readFloatLE(0) : raw.readDoubleLE(0)
}

/** A `float` or `double` from a number. */
export function real(kind: 'float' | 'double', value: number): RawRef {
  const raw = Buffer.alloc(kind === 'float' ? 4 : 8)
  if (kind === 'float') raw.writeFloatLE(value)
  else raw.writeDoubleLE(value)
  return { t: kind, raw }
}

/** The value that a default stands for (Apache Avro 1.12, "Complex Types", field defaults). */
export function fromDefault(node: Node, json: unknown): Ref {
  switch (node.kind) {
    case 'null':
      return { t: 'null' }
    case 'boolean':
      return { t: 'boolean', value: json as boolean }
    case 'int':
    case 'long':
      return { t: node.kind, value: BigInt(json as number) }
    case 'float':
    case 'double':
      return real(node.kind, json as number)
    case 'string':
      return { t: 'string', raw: Buffer.from(json as string) }
    case 'bytes':
    case 'fixed':
      return { t: node.kind, raw: Buffer.from(json as string, 'latin1') }
    case 'enum':
      return { t: 'enum', symbol: json as string }
    case 'array':
      return { t: 'array', items: (json as unknown[]).map((item) => fromDefault(node.items, item)) }
    case 'map':
      return {
        t: 'map',
        entries: Object.entries(json as object).map(([key, item]) => [Buffer.from(key), fromDefault(node.values, item)] as const),
      }
    case 'union':
      return { t: 'union', branch: 0, value: fromDefault(node.branches[0] as Node, json) }
    case 'record': {
      const given = json as Record<string, unknown>
      const fields = node.fields.map((field) =>
        fromDefault(field.type, Object.hasOwn(given, field.name) ? given[field.name] : field.default?.json),
      )
      return { t: 'record', node, fields }
    }
  }
}

/** Whether a writer's value reads as this view. */
export function readsAs(value: Ref, writer: Node, reader: Node, view: Ref): boolean {
  try {
    return sameMeaning(get(value, writer, reader), view)
  } catch (error) {
    if (error instanceof Unreadable) return false
    throw error
  }
}
