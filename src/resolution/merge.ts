import { nameOf } from '../schema/default.ts'
import { parseExactJson, stringifyExactJson } from '../schema/json.ts'
import { fullName, namespaceOf, unqualified } from '../schema/names.ts'
import { schemaText } from '../schema/parse.ts'
import { remember } from '../schema/remember.ts'
import { sameWire } from '../schema/same-wire.ts'
import type { Field, Schema } from '../schema/types.ts'
import type { Plan, RecordPlan } from './plan.ts'

/** A field that only the reader has, and the record it stands in there. */
interface Addition {
  readonly field: Field
  readonly record: string
}

/** What each record of the writer lacks, by the fields' names. */
type Additions = Map<string, Map<string, Addition>>

/**
 * The text of the writer's schema with the fields that only the reader has, at the end of each record, with the reader's
 * defaults. Types and names stay the writer's, so that whoever reads the writer's schema reads the merged one. `undefined`
 * where nothing is to be added, or where it cannot be: two readers' fields of one name, or a record of another text.
 */
export function mergedText(plan: Plan, writer: Schema, reader: Schema): string | undefined {
  const additions: Additions = new Map()
  if (!collect(plan, additions, new Set()) || additions.size === 0) return undefined
  const [mine, theirs] = [definitionsIn(writer), definitionsIn(reader)]
  if ([...additions.keys()].some((name) => !mine.has(name))) return undefined
  const text = new Rewriter(mine, theirs, additions).run(parsed(writer))
  return stringifyExactJson(text)
}

/** Whether the writer has every field of the reader: then its own schema is the merged one. */
export function addsNothing(plan: Plan): boolean {
  const additions: Additions = new Map()
  return collect(plan, additions, new Set()) && additions.size === 0
}

function collect(plan: Plan, additions: Additions, seen: Set<RecordPlan>): boolean {
  switch (plan.kind) {
    case 'array':
      return collect(plan.items, additions, seen)
    case 'map':
      return collect(plan.values, additions, seen)
    case 'custom':
      return collect(plan.base, additions, seen)
    case 'reader-union':
      return collect(plan.branch, additions, seen)
    case 'writer-union':
      return plan.branches.every((branch) => collect(branch, additions, seen))
    case 'record':
      return collectRecord(plan, additions, seen)
    default:
      return true
  }
}

function collectRecord(plan: RecordPlan, additions: Additions, seen: Set<RecordPlan>): boolean {
  if (seen.has(plan)) return true
  seen.add(plan)
  for (const { field } of plan.added) {
    if (field.default === undefined || plan.writer.fields.some(({ name }) => name === field.name)) return false
    const fields = remember(additions, plan.writer.name, () => new Map<string, Addition>())
    const other = remember(fields, field.name, () => ({ field, record: plan.reader.name }))
    if (!sameWire(other.field.type, field.type)) return false
  }
  return plan.steps.every((step) => step.kind !== 'read' || collect(step.plan, additions, seen))
}

type Attributes = Readonly<Record<string, unknown>>

/** A named type as its text has it. */
interface Definition {
  readonly json: Attributes
  readonly name: string
  readonly origin: Definitions
}

type Definitions = Map<string, Definition>

function parsed(schema: Schema): unknown {
  const text = schemaText(schema)
  if (text === undefined) return nameOf(schema)
  return text.trim() === nameOf(schema) ? nameOf(schema) : parseExactJson(text)
}

const NAMED: readonly unknown[] = ['record', 'error', 'enum', 'fixed']

function definitionsIn(schema: Schema): Definitions {
  const found: Definitions = new Map()
  const visit = (json: unknown, namespace: string): void => {
    if (Array.isArray(json)) {
      for (const branch of json) visit(branch, namespace)
      return
    }
    if (!isObject(json)) return
    const { type } = json
    if (!NAMED.includes(type)) {
      for (const part of [type === 'array' || type === 'map' ? undefined : type, json['items'], json['values']]) visit(part, namespace)
      return
    }
    const name = nameIn(json, namespace)
    if (!found.has(name)) found.set(name, { json, name, origin: found })
    for (const field of fieldsOf(json)) visit(field['type'], namespaceOf(name))
  }
  visit(parsed(schema), '')
  return found
}

/** Writes the writer's text anew, with each named type spelled out where it is first used. */
class Rewriter {
  readonly #mine: Definitions
  readonly #theirs: Definitions
  readonly #additions: Additions
  readonly #defined = new Set<string>()

  constructor(mine: Definitions, theirs: Definitions, additions: Additions) {
    this.#mine = mine
    this.#theirs = theirs
    this.#additions = additions
  }

  run(json: unknown): unknown {
    return this.#type(json, '', this.#mine)
  }

  #type(json: unknown, namespace: string, origin: Definitions): unknown {
    if (typeof json === 'string') return this.#name(json, namespace, origin)
    if (Array.isArray(json)) return json.map((branch) => this.#type(branch, namespace, origin))
    if (!isObject(json)) return json
    const { type } = json
    if (NAMED.includes(type)) return this.#definition(nameIn(json, namespace), { json, name: nameIn(json, namespace), origin })
    if (type === 'array') return { ...json, items: this.#type(json['items'], namespace, origin) }
    if (type === 'map') return { ...json, values: this.#type(json['values'], namespace, origin) }
    return { ...json, type: this.#type(type, namespace, origin) }
  }

  #name(name: string, namespace: string, origin: Definitions): unknown {
    const full = origin.has(fullName(name, namespace)) ? fullName(name, namespace) : name
    const definition = this.#mine.get(full) ?? origin.get(full)
    return definition === undefined ? name : this.#definition(full, definition)
  }

  #definition(name: string, given: Definition): unknown {
    if (this.#defined.has(name)) return name
    this.#defined.add(name)
    const { json, origin } = this.#mine.get(name) ?? given
    const whole = { ...json, name: unqualified(name), namespace: namespaceOf(name) }
    if (json['type'] !== 'record' && json['type'] !== 'error') return whole
    const fields = fieldsOf(json).map((field) => ({ ...field, type: this.#type(field['type'], namespaceOf(name), origin) }))
    return { ...whole, fields: [...fields, ...this.#added(name)] }
  }

  #added(record: string): unknown[] {
    return [...(this.#additions.get(record)?.values() ?? [])].map(({ field, record: owner }) => {
      const json = fieldsOf(this.#theirs.get(owner)?.json ?? {}).find(({ name }) => name === field.name)
      const { aliases: _none, ...rest } = json ?? { name: field.name, type: nameOf(field.type), default: field.default?.json }
      return { ...rest, type: this.#type(rest['type'], namespaceOf(owner), this.#theirs) }
    })
  }
}

function nameIn(json: Attributes, namespace: string): string {
  const own = json['namespace']
  return fullName(String(json['name']), typeof own === 'string' ? own : namespace)
}

function fieldsOf(json: Attributes): readonly Attributes[] {
  return Array.isArray(json['fields']) ? (json['fields'] as readonly Attributes[]) : []
}

function isObject(json: unknown): json is Attributes {
  return typeof json === 'object' && json !== null
}
