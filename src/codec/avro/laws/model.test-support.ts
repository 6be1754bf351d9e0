/** Schemas as the laws see them: built by the generator or read from JSON, and independent of the engine's own parser. */
export type Node = Leaf | FixedNode | EnumNode | RecordNode | ArrayNode | MapNode | UnionNode
export type LeafKind = 'null' | 'boolean' | 'int' | 'long' | 'float' | 'double' | 'bytes' | 'string'

export interface Leaf {
  readonly kind: LeafKind
}
export interface FixedNode {
  readonly kind: 'fixed'
  readonly name: string
  readonly aliases: readonly string[]
  readonly size: number
}
export interface EnumNode {
  readonly kind: 'enum'
  readonly name: string
  readonly aliases: readonly string[]
  readonly symbols: readonly string[]
  readonly default?: string | undefined
}
export interface RecordNode {
  readonly kind: 'record'
  readonly name: string
  readonly aliases: readonly string[]
  /** Filled after the node is made, so that a field can refer to its own record. */
  readonly fields: FieldNode[]
}
export interface FieldNode {
  readonly name: string
  readonly aliases: readonly string[]
  readonly type: Node
  readonly default?: { readonly json: unknown } | undefined
}
export interface ArrayNode {
  readonly kind: 'array'
  readonly items: Node
}
export interface MapNode {
  readonly kind: 'map'
  readonly values: Node
}
export interface UnionNode {
  readonly kind: 'union'
  readonly branches: readonly Node[]
}

const leaves: readonly string[] = ['null', 'boolean', 'int', 'long', 'float', 'double', 'bytes', 'string'] satisfies LeafKind[]

export const isNamed = (node: Node): node is FixedNode | EnumNode | RecordNode => 'name' in node
/** The full name of a named type, otherwise its kind. */
export const labelOf = (node: Node): string => (isNamed(node) ? node.name : node.kind)
export const unqualified = (name: string): string => name.slice(name.lastIndexOf('.') + 1)
const namespaceOf = (name: string): string => name.slice(0, Math.max(0, name.lastIndexOf('.')))

/** Sets an own property whatever its name is; `object['__proto__'] = …` would not. */
export function setOwn(object: object, key: string, value: unknown): void {
  Object.defineProperty(object, key, { value, enumerable: true, configurable: true, writable: true })
}

/** The schema as JSON text. Named types are defined where they come first; the form of the name differs from type to type. */
export function schemaJson(node: Node): string {
  const seen = new Set<Node>()
  const render = (type: Node, namespace: string): unknown => {
    if (!isNamed(type)) {
      if (type.kind === 'array') return { type: 'array', items: render(type.items, namespace) }
      if (type.kind === 'map') return { type: 'map', values: render(type.values, namespace) }
      return type.kind === 'union' ? type.branches.map((branch) => render(branch, namespace)) : type.kind
    }
    const own = namespaceOf(type.name)
    if (seen.has(type)) return own === namespace && type.name.length % 2 === 0 ? unqualified(type.name) : type.name
    seen.add(type)
    const head: Record<string, unknown> = { type: type.kind, ...naming(type.name, namespace) }
    if (type.aliases.length > 0) head['aliases'] = type.aliases
    if (type.kind === 'fixed') head['size'] = type.size
    if (type.kind === 'enum') head['symbols'] = type.symbols
    if (type.kind === 'enum' && type.default !== undefined) head['default'] = type.default
    if (type.kind === 'record') head['fields'] = type.fields.map((field) => renderField(field, own))
    return head
  }
  const renderField = (field: FieldNode, namespace: string): unknown => ({
    name: field.name,
    ...(field.aliases.length > 0 ? { aliases: field.aliases } : {}),
    type: render(field.type, namespace),
    ...(field.default === undefined ? {} : { default: field.default.json }),
  })
  return JSON.stringify(render(node, ''))
}

function naming(name: string, namespace: string): Record<string, string> {
  const own = namespaceOf(name)
  if (own === namespace && name.length % 3 !== 0) return { name: unqualified(name) }
  return name.length % 2 === 0 && own !== '' ? { name } : { name: unqualified(name), namespace: own }
}

type Json = string | readonly Json[] | { readonly [key: string]: unknown }

/** Reads a schema that is known to be right (Apache Avro 1.12); logical types are left out of account. */
export function readSchema(json: unknown, names: Map<string, Node> = new Map(), namespace = ''): Node {
  const source = json as Json
  if (typeof source === 'string') {
    if (leaves.includes(source)) return { kind: source as LeafKind }
    const found = names.get(qualify(source, namespace)) ?? names.get(source)
    if (found === undefined) throw new Error(`no type ${source}`)
    return found
  }
  if (Array.isArray(source)) return { kind: 'union', branches: source.map((branch) => readSchema(branch, names, namespace)) }
  const type = source as { readonly [key: string]: unknown }
  if (type['type'] === 'array') return { kind: 'array', items: readSchema(type['items'], names, namespace) }
  if (type['type'] === 'map') return { kind: 'map', values: readSchema(type['values'], names, namespace) }
  if (!['record', 'enum', 'fixed'].includes(String(type['type']))) return readSchema(type['type'], names, namespace)
  const name = qualify(String(type['name']), (type['namespace'] as string | undefined) ?? namespace)
  const own = namespaceOf(name)
  const aliases = ((type['aliases'] ?? []) as string[]).map((alias) => qualify(alias, own))
  if (type['type'] === 'fixed') return define(names, { kind: 'fixed', name, aliases, size: type['size'] as number })
  const fallback = type['default'] as string | undefined
  if (type['type'] === 'enum')
    return define(names, { kind: 'enum', name, aliases, symbols: type['symbols'] as string[], default: fallback })
  const record: RecordNode = { kind: 'record', name, aliases, fields: [] }
  define(names, record)
  for (const field of type['fields'] as { name: string; aliases?: string[]; type: unknown }[]) {
    record.fields.push({
      name: field.name,
      aliases: field.aliases ?? [],
      type: readSchema(field.type, names, own),
      default: Object.hasOwn(field, 'default') ? { json: (field as { default?: unknown }).default } : undefined,
    })
  }
  return record
}

const qualify = (name: string, namespace: string): string => (namespace === '' || name.includes('.') ? name : `${namespace}.${name}`)

function define(names: Map<string, Node>, node: FixedNode | EnumNode | RecordNode): Node {
  names.set(node.name, node)
  return node
}
