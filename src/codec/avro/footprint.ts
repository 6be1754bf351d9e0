import type { LeafPlan, RecordPlan } from '../../resolution/plan.ts'
import { leafForm, type Representation } from '../../resolution/representation.ts'
import { defaultBranch } from '../../schema/default.ts'
import { remember } from '../../schema/remember.ts'
import type { Field, Schema } from '../../schema/types.ts'

/** Bytes that JavaScript values take in V8, as measured with what is thrown away while they are made, rounded up. */
export const heap = {
  /** An element of an array, beside the element itself. */
  item: 10,
  /** An array, and what more it takes once it has an element. */
  list: 40,
  filledList: 150,
  map: 64,
  /** An entry of a map with a short key. */
  entry: 112,
  record: 40,
  field: 10,
  /** A field of a record of very many: such objects are hash tables. */
  hashedField: 48,
  /** A string, beside its characters. */
  text: 40,
  /** A number that is no 32-bit integer. */
  number: 16,
  bigint: 40,
  /** A Buffer beside its bytes; a Date and other small objects. */
  buffer: 256,
  object: 160,
  /** What a record carries, and each range of bytes in it. */
  carrier: 120,
  range: 16,
  wrapper: 48,
} as const

/** Records of more fields than this are hash tables. */
export const MANY_FIELDS = 64

/** What a part of a datum uses of the limits. */
export interface Footprint {
  readonly values: number
  readonly memory: number
}

const NOTHING: Footprint = { values: 0, memory: 0 }

const records = new WeakMap<RecordPlan, Footprint>()

/** A record without what its fields hold: the fields themselves, what is skipped, and the values of the defaults in it. */
export function recordFootprint(plan: RecordPlan): Footprint {
  return remember(records, plan, () => {
    const { length } = plan.reader.fields
    let values = plan.steps.length + plan.added.length
    let memory = heap.record + length * (length > MANY_FIELDS ? heap.hashedField : heap.field)
    for (const { field } of plan.added) {
      const footprint = defaultFootprint(field)
      values += footprint.values
      memory += footprint.memory
    }
    return { values, memory }
  })
}

const defaults = new WeakMap<Field, Footprint>()

/** What a default makes beside the field's own value. */
export function defaultFootprint(field: Field): Footprint {
  return field.default === undefined ? NOTHING : remember(defaults, field, () => inside(field.type, field.default?.json))
}

function inside(type: Schema, json: unknown): Footprint {
  switch (type.kind) {
    case 'union': {
      const branch = type.branches[defaultBranch(type.branches, json)]
      const footprint = branch === undefined ? NOTHING : inside(branch, json)
      return json === null ? NOTHING : { values: footprint.values, memory: footprint.memory + heap.wrapper }
    }
    case 'array':
      return sum(
        heap.list + heap.filledList,
        (json as unknown[]).map((item) => inside(type.items, item)),
        heap.item,
      )
    case 'map':
      return sum(
        heap.map,
        Object.values(json as object).map((item: unknown) => inside(type.values, item)),
        heap.entry,
      )
    case 'record': {
      const given = json as Record<string, unknown>
      const { length } = type.fields
      return sum(
        heap.record,
        type.fields.map((field) => (Object.hasOwn(given, field.name) ? inside(field.type, given[field.name]) : defaultFootprint(field))),
        length > MANY_FIELDS ? heap.hashedField : heap.field,
      )
    }
    case 'bytes':
    case 'fixed':
      return { values: 0, memory: heap.buffer + (json as string).length }
    default:
      return 'logical' in type && type.logical !== undefined ? { values: 0, memory: heap.object } : NOTHING
  }
}

function sum(own: number, parts: readonly Footprint[], each: number): Footprint {
  let [values, memory] = [parts.length, own + parts.length * each]
  for (const part of parts) {
    values += part.values
    memory += part.memory
  }
  return { values, memory }
}

/** Memory of a value of a leaf, beside its characters or bytes: the most it may be. */
export function leafMemory(plan: LeafPlan, representation: Representation): number {
  const form = leafForm(plan.reader, representation)
  switch (form.form) {
    case 'null':
    case 'boolean':
    case 'int':
      return 0
    case 'long':
      return form.as === 'number' ? heap.number : heap.bigint
    case 'float':
    case 'double':
      return heap.number
    case 'string':
    case 'uuid':
      return heap.text
    case 'uuid-bytes':
      return heap.text + 36
    case 'decimal':
      return heap.text + 20 + form.scale
    case 'bytes':
      return heap.buffer
    case 'date':
    case 'timestamp':
    case 'duration':
      return heap.object
  }
}

/** How many of these bytes are the length in front. */
function lengthSize(bytes: number): number {
  if (bytes <= 64) return 1
  if (bytes <= 8193) return 2
  return bytes <= 1_048_578 ? 3 : 4
}

/** Memory of a leaf's value at hand, which took so many bytes of the message. */
export function valueMemory(value: unknown, bytes: number): number {
  switch (typeof value) {
    case 'string':
      // One character beyond Latin-1 makes all of them take two bytes.
      return heap.text + (bytes - lengthSize(bytes) > value.length ? value.length * 2 : value.length)
    case 'bigint':
      return heap.bigint
    case 'number':
      return (value | 0) === value ? 0 : heap.number
    case 'object':
      if (value === null) return 0
      return value instanceof Uint8Array ? heap.buffer + value.length : heap.object
    default:
      return 0
  }
}
