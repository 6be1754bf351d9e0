import { createHash } from 'node:crypto'
import { fail } from './fail.ts'
import { fullName, isDottedName, isSimpleName, namespaceOf, pointerStep } from './names.ts'
import { type ParseOptions, toJson, toText } from './parse.ts'
import { Parser } from './parser.ts'
import type { NamedType, Protocol, ProtocolMessage } from './protocol-types.ts'
import type { RecordSchema, Schema, UnionSchema } from './types.ts'

type Attributes = Readonly<Record<string, unknown>>

/**
 * Reads a protocol (an `.avpr` file) from its JSON text, or from the JavaScript value that the text stands for, and freezes it
 * (Apache Avro 1.12, "Protocol Declaration"). Types are defined before they are used, in `types` or where a message uses them.
 * @throws EvolveError `invalid-schema` with the JSON Pointer into the protocol; `limit-exceeded`.
 */
export function parseProtocol(source: string | object, options: Pick<ParseOptions, 'invalidDefaults'> = {}): Protocol {
  const attributes = object(toJson(source), '', 'protocol')
  const given = attributes['protocol']
  if (typeof given !== 'string') return fail('/protocol', 'the protocol has no name')
  const outer = attributes['namespace'] ?? ''
  if (typeof outer !== 'string') return fail('/namespace', 'the namespace is not a string')
  const name = fullName(given, outer)
  if (!isDottedName(name)) return fail('/protocol', `${JSON.stringify(name)} is not a name: letters, digits and _ only, no digit first`)

  const names = new Map<string, Schema>()
  const reader = new ProtocolReader(new Parser(names, options), namespaceOf(name))
  reader.types(attributes['types'])
  const messages = reader.messages(attributes['messages'])
  reader.finish()

  const text = typeof source === 'string' ? source : toText(source)
  return Object.freeze({
    name,
    namespace: namespaceOf(name),
    ...docOf(attributes),
    types: table(names as Map<string, NamedType>),
    messages: table(messages),
    text,
    md5: createHash('md5').update(text).digest('hex'),
  })
}

class ProtocolReader {
  readonly #parser: Parser
  readonly #namespace: string
  readonly #made: object[] = []

  constructor(parser: Parser, namespace: string) {
    this.#parser = parser
    this.#namespace = namespace
  }

  types(json: unknown): void {
    if (json === undefined || json === null) return
    for (const [index, each] of list(json, '/types', 'types').entries()) {
      const path = `/types/${index}`
      const type = this.#type(object(each, path, 'type'), path)
      if (!('name' in type)) fail(path, `a protocol defines records, errors, enums and fixed, not ${type.kind}`)
    }
  }

  messages(json: unknown): Map<string, ProtocolMessage> {
    const messages = new Map<string, ProtocolMessage>()
    if (json === undefined || json === null) return messages
    for (const [name, each] of Object.entries(object(json, '/messages', 'list of messages'))) {
      const path = `/messages${pointerStep(name)}`
      if (!isSimpleName(name))
        fail(path, `${JSON.stringify(name)} is not the name of a message: letters, digits and _ only, no digit first`)
      messages.set(name, this.#message(name, object(each, path, 'message'), path))
    }
    return messages
  }

  finish(): void {
    this.#parser.checkDefaults()
    this.#parser.freeze()
    for (const made of this.#made) Object.freeze(made)
  }

  #message(name: string, attributes: Attributes, path: string): ProtocolMessage {
    const parameters = list(attributes['request'], `${path}/request`, 'parameters')
    const fields = this.#keep(this.#parser.fields(parameters, this.#namespace, `${path}/request`, 0, `message ${name}`))
    const request = this.#keep<RecordSchema>({ kind: 'record', name, aliases: this.#keep([]), fields })
    const oneWay = attributes['one-way'] ?? false
    if (typeof oneWay !== 'boolean') return fail(`${path}/one-way`, '"one-way" is neither true nor false')
    const response = this.#response(attributes['response'], oneWay, path)
    const errors = this.#errors(attributes['errors'], `${path}/errors`)
    if (oneWay && errors.branches.length > 1) return fail(`${path}/errors`, `message ${name} is one-way and has errors`)
    return this.#keep({ name, ...docOf(attributes), request, response, errors, oneWay })
  }

  /** A one-way message may leave its response out, as in Java; there it can be null only. */
  #response(json: unknown, oneWay: boolean, path: string): Schema {
    if (json === undefined && !oneWay) return fail(path, 'the message has no response')
    const response = this.#type(json === undefined ? 'null' : json, `${path}/response`)
    if (oneWay && response.kind !== 'null') return fail(`${path}/response`, 'a one-way message has a response other than null')
    return response
  }

  #errors(json: unknown, path: string): UnionSchema {
    const branches = this.#keep<Schema[]>([this.#keep({ kind: 'string' })])
    for (const [index, each] of list(json ?? [], path, 'errors').entries()) {
      const at = path + pointerStep(index)
      const error = this.#type(each, at)
      if (error.kind !== 'record' || error.isError !== true) return fail(at, 'only a type "error" can be declared as an error')
      if (branches.includes(error)) return fail(at, `the error ${error.name} is declared twice`)
      branches.push(error)
    }
    return this.#keep({ kind: 'union', branches })
  }

  #type(json: unknown, path: string): Schema {
    return this.#parser.type(json, this.#namespace, path, 0)
  }

  #keep<T extends object>(made: T): T {
    this.#made.push(made)
    return made
  }
}

function docOf(attributes: Attributes): { readonly doc?: string } {
  return typeof attributes['doc'] === 'string' ? { doc: attributes['doc'] } : {}
}

/** A frozen object without prototype: `__proto__` and `constructor` are names like any other in it. */
function table<T>(entries: ReadonlyMap<string, T>): Readonly<Record<string, T>> {
  const made: Record<string, T> = Object.create(null)
  for (const [name, value] of entries) made[name] = value
  return Object.freeze(made)
}

function object(json: unknown, path: string, what: string): Attributes {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) return fail(path, `the ${what} is not an object`)
  return json as Attributes
}

function list(json: unknown, path: string, what: string): readonly unknown[] {
  return Array.isArray(json) ? json : fail(path, `expected a list of ${what}`)
}
