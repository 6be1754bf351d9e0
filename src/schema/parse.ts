import { EvolveError } from '../errors.ts'
import { avscJson, isAvscType } from './avsc.ts'
import { checkDefault, type DefaultProblem, nameOf } from './default.ts'
import { defaultLevels } from './default-levels.ts'
import { parseExactJson } from './json.ts'
import { schemaLimits } from './limits.ts'
import { logicalType } from './logical.ts'
import { fullName, isDottedName, isSimpleName, namespaceOf, pointerStep } from './names.ts'
import { plainJson } from './plain.ts'
import type {
  AnnotatedSchema,
  EnumSchema,
  Field,
  FixedSchema,
  PrimitiveKind,
  PrimitiveSchema,
  RecordSchema,
  Schema,
  UnionSchema,
} from './types.ts'

const PRIMITIVES: readonly string[] = ['null', 'boolean', 'int', 'long', 'float', 'double', 'bytes', 'string'] satisfies PrimitiveKind[]

/** After so many rounds of dropping, defaults of objects and arrays no longer count on each other: there is no end to it otherwise. */
const DROPPING_ROUNDS = 20

const ENDLESS: DefaultProblem = { path: '', problem: `it contains itself, or has more than ${schemaLimits.depth} levels` }

/** The text that each schema was parsed from. */
const texts = new WeakMap<Schema, string>()

/** The texts of the schemas that each schema refers to. */
const referred = new WeakMap<Schema, readonly string[]>()

/** What {@link parseSchema} takes besides the schema. */
export interface ParseOptions {
  /** Schemas whose named types this one may refer to, dependencies first. */
  readonly references?: readonly (string | object)[]
  /**
   * A default that does not fit its type: `'refuse'` the schema, or `'drop'` the default, so that the field has none. Registries
   * take such schemas by default, and what was written under one can be read all the same. Default `'refuse'`.
   */
  readonly invalidDefaults?: 'refuse' | 'drop'
}

/**
 * Reads a schema from its JSON text, or from the JavaScript value that the text stands for, and freezes it.
 * A bare primitive name (`'string'`) is taken too, and a type of avsc.
 * @throws EvolveError `invalid-schema` with the JSON Pointer into the schema; `limit-exceeded`.
 */
export function parseSchema(source: string | object, options: ParseOptions = {}): Schema {
  const names = new Map<string, Schema>()
  const drops = options.invalidDefaults === 'drop'
  const references = (options.references ?? []).map(sourceOf)
  for (const reference of references) parseRoot(reference, names, drops)
  const own = sourceOf(source)
  const schema = parseRoot(own, names, drops)
  if (!texts.has(schema)) texts.set(schema, textOf(own))
  if (references.length > 0) referred.set(schema, references.map(textOf))
  return schema
}

/** The text that a schema was parsed from; for a part of a schema `undefined`. */
export function schemaText(schema: Schema): string | undefined {
  return texts.get(schema)
}

/** The texts of the schemas whose names a schema refers to, dependencies first. */
export function schemaReferences(schema: Schema): readonly string[] {
  return referred.get(schema) ?? []
}

/** A registry wants JSON: a bare primitive name gets its quotes. */
function textOf(source: string | object): string {
  if (typeof source !== 'string') return toText(source)
  return PRIMITIVES.includes(source.trim()) ? JSON.stringify(source.trim()) : source
}

/** A schema object as JSON text. @throws EvolveError as {@link plainJson}. */
export function toText(source: object): string {
  return JSON.stringify(plainJson(source))
}

/** What is to be parsed: an object is copied once, so that its text says what was parsed, whatever its getters do. */
function sourceOf(source: string | object): string | object {
  if (isAvscType(source)) return JSON.stringify(avscJson(source))
  return typeof source === 'object' && source !== null ? (plainJson(source) as object) : source
}

function parseRoot(source: string | object, names: Map<string, Schema>, dropsDefaults: boolean): Schema {
  const parser = new Parser(names, dropsDefaults)
  const schema = parser.type(toJson(source), '', '', 0)
  parser.checkDefaults()
  parser.freeze()
  return schema
}

