import { createHash } from 'node:crypto'
import type { AnyOrder } from './compare.ts'
import type { FieldOfOrder } from './fields.ts'

/** An order in a few bytes: what the rolling upgrade keeps of thousands of them. */
export interface Seen {
  readonly id: string
  readonly status: string
  /** Hash over what v1 knows as well, but for the status, which is billing's to set. */
  readonly known: string
  /** Hash over every field that v2 added or widened, at every depth. */
  readonly newer: string
}

/** Hashes an order. Line items are taken by SKU, so that reordering them is no difference but a missing item is. */
export function fingerprint(order: AnyOrder, fields: readonly FieldOfOrder[]): Seen {
  const compared = fields.filter((field) => field.path !== 'status' && !field.path.endsWith('[]'))
  return {
    id: String(order.id),
    status: String(order.status),
    known: digest(
      order,
      compared.filter((field) => field.news === ''),
    ),
    newer: digest(
      order,
      compared.filter((field) => field.news !== ''),
    ),
  }
}

function digest(order: AnyOrder, fields: readonly FieldOfOrder[]): string {
  const values = fields.map((field) => {
    if (field.inArray === undefined) return valueAt(order, field.steps)
    const items = order[field.inArray]
    if (!Array.isArray(items)) return null
    return items.map((item: AnyOrder) => [item.sku, valueAt(item, field.steps)]).sort(([a], [b]) => (String(a) < String(b) ? -1 : 1))
  })
  return createHash('sha1').update(JSON.stringify(values)).digest('base64').slice(0, 16)
}

function valueAt(value: AnyOrder, steps: readonly string[]): unknown {
  return steps.reduce<unknown>((part, step) => (typeof part === 'object' && part !== null ? (part as AnyOrder)[step] : undefined), value)
}
