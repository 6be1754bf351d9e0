/** A value of a JSON text with where it stands. */
export type JsonNode = JsonObjectNode | JsonArrayNode | JsonStringNode | JsonLeafNode

interface NodeBase {
  /** Index of the first character. */
  readonly start: number
  /** Index behind the last character. */
  readonly end: number
}

export interface JsonObjectNode extends NodeBase {
  readonly kind: 'object'
  /** The last one of each name, as `JSON.parse` has it. */
  readonly members: ReadonlyMap<string, JsonMember>
}

export interface JsonMember {
  /** Where the name stands. */
  readonly name: JsonStringNode
  readonly value: JsonNode
}

export interface JsonArrayNode extends NodeBase {
  readonly kind: 'array'
  readonly items: readonly JsonNode[]
}

export interface JsonStringNode extends NodeBase {
  readonly kind: 'string'
  readonly text: string
}

/** A number, true, false or null. */
export interface JsonLeafNode extends NodeBase {
  readonly kind: 'leaf'
}

/** Where a text stops being JSON. */
export interface JsonFault {
  readonly offset: number
  readonly problem: string
}

/** Arrays and objects inside each other; schemas are refused long before. */
const maxDepth = 1_000
const SPACE = /[\s\uFEFF]*(?:(?:\/\/[^\n\r]*|\/\*[\s\S]*?\*\/)[\s\uFEFF]*)*/y
// biome-ignore lint/suspicious/noControlCharactersInRegex: JSON does not allow them in strings.
const STRING = /"[^"\\\u0000-\u001f]*(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})[^"\\\u0000-\u001f]*)*"/y
const LEAF = /true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y

/** Reads JSON, with comments, as schemas may have them, and keeps where everything stands. Gives the fault of a text that is none. */
export function parseJsonTree(text: string): { readonly root: JsonNode } | { readonly fault: JsonFault } {
  try {
    return { root: new TreeReader(text).read() }
  } catch (error) {
    if (error instanceof Fault) return { fault: { offset: error.offset, problem: error.message } }
    throw error
  }
}

class Fault extends Error {
  readonly offset: number

  constructor(offset: number, problem: string) {
    super(problem)
    this.offset = offset
  }
}

class TreeReader {
  readonly #text: string
  #at = 0

  constructor(text: string) {
    this.#text = text
  }

  read(): JsonNode {
    const root = this.#value(0)
    this.#space()
    if (this.#at < this.#text.length) this.#fail('there is more text behind the end')
    return root
  }

  #value(depth: number): JsonNode {
    if (depth > maxDepth) this.#fail(`it is nested more than ${maxDepth} deep`)
    this.#space()
    const start = this.#at
    if (this.#take('{')) return this.#object(start, depth)
    if (this.#take('[')) return this.#array(start, depth)
    if (this.#text[start] === '"') return this.#string()
    if (this.#match(LEAF) === '') this.#fail(start >= this.#text.length ? 'the text ends too early' : 'a value is expected here')
    return { kind: 'leaf', start, end: this.#at }
  }

  #object(start: number, depth: number): JsonObjectNode {
    const members = new Map<string, JsonMember>()
    this.#space()
    if (this.#take('}')) return { kind: 'object', start, end: this.#at, members }
    for (;;) {
      this.#space()
      if (this.#text[this.#at] !== '"') this.#fail('a name in double quotes is expected here')
      const name = this.#string()
      this.#space()
      if (!this.#take(':')) this.#fail('a colon is expected here')
      members.set(name.text, { name, value: this.#value(depth + 1) })
      this.#space()
      if (this.#take('}')) return { kind: 'object', start, end: this.#at, members }
      if (!this.#take(',')) this.#fail('a comma or } is expected here')
    }
  }

  #array(start: number, depth: number): JsonArrayNode {
    const items: JsonNode[] = []
    this.#space()
    if (this.#take(']')) return { kind: 'array', start, end: this.#at, items }
    for (;;) {
      items.push(this.#value(depth + 1))
      this.#space()
      if (this.#take(']')) return { kind: 'array', start, end: this.#at, items }
      if (!this.#take(',')) this.#fail('a comma or ] is expected here')
    }
  }

  #string(): JsonStringNode {
    const start = this.#at
    const token = this.#match(STRING)
    if (token === '') this.#fail('the text in quotes has no end, or a character that JSON does not allow')
    return { kind: 'string', start, end: this.#at, text: JSON.parse(token) as string }
  }

  #take(sign: string): boolean {
    if (this.#text[this.#at] !== sign) return false
    this.#at += 1
    return true
  }

  #space(): void {
    this.#match(SPACE)
  }

  #match(pattern: RegExp): string {
    pattern.lastIndex = this.#at
    const [found = ''] = pattern.exec(this.#text) ?? []
    this.#at += found.length
    return found
  }

  #fail(problem: string): never {
    throw new Fault(this.#at, problem)
  }
}

/** The value that a JSON Pointer means, or the nearest one around it that is there. */
export function nodeAt(root: JsonNode, pointer: string): JsonNode {
  let node = root
  for (const step of pointer.split('/').slice(1)) {
    const name = step.replaceAll('~1', '/').replaceAll('~0', '~')
    const next = node.kind === 'object' ? node.members.get(name)?.value : node.kind === 'array' ? node.items[Number(name)] : undefined
    if (next === undefined) return node
    node = next
  }
  return node
}

/** A member of a node that is an object. */
export function memberOf(node: JsonNode, name: string): JsonNode | undefined {
  return node.kind === 'object' ? node.members.get(name)?.value : undefined
}

/** A member that is text. */
export function textMember(node: JsonNode, name: string): JsonStringNode | undefined {
  const value = memberOf(node, name)
  return value?.kind === 'string' ? value : undefined
}
