import { describe, expect, it } from 'vitest'
import { type CodecKit, type Item, type Order, order, type Paid, pairOf, readWhole, written } from './kit.test-support.ts'

/** An edit that means the same whether one knows all of the message or a part of it. */
type Edit = (value: Order) => Order

const first = ({ items }: Order): Item => items[0] as Item

const edits: readonly (readonly [string, Edit])[] = [
  ['a field is set', (value) => ({ ...value, id: 'o-2' })],
  ['a field is set to what it is', (value) => ({ ...value, id: value.id })],
  ['a field of a record inside is set', (value) => ({ ...value, customer: { ...value.customer, name: 'Bob' } })],
  [
    'a field of one element is set',
    (value) => ({ ...value, items: value.items.map((item, at) => (at === 1 ? { ...item, qty: 9 } : item)) }),
  ],
  ['all elements are copied', (value) => ({ ...value, items: value.items.map((item) => ({ ...item, qty: item.qty + 1 })) })],
  ['elements are reversed', (value) => ({ ...value, items: value.items.toReversed() })],
  ['elements are sorted', (value) => ({ ...value, items: value.items.toSorted((a, b) => b.qty - a.qty) })],
  ['elements are left out', (value) => ({ ...value, items: value.items.filter(({ sku }) => sku === 'a') })],
  ['all elements are left out', (value) => ({ ...value, items: [] })],
  ['an element stands twice', (value) => ({ ...value, items: [...value.items, first(value)] })],
  ['a copy of an element is edited', (value) => ({ ...value, items: [...value.items, { ...first(value), sku: 'copy' }] })],
  ['an element moves to the front', (value) => ({ ...value, items: [value.items[2] as Item, ...value.items.slice(0, 2)] })],
  ['an entry has another key', ({ shelf: { x, ...rest }, ...value }) => ({ ...value, shelf: { ...rest, renamed: x as Item } })],
  ['an entry is taken out', ({ shelf: { x: _gone, ...rest }, ...value }) => ({ ...value, shelf: rest })],
  ['entries trade places', ({ shelf, ...value }) => ({ ...value, shelf: { x: shelf['y'] as Item, y: shelf['x'] as Item } })],
  ['an entry has an odd key', (value) => ({ ...value, shelf: { ...value.shelf, constructor: first(value), '': first(value) } })],
  [
    'a record moves from a list into a map',
    (value) => ({ ...value, shelf: { ...value.shelf, z: first(value) }, items: value.items.slice(1) }),
  ],
  ['a record moves from a map into a list', (value) => ({ ...value, items: [...value.items, value.shelf['y'] as Item] })],
  ['two records of one type are spread together', (value) => ({ ...value, items: [{ ...first(value), ...(value.items[1] as Item) }] })],
]

/** L3, L4, L7: the same edit in both worlds. */
export function describeEditing(kit: CodecKit): void {
  const pair = pairOf(kit, kit.order)
  const bytes = written(kit, kit.order, order)
  const read = (): Order => pair.decode(bytes) as Order
  const seen = (value: unknown): Order => readWhole<Order>(kit, kit.order.newer, pair.encode(value))

  describe('L3, L4: an edit of what is seen is that edit of the message and no other', () => {
    it.each(edits)('%s', (_name, edit) => expect(seen(edit(read()))).toEqual(edit(order)))

    it.each(edits)('%s, after another edit and a trip over the wire', (_name, edit) => {
      const once = edit(pair.decode(pair.encode({ ...read(), id: 'o-9' })) as Order)
      expect(seen(once)).toEqual(edit({ ...order, id: 'o-9' }))
    })

    it('in place', () => {
      const value = read() as unknown as { id: string; items: { qty: number }[]; shelf: Record<string, unknown> }
      value.id = 'o-3'
      ;(value.items[0] as { qty: number }).qty = 8
      value.items.splice(1, 1)
      delete value.shelf['x']
      const { x: _gone, ...shelf } = order.shelf
      expect(seen(value)).toEqual({ ...order, id: 'o-3', items: [{ ...first(order), qty: 8 }, order.items[2]], shelf })
    })

    it('what moves from one message to another brings what it hides, and nothing stays behind', () => {
      const other = pair.decode(written(kit, kit.order, { ...order, items: [{ sku: 'z', qty: 0, gift: 'theirs' }], points: 1 })) as Order
      expect(seen({ ...read(), items: other.items })).toEqual({ ...order, items: [{ sku: 'z', qty: 0, gift: 'theirs' }] })
      expect(seen({ ...read(), items: [...read().items, first(other)] }).items.at(-1)).toEqual({ sku: 'z', qty: 0, gift: 'theirs' })
      expect(seen({ ...other, customer: read().customer })).toMatchObject({ customer: order.customer, points: 1 })
    })
  })

  describe('a choice', () => {
    const { card, cash } = kit.paid
    const paid = pairOf(kit, kit.paid)
    const both: readonly (readonly [string, unknown, unknown])[] = [
      ['a card', card({ owner: 'Ada', pin: 'secret' }), card({ owner: 'Ada' })],
      ['cash', cash({ sum: 5, coins: '2+3' }), cash({ sum: 5 })],
    ]

    it.each(both)('%s keeps its branch and what is hidden in it', (_name, by, shown) => {
      const message = written(kit, kit.paid, { id: 'p', by })
      const value = paid.decode(message) as Paid
      expect(JSON.parse(JSON.stringify(value))).toEqual({ id: 'p', by: shown })
      expect(readWhole(kit, kit.paid.newer, paid.encode({ ...value, id: 'q' }))).toEqual({ id: 'q', by })
    })

    it('may be taken from another message', () => {
      const [left, right] = both.map(([, by]) => paid.decode(written(kit, kit.paid, { id: 'p', by })) as Paid) as [Paid, Paid]
      expect(readWhole(kit, kit.paid.newer, paid.encode({ ...left, by: right.by }))).toEqual({ id: 'p', by: both[1]?.[1] })
    })
  })
}
