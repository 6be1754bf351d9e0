import { EvolveError } from '../errors.ts'
import { checkDefault, type DefaultProblem, fieldDefault, nameOf } from './default.ts'
import { defaultLevels } from './default-levels.ts'
import { fail } from './fail.ts'
import { PRIMITIVES } from './kinds.ts'
import { schemaLimits } from './limits.ts'
import { logicalType } from './logical.ts'
import { type Definition, NameTable } from './name-table.ts'
import { fullName, isDottedName, isSimpleName, namespaceOf, pointerStep, unqualified } from './names.ts'
import type { Attributes } from './same-definition.ts'
import type {
  AnnotatedSchema,
  ArraySchema,
  EnumSchema,
  Field,
  FixedSchema,
  MapSchema,
  NamedSchema,
  PrimitiveKind,
  PrimitiveSchema,
  RecordSchema,
  Schema,
  UnionSchema,
} from './types.ts'

/** After so many rounds of dropping, defaults of objects and arrays no longer count on each other: there is no end to it otherwise. */
const DROPPING_ROUNDS = 20

const ENDLESS: DefaultProblem = { path: '', problem: `it contains itself, or has more than ${schemaLimits.depth} levels` }

/** How a field takes part in sorting ("Sort Order"); in any letters, as in Java. */
const ORDERS: readonly string[] = ['ascending', 'descending', 'ignore']

/** The greatest size of a `fixed`, in bytes: what Java takes. */
const MAX_FIXED = 0x7fff_fff7

type Mutable<T> = { -readonly [K in keyof T]: T[K] }

/** What is done with what breaks a rule and still can be read. */
export interface ParserOptions {
  /**
   * A default that does not fit its type: `'refuse'` the schema, or `'drop'` the default, so that the field has none. Registries
   * take such schemas by default, and what was written under one can be read all the same. Default `'refuse'`.
   */
  readonly invalidDefaults?: 'refuse' | 'drop'
  /**
   * A name with other characters than letters, digits and `_`: `'refuse'` the schema, or `'keep'` the name, as Java does for the schema of
   * a container file: `Outer$Inner` of a Java class, or `created-at` of a writer that checks nothing. Default `'refuse'`.
   */
  readonly invalidNames?: 'refuse' | 'keep'
}

/**
 * Reads types one after the other that share a table of names, as those of a protocol do. `namespace` is the one around a type, `path`
 * its JSON Pointer. When all are read: {@link Parser.checkDefaults}, {@link Parser.freeze}.
 */
export class Parser {
  readonly #names: NameTable
  readonly #objects: object[] = []
  readonly #dropsDefaults: boolean
  readonly #anyNames: boolean
  #defaults: { field: Mutable<Field>; path: string }[] = []

  constructor(names: Map<string, Schema>, { invalidDefaults, invalidNames }: ParserOptions = {}) {
    this.#names = new NameTable(names)
    this.#dropsDefaults = invalidDefaults === 'drop'
    this.#anyNames = invalidNames === 'keep'
  }

