import type { LeafKind, Node, RecordNode, UnionNode } from './model.test-support.ts'
import type { Random } from './random.test-support.ts'
import type { Blocks, Ref } from './reference.test-support.ts'
import { pickBranch, real, writerField } from './resolution.test-support.ts'

/** What values a generator may give. */
export interface ValueOptions {
  readonly random: Random
  /** Longs that are seen by the application stay safe integers (but for a few). */
  readonly safeLongs: boolean
  /** Known arrays and maps may be grouped into blocks at will: then bytes are not comparable, values are. */
  readonly blocked: boolean
}

const texts = [
  '',
  ' ',
  'a',
  'order-1',
  'ä',
  'é\u0000x',
  '日本語',
  '🦊🦊',
  '\ufeffbom',
  'x'.repeat(63),
  'y'.repeat(64),
  'ü'.repeat(40),
  '\x7f\x7f',
  '"\\/~~1',
  '\ufffd',
  'z'.repeat(8200),
]
const badTexts = [
  Buffer.from([0xff]),
  Buffer.from([0xc3, 0x28]),
  Buffer.from([0xed, 0xa0, 0x80]),
  Buffer.from([0xe2, 0x82]),
  Buffer.from([0x80, 0x41]),
]
const mapKeys = ['', 'a', 'b', 'key', '__proto__', 'constructor', 'toString', 'hasOwnProperty', 'then', 'a/b~c', 'ключ', '$', 'length']
const wildKeys = [...mapKeys, '1', '0', '10', '__proto__', 'a']
const reals = [
  0,
  -0,
  1,
  -1.5,
  Math.PI,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  Number.NEGATIVE_INFINITY,
  5e-324,
  1.7976931348623157e308,
  16777217,
  0.1,
]
const wholes = [0n, 1n, -1n, 63n, 64n, -64n, -65n, 8191n, 8192n, 2n ** 31n - 1n, -(2n ** 31n), 127n, 0x7fn << 7n]
const longs = [...wholes, 2n ** 31n, 2n ** 53n - 1n, -(2n ** 53n) + 1n, 2n ** 40n + 1n]
const unsafeLongs = [2n ** 53n, 2n ** 53n + 1n, -(2n ** 53n) - 1n, 2n ** 63n - 1n, -(2n ** 63n), 2n ** 62n + 1n]

/**
 * A value of a writer's type. Where `reader` is given, the reader sees the value and it is kept to what can be shown and
 * written back byte for byte; where not, nobody looks and everything that is legal (or merely tolerated) on the wire comes.
 */
export function genValue(writer: Node, reader: Node | undefined, options: ValueOptions, depth = 0): Ref {
  const { random } = options
  switch (writer.kind) {
    case 'union':
      return genUnion(writer, reader, options, depth)
    case 'record':
      return {
        t: 'record',
        node: writer,
        fields: writer.fields.map((field, index) => genValue(field.type, readerType(reader, writer, index), options, depth + 1)),
      }
    case 'array': {
      const items = inner(reader, 'array')
      return {
        t: 'array',
        items: Array.from({ length: count(random, depth) }, () => genValue(writer.items, items, options, depth + 1)),
        blocks: blocks(reader, options),
      }
    }
    case 'map': {
      const keys = Array.from({ length: count(random, depth) }, () => random.pick(reader === undefined ? wildKeys : mapKeys))
      const values = inner(reader, 'map')
      const entries = (reader === undefined ? keys : [...new Set(keys)]).map(
        (key) => [Buffer.from(key), genValue(writer.values, values, options, depth + 1)] as const,
      )
      return { t: 'map', entries, blocks: blocks(reader, options) }
    }
    case 'enum': {
      const known =
        reader?.kind === 'enum' && reader.default === undefined
          ? writer.symbols.filter((symbol) => reader.symbols.includes(symbol))
          : writer.symbols
      return { t: 'enum', symbol: random.pick(known.length > 0 && random.chance(0.95) ? known : writer.symbols) }
    }
    case 'fixed':
      return { t: 'fixed', raw: random.bytes(writer.size) }
    default:
      return genLeaf(writer.kind, reader, options)
  }
}

