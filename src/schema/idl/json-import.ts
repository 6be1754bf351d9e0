import { EvolveError } from '../../errors.ts'
import { parseExactJson } from '../json.ts'
import { PRIMITIVES } from '../kinds.ts'
import { schemaLimits } from '../limits.ts'
import { fullName, namespaceOf } from '../names.ts'
import type { PrimitiveKind } from '../types.ts'
import { meanings } from './annotation.ts'
import { FloatValue } from './float-value.ts'
import type { FieldDefinition, JsonValue, MessageDefinition, Properties, Reference, TypeUse } from './model.ts'
import { checkTypeName } from './name.ts'
import { failAt, type Place, type Source } from './place.ts'
import type { TypeTable } from './type-table.ts'
import { referTo } from './type-use.ts'

type JsonObject = { readonly [key: string]: JsonValue }

/**
 * Reads schemas and protocols in JSON (`.avsc`, `.avpr`) into the model of IDL, so that both can refer to each other.
 * Only what the model needs is checked here: `parseSchema` sees all of it in the end.
 */
export class JsonReader {
  readonly #table: TypeTable
  readonly #place: Place
  readonly #json: JsonValue

  /** @throws EvolveError `invalid-schema` for a text that is no JSON; `limit-exceeded`. */
  constructor(source: Source, table: TypeTable) {
    this.#table = table
    this.#place = { source, offset: undefined }
    if (source.text.length > schemaLimits.textLength) {
      throw new EvolveError('limit-exceeded', `${source.path} has ${source.text.length} characters, ${schemaLimits.textLength} are allowed`)
    }
    try {
      this.#json = parseExactJson(source.text.replace(/^\uFEFF/, '')) as JsonValue
    } catch (cause) {
      throw new EvolveError('invalid-schema', `${source.path ?? 'the import'} is not JSON`, {}, cause)
    }
  }

  /** Adds the types of a schema; gives what the schema is. */
  schema(): TypeUse {
    return this.#type(this.#json, '', 0)
  }

