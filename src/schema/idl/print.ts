import { EvolveError } from '../../errors.ts'
import { namespaceOf, unqualified } from '../names.ts'
import type { Definition, FieldDefinition, MessageDefinition, ProtocolDefinition, Reference, TypeUse } from './model.ts'
import { failAt } from './place.ts'
import { JsonText } from './print-json.ts'
import { printProperties } from './print-properties.ts'
import type { TypeTable } from './type-table.ts'

type Members = (readonly [name: string, printed: string | undefined])[]

/** Names that in JSON mean no named type where they stand alone. */
const TYPE_NAMES = [
  'record',
  'enum',
  'array',
  'map',
  'union',
  'fixed',
  'string',
  'bytes',
  'int',
  'long',
  'float',
  'double',
  'boolean',
  'null',
]

/** Definitions inside definitions, as forward references make them. */
const MAX_DEPTH = 200

/**
 * Prints types and protocols as Java does (`Schema.toString`, `Protocol.toString`): a named type is written out where it is
 * used first, names are relative to the namespace around them.
 */
export class Printer {
  readonly #table: TypeTable
  readonly #json = new JsonText()
  readonly #known = new Set<string>()
  readonly #nests: boolean
  #depth = 0

  /** @param layout `'apart'`: a named type is never written out where it is used. Default `'nested'`, as Java does. */
  constructor(table: TypeTable, layout: 'nested' | 'apart' = 'nested') {
    this.#table = table
    this.#nests = layout === 'nested'
  }