function readerType(reader: Node | undefined, writer: RecordNode, index: number): Node | undefined {
  const record = readerBranch(reader, writer)
  return record?.kind === 'record' ? record.fields.find((field) => writerField(writer, field) === index)?.type : undefined
}

/** The reader's type behind its union. */
function readerBranch(reader: Node | undefined, writer: Node): Node | undefined {
  return reader?.kind === 'union' ? reader.branches[pickBranch(reader, writer)] : reader
}

function inner(reader: Node | undefined, kind: 'array' | 'map'): Node | undefined {
  const type = reader?.kind === 'union' ? reader.branches.find((branch) => branch.kind === kind) : reader
  if (type?.kind === 'array') return type.items
  return type?.kind === 'map' ? type.values : undefined
}

function genUnion(writer: UnionNode, reader: Node | undefined, options: ValueOptions, depth: number): Ref {
  const { random } = options
  const all = writer.branches.map((_, index) => index)
  const flat = all.filter((index) => ['null', 'int', 'string', 'enum'].includes((writer.branches[index] as Node).kind))
  const readable = all.filter(
    (index) =>
      reader === undefined ||
      (reader.kind === 'union' ? pickBranch(reader, writer.branches[index] as Node) >= 0 : writer.branches[index]?.kind === reader.kind),
  )
  const wanted = depth > 5 ? flat : random.chance(0.97) ? readable : all
  const branch = random.pick(wanted.length > 0 ? wanted : all)
  const type = writer.branches[branch] as Node
  return { t: 'union', branch, value: genValue(type, readerBranch(reader, type), options, depth + 1) }
}

const count = (random: Random, depth: number): number => (depth > 5 ? 0 : random.pick(depth > 2 ? [0, 1, 1, 2] : [0, 1, 2, 3, 3, 4]))

function blocks(reader: Node | undefined, options: ValueOptions): Blocks | undefined {
  return reader === undefined || options.blocked ? options.random.pick([undefined, 'sized', 'split']) : undefined
}

function genLeaf(kind: LeafKind, reader: Node | undefined, options: ValueOptions): Ref {
  const { random } = options
  switch (kind) {
    case 'null':
      return { t: 'null' }
    case 'boolean':
      return { t: 'boolean', value: random.chance(0.5) }
    case 'int':
      return { t: 'int', value: random.chance(0.5) ? random.pick(wholes) : random.integer(random.pick([8, 16, 32])) }
    case 'long': {
      const isShown = reader !== undefined && options.safeLongs && (reader.kind === 'long' || reader.kind === 'union')
      if (!isShown || random.chance(0.005))
        return {
          t: 'long',
          value: random.chance(0.5) ? random.pick([...longs, ...unsafeLongs]) : random.integer(random.pick([16, 40, 64])),
        }
      return { t: 'long', value: random.chance(0.5) ? random.pick(longs) : random.integer(random.pick([8, 32, 53])) }
    }
    case 'float':
    case 'double':
      return reader === undefined && random.chance(0.3)
        ? { t: kind, raw: oddNaN(kind, random) }
        : real(kind, random.chance(0.6) ? random.pick(reals) : random.integer(20) === 0n ? 0 : random.bits() / 1024)
    case 'string':
      return { t: 'string', raw: reader === undefined && random.chance(0.3) ? random.pick(badTexts) : Buffer.from(random.pick(texts)) }
    case 'bytes':
      return {
        t: 'bytes',
        raw:
          reader?.kind === 'string' || reader?.kind === 'union'
            ? random.chance(0.005)
              ? random.pick(badTexts)
              : Buffer.from(random.pick(texts))
            : random.bytes(random.pick([0, 1, 7, 64])),
      }
  }
}

/** NaNs that a trip through a JavaScript number would change. */
function oddNaN(kind: 'float' | 'double', random: Random): Buffer {
  if (kind === 'float') return Buffer.from([random.below(256), 0, random.pick([0xa0, 0xc0, 0x80]) | 1, random.pick([0x7f, 0xff])])
  return Buffer.from([random.below(256), 1, 2, 3, 4, 5, random.pick([0xf0, 0xf8]), random.pick([0x7f, 0xff])])
}
