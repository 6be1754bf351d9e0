import { type Base, promote } from '../../codec/avro/leaf-read.ts'
import type { Plan, RecordPlan } from '../../resolution/plan.ts'
import { pointerStep } from '../../schema/names.ts'
import type { Schema } from '../../schema/types.ts'
import type { Part } from './part.ts'
import { typeLabel } from './type-label.ts'

/** What resolution did to a value on its way to the reader. */
export interface Mark {
  readonly kind: 'renamed' | 'promoted' | 'defaulted' | 'collapsed' | 'unsafe'
  readonly text: string
}

/** A value as the reader's schema sees it. */
export interface Seen {
  readonly name: string | number | undefined
  /** The reader's type. */
  readonly schema: Schema
  /** Of a leaf, after promotion. */
  readonly value: Base | undefined
  /** A default of the reader's, as its schema states it. */
  readonly given?: { readonly json: unknown }
  /** Where it came from; absent for a default. */
  readonly from?: number
  readonly to?: number
  readonly marks: readonly Mark[]
  /** Items of an array or map, of which `inside` may have fewer. */
  readonly items?: number | undefined
  readonly inside: readonly Seen[]
}

/** What the reader's value does not show, and carries along. */
export interface Carried {
  /** JSON Pointer: the reader's names down to the writer's field. */
  readonly path: string
  readonly why: 'unknown-field' | 'collapsed'
  readonly part: Part
}

/** The reader's view of a message. */
export interface View {
  readonly seen: Seen
  readonly carried: readonly Carried[]
}

/** What the reader of a plan sees of a message that was taken apart. Only for messages that `decode` reads. */
export function viewOf(plan: Plan, root: Part): View {
  const carried: Carried[] = []
  const seen = see(plan, root, { name: undefined, path: '', marks: [] }, carried)
  return { seen, carried }
}

/** Where in the reader's value, and what is known about it from outside. */
interface Place {
  readonly name: string | number | undefined
  readonly path: string
  readonly marks: readonly Mark[]
}

const inside = (place: Place, name: string | number, marks: readonly Mark[] = []): Place => ({
  name,
  path: `${place.path}${pointerStep(name)}`,
  marks,
})

function see(plan: Plan, part: Part, place: Place, carried: Carried[]): Seen {
  const whole = { name: place.name, marks: place.marks, from: part.from, to: part.to }
  switch (plan.kind) {
    case 'leaf': {
      const value = promote(part.value as Base, plan.reader.kind)
      const isPromoted = plan.writer.kind !== plan.reader.kind
      const marks = isPromoted ? [...place.marks, promotion(plan.writer, plan.reader)] : place.marks
      return { ...whole, schema: plan.reader, value, marks: typeof value === 'bigint' ? [...marks, unsafe] : marks, inside: [] }
    }
    case 'enum': {
      const symbol = plan.symbols[plan.writer.symbols.indexOf(part.value as string)]
      const marks = symbol === part.value ? place.marks : [...place.marks, unknownSymbol(part.value as string)]
      if (symbol !== part.value) carried.push({ path: place.path, why: 'collapsed', part })
      return { ...whole, schema: plan.reader, value: symbol, marks, inside: [] }
    }
    case 'custom':
      return see(plan.base, part, place, carried)
    case 'array': {
      const items = part.parts.filter(({ role }) => role === 'value')
      const shown = items.map((item, index) => see(plan.items, item, inside(place, index), carried))
      return { ...whole, schema: plan.reader, value: undefined, items: part.items, inside: shown }
    }
    case 'map': {
      const entries = part.parts.filter(({ role }) => role === 'entry')
      const shown = entries.map((entry) => see(plan.values, entry.parts[1] as Part, inside(place, entry.name as string), carried))
      return { ...whole, schema: plan.reader, value: undefined, items: part.items, inside: shown }
    }
    case 'record':
      return { ...whole, schema: plan.reader, value: undefined, inside: fieldsOf(plan, part, place, carried) }
    case 'writer-union': {
      const [index, value] = part.parts as [Part, Part]
      const hasRival = plan.sources.some((rivals) => rivals.length > 1 && rivals.includes(index.value as number))
      const branch = plan.branches[index.value as number] as Plan
      if (hasRival && branch.kind !== 'record') carried.push({ path: place.path, why: 'collapsed', part })
      return { ...see(branch, value, place, carried), from: part.from, to: part.to }
    }
    case 'reader-union':
      return see(plan.branch, part, place, carried)
    case 'unreadable':
      return { ...whole, schema: plan.reader, value: undefined, inside: [] }
  }
}

function fieldsOf(plan: RecordPlan, part: Part, place: Place, carried: Carried[]): readonly Seen[] {
  const fields: Seen[] = new Array(plan.reader.fields.length)
  for (const [index, step] of plan.steps.entries()) {
    const field = part.parts[index] as Part
    if (step.kind === 'skip') {
      carried.push({ path: `${place.path}${pointerStep(step.field.name)}`, why: 'unknown-field', part: field })
      continue
    }
    const { field: from, target } = step
    const marks: Mark[] = from.name === target.name ? [] : [{ kind: 'renamed', text: `the writer calls it ${from.name}` }]
    fields[step.index] = see(step.plan, field, inside(place, target.name, marks), carried)
  }
  for (const { field, index } of plan.added) {
    const marks: readonly Mark[] = [{ kind: 'defaulted', text: 'not in the message: your default' }]
    const given = field.default ?? { json: null }
    fields[index] = { name: field.name, schema: field.type, value: undefined, given, marks, inside: [] }
  }
  return fields
}

function promotion(writer: Schema, reader: Schema): Mark {
  return { kind: 'promoted', text: `${typeLabel(writer)} read as ${typeLabel(reader)}` }
}

const unknownSymbol = (symbol: string): Mark => ({ kind: 'collapsed', text: `the writer says ${symbol}: your default symbol` })

const unsafe: Mark = { kind: 'unsafe', text: "beyond 2^53: an application reads it with long: 'bigint'" }
