import { describe, expect, it } from 'vitest'
import { unknownFields } from '../codec.ts'
import { type CodecKit, type Flat, flat, type Item, type Order, order, pairOf, readWhole, whole, written } from './kit.test-support.ts'

const loss = (path: string): Error => expect.objectContaining({ code: 'unknown-field-loss', path }) as Error
const anyLoss = expect.objectContaining({ code: 'unknown-field-loss' }) as Error

/** L6, L10, L12, L13: what is carried belongs to its record, wherever that goes. */
export function describeOrigin(kit: CodecKit): void {
  const pair = pairOf(kit, kit.order)
  const bytes = written(kit, kit.order, order)
  const read = (): Order => pair.decode(bytes) as Order
  const seen = (value: unknown): Order => readWhole<Order>(kit, kit.order.newer, pair.encode(value))

  describe('L6: isolation', () => {
    it('a record made anew has nothing of another', () => {
      const value = read()
      const made = { ...value, items: [{ sku: 'a', qty: 1 }, ...value.items] }
      if (kit.lacks.requiredFields === undefined) return expect(() => pair.encode(made)).toThrow(loss('/items/0/gift'))
      expect(seen(made).items[0]?.gift).not.toBe('first')
      expect(seen(made).items.slice(1)).toEqual(order.items)
    })

    it('a fresh envelope holds records that were read, and nothing else of their message', () => {
      const other = pair.decode(written(kit, kit.order, { ...order, points: 1 })) as Order
      const mixed = { ...other, items: read().items }
      expect(seen(mixed)).toEqual({ ...order, points: 1 })
    })

    it('what a record of another type carries is not for this one', () => {
      const value = read()
      const odd = { ...value, customer: { ...(value.items[0] as Item), name: 'Odd' } }
      if (kit.lacks.requiredFields === undefined) return expect(() => pair.encode(odd)).toThrow(loss('/customer/vip'))
      expect(seen(odd).customer).not.toHaveProperty('gift')
    })

    it('the same name in another message is another record', () => {
      const one = kit.codec.carriedBy(read())
      expect(one).not.toBe(kit.codec.carriedBy(read()))
      expect(one?.recordName).toBe(kit.codec.carriedBy(read())?.recordName)
    })
  })

  describe('L10: a record of one version in a message of another', () => {
    it('brings what the other version has too', () => {
      const there = kit.codec.resolve(kit.order.other.schema, kit.order.older)
      const stripped = { ...read(), customer: { name: 'Bob' }, items: [], shelf: {} }
      expect(readWhole(kit, kit.order.other, there.encode(stripped as never))).toEqual({
        id: order.id,
        customer: { name: 'Bob' },
        items: [],
        shelf: {},
        points: 70,
      })
    })

    it('and is refused where the other version does not have it', () => {
      const there = kit.codec.resolve(kit.order.other.schema, kit.order.older)
      const value = { ...(there.decode(written(kit, { newer: kit.order.other }, { ...order, items: [] })) as object), items: read().items }
      expect(() => there.encode(value as never)).toThrow(anyLoss)
    })
  })

  describe("L13: the reader's own schema is no way to lose data", () => {
    const own = whole(kit, kit.order.older)
    it.each<[string, () => unknown]>([
      ['a value as it was read', read],
      ['a copy', () => ({ ...read() })],
      ['a fresh envelope around what was read', () => ({ id: 'n', customer: { name: 'n' }, items: read().items, shelf: {} })],
      ['one record deep inside', () => ({ id: 'n', customer: { name: 'n' }, items: [], shelf: { k: read().shelf['x'] } })],
    ])('%s', (_name, make) => {
      // Formats whose bytes name their fields may write them under any schema.
      const outcome = attempt(() => own.encode(make()))
      if (!Buffer.isBuffer(outcome)) return expect(outcome).toEqual(anyLoss)
      expect(JSON.stringify(readWhole(kit, kit.order.newer, outcome))).toContain('gift')
    })

    it('a form of what is carried that nobody here made is refused, never ignored', () => {
      const stranger = { ...read(), [unknownFields]: { version: 99 } }
      for (const resolution of [pair, own]) expect(() => resolution.encode(stranger)).toThrow(anyLoss)
    })

    it('what never was read is written as ever', () => {
      const plain = { id: 'n', customer: { name: 'n' }, items: [{ sku: 's', qty: 1 }], shelf: {} }
      expect(own.decode(own.encode(plain))).toEqual(plain)
    })
  })

  describe('L12: two different old services in a row', () => {
    it('the last reader sees both edits and all else', () => {
      const [one, two] = [kit.flat.older, kit.flat.second].map((reader) => kit.codec.resolve(kit.flat.newer.schema, reader))
      if (one === undefined || two === undefined) throw new Error('two readers')
      const first = one.encode({ ...(one.decode(written(kit, kit.flat, flat)) as Flat), count: 4 } as never)
      const second = two.encode({ ...(two.decode(first) as Flat), note: 'edited' } as never)
      expect(readWhole(kit, kit.flat.newer, second)).toEqual({ ...flat, count: 4, note: 'edited' })
      const third = one.encode(one.decode(second) as never)
      expect(readWhole(kit, kit.flat.newer, third)).toEqual({ ...flat, count: 4, note: 'edited' })
    })
  })
}

function attempt(action: () => Buffer): unknown {
  try {
    return action()
  } catch (error) {
    return error
  }
}
