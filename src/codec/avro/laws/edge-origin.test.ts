import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type AvroResolution, unknownFields } from '../../../avro.ts'
import { engines } from './engine.test-support.ts'
import { ownValue } from './javascript.test-support.ts'
import { setOwn } from './model.test-support.ts'
import { all, double, field, int, list, map, record, text } from './wire.test-support.ts'

describe.each(engines)('with the plan %s', (_engine, pair) => {
  const arrayOf = (items: object | string): object => ({ type: 'array', items })
  const mapOf = (values: object | string): object => ({ type: 'map', values })
  const loss = (reason: string, path: string): Error =>
    expect.objectContaining({ code: 'unknown-field-loss', path, details: expect.objectContaining({ reason }) }) as Error

  describe('what is carried belongs to its record', () => {
    const parties = (customer: object[], supplier: object[]): object =>
      record(
        'R',
        field('customer', record('Customer', field('name', 'string'), ...customer)),
        field('supplier', record('Supplier', field('name', 'string'), ...supplier)),
      )
    const reader = parties([], [])
    type Parties = { customer: { name: string }; supplier: { name: string } }

    it('a record spread into another type brings nothing with it', () => {
      const kind = pair(parties([field('secret', 'string')], [field('secret', 'string', { default: 'none' })]), reader)
      const value = kind.decode(all(text('c'), text('of c'), text('s'), text('of s'))) as Parties
      expect(kind.encode({ ...value, supplier: { ...value.customer } })).toEqual(all(text('c'), text('of c'), text('c'), text('none')))
    })

    it('and is refused where the other type needs what it does not bring', () => {
      const strict = pair(parties([field('secret', 'string')], [field('secret', 'string')]), reader)
      const value = strict.decode(all(text('c'), text('of c'), text('s'), text('of s'))) as Parties
      expect(() => strict.encode({ ...value, supplier: { ...value.customer } })).toThrow(loss('no-source', '/supplier/secret'))
    })

    it('of two records of one type spread together the later wins, as in all else', () => {
      const items = pair(
        record('R', field('l', arrayOf(record('I', field('a', 'int'), field('u', 'string'))))),
        record('R', field('l', arrayOf(record('I', field('a', 'int'))))),
      )
      const value = items.decode(list(all(int(1), text('one')), all(int(2), text('two')))) as { l: { a: number }[] }
      expect(items.encode({ ...value, l: [{ ...value.l[0], ...value.l[1], a: 3 }] })).toEqual(list(all(int(3), text('two'))))
    })
  })

  describe('a record made anew', () => {
    const item = (...more: object[]): object => record('Item', field('sku', 'string'), ...more)
    const order = (...more: object[]): object => record('Order', field('items', arrayOf(item(...more))), field('m', mapOf('Item')))
    const reader = order()
    type Order = { items: { sku: string }[]; m: Record<string, { sku: string }> }

    it("takes the writer's defaults for what it does not know", () => {
      const easy = pair(order(field('disc', 'double', { default: 0.5 }), field('tags', arrayOf('string'), { default: ['a'] })), reader)
      const old = all(text('a'), double(1), list())
      const value = easy.decode(all(list(old), map())) as Order
      const made = all(text('b'), double(0.5), list(text('a')))
      expect(easy.encode({ ...value, items: [{ sku: 'b' }, ...value.items], m: { k: { sku: 'b' } } })).toEqual(
        all(list(made, old), map(['k', made])),
      )
    })

    it('is refused where the writer has no default, with the place of the field', () => {
      const strict = pair(order(field('disc', 'double')), reader)
      const old = all(text('a'), double(1))
      const value = strict.decode(all(list(old), map(['k', old]))) as Order
      expect(() => strict.encode({ ...value, items: [...value.items, { sku: 'b' }] })).toThrow(loss('no-source', '/items/1/disc'))
      expect(() => strict.encode({ ...value, m: { 'a/b': { sku: 'b' } } })).toThrow(loss('no-source', '/m/a~1b/disc'))
      expect(() => strict.encode(structuredClone(strict.decode(all(list(old), map()))))).toThrow(loss('no-source', '/items/0/disc'))
    })

    it('can hold records that were read', () => {
      const strict = pair(order(field('disc', 'double')), reader)
      const message = all(list(all(text('a'), double(1))), map())
      const value = strict.decode(message) as Order
      expect(strict.encode({ items: value.items, m: {} })).toEqual(message)
    })

    it('twice in a list, it is carried twice, and moved under another key it is carried there', () => {
      const strict = pair(order(field('disc', 'double')), reader)
      const [a, b] = [all(text('a'), double(1)), all(text('b'), double(2))]
      const value = strict.decode(all(list(a, b), map(['k', b]))) as Order
      const [first] = value.items
      expect(strict.encode({ ...value, items: [first, first, value.m['k']], m: { z: value.items[1] } })).toEqual(
        all(list(a, a, b), map(['z', b])),
      )
      const copies = [first, { ...first, sku: 'c' }]
      expect(strict.encode({ ...value, items: copies })).toEqual(all(list(a, all(text('c'), double(1))), map(['k', b])))
    })
  })

  describe('a record read under one pair and written under another', () => {
    const item = (...more: object[]): object => record('Item', field('sku', 'string'), ...more)
    const under = (...more: object[]): AvroResolution =>
      pair(record('O', field('l', arrayOf(item(...more)))), record('O', field('l', arrayOf(item()))))
    type List = { l: { sku: string }[] }
    const source = under(field('disc', 'int'), field('sn', 'string'))
    const value = (): List => source.decode(list(all(text('a'), int(3), text('sn')))) as List

    it('brings what the other writer has too', () => {
      const other = under(field('sn', 'string'), field('extra', 'int', { default: 1 }), field('disc', 'int'))
      const target = other.decode(list(all(text('z'), text('y'), int(8), int(9)))) as List
      expect(other.encode({ ...target, l: [...target.l, ...value().l] })).toEqual(
        list(all(text('z'), text('y'), int(8), int(9)), all(text('a'), text('sn'), int(1), int(3))),
      )
    })

    it('in the type of the other writer, where that can hold it', () => {
      const wide = under(field('disc', 'double'), field('sn', 'string'))
      expect(wide.encode({ l: value().l })).toEqual(list(all(text('a'), double(3), text('sn'))))
      const narrow = under(field('disc', 'string'), field('sn', 'string'))
      expect(() => narrow.encode({ l: value().l })).toThrow(expect.objectContaining({ code: 'unknown-field-loss', path: '/l/0/disc' }))
    })

    it('and is refused where the other writer does not have it', () => {
      const poor = under(field('disc', 'int'))
      expect(() => poor.encode(value())).toThrow(expect.objectContaining({ code: 'unknown-field-loss', path: '/l/0/sn' }))
    })

    it('all the more where writer and reader are one', () => {
      const own = under()
      expect(() => own.encode(value())).toThrow(loss('not-in-output-schema', '/l/0/disc'))
      const copied = { l: value().l.map((one) => ({ ...one })) }
      expect(() => own.encode(copied)).toThrow(loss('not-in-output-schema', '/l/0/disc'))
    })

    const symbols = (...names: string[]): object => ({ type: 'enum', name: 'E', symbols: names, default: names[0] })
    it.each<[string, object, object, Buffer, unknown]>([
      [
        'a symbol',
        record('R', field('s', symbols('A', 'B')), field('n', 'int')),
        record('R', field('s', symbols('A')), field('n', 'int')),
        all(int(1), int(1)),
        'A',
      ],
      [
        'a nullable symbol',
        record('R', field('s', ['null', symbols('A', 'B')])),
        record('R', field('s', ['null', symbols('A')])),
        all(int(1), int(1)),
        'A',
      ],
      [
        'a symbol in a list',
        record('R', field('s', arrayOf(symbols('A', 'B')))),
        record('R', field('s', arrayOf(symbols('A')))),
        list(int(1)),
        ['A'],
      ],
      [
        'a symbol in a map',
        record('R', field('s', mapOf(symbols('A', 'B')))),
        record('R', field('s', mapOf(symbols('A')))),
        map(['k', int(1)]),
        { k: 'A' },
      ],
      ['a rounded long', record('R', field('s', 'long')), record('R', field('s', 'double')), int(2n ** 53n + 1n), 2 ** 53],
    ])("%s that the reader's own schema cannot say is refused there", (_name, writer, reader, message, seen) => {
      const old = pair(writer, reader)
      const read = old.decode(message) as { s: unknown }
      expect(read.s).toEqual(seen)
      expect(old.encode(read)).toEqual(message)
      expect(() => pair(reader, reader).encode(read)).toThrow(
        expect.objectContaining({ code: 'unknown-field-loss', path: expect.stringMatching(/^\/s/) as string }),
      )
    })

    it("a time finer than a Date is kept by the reader's own schema", () => {
      const at = field('at', { type: 'long', logicalType: 'timestamp-micros' })
      const [writer, reader] = [record('R', field('a', 'int'), at), record('R', at, field('a', 'int'))]
      const read = pair(writer, reader).decode(all(int(1), int(1_700_000_000_123_456n)))
      expect(pair(reader, reader).encode(read)).toEqual(all(int(1_700_000_000_123_456n), int(1)))
    })

    it('an unknown form of what is carried is refused, never ignored', () => {
      const plain = { l: [{ sku: 'a', [unknownFields]: { version: 99 } }] }
      for (const engine of [source, under(), under(field('disc', 'int', { default: 1 }))]) {
        expect(() => engine.encode(plain)).toThrow(expect.objectContaining({ code: 'unknown-field-loss', path: '/l/0' }))
      }
    })
  })

  describe('hostile names', () => {
    let before: readonly PropertyKey[] = []
    beforeAll(() => {
      before = Reflect.ownKeys(Object.prototype)
    })
    afterAll(() => expect(Reflect.ownKeys(Object.prototype)).toEqual(before))

    const names = [
      '__proto__',
      'constructor',
      'toString',
      'hasOwnProperty',
      'valueOf',
      'then',
      'class',
      'arguments',
      'eval',
      'await',
      'prototype',
    ]

    it.each(names)('a known field %s', (name) => {
      const known = pair(
        record('R', field('x', 'int', { default: 0 }), field(name, 'string'), field('a', 'int')),
        record('R', field('a', 'int'), field(name, 'string')),
      )
      const message = all(int(1), text('v'), int(2))
      const value = known.decode(message) as object
      expect(ownValue(value, name)).toBe('v')
      expect(Object.getPrototypeOf(value)).toBe(Object.prototype)
      expect(known.encode({ ...value })).toEqual(message)
      const edited = { ...value }
      setOwn(edited, name, 'w')
      expect(known.encode(edited)).toEqual(all(int(1), text('w'), int(2)))
      expect(() => known.encode({ a: 1 })).toThrow(expect.objectContaining({ code: 'invalid-value', path: `/${name}` }))
    })

    it.each(names)('an unknown field %s', (name) => {
      const unknown = pair(record('R', field('a', 'int'), field(name, 'string')), record('R', field('a', 'int')))
      const message = all(int(1), text('v'))
      const value = unknown.decode(message) as { a: number; [unknownFields]: { get(name: string): unknown } }
      expect(Object.keys(value)).toEqual(['a'])
      expect(value[unknownFields].get(name)).toBe('v')
      expect(unknown.encode({ ...value, a: 2 })).toEqual(all(int(2), text('v')))
    })

    it.each(names)("a field %s of the reader's alone has its default", (name) => {
      const added = pair(
        record('R', field('a', 'int'), field('x', 'int')),
        record('R', field(name, 'string', { default: 'd' }), field('a', 'int')),
      )
      const message = all(int(1), int(2))
      const value = added.decode(message) as object
      expect(ownValue(value, name)).toBe('d')
      expect(added.encode({ ...value })).toEqual(message)
      setOwn(value, name, 'other')
      expect(() => added.encode(value)).toThrow(loss('reader-only-field', `/${name}`))
    })

    it.each(names)('a field %s that may be absent is filled with the default, not with what objects inherit', (name) => {
      const schema = record('R', field(name, 'string', { default: 'd' }), field('a', 'int'))
      expect(pair(schema, schema).encode({ a: 1 })).toEqual(all(text('d'), int(1)))
    })

    it.each(names)('a map key %s', (name) => {
      const entry = (...more: object[]): object => record('V', field('a', 'int'), ...more)
      const maps = pair(record('R', field('m', mapOf(entry(field('u', 'string'))))), record('R', field('m', mapOf(entry()))))
      const message = map(['k', all(int(1), text('one'))], [name, all(int(2), text('two'))])
      const value = maps.decode(message) as { m: Record<string, { a: number }> }
      expect(Object.keys(value.m)).toEqual(['k', name])
      expect(Object.getPrototypeOf(value.m)).toBe(Object.prototype)
      expect(maps.encode({ m: { ...value.m } })).toEqual(message)
      const renamed = {}
      setOwn(renamed, name, value.m['k'])
      expect(maps.encode({ m: renamed })).toEqual(map([name, all(int(1), text('one'))]))
    })

    it.each(names)('a symbol %s', (name) => {
      const symbols = (...all: string[]): object => ({ type: 'enum', name: 'E', symbols: all, default: 'A' })
      const known = pair(record('R', field('s', symbols('A', name)), field('x', 'int')), record('R', field('s', symbols('A', name))))
      expect(known.decode(all(int(1), int(2)))).toMatchObject({ s: name })
      expect(known.encode({ ...(known.decode(all(int(0), int(2))) as object), s: name })).toEqual(all(int(1), int(2)))
      const unknown = pair(record('R', field('s', symbols('A', name))), record('R', field('s', symbols('A'))))
      expect(unknown.decode(int(1))).toMatchObject({ s: 'A' })
      expect(() => unknown.encode({ s: name })).toThrow(expect.objectContaining({ code: 'invalid-value', path: '/s' }))
      expect(unknown.encode(unknown.decode(int(1)))).toEqual(int(1))
    })

    it('a branch of a union and a record named constructor', () => {
      const both = pair(
        record('R', field('u', [record('constructor', field('x', 'int')), record('toString', field('y', 'int'))])),
        record('R', field('u', [record('constructor', field('x', 'int')), record('toString')])),
      )
      const value = both.decode(all(int(1), int(7))) as object
      expect(both.encode({ ...value })).toEqual(all(int(1), int(7)))
      expect(() => both.encode({ u: { valueOf: {} } })).toThrow(expect.objectContaining({ code: 'invalid-value', path: '/u' }))
    })
  })

  describe('recursion', () => {
    const node = (...more: object[]): object => record('Node', field('v', 'int'), ...more, field('next', ['null', 'Node']))
    const chain = pair(node(field('u', 'string')), node())
    interface Link {
      v: number
      next: Link | null
    }
    const message = (...values: number[]): Buffer =>
      all(...values.flatMap((value, index) => [int(value), text(`u${value}`), int(index < values.length - 1 ? 1 : 0)]))

    it('each link carries its own', () => {
      const value = chain.decode(message(1, 2, 3)) as Link
      expect(chain.encode(value)).toEqual(message(1, 2, 3))
      expect(chain.encode(value.next)).toEqual(message(2, 3))
      const turned = { ...value.next, next: { ...value, next: value.next?.next } }
      expect(chain.encode(turned)).toEqual(message(2, 1, 3))
      expect(() => chain.encode({ v: 0, next: value })).toThrow(loss('no-source', '/u'))
    })

    it('a value that contains itself is refused', () => {
      const value = chain.decode(message(1, 2)) as Link
      value.next = value
      expect(() => chain.encode(value)).toThrow(expect.objectContaining({ code: 'limit-exceeded' }))
    })
  })
})
