import { count } from '../count-words.ts'
import { printable } from '../style.ts'
import { readable, type TextLimits } from './readable.ts'
import type { Row } from './rows.ts'
import type { Carried, Seen, View } from './seen.ts'
import { typeLabel } from './type-label.ts'

/** The lines for what a reader sees. */
export function seenRows(view: View, limits: TextLimits): Row[] {
  const rows: Row[] = []
  add(view.seen, 0, rows, limits)
  return rows
}

function add(seen: Seen, depth: number, rows: Row[], limits: TextLimits): void {
  const name = seen.name === undefined ? '(value)' : typeof seen.name === 'number' ? `[${seen.name}]` : printable(seen.name)
  const remark = seen.marks.map(({ text }) => printable(text)).join('; ')
  rows.push({ from: seen.from, to: seen.to, depth, name, type: printable(typeLabel(seen.schema)), value: shownValue(seen, limits), remark })
  for (const inside of seen.inside) add(inside, depth + 1, rows, limits)
  const hidden = (seen.items ?? 0) - seen.inside.length
  if (hidden > 0) rows.push({ depth: depth + 1, name: '…', type: '', value: count(hidden, 'more item'), remark: '', isMinor: true })
}

function shownValue(seen: Seen, limits: TextLimits): string {
  if (seen.given !== undefined) {
    const json = JSON.stringify(seen.given.json, (_key, value: unknown) => (typeof value === 'bigint' ? value.toString() : value)) ?? ''
    return printable(json.length > limits.characters ? `${json.slice(0, limits.characters)}…` : json)
  }
  if (seen.value !== undefined) return readable(seen.schema, seen.value, limits)
  if (seen.items === undefined) return ''
  return seen.items === 0 ? 'empty' : count(seen.items, 'item')
}

/** The lines for what is carried. */
export function carriedRows(carried: readonly Carried[], limits: TextLimits): Row[] {
  return carried.map(({ path, why, part }) => {
    const { schema, value, items, from, to } = inner(part)
    return {
      from: part.from,
      to,
      depth: 0,
      name: printable(path === '' ? '(value)' : path),
      type: schema === undefined ? '' : printable(typeLabel(schema)),
      value: value !== undefined ? readable(schema, value, limits) : items === undefined ? count(to - from, 'byte') : count(items, 'item'),
      remark: why === 'unknown-field' ? 'unknown to you' : 'shown as something else',
    }
  })
}

/** What a union holds. */
function inner(part: Carried['part']): Carried['part'] {
  return part.schema?.kind === 'union' ? (part.parts[1] ?? part) : part
}