  type(json: unknown, namespace: string, path: string, depth: number): Schema {
    if (depth > schemaLimits.depth)
      throw new EvolveError('limit-exceeded', `types are nested more than ${schemaLimits.depth} deep`, { path })
    if (typeof json === 'string') {
      return PRIMITIVES.includes(json) ? this.#keep({ kind: json as PrimitiveKind }) : this.#names.find(json, namespace, path)
    }
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
      case 'array': {
        const items = this.type(attributes['items'], namespace, `${path}/items`, depth + 1)
        return this.#made<ArraySchema>({ kind, items, ...annotated(attributes) }, attributes)
      }
      case 'map': {
        const values = this.type(attributes['values'], namespace, `${path}/values`, depth + 1)
        return this.#made<MapSchema>({ kind, values, ...annotated(attributes) }, attributes)
      }
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

  /**
   * When a text is read: every name in it must be defined, and every default fit its type, which may be defined after it.
   * @throws EvolveError `invalid-schema`
   */
  checkDefaults(): void {
    this.#names.checkDefined()
    // Again and again: the default of a record may have counted on one that is gone. After many rounds it may no longer.
    for (let round = 0; ; round++) {
      const levels = new Map<Field, number>()
      const fitting = this.#defaults.filter((one) => this.#keepsDefault(one, round, levels))
      const isDone = fitting.length === this.#defaults.length
      this.#defaults = isDone ? [] : fitting
      if (isDone) return
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
    for (const object of this.#objects) Object.freeze(object)
  }

  #keep<T extends object>(object: T): T {
    this.#objects.push(object)
    return object
  }

  /** Keeps a type or field and what it was made from. */
  #made<T extends object>(object: T, attributes: Attributes): T {
    this.#names.source(object, attributes)
    return this.#keep(object)
  }

  #primitive(kind: PrimitiveKind, attributes: Attributes): PrimitiveSchema {
    const logical = logicalType(attributes, kind)
    const annotation = annotated(attributes)
    return this.#made(
      logical === undefined ? { kind, ...annotation } : { kind, logical: Object.freeze(logical), ...annotation },
      attributes,
    )
  }

  #isName(text: string): boolean {
    return this.#anyNames ? text !== '' : isSimpleName(text)
  }

  /** The name of a type and what else all named types have. */
  #head(attributes: Attributes, namespace: string, path: string): NamedSchema {
    const given = attributes['name']
    if (typeof given !== 'string') return fail(path, `the ${String(attributes['type'])} has no name`)
    const own = attributes['namespace']
    const name = fullName(given, typeof own === 'string' ? own : namespace)
    if (!(this.#anyNames ? unqualified(name) !== '' : isDottedName(name)))
      return fail(`${path}/name`, `${JSON.stringify(name)} is not a name: letters, digits and _ only, no digit first`)
    if (PRIMITIVES.includes(name)) return fail(`${path}/name`, `${name} is the name of a primitive type`)
    const aliases = stringList(attributes['aliases'], `${path}/aliases`).map((alias) => fullName(alias, namespaceOf(name)))
    const bad = aliases.findIndex((alias) => !this.#isName(unqualified(alias)))
    if (bad >= 0) return fail(`${path}/aliases/${bad}`, `${JSON.stringify(aliases[bad])} is not a name`)
    return { name, aliases: this.#keep(aliases) }
  }

  #define<T extends Definition>(made: T, attributes: Attributes, path: string): T {
    if (typeof attributes['doc'] === 'string') (made as Mutable<T>).doc = attributes['doc']
    return this.#keep(this.#names.define(Object.assign(made, annotated(attributes)), attributes, path))
  }

  #record(attributes: Attributes, namespace: string, path: string, depth: number): RecordSchema {
    const head = this.#head(attributes, namespace, path)
    const given = attributes['fields']
    if (!Array.isArray(given)) return fail(path, `record ${head.name} has no list of fields`)
    this.#names.open(head.name, path)
    const fields = this.#keep(this.fields(given, namespaceOf(head.name), `${path}/fields`, depth, `record ${head.name}`))
    const made: Mutable<RecordSchema> = { kind: 'record', ...head, fields }
    if (attributes['type'] === 'error') made.isError = true
    return this.#define<RecordSchema>(made, attributes, path)
  }

  #field(json: unknown, namespace: string, path: string, depth: number): Field {
    if (typeof json !== 'object' || json === null || Array.isArray(json)) return fail(path, 'the field is not an object')
    const attributes = json as Attributes
    const name = attributes['name']
    if (typeof name !== 'string' || !this.#isName(name))
      return fail(`${path}/name`, `${typeof name === 'string' ? JSON.stringify(name) : `a ${typeof name}`} is not a field name`)
    const aliases = this.#keep(stringList(attributes['aliases'], `${path}/aliases`))
    const type = this.type(attributes['type'], namespace, `${path}/type`, depth + 1)
    const order = attributes['order']
    if (order !== undefined && !(typeof order === 'string' && ORDERS.includes(order.toLowerCase())))
      return fail(`${path}/order`, `the order is one of ${ORDERS.join(', ')}`)
    const field: Mutable<Field> = this.#made({ name, aliases, type }, attributes)
    if (typeof attributes['doc'] === 'string') field.doc = attributes['doc']
    if (Object.hasOwn(attributes, 'default') && attributes['default'] !== undefined) {
      field.default = Object.freeze({ json: fieldDefault(type, attributes['default']) })
      this.#defaults.push({ field, path })
    }
    return field
  }

  #enum(attributes: Attributes, namespace: string, path: string): EnumSchema {
    const symbols = this.#keep(stringList(attributes['symbols'] ?? fail(path, 'the enum has no symbols'), `${path}/symbols`))
    const known = new Set<string>()
    for (const [index, symbol] of symbols.entries()) {
      if (!this.#isName(symbol) || known.has(symbol))
        return fail(`${path}/symbols/${index}`, `${JSON.stringify(symbol)} is not a symbol, or stands there twice`)
      known.add(symbol)
    }
    const head = this.#head(attributes, namespace, path)
    const made: Mutable<EnumSchema> = { kind: 'enum', ...head, symbols }
    // What is no text is no default: Java leaves it out too.
    const fallback = attributes['default']
    if (typeof fallback === 'string') {
      if (!known.has(fallback)) return fail(`${path}/default`, 'the default is not one of the symbols')
      made.default = fallback
    }
    this.#names.open(head.name, path)
    return this.#define<EnumSchema>(made, attributes, path)
  }

  #fixed(attributes: Attributes, namespace: string, path: string): FixedSchema {
    const size = attributes['size']
    if (typeof size !== 'number' || !Number.isInteger(size) || size < 0 || size > MAX_FIXED)
      return fail(`${path}/size`, 'the fixed has no size')
    const head = this.#head(attributes, namespace, path)
    const made: Mutable<FixedSchema> = { kind: 'fixed', ...head, size }
    const logical = logicalType(attributes, 'fixed', size)
    if (logical !== undefined) made.logical = Object.freeze(logical)
    this.#names.open(head.name, path)
    return this.#define<FixedSchema>(made, attributes, path)
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
