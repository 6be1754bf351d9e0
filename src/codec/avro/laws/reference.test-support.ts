import { isDeepStrictEqual } from 'node:util'
import type { Leaf, Node, RecordNode } from './model.test-support.ts'

/** Values as the wire has them, with nothing rounded and nothing repaired: what JavaScript cannot hold is kept as bytes. */
export type Ref = NullRef | BooleanRef | IntegerRef | RawRef | EnumRef | ListRef | MapRef | UnionRef | RecordRef | AnyRef

export interface NullRef {
  readonly t: 'null'
}
export interface BooleanRef {
  readonly t: 'boolean'
  readonly value: boolean
}
export interface IntegerRef {
  readonly t: 'int' | 'long'
  readonly value: bigint
}
/** Little-endian IEEE 754 for numbers, UTF-8 (good or bad) for strings. */
export interface RawRef {
  readonly t: 'float' | 'double' | 'bytes' | 'string' | 'fixed'
  readonly raw: Buffer
}
export interface EnumRef {
  readonly t: 'enum'
  readonly symbol: string
}
export interface ListRef {
  readonly t: 'array'
  readonly items: Ref[]
  readonly blocks?: Blocks | undefined
}
export interface MapRef {
  readonly t: 'map'
  readonly entries: (readonly [Buffer, Ref])[]
  readonly blocks?: Blocks | undefined
}
export interface UnionRef {
  readonly t: 'union'
  readonly branch: number
  readonly value: Ref
}
export interface RecordRef {
  readonly t: 'record'
  readonly node: RecordNode
  readonly fields: Ref[]
  /** In a reader's value: the writer's record that it was read from. */
  readonly from?: RecordRef | undefined
}
/** In an expectation: any writer's value that reads as `view`. */
export interface AnyRef {
  readonly t: 'any'
  readonly view: Ref
  readonly writer: Node
  readonly reader: Node
}
/** How items are grouped on the wire: `sized` has byte counts (negative item counts), `split` has many blocks. */
export type Blocks = 'sized' | 'split'

const integers: readonly string[] = ['int', 'long']

/** The bytes of a value (Apache Avro 1.12, "Binary Encoding"). */
export function encodeRef(node: Node, ref: Ref): Buffer {
  const parts: Buffer[] = []
  write(node, ref, parts)
  return Buffer.concat(parts)
}

function write(node: Node, ref: Ref, out: Buffer[]): void {
  if (node.kind === 'union' && ref.t === 'union') {
    out.push(varint(BigInt(ref.branch)))
    write(node.branches[ref.branch] as Node, ref.value, out)
  } else if (node.kind === 'record' && ref.t === 'record') {
    for (const [index, field] of node.fields.entries()) write(field.type, ref.fields[index] as Ref, out)
  } else if (node.kind === 'array' && ref.t === 'array') {
    writeBlocks(
      ref.items.map((item) => encodeRef(node.items, item)),
      ref.blocks,
      out,
    )
  } else if (node.kind === 'map' && ref.t === 'map') {
    writeBlocks(
      ref.entries.map(([key, value]) => Buffer.concat([varint(BigInt(key.length)), key, encodeRef(node.values, value)])),
      ref.blocks,
      out,
    )
  } else if (node.kind === 'enum' && ref.t === 'enum') {
    out.push(varint(BigInt(node.symbols.indexOf(ref.symbol))))
  } else if (ref.t === 'boolean') {
    out.push(Buffer.of(ref.value ? 1 : 0))
  } else if (ref.t === 'int' || ref.t === 'long') {
    out.push(varint(ref.value))
  } else if (ref.t === 'bytes' || ref.t === 'string') {
    out.push(varint(BigInt(ref.raw.length)), ref.raw)
  } else if (ref.t === 'float' || ref.t === 'double' || ref.t === 'fixed') {
    out.push(ref.raw)
  } else if (ref.t !== 'null') {
    throw new Error(`a ${ref.t} does not fit a ${node.kind}`)
  }
}

function writeBlocks(items: readonly Buffer[], blocks: Blocks | undefined, out: Buffer[]): void {
  const size = blocks === 'split' ? 1 : Math.max(1, items.length)
  for (let start = 0; start < items.length; start += size) {
    const body = items.slice(start, start + size)
    const bytes = Buffer.concat(body)
    if (blocks === undefined || (blocks === 'split' && start % 2 === 0)) out.push(varint(BigInt(body.length)), bytes)
    else out.push(varint(-BigInt(body.length)), varint(BigInt(bytes.length)), bytes)
  }
  out.push(varint(0n))
}

/** Zig-zag and base 128, least significant group first. */
export function varint(value: bigint): Buffer {
  const bytes: number[] = []
  for (let rest = BigInt.asUintN(64, (value << 1n) ^ (value >> 63n)); ; rest >>= 7n) {
    if (rest < 128n) return Buffer.from([...bytes, Number(rest)])
    bytes.push(Number(rest & 127n) | 128)
  }
}

