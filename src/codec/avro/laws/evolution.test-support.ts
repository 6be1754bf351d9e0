import type { EnumNode, FieldNode, LeafKind, Node, RecordNode } from './model.test-support.ts'
import { labelOf } from './model.test-support.ts'
import type { Random } from './random.test-support.ts'
import { pickBranch, writerField } from './resolution.test-support.ts'
import { SchemaSource } from './schemas.test-support.ts'

/** A writer's schema and those of two readers that grew out of one. */
export interface SchemaPair {
  readonly writer: Node
  readonly reader: Node
  /** Another old service on the way. */
  readonly second: Node
}

const wider: Readonly<Partial<Record<LeafKind, readonly LeafKind[]>>> = {
  int: ['long', 'double', 'float'],
  long: ['double', 'double', 'float'],
  float: ['double'],
  string: ['bytes'],
  bytes: ['string'],
}

/** A pair: the reader drops, adds, renames, widens and narrows what both come from; in half of the pairs the writer went its own way too. */
export function genPair(random: Random, root: (source: SchemaSource) => Node = (source) => source.root()): SchemaPair {
  for (;;) {
    const pair = grow(random, root)
    if (isFilled(pair.writer, pair.reader, new Set()) && isFilled(pair.writer, pair.second, new Set())) return pair
  }
}

function grow(random: Random, makeRoot: (source: SchemaSource) => Node): SchemaPair {
  const source = new SchemaSource(random)
  const root = makeRoot(source)
  const reserved = fieldNames(root)
  const writer = random.chance(0.5) ? new Evolution(random, source, reserved, 'writer').apply(root) : root
  const [reader, second] = [1, 2].map(() => new Evolution(random, source, fieldNames(writer, reserved), 'reader').apply(root)) as [
    Node,
    Node,
  ]
  return { writer, reader, second }
}

/** Whether every field that the reader has alone has a default. */
function isFilled(writer: Node, reader: Node, seen: Set<string>): boolean {
  if (writer.kind === 'union') return writer.branches.every((branch) => isFilled(branch, reader, seen))
  if (reader.kind === 'union') return isFilled(writer, reader.branches[pickBranch(reader, writer)] ?? { kind: 'null' }, seen)
  if (writer.kind === 'array' && reader.kind === 'array') return isFilled(writer.items, reader.items, seen)
  if (writer.kind === 'map' && reader.kind === 'map') return isFilled(writer.values, reader.values, seen)
  const key = `${labelOf(writer)} ${labelOf(reader)}`
  if (writer.kind !== 'record' || reader.kind !== 'record' || seen.has(key)) return true
  seen.add(key)
  return reader.fields.every((field) => {
    const source = writer.fields[writerField(writer, field)]
    return source === undefined ? field.default !== undefined : isFilled(source.type, field.type, seen)
  })
}

function fieldNames(node: Node, names: Set<string> = new Set(), seen: Set<Node> = new Set()): Set<string> {
  if (seen.has(node)) return names
  seen.add(node)
  if (node.kind === 'array') fieldNames(node.items, names, seen)
  if (node.kind === 'map') fieldNames(node.values, names, seen)
  if (node.kind === 'union') for (const branch of node.branches) fieldNames(branch, names, seen)
  if (node.kind === 'record') {
    for (const field of node.fields) {
      names.add(field.name)
      fieldNames(field.type, names, seen)
    }
  }
  return names
}

class Evolution {
  readonly #random: Random
  readonly #source: SchemaSource
  readonly #reserved: ReadonlySet<string>
  readonly #side: 'writer' | 'reader'
  readonly #done = new Map<Node, Node>()

  constructor(random: Random, source: SchemaSource, reserved: ReadonlySet<string>, side: 'writer' | 'reader') {
    this.#random = random
    this.#source = source
    this.#reserved = reserved
    this.#side = side
  }

  apply(node: Node): Node {
    const known = this.#done.get(node)
    if (known !== undefined) return known
    switch (node.kind) {
      case 'record':
        return this.#record(node)
      case 'enum':
        return this.#keep(node, this.#side === 'writer' ? this.#newSymbols(node) : this.#enum(node))
      case 'fixed':
        return this.#keep(
          node,
          this.#side === 'writer' || this.#random.chance(0.8) ? node : { ...node, ...this.#renamed(node.name, 'Fix') },
        )
      case 'array':
        return { kind: 'array', items: this.#wrap(this.apply(node.items)) }
      case 'map':
        return { kind: 'map', values: this.#wrap(this.apply(node.values)) }
      case 'union':
        return this.#union(node.branches)
      default:
        return this.#leaf(node.kind)
    }
  }

  #keep(from: Node, to: Node): Node {
    this.#done.set(from, to)
    return to
  }

