import { PRIMITIVES } from '../../../schema/kinds.ts'
import { fullName, namespaceOf } from '../../../schema/names.ts'
import { type JsonNode, type JsonStringNode, memberOf, textMember } from './json-tree.ts'
import type { PlaceIndex, Span } from './places.ts'

/** A use of a named type that is defined elsewhere in the text, or in another one. */
export interface NameUse {
  /** What it may mean: the name inside its namespace, then the name as it stands. */
  readonly names: readonly string[]
  readonly span: Span
}

/** Where the types and fields of a schema or a protocol in JSON stand, and what they use. */
export interface AvroPlaces extends PlaceIndex {
  readonly uses: readonly NameUse[]
  /** An attribute of a type, or of a field of it. */
  attribute(name: string, type: string, field?: string): JsonNode | undefined
}

/** Finds the types and fields of a schema (`.avsc`) or a protocol (`.avpr`) in its JSON. Whether it is a schema is not its matter. */
export function avroPlaces(root: JsonNode): AvroPlaces {
  return new AvroWalk(root)
}

const DEFINES = new Set(['record', 'error', 'enum', 'fixed'])

class AvroWalk implements AvroPlaces {
  readonly uses: NameUse[] = []
  readonly #definitions = new Map<string, JsonNode>()
  readonly #fields = new Map<string, JsonNode>()

  constructor(root: JsonNode) {
    const protocol = textMember(root, 'protocol')
    if (protocol === undefined) {
      this.#type(root, '')
      return
    }
    const namespace = namespaceOf(fullName(protocol.text, textMember(root, 'namespace')?.text ?? ''))
    const types = memberOf(root, 'types')
    if (types?.kind === 'array') for (const type of types.items) this.#type(type, namespace)
  }

  get types(): readonly string[] {
    return [...this.#definitions.keys()]
  }

  find(type: string, field?: string, part?: string): Span | undefined {
    const definition = this.#definitions.get(type)
    if (definition === undefined) return undefined
    const owner = field === undefined ? definition : (this.#fields.get(`${type} ${field}`) ?? definition)
    const exact = part === undefined ? undefined : memberOf(owner, part)
    return spanOf(exact === undefined || exact.kind === 'object' ? (textMember(owner, 'name') ?? owner) : exact)
  }

  attribute(name: string, type: string, field?: string): JsonNode | undefined {
    const owner = field === undefined ? this.#definitions.get(type) : this.#fields.get(`${type} ${field}`)
    return owner === undefined ? undefined : memberOf(owner, name)
  }

  #type(node: JsonNode, namespace: string): void {
    if (node.kind === 'string') return this.#use(node, namespace)
    if (node.kind === 'array') {
      for (const branch of node.items) this.#type(branch, namespace)
      return
    }
    if (node.kind !== 'object') return
    const type = memberOf(node, 'type')
    if (type === undefined) return
    if (type.kind !== 'string') return this.#type(type, namespace)
    if (DEFINES.has(type.text)) return this.#definition(node, namespace)
    const inside = type.text === 'array' ? memberOf(node, 'items') : type.text === 'map' ? memberOf(node, 'values') : type
    if (inside !== undefined) this.#type(inside, namespace)
  }

  #use(node: JsonStringNode, namespace: string): void {
    if (PRIMITIVES.includes(node.text)) return
    this.uses.push({ names: [...new Set([fullName(node.text, namespace), fullName(node.text, '')])], span: spanOf(node) })
  }

  #definition(node: JsonNode, outer: string): void {
    const given = textMember(node, 'name')
    if (given === undefined) return
    const name = fullName(given.text, textMember(node, 'namespace')?.text ?? outer)
    if (!this.#definitions.has(name)) this.#definitions.set(name, node)
    const fields = memberOf(node, 'fields')
    if (fields?.kind !== 'array') return
    for (const field of fields.items) {
      const key = `${name} ${textMember(field, 'name')?.text ?? ''}`
      if (!this.#fields.has(key)) this.#fields.set(key, field)
      const type = memberOf(field, 'type')
      if (type !== undefined) this.#type(type, namespaceOf(name))
    }
  }
}

function spanOf({ start, end }: JsonNode): Span {
  return { start, length: end - start }
}
