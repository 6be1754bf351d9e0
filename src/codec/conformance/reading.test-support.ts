import { describe, expect, it } from 'vitest'
import { isEvolveError } from '../../errors.ts'
import { type CodecKit, flat, type Order, order, pairOf, readWhole, type Versions, written } from './kit.test-support.ts'

/** L1, L2, L9 and what the contract says of bytes. */
export function describeReading(kit: CodecKit): void {
  const cases: readonly (readonly [string, Versions, unknown, unknown])[] = [
    ['flat', kit.flat, flat, { id: 'f-1', count: 3 }],
    [
      'nested, in lists and in maps',
      kit.order,
      order,
      {
        id: 'o-1',
        customer: { name: 'Ada' },
        items: [
          { sku: 'a', qty: 1 },
          { sku: 'b', qty: 2 },
          { sku: 'a', qty: 3 },
        ],
        shelf: { x: { sku: 'a', qty: 4 }, y: { sku: 'b', qty: 5 } },
      },
    ],
  ]

  describe.each(cases)('a message, %s', (_name, versions, value, seen) => {
    const bytes = written(kit, versions, value)
    const pair = pairOf(kit, versions)

    it('shows what the reader knows, as plain data', () => {
      const view = pair.decode(bytes) as object
      expect(JSON.parse(JSON.stringify(view))).toEqual(seen)
      expect(Object.getPrototypeOf(view)).toBe(Object.prototype)
      expect(Object.keys(view)).toEqual(Object.keys(seen as object))
    })

    it('L1: goes back whole when it is not edited', () => {
      const again = pair.encode(pair.decode(bytes))
      expect(readWhole(kit, versions.newer, again)).toEqual(value)
      if (kit.lacks.byteIdentity === undefined) expect(again).toEqual(bytes)
    })

    it('L1: any number of times', () => {
      let [again, view] = [bytes, pair.decode(bytes)]
      for (let round = 0; round < 200; round++) [again, view] = [pair.encode(view), pair.decode(again)]
      expect(readWhole(kit, versions.newer, again)).toEqual(value)
    })

    it('L2: what was written reads as it was seen, and encoding changes no value', () => {
      const view = pair.decode(bytes)
      const before = JSON.stringify(view)
      expect(JSON.stringify(pair.decode(pair.encode(view)))).toBe(before)
      expect(pair.encode(view)).toEqual(pair.encode(view))
      expect(JSON.stringify(view)).toBe(before)
    })

    it('L9: shares memory with nothing', () => {
      const input = Buffer.from(bytes)
      const view = pair.decode(input)
      const first = pair.encode(view)
      const kept = Buffer.from(first)
      input.fill(0xaa)
      expect(pair.encode(view)).toEqual(kept)
      pair.encode(pair.decode(bytes))
      expect(first).toEqual(kept)
      first.fill(0x55)
      expect(pair.encode(view)).toEqual(kept)
      expect(JSON.parse(JSON.stringify(view))).toEqual(seen)
    })

    it('is read from any bytes, behind a frame, and written behind room for one', () => {
      const framed = Buffer.concat([Buffer.from('frame'), bytes])
      expect(pair.encode(pair.decode(framed, 5))).toEqual(pair.encode(pair.decode(bytes)))
      expect(pair.encode(pair.decode(Uint8Array.from(bytes)))).toEqual(pair.encode(pair.decode(bytes)))
      expect(pair.encode(pair.decode(bytes), { headroom: 5 }).subarray(5)).toEqual(pair.encode(pair.decode(bytes)))
    })

    it('may be frozen', () => {
      const view = pair.decode(bytes) as object
      expect(pair.encode(Object.freeze(view))).toEqual(pair.encode(pair.decode(bytes)))
    })

    it('cut short or damaged at any place is read as something, or refused with a code', () => {
      for (let end = 0; end < bytes.length; end++) expectOrderly(() => pair.encode(pair.decode(bytes.subarray(0, end))))
      for (let at = 0; at < bytes.length; at++) {
        for (const flip of [1, 0x80, 0xff]) {
          const damaged = Buffer.from(bytes)
          damaged[at] = (damaged[at] as number) ^ flip
          expectOrderly(() => pair.encode(pair.decode(damaged)))
        }
      }
    })
  })

  it('no two messages share anything', () => {
    const pair = pairOf(kit, kit.order)
    const bytes = written(kit, kit.order, order)
    const [left, right] = [pair.decode(bytes), pair.decode(bytes)] as [Order, Order]
    ;(left.items as unknown[]).length = 0
    Object.assign(left.customer, { name: 'Bob' })
    expect(readWhole(kit, kit.order.newer, pair.encode(right))).toEqual(order)
  })

  it('what is no value of the reader is refused with its place', () => {
    const pair = pairOf(kit, kit.order)
    const view = pair.decode(written(kit, kit.order, order)) as Order
    for (const [wrong, path] of [
      [null, ''],
      ['text', ''],
      [{ ...view, id: 7 }, '/id'],
      [{ ...view, items: [...view.items.slice(0, 1), 'x'] }, '/items/1'],
      [{ ...view, shelf: { ...view.shelf, 'a/b~': { sku: 1, qty: 1 } } }, '/shelf/a~1b~0/sku'],
    ] as const) {
      expect(() => pair.encode(wrong)).toThrow(expect.objectContaining({ code: 'invalid-value', path }) as Error)
    }
  })
}

function expectOrderly(action: () => unknown): void {
  try {
    action()
  } catch (error) {
    if (!isEvolveError(error)) throw error
  }
}