  #leaf(kind: LeafKind): Node {
    const targets = wider[kind]
    return this.#side === 'reader' && targets !== undefined && this.#random.chance(0.25) ? { kind: this.#random.pick(targets) } : { kind }
  }

  #record(node: RecordNode): Node {
    const isRenamed = this.#side === 'reader' && this.#random.chance(0.1)
    const made: RecordNode = {
      kind: 'record',
      ...(isRenamed ? this.#renamed(node.name, 'Rec') : { name: node.name, aliases: [] }),
      fields: [],
    }
    this.#keep(node, made)
    const taken = new Set([...this.#reserved, ...node.fields.map(({ name }) => name)])
    const fields: FieldNode[] = []
    for (const field of node.fields) {
      const isDroppable = this.#side === 'reader' || field.default !== undefined
      if (isDroppable && this.#random.chance(this.#side === 'reader' ? 0.25 : 0.2)) continue
      fields.push(this.#field(field, taken))
    }
    for (let left = this.#random.pick([0, 0, 1, 2]); left > 0; left--) {
      const name = this.#source.fieldName(taken)
      taken.add(name)
      fields.push(this.#side === 'reader' ? this.#source.optionalField(name) : this.#source.field(name, 2, []))
    }
    made.fields.push(...(this.#random.chance(0.4) ? this.#random.shuffle(fields) : fields))
    return made
  }

  #field(field: FieldNode, taken: Set<string>): FieldNode {
    const before = this.apply(field.type)
    const type = this.#wrap(before)
    // A default stays where it surely fits the evolved type; a union's default is of its first branch.
    const isSame =
      type.kind === field.type.kind && type.kind !== 'union' && type.kind !== 'enum' && type.kind !== 'record' && type.kind !== 'bytes'
    const fallback = isSame || type === field.type ? field.default : defaultFor(type)
    if (this.#side === 'writer' || this.#random.chance(0.88)) return { name: field.name, aliases: [], type, default: fallback }
    const name = this.#source.fieldName(taken)
    taken.add(name)
    return { name, aliases: [field.name], type, default: fallback }
  }

  #wrap(type: Node): Node {
    if (this.#side === 'writer' || type.kind === 'union' || type.kind === 'null' || !this.#random.chance(0.08)) return type
    if (this.#random.chance(0.7) || type.kind === 'boolean') return { kind: 'union', branches: [{ kind: 'null' }, type] }
    return { kind: 'union', branches: this.#random.shuffle<Node>([{ kind: 'boolean' }, type]) }
  }

  #union(branches: readonly Node[]): Node {
    const made = new Map<string, Node>()
    for (const branch of branches) {
      const next = this.apply(branch)
      const isTaken = made.has(labelOf(next)) || branches.some((other) => other !== branch && labelOf(other) === labelOf(next))
      if (this.#side === 'reader' && branches.length > 2 && made.size > 0 && this.#random.chance(0.08)) continue
      const kept = isTaken ? branch : next
      made.set(labelOf(kept), kept)
    }
    if (this.#side === 'writer' && this.#random.chance(0.15) && !made.has('double')) made.set('double', { kind: 'double' })
    const all = [...made.values()]
    const [only] = all.filter(({ kind }) => kind !== 'null')
    // Not for records: one that requires itself has no value.
    if (this.#side === 'reader' && all.length === 2 && only !== undefined && only.kind !== 'record' && this.#random.chance(0.05))
      return only
    const numbers = all.every(({ kind }) => kind === 'int' || kind === 'long')
    if (this.#side === 'reader' && numbers && this.#random.chance(0.5)) return { kind: 'long' }
    return { kind: 'union', branches: this.#random.chance(0.2) ? this.#random.shuffle(all) : all }
  }

  #newSymbols(node: EnumNode): EnumNode {
    const more = ['REFUNDED', 'HELD'].filter(() => this.#random.chance(0.4))
    return { ...node, symbols: this.#random.chance(0.3) ? [...more, ...node.symbols] : [...node.symbols, ...more] }
  }

  #enum(node: EnumNode): EnumNode {
    const kept = node.symbols.filter((_, index) => index === 0 || !this.#random.chance(0.35))
    const added = this.#random.chance(0.3) ? [...kept, 'READER_ONLY'] : kept
    const symbols = this.#random.chance(0.3) ? this.#random.shuffle(added) : added
    const fallback = this.#random.chance(0.85) ? this.#random.pick(symbols) : undefined
    return { ...node, symbols, default: fallback, ...(this.#random.chance(0.1) ? this.#renamed(node.name, 'Enum') : {}) }
  }

  #renamed(name: string, prefix: string): { name: string; aliases: string[] } {
    return { name: this.#source.typeName(prefix), aliases: [name] }
  }
}

function defaultFor(type: Node): { json: unknown } | undefined {
  if (type.kind === 'union') return type.branches[0]?.kind === 'null' ? { json: null } : undefined
  if (type.kind === 'enum') return type.symbols[0] === undefined ? undefined : { json: type.symbols[0] }
  if (type.kind === 'string' || type.kind === 'bytes') return { json: 'fallback' }
  return type.kind === 'int' || type.kind === 'long' || type.kind === 'float' || type.kind === 'double' ? { json: 3 } : undefined
}
