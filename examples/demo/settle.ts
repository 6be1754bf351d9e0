import type { OrderV1 } from './orders.ts'

/** No order gets more than this many of one product. */
const mostOfOne = 6

/**
 * What billing does to an order: ordinary JavaScript on ordinary objects, written when v1 was all there was. It removes line items,
 * edits others, puts the dearest first, and marks the order as paid.
 */
export function settle(order: OrderV1): OrderV1 {
  const items = order.items
    .filter((item) => item.quantity > 0)
    .map((item) => (item.quantity > mostOfOne ? { ...item, quantity: mostOfOne } : item))
    .sort((a, b) => b.priceCents - a.priceCents)
  const totalCents = items.reduce((total, item) => total + item.quantity * item.priceCents, 0)
  return { ...order, status: 'paid', items, totalCents }
}
