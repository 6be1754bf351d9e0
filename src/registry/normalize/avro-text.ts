import { EvolveError } from '../../errors.ts'
import { parseJsonNumbers } from '../../schema/json.ts'
import { PRIMITIVES } from '../../schema/kinds.ts'
import { schemaLimits } from '../../schema/limits.ts'
import { logicalType } from '../../schema/logical.ts'
import { namespaceOf, unqualified } from '../../schema/names.ts'
import { parseSchema } from '../../schema/parse.ts'
import type { Field, NamedSchema, PrimitiveKind, RecordSchema, Schema } from '../../schema/types.ts'
import { defaultText } from './default-text.ts'
import { type Attributes, definitionsIn, isAttributes } from './definitions.ts'
import { objectText, sortedMembers, sortedText, stringText } from './sorted-text.ts'

type Members = (readonly [name: string, text: string])[]

/** Attributes of the specification; any other belongs to whoever wrote the schema. */
const ofTypes: readonly string[] = ['doc', 'fields', 'items', 'name', 'namespace', 'size', 'symbols', 'values', 'type', 'aliases']
const ofEnums: readonly string[] = [...ofTypes, 'default']
const ofFields: readonly string[] = ['default', 'doc', 'name', 'order', 'type', 'aliases']

/**
 * An Avro schema in the one text that all have that mean the same, and differ in white space, escapes, the order of attributes, namespaces, how numbers are
 * written: what Confluent's `AvroSchema.normalize` and Java's `Schema.toString` give. `references` are the texts that it refers to, dependencies first; what
 * they define is named, and not written again.
 * @throws EvolveError `invalid-schema`, `limit-exceeded`.
 */
export function normalAvroText(text: string, references: readonly string[]): string {
  const lenient = { invalidDefaults: 'drop', invalidNames: 'keep' } as const
  const schema = parseSchema(text, { references, ...lenient })
  const elsewhere = references.flatMap((reference) => [...definitionsIn(numbered(reference)).keys()])
  const json = numbered(text)
  return new Printer(definitionsIn(json), elsewhere).type(schema, json, '', 0)
}

function numbered(text: string): unknown {
  // A name of a primitive type may stand without quotes.
  return PRIMITIVES.includes(text.trim()) ? text.trim() : parseJsonNumbers(text)
}

/** Walks a schema and the JSON that it was parsed from side by side: one says what it means, the other what else is written there. */
class Printer {
  readonly #definitions: ReadonlyMap<string, Attributes>
  readonly #printed: Set<string>
  readonly #names: ReadonlySet<string>

  constructor(definitions: ReadonlyMap<string, Attributes>, elsewhere: readonly string[]) {
    this.#definitions = definitions
    this.#printed = new Set(elsewhere)
    this.#names = new Set([...definitions.keys(), ...elsewhere])
  }

  type(schema: Schema, given: unknown, namespace: string, depth: number): string {
    // A name that is used before it is defined is defined where it is used: that can be deeper than the text is.
    if (depth > schemaLimits.depth) throw new EvolveError('limit-exceeded', `types are nested more than ${schemaLimits.depth} deep`)
    const json = unwrapped(given)
    switch (schema.kind) {
      case 'record':
      case 'enum':
      case 'fixed':
        return this.#named(schema, namespace, depth)
      case 'union':
        return `[${schema.branches.map((branch, at) => this.type(branch, partAt(json, at), namespace, depth + 1)).join(',')}]`
      case 'array':
        return this.#holder(schema, json, ['items', this.type(schema.items, attribute(json, 'items'), namespace, depth + 1)])
      case 'map':
        return this.#holder(schema, json, ['values', this.type(schema.values, attribute(json, 'values'), namespace, depth + 1)])
      default: {
        const others = isAttributes(json) ? typeProperties(schema, json) : []
        return others.length === 0 ? stringText(schema.kind) : objectText([['type', stringText(schema.kind)], ...others])
      }
    }
  }