  /** Adds the types of a protocol; gives its messages. */
  protocol(): MessageDefinition[] {
    const json = this.#object(this.#json, 'protocol')
    const name = fullName(this.#string(json['protocol'], 'the name of the protocol'), optionalString(json['namespace']) ?? '')
    const namespace = namespaceOf(name)
    for (const type of this.#list(json['types'] ?? [], 'types')) this.#type(type, namespace, 0)
    const messages = Object.entries(this.#object(json['messages'] ?? {}, 'messages'))
    return messages.map(([message, value]) => this.#message(message, this.#object(value, `message ${message}`), namespace))
  }

  #type(json: JsonValue, namespace: string, depth: number): TypeUse {
    if (depth > schemaLimits.depth) throw new EvolveError('limit-exceeded', `types are nested more than ${schemaLimits.depth} deep`)
    if (typeof json === 'string') return this.#named(json, namespace)
    if (isList(json)) {
      return {
        kind: 'union',
        branches: json.map((branch) => this.#type(branch, namespace, depth + 1)),
        place: this.#place,
        optional: false,
      }
    }
    const attributes = this.#object(json, 'type')
    const type = attributes['type']
    switch (type) {
      case 'record':
      case 'error':
      case 'enum':
      case 'fixed':
        return this.#define(type, attributes, namespace, depth)
      case 'array':
        return { kind: 'array', items: this.#type(attributes['items'] ?? null, namespace, depth + 1), properties: custom(attributes) }
      case 'map':
        return { kind: 'map', values: this.#type(attributes['values'] ?? null, namespace, depth + 1), properties: custom(attributes) }
    }
    const inner = this.#type(type ?? null, namespace, depth + 1)
    if (inner.kind !== 'primitive') return inner
    return { ...inner, properties: new Map([...inner.properties, ...custom(attributes)]) }
  }

  #named(name: string, namespace: string): TypeUse {
    if (PRIMITIVES.includes(name)) return { kind: 'primitive', name: name as PrimitiveKind, properties: new Map() }
    // A name that its namespace does not have is looked for outside of any namespace.
    return { kind: 'reference', names: [...new Set([fullName(name, namespace), name])], place: this.#place }
  }

  #define(kind: 'record' | 'error' | 'enum' | 'fixed', attributes: JsonObject, outer: string, depth: number): TypeUse {
    const given = this.#string(attributes['name'], `the name of the ${kind}`)
    const name = fullName(given, optionalString(attributes['namespace']) ?? outer)
    checkTypeName(name, this.#place)
    const namespace = namespaceOf(name)
    const named = {
      name,
      doc: optionalString(attributes['doc']),
      aliases: [...new Set(this.#strings(attributes['aliases'] ?? []).map((alias) => fullName(alias, namespace)))],
      properties: custom(attributes, kind === 'enum' ? meanings.enum.reserved : meanings.named.reserved),
      place: this.#place,
    }
    if (kind === 'enum') {
      this.#table.put({ ...named, kind, symbols: this.#strings(attributes['symbols']), default: optionalString(attributes['default']) })
    } else if (kind === 'fixed') {
      const size = attributes['size']
      if (typeof size !== 'number') return failAt(this.#place, `the fixed ${name} has no size`)
      this.#table.put({ ...named, kind, size })
    } else {
      const fields = this.#list(attributes['fields'], `the fields of ${name}`).map((field) => this.#field(field, namespace, depth))
      this.#table.put({ ...named, kind, fields })
    }
    return { kind: 'reference', names: [name], place: this.#place }
  }

  #field(json: JsonValue, namespace: string, depth: number): FieldDefinition {
    const attributes = this.#object(json, 'field')
    const field = {
      name: this.#string(attributes['name'], 'the name of the field'),
      type: this.#type(attributes['type'] ?? null, namespace, depth + 1),
      doc: optionalString(attributes['doc']),
      order: optionalString(attributes['order'])?.toLowerCase(),
      aliases: [...new Set(this.#strings(attributes['aliases'] ?? []))],
      properties: custom(attributes, meanings.field.reserved),
    }
    return Object.hasOwn(attributes, 'default') ? { ...field, default: attributes['default'] as JsonValue } : field
  }

  #message(name: string, json: JsonObject, namespace: string): MessageDefinition {
    const oneWay = json['one-way'] === true
    return {
      name,
      doc: optionalString(json['doc']),
      properties: custom(json, meanings.message.reserved),
      request: this.#list(json['request'], `the request of ${name}`).map((field) => this.#field(field, namespace, 0)),
      response: this.#type(json['response'] ?? (oneWay ? 'null' : null), namespace, 0),
      errors: oneWay ? undefined : this.#strings(json['errors'] ?? []).map((error) => this.#error(error, namespace)),
      place: this.#place,
    }
  }

  #error(name: string, namespace: string): Reference {
    const type = referTo(name, namespace, this.#place)
    return type.kind === 'reference' ? type : failAt(this.#place, `${name} is no error`)
  }

  #object(json: JsonValue | undefined, what: string): JsonObject {
    if (typeof json === 'object' && json !== null && !isList(json) && !(json instanceof FloatValue)) return json
    return failAt(this.#place, `the ${what} is not an object`)
  }

  #list(json: JsonValue | undefined, what: string): readonly JsonValue[] {
    return json !== undefined && isList(json) ? json : failAt(this.#place, `${what}: there is no list`)
  }

  #strings(json: JsonValue | undefined): string[] {
    return this.#list(json, 'symbols, aliases or errors').map((item) => this.#string(item, 'an item of a list'))
  }

  #string(json: JsonValue | undefined, what: string): string {
    return typeof json === 'string' ? json : failAt(this.#place, `${what} is not a string`)
  }
}

function custom(attributes: JsonObject, reserved: readonly string[] = meanings.type.reserved): Properties {
  return new Map(Object.entries(attributes).filter(([name]) => !reserved.includes(name)))
}

function optionalString(json: JsonValue | undefined): string | undefined {
  return typeof json === 'string' ? json : undefined
}

function isList(json: JsonValue): json is readonly JsonValue[] {
  return Array.isArray(json)
}
