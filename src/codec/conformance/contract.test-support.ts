import { describe, expect, it } from 'vitest'
import { unknownFields } from '../codec.ts'
import { type CodecKit, carriedAt, flat, type Order, order, pairOf, readWhole, whole, written } from './kit.test-support.ts'

const throughJson = (value: unknown): never => JSON.parse(JSON.stringify(value)) as never

/** What the contract promises besides bytes: what is carried, how schemas relate, carrying by hand. */
export function describeContract(kit: CodecKit): void {
  const pair = pairOf(kit, kit.order)
  const bytes = written(kit, kit.order, order)
  const read = (): Order => pair.decode(bytes) as Order

  describe('what a record carries', () => {
    it('is named, can be looked at, and knows its pair', () => {
      const value = read()
      const carried = carriedAt(kit, value)
      expect(carried.resolution).toBe(pair)
      expect(carried.fieldNames()).toEqual(['points'])
      expect(carried.get('points')).toEqual(order.points)
      expect([carried.get('id'), carried.get('toString'), carried.get('none')]).toEqual([undefined, undefined, undefined])
      expect(carried.byteLength).toBeGreaterThan(0)
      expect(value.items.map((item) => carriedAt(kit, item).get('gift'))).toEqual(['first', 'second', 'third'])
      expect(carriedAt(kit, value.customer).get('vip')).toBe(true)
    })

    it('is found in the root, or in the first record inside a fresh one', () => {
      const value = read()
      expect(kit.codec.carriedBy(value)).toBe((value as { [unknownFields]?: unknown })[unknownFields])
      expect(kit.codec.carriedBy({ fresh: [null, 7, { deep: value.customer }] })).toBe(kit.codec.carriedBy(value.customer))
      for (const nothing of [null, undefined, 7, 'x', [], {}, { id: 'x' }, new Date(0), Buffer.from('x')])
        expect(kit.codec.carriedBy(nothing)).toBeUndefined()
    })

    it('is one key that JSON, keys and loops do not see', () => {
      const value = read()
      expect(Object.keys(value)).toEqual(['id', 'customer', 'items', 'shelf'])
      expect(Object.getOwnPropertySymbols(value)).toEqual([unknownFields])
      const { points: _points, ...known } = order
      expect(throughJson(value)).toMatchObject({ id: known.id, customer: { name: 'Ada' } })
    })

    it('is not there where reader and writer are one', () => {
      const own = whole(kit, kit.flat.newer)
      expect(Reflect.ownKeys(own.decode(written(kit, kit.flat, flat)) as object)).toEqual(Object.keys(flat))
    })
  })

  describe('how two versions relate', () => {
    it.each<[string, () => { readonly relation: string }, string]>([
      ['one version', () => whole(kit, kit.order.older), 'identical'],
      ['a newer writer', () => pair, 'writer-superset'],
      ['a newer reader of an older writer', () => kit.codec.resolve(kit.flat.older.schema, kit.flat.older), 'identical'],
      ['each with something of its own', () => pairOf(kit, kit.diverged), 'diverged'],
    ])('%s', (_name, resolve, relation) => expect(resolve().relation).toBe(relation))

    it('says each place', () => {
      const places = pair.divergences.map(({ kind, path }) => `${kind} ${path}`)
      // A record that stands at two places may be spoken of once.
      expect(places.filter((place) => place !== 'writer-only /shelf/*/gift').toSorted()).toEqual([
        'writer-only /customer/vip',
        'writer-only /items/*/gift',
        'writer-only /points',
      ])
      expect(pair.divergences.every(({ detail }) => detail !== '')).toBe(true)
    })

    it('a pair is made once, and knows its schemas', () => {
      expect(pairOf(kit, kit.order)).toBe(pair)
      expect([pair.writer, pair.reader]).toEqual([kit.order.newer.schema, kit.order.older.schema])
    })

    it('a pair that nothing can be read with says so when it is used, not before', () => {
      const odd = kit.codec.resolve(kit.order.newer.schema, kit.paid.older)
      if (odd.relation === 'incompatible')
        expect(() => odd.decode(bytes)).toThrow(expect.objectContaining({ code: expect.any(String) as string }) as Error)
    })
  })

  if (kit.byHand === undefined) {
    it(`has no way to carry by hand: ${kit.lacks.byHand}`, () => expect(kit.lacks.byHand).toBeTypeOf('string'))
    return
  }
  const { carry, discard, detach, attach } = kit.byHand
  describe('carrying by hand', () => {
    const seen = (value: unknown): unknown => readWhole(kit, kit.order.newer, pair.encode(value))

    it('carry gives a copy all that the original carries', () => {
      const copy = throughJson(read()) as Order
      expect(seen(carry(read(), { ...copy, id: 'o-2' }))).toEqual({ ...order, id: 'o-2' })
      expect(seen(carry(read(), { ...copy, items: copy.items.slice(1) }))).toEqual({ ...order, items: order.items.slice(1) })
      expect(kit.codec.carriedBy(copy)).toBeUndefined()
    })

    it('detach and attach take it through JSON', () => {
      const stored = throughJson({ value: read(), hidden: detach(read()) }) as { value: Order; hidden: never }
      const again = attach(kit.order.older, { ...stored.value, id: 'o-2' }, stored.hidden)
      const resolution = carriedAt(kit, again).resolution
      expect(readWhole(kit, kit.order.newer, resolution.encode(again as never))).toEqual({ ...order, id: 'o-2' })
      expect(detach({ id: 'x' })).toBeUndefined()
    })

    it('discard makes a value of the reader alone', () => {
      const value = read()
      const plain = discard(value)
      expect(kit.codec.carriedBy(plain)).toBeUndefined()
      expect(kit.codec.carriedBy(value)).toBeDefined()
      expect(whole(kit, kit.order.older).decode(whole(kit, kit.order.older).encode(plain))).toEqual(throughJson(value))
      expect(discard(plain)).toBe(plain)
    })
  })
}
