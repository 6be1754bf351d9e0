import { isDeepStrictEqual } from 'node:util'
import type { FieldOfOrder } from './fields.ts'

/** Anything that looks like an order: compared by the paths of the schema, so one comparison serves all libraries. */
export type AnyOrder = Readonly<Record<string, unknown>>

/** What billing says it did to one order, in its own terms: what it saw and what it sent. */
export interface Handling {
  readonly id: string
  readonly seen: AnyOrder
  readonly sent: AnyOrder
}

/** Verdict over one field in all orders; the numbers count values. */
export interface FieldVerdict {
  readonly field: string
  /** How v2 differs from v1 here, empty where it does not. */
  readonly news: string
  readonly kept: number
  readonly changedByBilling: number
  readonly lost: number
  /** The first value that was lost: what checkout wrote (or billing set) and what audit found. */
  readonly example: { readonly order: string; readonly expected: string; readonly found: string } | null
}

/** What became of the orders on their way. */
export interface Comparison {
  readonly orders: number
  /** Orders that never arrived; each of their values counts as lost, too. */
  readonly missing: number
  /** Orders that nobody wrote, or a second copy of one. */
  readonly invented: number
  readonly kept: number
  readonly changedByBilling: number
  readonly lost: number
  readonly fields: readonly FieldVerdict[]
}

/** What goes into a comparison: three independent accounts of the same orders. */
export interface Accounts {
  readonly fields: readonly FieldOfOrder[]
  /** As checkout wrote them. */
  readonly written: readonly AnyOrder[]
  /** As billing handled them. */
  readonly handled: readonly Handling[]
  /** As audit read them from billing's topic. */
  readonly audited: readonly AnyOrder[]
}

/** What identifies a line item inside its order. */
const itemKey = 'sku'

type Found = { readonly order: string; readonly expected: unknown; readonly found: unknown; readonly changed: boolean }

/**
 * Field by field: where billing changed a value that it knows, the changed value must have arrived; everywhere else, what checkout
 * wrote. What is neither counts as lost, whatever the reason.
 */
export function compareOrders({ fields, written, handled, audited }: Accounts): Comparison {
  const arrived = new Map(audited.map((order) => [String(order.id), order]))
  const handlings = new Map(handled.map((handling) => [handling.id, handling]))
  const verdicts = fields.map((field) => {
    const found = written.flatMap((order) => findings(field, order, handlings.get(String(order.id)), arrived.get(String(order.id))))
    return verdictOf(field, found)
  })
  const known = new Set(written.map((order) => String(order.id)))
  const genuine = [...arrived.keys()].filter((id) => known.has(id)).length
  return {
    orders: written.length,
    missing: written.length - genuine,
    invented: audited.length - genuine,
    kept: total(verdicts, 'kept'),
    changedByBilling: total(verdicts, 'changedByBilling'),
    lost: total(verdicts, 'lost'),
    fields: verdicts,
  }
}

function findings(field: FieldOfOrder, order: AnyOrder, handling: Handling | undefined, arrived: AnyOrder | undefined): Found[] {
  const id = String(order.id)
  if (field.path.endsWith('[]')) {
    const keys = (of: AnyOrder | undefined): unknown => itemsOf(of, field.path.slice(0, -2)).map((item) => item[itemKey])
    return [judge(id, field.known, keys(order), handling && keys(handling.seen), handling && keys(handling.sent), keys(arrived))]
  }
  const { inArray } = field
  if (inArray === undefined) {
    const at = (of: AnyOrder | undefined): unknown => valueAt(of, field.steps)
    return [judge(id, field.known, at(order), at(handling?.seen), at(handling?.sent), at(arrived))]
  }
  // the items that billing left in the order, found again by their key wherever they stand now
  return itemsOf(handling?.sent ?? order, inArray).map((item) => {
    const at = (of: AnyOrder | undefined): unknown =>
      valueAt(
        itemsOf(of, inArray).find((candidate) => candidate[itemKey] === item[itemKey]),
        field.steps,
      )
    return judge(id, field.known, at(order), at(handling?.seen), at(handling?.sent), at(arrived))
  })
}

function judge(order: string, known: boolean, written: unknown, seen: unknown, sent: unknown, found: unknown): Found {
  const changed = known && !isDeepStrictEqual(seen, sent)
  return { order, expected: changed ? sent : written, found, changed }
}

function verdictOf(field: FieldOfOrder, found: readonly Found[]): FieldVerdict {
  const arrived = found.filter((one) => isDeepStrictEqual(one.expected, one.found))
  const lost = found.find((one) => !isDeepStrictEqual(one.expected, one.found))
  return {
    field: field.path,
    news: field.news,
    kept: arrived.filter((one) => !one.changed).length,
    changedByBilling: arrived.filter((one) => one.changed).length,
    lost: found.length - arrived.length,
    example: lost === undefined ? null : { order: lost.order, expected: show(lost.expected), found: show(lost.found) },
  }
}

function itemsOf(order: AnyOrder | undefined, name: string): readonly AnyOrder[] {
  const items = order?.[name]
  return Array.isArray(items) ? items : []
}

function valueAt(value: unknown, steps: readonly string[]): unknown {
  return steps.reduce<unknown>((at, step) => (typeof at === 'object' && at !== null ? (at as AnyOrder)[step] : undefined), value)
}

/** A value in a few characters. */
function show(value: unknown): string {
  if (value === undefined) return 'nothing'
  const text = JSON.stringify(value, (_key, part: unknown) => (typeof part === 'bigint' ? `${part}` : part))
  return text.length > 60 ? `${text.slice(0, 57)}…` : text
}

function total(verdicts: readonly FieldVerdict[], of: 'kept' | 'changedByBilling' | 'lost'): number {
  return verdicts.reduce((sum, verdict) => sum + verdict[of], 0)
}