/** The JSON that a text or an object stands for; integers beyond 2^53 as bigint. @throws EvolveError `invalid-schema`, `limit-exceeded`. */
export function toJson(source: string | object): unknown {
  if (typeof source !== 'string') {
    if (typeof source === 'object' && source !== null) return plainJson(source)
    throw new EvolveError(
      'invalid-schema',
      `expected a schema as JSON text or as an object, got ${source === null ? 'null' : typeof source}`,
    )
  }
  if (source.length > schemaLimits.textLength) {
    throw new EvolveError('limit-exceeded', `the schema text has ${source.length} characters, ${schemaLimits.textLength} are allowed`)
  }
  if (PRIMITIVES.includes(source.trim())) return source.trim()
  try {
    return parseExactJson(source)
  } catch (cause) {
    throw new EvolveError('invalid-schema', 'the schema text is not JSON', { path: '' }, cause)
  }
}

type Attributes = Readonly<Record<string, unknown>>
type Mutable<T> = { -readonly [K in keyof T]: T[K] }

/**
 * Reads types one after the other that share a table of names, as those of a protocol do. `namespace` is the one around a type, `path`
 * its JSON Pointer. When all are read: {@link Parser.checkDefaults}, {@link Parser.freeze}.
 */
export class Parser {
  readonly #names: Map<string, Schema>
  readonly #made: object[] = []
  readonly #dropsDefaults: boolean
  #defaults: { field: Mutable<Field>; path: string }[] = []

  constructor(names: Map<string, Schema>, dropsDefaults: boolean) {
    this.#names = names
    this.#dropsDefaults = dropsDefaults
  }

