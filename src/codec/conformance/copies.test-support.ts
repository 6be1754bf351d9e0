import { createRequire } from 'node:module'
import { produce } from 'immer'
import { describe, expect, it } from 'vitest'
import { type CodecKit, type Order, order, pairOf, readWhole, written } from './kit.test-support.ts'

const lodash = createRequire(import.meta.url)('lodash') as Record<'clone' | 'cloneDeep', (value: unknown) => unknown> & {
  omit(value: unknown, key: string): object
}

type Mutable = { id: string; customer: { name: string }; items: { sku: string }[] }

/** Copies as application code makes them. */
const copies: readonly (readonly [string, (value: Order) => unknown])[] = [
  ['{ ...value }', (value) => ({ ...value })],
  ['{ key, ...rest }', ({ id, ...rest }) => ({ ...rest, id })],
  ['Object.assign', (value) => Object.assign({}, value)],
  ['copies of records inside', (value) => ({ ...value, customer: { ...value.customer }, items: value.items.map((item) => ({ ...item })) })],
  ['lodash clone', lodash.clone],
  ['lodash cloneDeep', lodash.cloneDeep],
  ['lodash omit', (value) => ({ ...lodash.omit(value, 'id'), id: value.id })],
  ['Object.defineProperties', (value) => Object.defineProperties({}, Object.getOwnPropertyDescriptors(value))],
  ['immer produce', (value) => produce(value as unknown as Mutable, (draft) => void (draft.id = `${draft.id}`))],
  ['with another prototype', (value) => Object.assign(Object.create(null) as object, value)],
]

/** L5: ways of copying that keep what a record carries, and those that cannot. */
export function describeCopies(kit: CodecKit): void {
  const pair = pairOf(kit, kit.order)
  const bytes = written(kit, kit.order, order)
  const read = (): Order => pair.decode(bytes) as Order

  describe('L5: a copy keeps what is carried', () => {
    it.each(copies)('%s', (_name, copy) => {
      expect(readWhole(kit, kit.order.newer, pair.encode(copy(read())))).toEqual(order)
      expect(readWhole(kit, kit.order.newer, pair.encode(copy(copy(read()) as Order)))).toEqual(order)
    })

    it('immer produce, with edits at every depth', () => {
      const edited = produce(read() as unknown as Mutable, (draft) => {
        draft.customer.name = 'Bob'
        draft.items.reverse()
        ;(draft.items[0] as { sku: string }).sku = 'c'
      })
      const [a, b, c] = order.items
      expect(readWhole(kit, kit.order.newer, pair.encode(edited))).toEqual({
        ...order,
        customer: { name: 'Bob', vip: true },
        items: [{ ...c, sku: 'c' }, b, a],
      })
    })
  })

  describe('L5, L8: a copy that cannot keep it is a value made anew', () => {
    it.each<[string, (value: Order) => unknown]>([
      ['JSON', (value) => JSON.parse(JSON.stringify(value))],
      ['structuredClone of what JSON keeps', (value) => structuredClone(JSON.parse(JSON.stringify(value)))],
      ['fields by name', ({ id, customer, items, shelf }) => ({ id, customer, items, shelf })],
      ['Object.fromEntries', (value) => Object.fromEntries(Object.entries(value))],
    ])('%s', (_name, copy) => {
      const value = copy(read())
      const carried = kit.lacks.requiredFields === undefined
      if (carried) expect(() => pair.encode(value)).toThrow(expect.objectContaining({ code: 'unknown-field-loss' }) as Error)
      expect(() => pair.encode(value, { policy: 'strict' })).toThrow(expect.objectContaining({ code: 'unknown-field-loss' }) as Error)
    })
  })
}
