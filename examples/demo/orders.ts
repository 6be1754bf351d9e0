import type { OutOf } from 'kafka-evolve'
import type { orderV1, orderV2 } from './schemas.ts'

/** An order as v1 code sees it. */
export type OrderV1 = OutOf<typeof orderV1>
/** An order as v2 code sees it. */
export type OrderV2 = OutOf<typeof orderV2>

const customers = ['Ada Lovelace', 'Grace Hopper', 'Alan Turing', 'Barbara Liskov', 'Tony Hoare', 'Ångström & Søn', '山田 太郎']
const products = ['mug', 'lamp', 'chair', 'desk', 'pen', 'clock', 'shelf', 'rug']
const warehouses = ['Rotterdam 4', 'Gdańsk 1', 'Porto 2', 'Graz 7', 'Turku 3']
const channels = ['kiosk', 'web', 'phone', 'web'] as const
const slots = ['mornings', 'afternoons', 'Saturday 10–12']
const firstOrder = Date.UTC(2026, 0, 5, 9, 30)

/**
 * Order number `n`, as checkout's v2 code writes it: always the same for the same number, and different from its neighbours in every
 * field. Between one and five line items, one of them out of stock (`quantity` 0) in every other order.
 */
export function orderOf(id: string, n: number): OrderV2 {
  const items = Array.from({ length: 1 + (n % 5) }, (_, line) => ({
    sku: `${pick(products, n * 3 + line)}-${100 + ((n * 37 + line * 11) % 900)}`,
    warehouse: pick(warehouses, n + line * 2),
    quantity: line === 1 && n % 2 === 0 ? 0 : 1 + ((n + line * 5) % 9),
    priceCents: 250 + ((n * 131 + line * 977) % 20_000),
  }))
  const name = pick(customers, n)
  return {
    id,
    placedAt: new Date(firstOrder + n * 61_000),
    status: 'placed',
    channel: pick(channels, n),
    delivery: n % 3 === 0 ? null : { slot: pick(slots, n), instructions: `Ring twice, door ${1 + (n % 40)}` },
    customer: { name, email: `customer${n}@example.org` },
    items,
    totalCents: items.reduce((total, item) => total + item.quantity * item.priceCents, 0),
    // beyond what a 32-bit number holds, and never the default
    loyaltyPoints: 5_000_000_000 + n * 7,
  }
}

/** The same order as v1 code writes it: without what v1 does not have. */
export function olderOrderOf(id: string, n: number): OrderV1 {
  const { delivery: _delivery, loyaltyPoints: _points, items, channel, ...rest } = orderOf(id, n)
  return {
    ...rest,
    channel: channel === 'kiosk' ? 'other' : channel,
    items: items.map(({ warehouse: _warehouse, ...item }) => item),
  }
}

/** The v2 reading of an order that v1 code wrote: the new fields at their defaults. What audit should find of it. */
export function defaultsAdded(order: OrderV1): Omit<OrderV2, 'customer'> & Pick<OrderV1, 'customer'> {
  return {
    ...order,
    delivery: null,
    loyaltyPoints: 0,
    items: order.items.map((item) => ({ ...item, warehouse: '' })),
  }
}

function pick<T>(list: readonly T[], index: number): T {
  return list[index % list.length] as T
}