  /** A type where it is used, inside `namespace`. @throws EvolveError where a type is not defined, or stands in a union twice. */
  type(type: TypeUse, namespace: string): string {
    this.#depth += 1
    if (this.#depth > MAX_DEPTH) throw new EvolveError('limit-exceeded', `types are nested more than ${MAX_DEPTH} deep`)
    const printed = this.#type(type, namespace)
    this.#depth -= 1
    return printed
  }

  /** A definition, or its name where it has been printed before. */
  definition(definition: Definition, namespace: string): string {
    const { name } = definition
    if (this.#known.has(name)) return this.#json.string(relativeName(name, namespace))
    this.#known.add(name)
    const space = namespaceOf(name)
    return this.#json.object([
      ['type', this.#json.string(definition.kind)],
      ['name', this.#json.string(unqualified(name))],
      ['namespace', space === namespace ? undefined : this.#json.string(space)],
      ['doc', this.#optional(definition.doc)],
      ...this.#body(definition, space),
      ...printProperties(this.#json, definition.properties),
      ['aliases', this.#aliases(definition.aliases.map((alias) => relativeAlias(alias, space)))],
    ])
  }

  /** A protocol with all types of the table. */
  protocol(protocol: ProtocolDefinition): string {
    const { namespace } = protocol
    const types = Array.from(this.#table.values(), (type) => (this.#known.has(type.name) ? undefined : this.definition(type, namespace)))
    return this.#json.object([
      ['protocol', this.#json.string(protocol.name)],
      ['namespace', namespace === '' ? undefined : this.#json.string(namespace)],
      ['doc', this.#optional(protocol.doc)],
      ...printProperties(this.#json, protocol.properties),
      ['types', this.#json.list(types.filter((type) => type !== undefined))],
      [
        'messages',
        this.#json.object(Array.from(protocol.messages.values(), (message) => [message.name, this.#message(message, namespace)])),
      ],
    ])
  }

  #type(type: TypeUse, namespace: string): string {
    switch (type.kind) {
      case 'reference':
        return this.#reference(this.#table.resolve(type), namespace)
      case 'primitive':
        if (type.properties.size === 0) return this.#json.string(type.name)
        return this.#json.object([['type', this.#json.string(type.name)], ...printProperties(this.#json, type.properties)])
      case 'array':
        return this.#container([['items', this.type(type.items, namespace)]], type)
      case 'map':
        return this.#container([['values', this.type(type.values, namespace)]], type)
      case 'union':
        this.#checkUnion(type)
        return this.#json.list(type.branches.map((branch) => this.type(branch, namespace)))
    }
  }

  #reference(definition: Definition, namespace: string): string {
    if (this.#nests) return this.definition(definition, namespace)
    // A dot in front: a name without a namespace, whatever is around it.
    return this.#json.string(namespaceOf(definition.name) === '' ? `.${definition.name}` : definition.name)
  }

  #container(parts: Members, type: Extract<TypeUse, { kind: 'array' | 'map' }>): string {
    return this.#json.object([['type', this.#json.string(type.kind)], ...parts, ...printProperties(this.#json, type.properties)])
  }

  #body(definition: Definition, namespace: string): Members {
    switch (definition.kind) {
      case 'fixed':
        return [['size', this.#json.value(definition.size)]]
      case 'enum':
        return [
          ['symbols', this.#json.value(definition.symbols)],
          ['default', this.#optional(definition.default)],
        ]
      default:
        return [['fields', this.#fields(definition.fields, namespace)]]
    }
  }

  #fields(fields: readonly FieldDefinition[], namespace: string): string {
    return this.#json.list(
      fields.map((field) =>
        this.#json.object([
          ['name', this.#json.string(field.name)],
          ['type', this.type(field.type, namespace)],
          ['doc', this.#optional(field.doc)],
          ['default', field.default === undefined ? undefined : this.#json.value(field.default)],
          ['order', this.#optional(field.order === 'ascending' ? undefined : field.order)],
          ['aliases', this.#aliases(field.aliases)],
          ...printProperties(this.#json, field.properties),
        ]),
      ),
    )
  }

  #message(message: MessageDefinition, namespace: string): string {
    const { errors } = message
    // Every message may throw a string, so that no declared error can be one.
    if (errors !== undefined) this.#checkBranches(['string', ...errors.map((error) => this.#table.resolve(error).name)], message)
    return this.#json.object([
      ['doc', this.#optional(message.doc)],
      ...printProperties(this.#json, message.properties),
      ['request', this.#fields(message.request, namespace)],
      ['response', errors === undefined ? this.#json.string('null') : this.type(message.response, namespace)],
      ['one-way', errors === undefined ? 'true' : undefined],
      [
        'errors',
        errors === undefined || errors.length === 0 ? undefined : this.#json.list(errors.map((error) => this.type(error, namespace))),
      ],
    ])
  }

  #checkUnion(union: Extract<TypeUse, { kind: 'union' }>): void {
    this.#checkBranches(
      union.branches.map((branch) => {
        if (branch.kind === 'union') return failAt(union.place, 'a union directly inside a union')
        if (branch.kind === 'reference') return this.#table.resolve(branch).name
        return branch.kind === 'primitive' ? branch.name : branch.kind
      }),
      union,
    )
  }

  #checkBranches(names: readonly string[], where: Pick<Reference, 'place'>): void {
    const twice = names.find((name, index) => names.indexOf(name) !== index)
    if (twice !== undefined) failAt(where.place, `a union has two branches ${twice}`)
  }

  #optional(text: string | undefined): string | undefined {
    return text === undefined ? undefined : this.#json.string(text)
  }

  #aliases(aliases: readonly string[]): string | undefined {
    return aliases.length === 0 ? undefined : this.#json.value(aliases)
  }
}

function relativeName(name: string, namespace: string): string {
  const isNear = namespace !== '' && namespaceOf(name) === namespace && !TYPE_NAMES.includes(unqualified(name))
  return isNear ? unqualified(name) : name
}

/** An alias without a namespace, of a type that has one, needs a dot to stay what it is. */
function relativeAlias(alias: string, namespace: string): string {
  if (alias.includes('.')) return namespaceOf(alias) === namespace && !TYPE_NAMES.includes(unqualified(alias)) ? unqualified(alias) : alias
  return namespace === '' ? alias : `.${alias}`
}
