import type { EnumNode, FieldNode, LeafKind, Node, RecordNode } from './model.test-support.ts'
import type { Random } from './random.test-support.ts'

const leafKinds: readonly LeafKind[] = [
  'boolean',
  'int',
  'long',
  'float',
  'double',
  'bytes',
  'string',
  'int',
  'long',
  'string',
  'string',
  'null',
]
const hostileNames = [
  '__proto__',
  'constructor',
  'toString',
  'hasOwnProperty',
  'then',
  'valueOf',
  'prototype',
  'class',
  'return',
  'arguments',
  'eval',
  'await',
  'undefined',
  'this',
  'default',
]
const plainNames = ['id', 'name', 'status', 'items', 'price', 'note', 'tags', 'next', 'value', 'at', 'kind', 'total', 'sku', 'unit', 'flag']
const symbols = ['NEW', 'PAID', 'SENT', 'BACK', 'LOST', 'constructor', '__proto__']
const spaces = ['shop', 'shop.v1', 'org.acme.deep']

/** Makes schemas of one family: names are used once, so that what has one name is one thing. */
export class SchemaSource {
  readonly #random: Random
  readonly #hostile: number
  readonly #namespaced: boolean
  #serial = 0

  constructor(random: Random) {
    this.#random = random
    this.#namespaced = random.chance(0.6)
    this.#hostile = random.pick([0, 0, 0.15, 0.4])
  }

  /** A full name that no other type of the family has, not even without its namespace. */
  typeName(prefix: string): string {
    const name = `${prefix}${this.#serial++}`
    return this.#namespaced ? `${this.#random.pick(spaces)}.${name}` : name
  }

  /** A field name that is not among the taken ones. */
  fieldName(taken: ReadonlySet<string>): string {
    for (let tries = 0; tries < 5; tries++) {
      const name = this.#random.pick(this.#random.chance(this.#hostile) ? hostileNames : plainNames)
      if (!taken.has(name)) return name
    }
    return `f${this.#serial++}`
  }

  /** A root: a record, or a container of records. */
  root(): Node {
    const record = this.record(0, [])
    const roll = this.#random.below(20)
    if (roll === 0) return { kind: 'array', items: record }
    if (roll === 1) return { kind: 'map', values: record }
    return roll === 2 ? { kind: 'union', branches: [{ kind: 'null' }, record, this.record(1, [])] } : record
  }

  /** A root of any type but a record: what can carry only as a whole, or not at all. */
  bareRoot(): Node {
    for (;;) {
      const roll = this.#random.below(4)
      const type = roll === 0 ? this.enumeration() : this.type(2, [])
      const root: Node = roll === 1 ? { kind: 'array', items: type } : roll === 2 ? { kind: 'map', values: type } : type
      if (root.kind !== 'record') return root
    }
  }

  /** A record; `around` are the records that it may refer back to. */
  record(depth: number, around: readonly RecordNode[]): RecordNode {
    const node: RecordNode = { kind: 'record', name: this.typeName('Rec'), aliases: [], fields: [] }
    const taken = new Set<string>()
    for (let left = this.#random.between(depth === 0 ? 2 : 0, depth === 0 ? 6 : 4); left > 0; left--) {
      const name = this.fieldName(taken)
      taken.add(name)
      node.fields.push(this.field(name, depth, [...around, node]))
    }
    return node
  }

  field(name: string, depth: number, around: readonly RecordNode[], needsDefault: boolean = this.#random.chance(0.4)): FieldNode {
    const type = this.type(depth + 1, around)
    const json = needsDefault ? this.#default(type) : undefined
    return { name, aliases: [], type, default: json === undefined ? undefined : { json } }
  }

  /** A field with a default, whatever it takes. */
  optionalField(name: string): FieldNode {
    for (;;) {
      const field = this.field(name, 2, [], true)
      if (field.default !== undefined) return field
    }
  }

  type(depth: number, around: readonly RecordNode[]): Node {
    const random = this.#random
    const roll = random.below(depth > 3 ? 55 : 100)
    if (roll < 45) return { kind: random.pick(leafKinds) }
    if (roll < 52) return this.enumeration()
    if (roll < 55) return { kind: 'fixed', name: this.typeName('Fix'), aliases: [], size: random.pick([0, 1, 4, 16]) }
    if (roll < 65) return this.record(depth, around)
    if (roll < 76) return { kind: 'array', items: random.chance(0.5) ? this.record(depth + 1, around) : this.type(depth + 1, around) }
    if (roll < 83) return { kind: 'map', values: random.chance(0.5) ? this.record(depth + 1, around) : this.type(depth + 1, around) }
    if (roll < 88 && around.length > 0) return this.#backReference(random.pick(around))
    return roll < 94 ? this.#nullable(depth, around) : this.#union(depth, around)
  }

  enumeration(): EnumNode {
    const chosen = this.#random.shuffle(symbols).slice(0, this.#random.between(1, 5))
    return {
      kind: 'enum',
      name: this.typeName('Enum'),
      aliases: [],
      symbols: chosen,
      default: this.#random.chance(0.3) ? this.#random.pick(chosen) : undefined,
    }
  }

  #backReference(record: RecordNode): Node {
    const form = this.#random.below(3)
    if (form === 0) return { kind: 'union', branches: [{ kind: 'null' }, record] }
    return form === 1 ? { kind: 'array', items: record } : { kind: 'map', values: record }
  }

  #nullable(depth: number, around: readonly RecordNode[]): Node {
    const type = this.type(depth + 1, around)
    if (type.kind === 'union' || type.kind === 'null') return type
    return { kind: 'union', branches: this.#random.chance(0.7) ? [{ kind: 'null' }, type] : [type, { kind: 'null' }] }
  }

  #union(depth: number, around: readonly RecordNode[]): Node {
    const branches = new Map<string, Node>()
    for (let tries = this.#random.between(2, 5); tries > 0; tries--) {
      const branch = this.#random.chance(0.35) ? this.record(depth + 1, around) : this.type(depth + 2, around)
      const key = 'name' in branch ? branch.name : branch.kind
      if (branch.kind !== 'union' && !branches.has(key)) branches.set(key, branch)
    }
    return { kind: 'union', branches: branches.size === 0 ? [{ kind: 'null' }] : [...branches.values()] }
  }

  /** A default for the type as JSON; `undefined` where none is at hand. */
  #default(type: Node): unknown {
    const random = this.#random
    switch (type.kind) {
      case 'null':
        return null
      case 'boolean':
        return random.chance(0.5)
      case 'int':
        return random.pick([0, 7, -1, 2147483647])
      case 'long':
        return random.pick([0, 9, -1, 2 ** 52 + 1])
      case 'float':
        return random.pick([0, 0.5, -2])
      case 'double':
        return random.pick([0, 0.1, 1e300])
      case 'string':
        return random.pick(['', 'none', 'Grüße "x"\n'])
      case 'bytes':
        return random.pick(['', '\u0000ÿ'])
      case 'fixed':
        return '\u00ff'.repeat(type.size)
      case 'enum':
        return random.pick(type.symbols)
      case 'array':
        return []
      case 'map':
        return {}
      case 'union':
        return type.branches[0] === undefined ? undefined : this.#default(type.branches[0])
      case 'record':
        return type.fields.every((field) => field.default !== undefined) ? {} : undefined
    }
  }
}