/** The value that the bytes stand for; all of them must be used. */
export function decodeRef(node: Node, bytes: Buffer): Ref {
  const cursor = { bytes, at: 0, items: 0 }
  const ref = read(node, cursor)
  if (cursor.at !== bytes.length) throw new Error(`${bytes.length - cursor.at} bytes are left`)
  return ref
}

interface Cursor {
  readonly bytes: Buffer
  at: number
  items: number
}

/** No test writes as many; bytes that are no value at all must not keep the tests busy. */
const mostItems = 50_000

function read(node: Node, cursor: Cursor): Ref {
  switch (node.kind) {
    case 'record': {
      const fields: Ref[] = []
      for (const field of node.fields) fields.push(read(field.type, cursor))
      return { t: 'record', node, fields }
    }
    case 'union': {
      const branch = Number(readVarint(cursor))
      const chosen = node.branches[branch]
      if (chosen === undefined) throw new Error(`no branch ${branch}`)
      return { t: 'union', branch, value: read(chosen, cursor) }
    }
    case 'array':
      return { t: 'array', items: readBlocks(cursor, () => read(node.items, cursor)) }
    case 'map':
      return { t: 'map', entries: readBlocks(cursor, () => [take(cursor, Number(readVarint(cursor))), read(node.values, cursor)] as const) }
    case 'enum': {
      const symbol = node.symbols[Number(readVarint(cursor))]
      if (symbol === undefined) throw new Error('no such symbol')
      return { t: 'enum', symbol }
    }
    case 'fixed':
      return { t: 'fixed', raw: take(cursor, node.size) }
    default:
      return readLeaf(node, cursor)
  }
}

function readLeaf({ kind }: Leaf, cursor: Cursor): Ref {
  if (kind === 'null') return { t: 'null' }
  if (kind === 'boolean') return { t: 'boolean', value: take(cursor, 1)[0] === 1 }
  if (kind === 'float' || kind === 'double') return { t: kind, raw: take(cursor, kind === 'float' ? 4 : 8) }
  if (integers.includes(kind)) return { t: kind as 'int', value: readVarint(cursor) }
  return { t: kind as 'bytes', raw: take(cursor, Number(readVarint(cursor))) }
}

function readBlocks<T>(cursor: Cursor, item: () => T): T[] {
  const items: T[] = []
  for (;;) {
    const count = readVarint(cursor)
    if (count === 0n) return items
    cursor.items += Math.abs(Number(count))
    if (cursor.items > mostItems) throw new Error(`${count} items`)
    if (count < 0n) readVarint(cursor)
    for (let left = count < 0n ? -count : count; left > 0n; left--) items.push(item())
  }
}

function readVarint(cursor: Cursor): bigint {
  let value = 0n
  for (let shift = 0n; ; shift += 7n) {
    const byte = take(cursor, 1)[0] as number
    value |= BigInt(byte & 127) << shift
    if (byte < 128) return BigInt.asIntN(64, (value >> 1n) ^ -(value & 1n))
  }
}

function take(cursor: Cursor, length: number): Buffer {
  if (length < 0 || cursor.at + length > cursor.bytes.length) throw new Error(`no ${length} bytes at ${cursor.at}`)
  cursor.at += length
  return cursor.bytes.subarray(cursor.at - length, cursor.at)
}

/** Whether two values are the same on the wire; the grouping into blocks and the origin of records do not count. */
export function sameRef(left: Ref, right: Ref): boolean {
  return same(left, right, true)
}

/** Whether two values mean the same: as {@link sameRef}, with the entries of maps in any order. */
export function sameMeaning(left: Ref, right: Ref): boolean {
  return same(left, right, false)
}

function same(left: Ref, right: Ref, ordered: boolean): boolean {
  if (left.t === 'record' && right.t === 'record') return sameAll(left.fields, right.fields, ordered)
  if (left.t === 'array' && right.t === 'array') return sameAll(left.items, right.items, ordered)
  if (left.t === 'union' && right.t === 'union') return left.branch === right.branch && same(left.value, right.value, ordered)
  if (left.t === 'map' && right.t === 'map') return sameEntries(left.entries, right.entries, ordered)
  return left.t === right.t && isDeepStrictEqual(left, right)
}

function sameAll(left: readonly Ref[], right: readonly Ref[], ordered: boolean): boolean {
  return left.length === right.length && left.every((item, index) => same(item, right[index] as Ref, ordered))
}

type Entries = MapRef['entries']

function sameEntries(left: Entries, right: Entries, ordered: boolean): boolean {
  if (left.length !== right.length) return false
  const others = ordered ? right : left.map(([key]) => right.find(([other]) => other.equals(key)))
  return left.every(([key, value], index) => {
    const other = others[index]
    return other !== undefined && key.equals(other[0]) && same(value, other[1], ordered)
  })
}