  type(json: unknown, namespace: string, path: string, depth: number): Schema {
    if (depth > schemaLimits.depth)
      throw new EvolveError('limit-exceeded', `types are nested more than ${schemaLimits.depth} deep`, { path })
    if (typeof json === 'string') return this.#named(json, namespace, path)
    if (Array.isArray(json)) return this.#union(json, namespace, path, depth)
    if (typeof json !== 'object' || json === null) return fail(path, `expected a type, got ${json === null ? 'null' : typeof json}`)
    const attributes = json as Attributes
    const kind = attributes['type']
    switch (kind) {
      case 'record':
      case 'error':
        return this.#record(attributes, namespace, path, depth)
      case 'enum':
        return this.#enum(attributes, namespace, path)
      case 'fixed':
        return this.#fixed(attributes, namespace, path)
      case 'array':
        return this.#keep({ kind, items: this.type(attributes['items'], namespace, `${path}/items`, depth + 1), ...annotated(attributes) })
      case 'map':
        return this.#keep({
          kind,
          values: this.type(attributes['values'], namespace, `${path}/values`, depth + 1),
          ...annotated(attributes),
        })
      case undefined:
        return fail(path, 'the type has no "type"')
    }
    if (typeof kind === 'string' && PRIMITIVES.includes(kind)) return this.#primitive(kind as PrimitiveKind, attributes)
    const inner = this.type(kind, namespace, `${path}/type`, depth + 1)
    const isBare = isPrimitive(inner) && inner.logical === undefined
    return isBare ? this.#primitive(inner.kind, attributes) : inner
  }

  /** Fields of a record, or parameters of a message, which have the same form. `owner` says in errors whose they are. */
  fields(json: readonly unknown[], namespace: string, path: string, depth: number, owner: string): Field[] {
    const fields = new Map<string, Field>()
    for (const [index, each] of json.entries()) {
      const field = this.#field(each, namespace, path + pointerStep(index), depth)
      if (fields.has(field.name)) return fail(path + pointerStep(index), `${owner} has two fields ${field.name}`)
      fields.set(field.name, field)
    }
    return [...fields.values()]
  }

  /** Defaults are checked when all names are known: a default may be of a type that is still being read. */
  checkDefaults(): void {
    // Again and again: the default of a record may have counted on one that is gone. After many rounds it may no longer.
    for (let round = 0; ; round++) {
      const levels = new Map<Field, number>()
      const fitting = this.#defaults.filter((one) => this.#keepsDefault(one, round, levels))
      if (fitting.length === this.#defaults.length) return
      this.#defaults = fitting
    }
  }

  #keepsDefault({ field, path }: { field: Mutable<Field>; path: string }, round: number, levels: Map<Field, number>): boolean {
    const json = field.default?.json
    const problem = checkDefault(field.type, json) ?? (defaultLevels(field, levels) > schemaLimits.depth ? ENDLESS : undefined)
    const mayDepend = round > DROPPING_ROUNDS && typeof json === 'object' && json !== null
    if (problem === undefined && !mayDepend) return true
    if (problem !== undefined && !this.#dropsDefaults) {
      fail(
        `${path}/default${problem.path}`,
        `the default of field ${field.name} does not fit its type ${nameOf(field.type)}: ${problem.problem}`,
      )
    }
    delete field.default
    return false
  }

  freeze(): void {
    for (const object of this.#made) Object.freeze(object)
  }

  #keep<T extends object>(object: T): T {
    this.#made.push(object)
    return object
  }

  #primitive(kind: PrimitiveKind, attributes: Attributes): PrimitiveSchema {
    const logical = logicalType(attributes, kind)
    const annotation = annotated(attributes)
    return this.#keep(logical === undefined ? { kind, ...annotation } : { kind, logical: Object.freeze(logical), ...annotation })
  }

  #named(name: string, namespace: string, path: string): Schema {
    if (PRIMITIVES.includes(name)) return this.#keep({ kind: name as PrimitiveKind })
    const found = this.#names.get(fullName(name, namespace)) ?? this.#names.get(name)
    return found ?? fail(path, `the name ${fullName(name, namespace)} is not defined before it is used`)
  }

  #define<T extends RecordSchema | EnumSchema | FixedSchema>(
    attributes: Attributes,
    namespace: string,
    path: string,
    make: (name: string, aliases: string[]) => T,
  ): T {
    const given = attributes['name']
    if (typeof given !== 'string') return fail(path, `the ${String(attributes['type'])} has no name`)
    const outer = attributes['namespace']
    if (outer !== undefined && outer !== null && typeof outer !== 'string')
      return fail(`${path}/namespace`, 'the namespace is not a string')
    const name = fullName(given, outer ?? namespace)
    if (!isDottedName(name))
      return fail(`${path}/name`, `${JSON.stringify(name)} is not a name: letters, digits and _ only, no digit first`)
    if (PRIMITIVES.includes(name)) return fail(`${path}/name`, `${name} is the name of a primitive type`)
    if (this.#names.has(name)) return fail(`${path}/name`, `the name ${name} is defined twice`)
    if (this.#names.size >= schemaLimits.names)
      throw new EvolveError('limit-exceeded', `more than ${schemaLimits.names} named types`, { path })
    const aliases = stringList(attributes['aliases'], `${path}/aliases`).map((alias) => fullName(alias, namespaceOf(name)))
    const bad = aliases.findIndex((alias) => !isDottedName(alias))
    if (bad >= 0) return fail(`${path}/aliases/${bad}`, `${JSON.stringify(aliases[bad])} is not a name`)
    const schema = this.#keep(make(name, this.#keep(aliases)))
    if (typeof attributes['doc'] === 'string') (schema as Mutable<T>).doc = attributes['doc']
    Object.assign(schema, annotated(attributes))
    this.#names.set(name, schema)
    return schema
  }

  #record(attributes: Attributes, namespace: string, path: string, depth: number): RecordSchema {
    const fields: Field[] = this.#keep([])
    const record = this.#define<RecordSchema>(attributes, namespace, path, (name, aliases) => ({ kind: 'record', name, aliases, fields }))
    if (attributes['type'] === 'error') (record as Mutable<RecordSchema>).isError = true
    const given = attributes['fields']
    if (!Array.isArray(given)) return fail(path, `record ${record.name} has no list of fields`)
    for (const field of this.fields(given, namespaceOf(record.name), `${path}/fields`, depth, `record ${record.name}`)) fields.push(field)
    return record
  }

  #field(json: unknown, namespace: string, path: string, depth: number): Field {
    if (typeof json !== 'object' || json === null || Array.isArray(json)) return fail(path, 'the field is not an object')
    const attributes = json as Attributes
    const name = attributes['name']
    if (typeof name !== 'string' || !isSimpleName(name)) return fail(`${path}/name`, `${JSON.stringify(name)} is not a field name`)
    const aliases = this.#keep(stringList(attributes['aliases'], `${path}/aliases`))
    const field: Mutable<Field> = this.#keep({ name, aliases, type: this.type(attributes['type'], namespace, `${path}/type`, depth + 1) })
    if (typeof attributes['doc'] === 'string') field.doc = attributes['doc']
    if (Object.hasOwn(attributes, 'default') && attributes['default'] !== undefined) {
      field.default = Object.freeze({ json: attributes['default'] })
      this.#defaults.push({ field, path })
    }
    return field
  }

  #enum(attributes: Attributes, namespace: string, path: string): EnumSchema {
    const symbols = this.#keep(stringList(attributes['symbols'] ?? fail(path, 'the enum has no symbols'), `${path}/symbols`))
    const seen = new Set<string>()
    const bad = symbols.findIndex((symbol) => !isSimpleName(symbol) || seen.size === seen.add(symbol).size)
    if (bad >= 0) return fail(`${path}/symbols/${bad}`, `${JSON.stringify(symbols[bad])} is not a symbol, or stands there twice`)
    const given = attributes['default']
    const fallback = this.#dropsDefaults && typeof given !== 'string' ? undefined : given
    if (fallback === undefined)
      return this.#define<EnumSchema>(attributes, namespace, path, (name, aliases) => ({ kind: 'enum', name, aliases, symbols }))
    if (typeof fallback !== 'string' || !symbols.includes(fallback)) return fail(`${path}/default`, 'the default is not one of the symbols')
    return this.#define<EnumSchema>(attributes, namespace, path, (name, aliases) => ({
      kind: 'enum',
      name,
      aliases,
      symbols,
      default: fallback,
    }))
  }

  #fixed(attributes: Attributes, namespace: string, path: string): FixedSchema {
    const size = attributes['size']
    if (typeof size !== 'number' || !Number.isInteger(size) || size < 0 || size > 0x7fffffff)
      return fail(`${path}/size`, 'the fixed has no size')
    const logical = logicalType(attributes, 'fixed', size)
    return this.#define<FixedSchema>(attributes, namespace, path, (name, aliases) =>
      logical === undefined
        ? { kind: 'fixed', name, aliases, size }
        : { kind: 'fixed', name, aliases, size, logical: Object.freeze(logical) },
    )
  }

  #union(json: readonly unknown[], namespace: string, path: string, depth: number): UnionSchema {
    const branches = this.#keep(json.map((branch, index) => this.type(branch, namespace, path + pointerStep(index), depth + 1)))
    const seen = new Set<string>()
    for (const [index, branch] of branches.entries()) {
      if (branch.kind === 'union') return fail(path + pointerStep(index), 'a union directly inside a union')
      const name = nameOf(branch)
      if (seen.has(name)) return fail(path + pointerStep(index), `the union has two branches ${name}`)
      seen.add(name)
    }
    return this.#keep({ kind: 'union', branches })
  }
}

/** What a type says of a logical type; nothing where it names none. */
function annotated(attributes: Attributes): AnnotatedSchema {
  const logicalType = attributes['logicalType']
  return typeof logicalType === 'string' ? { annotation: Object.freeze({ ...attributes, logicalType }) } : {}
}

function isPrimitive(schema: Schema): schema is PrimitiveSchema {
  return PRIMITIVES.includes(schema.kind)
}

function stringList(json: unknown, path: string): string[] {
  if (json === undefined || json === null) return []
  if (!Array.isArray(json) || !json.every((item) => typeof item === 'string')) return fail(path, 'expected a list of strings')
  return [...json]
}

function fail(path: string, problem: string): never {
  throw new EvolveError('invalid-schema', problem, { path })
}
