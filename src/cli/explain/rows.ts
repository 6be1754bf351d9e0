import { count } from '../count-words.ts'
import { printable } from '../style.ts'
import type { Part } from './part.ts'
import { readable, type TextLimits } from './readable.ts'
import { typeLabel } from './type-label.ts'

/** One line of a table. */
export interface Row {
  readonly from?: number | undefined
  readonly to?: number | undefined
  readonly depth: number
  readonly name: string
  readonly type: string
  readonly value: string
  readonly remark: string
  /** Bytes that are no value (counts, ends), for which less colour does. */
  readonly isMinor?: boolean
  /** What is wrong. */
  readonly isBroken?: boolean
}

/** The lines for a message that was taken apart: one for each value, and for what stands between the values of arrays and maps. */
export function partRows(body: Part, limits: TextLimits): Row[] {
  const rows: Row[] = []
  for (const part of body.parts) add(part, 0, undefined, rows, limits)
  return rows
}

function add(part: Part, depth: number, outer: Pick<Part, 'from' | 'name'> | undefined, rows: Row[], limits: TextLimits): void {
  const { to, note } = part
  const from = outer?.from ?? part.from
  const name = nameOf(outer?.name ?? part.name)
  const remark = note ?? ''
  const base = { from, to, depth, name, remark }
  switch (part.role) {
    case 'entry':
      return addEntry(part, depth, rows, limits)
    case 'block':
      rows.push({ ...base, name: '·', type: '', value: `a block of ${count(part.value, 'item')}`, isMinor: true })
      return
    case 'end':
      rows.push({ ...base, name: '·', type: '', value: 'the end', isMinor: true })
      return
    case 'rest':
      rows.push({ ...base, name: '…', type: '', value: `${count(part.value, 'more item')} (--full shows them)`, isMinor: true })
      return
    case 'unread':
      rows.push({ ...base, name: '✗', type: '', value: `${count(part.to - part.from, 'byte')} not read`, isBroken: true })
      return
    case 'branch':
      rows.push({ ...base, name: '·', type: '', value: `branch ${String(part.value)}`, isMinor: true })
      return
    case 'key':
      rows.push({ ...base, name: 'key', type: '', value: readable(undefined, part.value ?? null, limits) })
      return
    default:
      addValue(part, base, rows, limits)
  }
}

function addValue(part: Part, base: Omit<Row, 'type' | 'value'>, rows: Row[], limits: TextLimits): void {
  const { schema } = part
  if (schema === undefined) return
  const type = printable(typeLabel(schema))
  if (schema.kind === 'union') {
    const [, value] = part.parts
    if (value?.role !== 'value') {
      rows.push({ ...base, type, value: '' })
      for (const inside of part.parts) add(inside, base.depth + 1, undefined, rows, limits)
      return
    }
    // The branch's index in front belongs to the line of its value.
    const at = rows.length
    add(value, base.depth, { from: base.from ?? part.from, name: part.name }, rows, limits)
    const first = rows[at] as Row
    rows[at] = { ...first, name: base.name, type: value.schema?.kind === 'union' ? first.type : `${first.type} ‹${type}›` }
    return
  }
  if (part.value !== undefined) {
    rows.push({ ...base, type, value: readable(schema, part.value, limits) })
    return
  }
  const isEmpty = part.items === 0
  rows.push({ ...base, type, value: part.items === undefined ? '' : isEmpty ? 'empty' : count(part.items, 'item') })
  if (isEmpty) return
  for (const inside of part.parts) add(inside, base.depth + 1, undefined, rows, limits)
}

/** A key and its value are one line where the value is. */
function addEntry(entry: Part, depth: number, rows: Row[], limits: TextLimits): void {
  const [key, value, ...others] = entry.parts
  if (key === undefined) return
  if (key.role !== 'key' || value === undefined || value.role !== 'value') {
    for (const part of entry.parts) add(part, depth, undefined, rows, limits)
    return
  }
  const at = rows.length
  add(value, depth, { from: entry.from, name: entry.name }, rows, limits)
  const first = rows[at] as Row
  rows[at] = { ...first, name: printable(JSON.stringify(entry.name)), remark: first.remark === '' ? (key.note ?? '') : first.remark }
  for (const part of others) add(part, depth, undefined, rows, limits)
}

function nameOf(name: string | number | undefined): string {
  if (name === undefined) return '(value)'
  return typeof name === 'number' ? `[${name}]` : printable(name)
}