  #holder(schema: Schema, json: unknown, content: readonly [name: string, text: string]): string {
    return objectText([['type', stringText(schema.kind)], content, ...(isAttributes(json) ? typeProperties(schema, json) : [])])
  }

  #named(schema: Extract<Schema, NamedSchema>, around: string, depth: number): string {
    const { name, aliases } = schema
    const json = this.#definitions.get(name)
    if (json === undefined || this.#printed.has(name)) return stringText(this.#reference(name, around))
    this.#printed.add(name)
    const namespace = namespaceOf(name)
    const members: Members = [
      ['type', stringText(schema.kind)],
      ['name', stringText(unqualified(name))],
    ]
    if (namespace !== around) members.push(['namespace', stringText(namespace)])
    if (schema.doc !== undefined && schema.doc !== '') members.push(['doc', stringText(schema.doc)])
    if (schema.kind === 'record') members.push(['fields', this.#fields(schema, json, namespace, depth)])
    if (schema.kind === 'enum') members.push(['symbols', sortedText(schema.symbols)])
    if (schema.kind === 'enum' && schema.default !== undefined) members.push(['default', stringText(schema.default)])
    if (schema.kind === 'fixed') members.push(['size', String(schema.size)])
    members.push(...typeProperties(schema, json))
    if (aliases.length > 0) members.push(['aliases', sortedText(sorted(aliases).map((alias) => relative(alias, namespace)))])
    return objectText(members)
  }

  #fields({ fields }: RecordSchema, json: Attributes, namespace: string, depth: number): string {
    return `[${fields.map((field, at) => this.#field(field, partAt(json.fields, at), namespace, depth)).join(',')}]`
  }

  #field(field: Field, given: unknown, namespace: string, depth: number): string {
    const json = isAttributes(given) ? given : {}
    const members: Members = [
      ['name', stringText(field.name)],
      ['type', this.type(field.type, json.type, namespace, depth + 1)],
    ]
    if (field.doc !== undefined) members.push(['doc', stringText(field.doc)])
    if (Object.hasOwn(json, 'default')) members.push(['default', defaultText(field.type, json.default)])
    const order = String(json.order ?? 'ascending').toLowerCase()
    if (order !== 'ascending') members.push(['order', stringText(order)])
    if (field.aliases.length > 0) members.push(['aliases', sortedText(sorted(field.aliases))])
    return objectText([...members, ...properties(json, ofFields)])
  }

  /** The shortest name that means this type inside the namespace. */
  #reference(name: string, namespace: string): string {
    if (namespaceOf(name) === '') return namespace !== '' && this.#names.has(`${namespace}.${name}`) ? `.${name}` : name
    const isOfPrimitive = PRIMITIVES.includes(unqualified(name))
    return namespaceOf(name) === namespace && !isOfPrimitive ? unqualified(name) : name
  }
}

/** An alias as it is written on a type of this namespace. One without a namespace has a dot in front, or it would get that of the type. */
function relative(alias: string, namespace: string): string {
  if (namespaceOf(alias) === namespace) return unqualified(alias)
  return namespaceOf(alias) === '' ? `.${alias}` : alias
}

/** A type whose `type` is a type again: that one, and of a primitive type without meaning of its own the attributes around it. */
function unwrapped(json: unknown): unknown {
  if (!isAttributes(json) || typeof json.type === 'string') return json
  const inner = unwrapped(json.type)
  const kind = isAttributes(inner) ? inner.type : inner
  if (typeof kind !== 'string' || !PRIMITIVES.includes(kind)) return inner
  return isAttributes(inner) && logicalType(inner, kind as PrimitiveKind) !== undefined ? inner : { ...json, type: kind }
}

/** What is written on a type besides what it is: a logical type first, where it counts as one. */
function typeProperties(schema: Schema, json: Attributes): Members {
  const others = properties(json, schema.kind === 'enum' ? ofEnums : ofTypes)
  const first = leading(schema, json)
  const rank = ([name]: readonly [string, string]): number => (first.includes(name) ? first.indexOf(name) : first.length)
  return others.sort((a, b) => rank(a) - rank(b))
}

function leading(schema: Schema, json: Attributes): readonly string[] {
  // For Java a class of one's own makes a type that is no logical one.
  if (typeof json['java-class'] === 'string') return []
  if ('logical' in schema && schema.logical !== undefined) {
    if (schema.logical.type !== 'decimal') return ['logicalType']
    return schema.logical.scale === 0 ? ['logicalType', 'precision'] : ['logicalType', 'precision', 'scale']
  }
  return schema.kind === 'bytes' && json.logicalType === 'big-decimal' ? ['logicalType'] : []
}

function properties(json: Attributes, reserved: readonly string[]): Members {
  return sortedMembers(json)
    .filter(([name]) => !reserved.includes(name))
    .map(([name, value]) => [name, sortedText(value)])
}

function sorted(names: readonly string[]): readonly string[] {
  return [...new Set(names)].sort()
}

function attribute(json: unknown, name: string): unknown {
  return isAttributes(json) ? json[name] : undefined
}

function partAt(json: unknown, at: number): unknown {
  return Array.isArray(json) ? json[at] : undefined
}
