import { describe, expect, it } from 'vitest'
import { engines } from './engine.test-support.ts'
import { all, double, field, hex, int, list, octets, record, text } from './wire.test-support.ts'

describe.each(engines)('with the plan %s', (_engine, pair) => {
  const one = (type: object | string): object => record('R', field('u', type))

  describe('two branches of the writer that are one of the reader', () => {
    const numbers = pair(one(['int', 'long']), one('long'))

    it.each([
      ['an int', all(int(0), int(3)), 3],
      ['a long', all(int(1), int(3)), 3],
      ['a long that no int holds', all(int(1), int(2 ** 40)), 2 ** 40],
    ])('%s keeps its branch while it is left as it is', (_name, bytes, seen) => {
      const value = numbers.decode(bytes) as { u: number }
      expect(value.u).toBe(seen)
      expect(numbers.encode(value)).toEqual(bytes)
      expect(numbers.encode({ ...value })).toEqual(bytes)
      // L7: to write what is seen is no edit.
      expect(numbers.encode({ ...value, u: seen })).toEqual(bytes)
    })

    it('an edited number takes a branch that can hold it', () => {
      const value = numbers.decode(all(int(0), int(3))) as { u: number }
      expect(numbers.encode({ ...value, u: 2 ** 40 })).toEqual(all(int(1), int(2 ** 40)))
      expect(numbers.decode(numbers.encode({ ...value, u: 5 }))).toMatchObject({ u: 5 })
    })

    it('keeps the branch of each element of a list', () => {
      const lists = pair(
        record('R', field('l', { type: 'array', items: ['int', 'long'] })),
        record('R', field('l', { type: 'array', items: 'long' })),
      )
      const [a, b, c] = [all(int(0), int(1)), all(int(1), int(2)), all(int(0), int(3))]
      const value = lists.decode(list(a, b, c)) as { l: number[] }
      expect(lists.encode({ ...value, l: [...value.l] })).toEqual(list(a, b, c))
      expect(lists.encode({ ...value, l: value.l.filter((item) => item !== 1) })).toEqual(list(b, c))
      expect(lists.encode({ ...value, l: [1, 2 ** 50, 2, 3] })).toEqual(list(a, all(int(1), int(2 ** 50)), b, c))
    })

    const first = { ...record('A', field('x', 'int'), field('secret', 'string')), namespace: 'one' }
    const second = { ...record('A', field('secret', 'string'), field('x', 'int'), field('more', 'double')), namespace: 'two' }
    const records = pair(
      record('R', field('u', [first, second]), field('v', { type: 'array', items: ['one.A', 'two.A'] })),
      record('R', field('u', record('A', field('x', 'int'))), field('v', { type: 'array', items: 'A' })),
    )
    const ofFirst = (x: number, secret: string): Buffer => all(int(0), int(x), text(secret))
    const ofSecond = (x: number, secret: string): Buffer => all(int(1), text(secret), int(x), double(0.5))
    type Two = { u: { x: number }; v: { x: number }[] }

    it('a record goes back to the branch it came from', () => {
      const bytes = all(ofSecond(1, 'a'), list(ofFirst(2, 'b'), ofSecond(3, 'c')))
      const value = records.decode(bytes) as Two
      expect(records.encode(value)).toEqual(bytes)
      const edited = { u: { ...value.u, x: 9 }, v: [...value.v.toReversed(), value.u] }
      expect(records.encode(edited)).toEqual(all(ofSecond(9, 'a'), list(ofSecond(3, 'c'), ofFirst(2, 'b'), ofSecond(1, 'a'))))
    })

    it('a record keeps its branch when another takes its place', () => {
      const value = records.decode(all(ofSecond(1, 'a'), list(ofFirst(2, 'b')))) as Two
      expect(records.encode({ ...value, u: value.v[0], v: [value.u] })).toEqual(all(ofFirst(2, 'b'), list(ofSecond(1, 'a'))))
    })

    it('a record with nothing to hide keeps its branch too', () => {
      const bare = pair(
        record(
          'R',
          field('u', [
            { ...record('A', field('x', 'int')), namespace: 'one' },
            { ...record('A', field('x', 'int')), namespace: 'two' },
          ]),
        ),
        record('R', field('u', record('A', field('x', 'int')))),
      )
      const value = bare.decode(all(int(1), int(7))) as Two
      expect(bare.encode({ ...value, u: { ...value.u, x: 8 } })).toEqual(all(int(1), int(8)))
    })

    it('by alias, across names', () => {
      const [left, right] = [
        record('Card', field('x', 'int'), field('pin', 'int')),
        record('Cash', field('x', 'int'), field('coins', 'string')),
      ]
      const paid = pair(one([left, right]), one({ ...record('Payment', field('x', 'int')), aliases: ['Card', 'Cash'] }))
      const bytes = all(int(1), int(4), text('2+2'))
      const value = paid.decode(bytes) as Two
      expect(paid.encode({ u: { ...value.u, x: 5 } })).toEqual(all(int(1), int(5), text('2+2')))
    })
  })

  describe('which branch of the reader is taken', () => {
    it('the same type comes before one that promotes', () => {
      const same = pair(one(['null', 'string', 'bytes']), one(['null', 'string', 'bytes']))
      const bytes = all(int(2), octets(hex('ff00')))
      expect(same.decode(bytes)).toEqual({ u: Buffer.from(hex('ff00')) })
      expect(same.encode(same.decode(bytes))).toEqual(bytes)
      const wide = pair(one(['double', 'int', 'long']), one(['double', 'int', 'long']))
      expect(wide.decode(all(int(1), int(3)))).toEqual({ u: { int: 3 } })
      expect(wide.decode(all(int(2), int(3)))).toEqual({ u: { long: 3 } })
    })

    it('the same full name comes before the same name in another namespace', () => {
      const branches = ['one', 'two'].map((namespace) => ({ ...record('A', field(namespace, 'int')), namespace }))
      const named = pair(one(branches), one(branches.toReversed()))
      expect(named.decode(all(int(0), int(3)))).toEqual({ u: { 'one.A': { one: 3 } } })
      expect(named.encode({ u: { 'two.A': { two: 3 } } })).toEqual(all(int(1), int(3)))
    })

    it('a branch that the reader does not know is an error for the message that uses it, with its path', () => {
      const deep = pair(
        record('R', field('l', { type: 'array', items: ['null', 'string', record('New', field('x', 'int'))] })),
        record('R', field('l', { type: 'array', items: ['null', 'string'] })),
      )
      expect(deep.decode(list(all(int(1), text('a')), int(0)))).toMatchObject({ l: ['a', null] })
      expect(() => deep.decode(list(int(0), all(int(2), int(1))))).toThrow(
        expect.objectContaining({ code: 'unresolvable-value', path: '/l/1' }),
      )
    })

    it('a null where the reader requires a value is an error for that message', () => {
      const required = pair(one(['null', 'string']), one('string'))
      expect(required.decode(all(int(1), text('x')))).toMatchObject({ u: 'x' })
      expect(() => required.decode(int(0))).toThrow(expect.objectContaining({ code: 'unresolvable-value', path: '/u' }))
      expect(required.encode({ u: 'y' })).toEqual(all(int(1), text('y')))
    })
  })

  describe('branches that the writer does not have', () => {
    it.each<[string, object | string, object, unknown]>([
      ['null into a type that is not nullable', 'string', ['null', 'string'], null],
      ["a branch of the reader's alone, from no union", 'string', ['string', 'int'], 3],
      ["a branch of the reader's alone, from a union", ['null', 'string'], ['null', 'string', 'int'], 3],
      ["a record of the reader's alone", ['null', 'string'], ['null', 'string', record('Mine', field('x', 'int'))], { x: 1 }],
    ])('%s is refused', (_name, writer, reader, edited) => {
      const refusing = pair(
        record('R', field('l', { type: 'array', items: one2(writer) })),
        record('R', field('l', { type: 'array', items: one2(reader) })),
      )
      expect(() => refusing.encode({ l: [{ u: 'fine' }, { u: edited }] })).toThrow(
        expect.objectContaining({
          code: 'unknown-field-loss',
          path: '/l/1/u',
          details: expect.objectContaining({ reason: 'union-branch' }),
        }),
      )
      expect(refusing.encode({ l: [{ u: 'fine' }] }).length).toBeGreaterThan(0)
    })

    const one2 = (type: object | string): object => record('Item', field('u', type))
  })
})
