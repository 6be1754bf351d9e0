import { describe, expect, it } from 'vitest'
import { carriedBy, type UnknownFieldSet, unknownFields } from '../../../avro.ts'
import { engines } from './engine.test-support.ts'
import { all, double, field, float, hex, int, list, map, octets, record, sized, text } from './wire.test-support.ts'

describe.each(engines)('with the plan %s', (_engine, pair) => {
  const arrayOf = (items: object | string): object => ({ type: 'array', items })
  const mapOf = (values: object | string): object => ({ type: 'map', values })
  const carried = (value: unknown): UnknownFieldSet | undefined => (value as { [unknownFields]?: UnknownFieldSet })[unknownFields]

  describe('what nobody looks at goes through byte for byte', () => {
    it.each<[string, object | string, Buffer]>([
      ['a long beyond 2^53', 'long', int(2n ** 53n + 1n)],
      ['the smallest long', 'long', int(-(2n ** 63n))],
      ['an integer in more bytes than it needs', 'int', hex('8000')],
      ['a NaN with a payload of its own (float)', 'float', hex('0100a07f')],
      ['a NaN with a payload of its own (double)', 'double', hex('010203040506f47f')],
      ['minus zero', 'double', double(-0)],
      ['a string that is not UTF-8', 'string', octets(hex('c328ff'))],
      ['a lone surrogate in UTF-8', 'string', octets(hex('eda080'))],
      ['an array in a sized block', arrayOf('long'), sized(int(2 ** 40), int(1))],
      [
        'an array in several blocks, sized and not',
        arrayOf('string'),
        all(int(1), text('a'), int(-2), int(4), text('b'), text('c'), int(1), text('d'), int(0)),
      ],
      ['a map in a sized block', mapOf('int'), sized(all(text('k'), int(1)), all(text('l'), int(2)))],
      ['a map with a key twice', mapOf('int'), map(['k', int(1)], ['k', int(2)])],
      ['a map with keys that JavaScript would sort', mapOf('int'), map(['10', int(1)], ['2', int(2)], ['a', int(3)])],
      ['a map key __proto__', mapOf('int'), map(['__proto__', int(1)])],
      [
        'records in sized blocks in records',
        arrayOf(record('In', field('l', arrayOf(record('Deep', field('s', 'string')))))),
        sized(sized(text('a'), text('b')), list()),
      ],
      ['nothing at all', record('Empty'), hex('')],
    ])('%s', (_name, type, bytes) => {
      const around = pair(
        record('R', field('a', 'int'), field('x', type), field('b', 'string'), field('y', type === 'int' ? 'long' : 'int')),
        record('R', field('b', 'string'), field('a', 'int')),
      )
      const message = all(int(1), bytes, text('b'), int(9))
      const value = around.decode(message) as { a: number; b: string }
      expect(around.encode(value)).toEqual(message)
      expect(around.encode({ ...value, a: 2, b: 'longer' })).toEqual(all(int(2), bytes, text('longer'), int(9)))
    })

    it.each<[string, object, Buffer, object]>([
      ['an array in sized blocks', arrayOf('int'), sized(int(1), int(2)), { k: [1, 2] }],
      ['a map with keys that JavaScript sorts', mapOf('int'), map(['10', int(1)], ['2', int(2)]), { k: { 10: 1, 2: 2 } }],
      ['a map with a key twice', mapOf('int'), map(['a', int(1)], ['a', int(2)]), { k: { a: 2 } }],
    ])('what is known may be written in another form that means the same: %s', (_name, type, bytes, seen) => {
      const around = pair(record('R', field('k', type), field('x', 'double')), record('R', field('k', type)))
      const value = around.decode(all(bytes, hex('010203040506f47f')))
      expect(value).toMatchObject(seen)
      const written = around.encode(value)
      expect(written.subarray(-8)).toEqual(hex('010203040506f47f'))
      expect(around.decode(written)).toMatchObject(seen)
    })
  })

  describe('what a record says of what it carries', () => {
    const writer = record(
      'shop.Order',
      field('id', 'int'),
      field('big', 'long'),
      field('u', ['null', 'double']),
      field('note', 'string'),
      field('more', arrayOf('int')),
    )
    const order = pair(writer, record('shop.Order', field('note', 'string'), field('id', 'int')))
    const message = all(int(1), int(2n ** 60n), int(1), double(0.5), text('n'), list(int(7)))

    it('names, values, length, and the pair that it was read under', () => {
      const set = carried(order.decode(message)) as UnknownFieldSet
      expect(set.recordName).toBe('shop.Order')
      expect(set.fieldNames()).toEqual(['big', 'u', 'more'])
      expect(['big', 'u', 'more', 'note', 'toString'].map((name) => set.get(name))).toEqual([2n ** 60n, 0.5, [7], undefined, undefined])
      expect(set.byteLength).toBe(message.length - 1 - 2)
      expect(set.resolution).toBe(order)
    })

    it('is found in the value, or in the first record inside a fresh one', () => {
      const value = order.decode(message) as object
      expect(carriedBy(value)).toBe(carried(value))
      expect(carriedBy({ fresh: [null, { deep: value }] })).toBe(carried(value))
      expect([null, 7, 'x', {}, [], { id: 1 }].map((other) => carriedBy(other))).toEqual(Array.from({ length: 6 }))
    })

    it('is one key that JSON, keys and loops do not see', () => {
      const value = order.decode(message) as object
      expect(Object.keys(value).toSorted()).toEqual(['id', 'note'])
      expect(JSON.parse(JSON.stringify(value))).toEqual({ id: 1, note: 'n' })
      expect(Object.getOwnPropertySymbols(value)).toEqual([unknownFields])
    })

    it('is not there where reader and writer are one', () => {
      const same = pair(writer, writer)
      const value = same.decode(all(int(1), int(2), int(0), text('n'), list())) as object
      expect(Reflect.ownKeys(value)).toEqual(['id', 'big', 'u', 'note', 'more'])
      expect(Object.getPrototypeOf(value)).toBe(Object.prototype)
    })
  })

  describe('names and fields', () => {
    it('a renamed field is written under the name of the writer', () => {
      const renamed = pair(record('R', field('qty', 'int'), field('x', 'int')), record('R', field('count', 'long', { aliases: ['qty'] })))
      const value = renamed.decode(all(int(3), int(4))) as { count: number }
      expect(value.count).toBe(3)
      expect(renamed.encode({ ...value, count: 5 })).toEqual(all(int(5), int(4)))
      expect(() => renamed.encode({ ...value, count: 2 ** 40 })).toThrow(
        expect.objectContaining({ code: 'unknown-field-loss', path: '/count' }),
      )
    })

    it('a name comes before an alias', () => {
      const both = pair(
        record('R', field('a', 'int'), field('b', 'int')),
        record('R', field('c', 'int', { aliases: ['a'], default: 7 }), field('a', 'int')),
      )
      const value = both.decode(all(int(1), int(2)))
      expect(value).toMatchObject({ a: 1, c: 7 })
      expect(both.encode(value)).toEqual(all(int(1), int(2)))
    })

    it("a field of the reader's alone may keep its default and nothing else, at every depth", () => {
      const defaults: [string, object | string, unknown, unknown][] = [
        ['i', 'int', 7, 8],
        ['d', 'double', 0.5, Number.NaN],
        ['s', 'string', 'x', 'y'],
        ['o', ['null', 'string'], null, 'y'],
        ['l', arrayOf('int'), [1, 2], [1]],
        ['m', mapOf('int'), { a: 1, b: 2 }, { a: 1 }],
        ['n', record('N', field('q', 'int', { default: 5 }), field('r', 'string')), { r: 'z' }, { q: 6, r: 'z' }],
        ['y', 'bytes', '\u00ff', Buffer.of(0xfe)],
      ]
      const item = (more: readonly object[]): object => record('Item', field('x', 'int'), ...more)
      const added = defaults.map(([name, type, json]) => field(name, type, { default: json }))
      const growing = pair(record('R', field('l', arrayOf(item([field('u', 'int')])))), record('R', field('l', arrayOf(item(added)))))
      const message = list(all(int(1), int(2)), all(int(3), int(4)))
      const value = growing.decode(message) as { l: Record<string, unknown>[] }
      expect(value.l[1]).toMatchObject({ x: 3, i: 7, o: null, l: [1, 2], n: { q: 5, r: 'z' } })
      expect(growing.encode(value)).toEqual(message)
      for (const [name, , , other] of defaults) {
        const edited = { l: [value.l[0], { ...value.l[1], [name]: other }] }
        expect(() => growing.encode(edited), name).toThrow(
          expect.objectContaining({
            code: 'unknown-field-loss',
            path: `/l/1/${name}`,
            details: expect.objectContaining({ reason: 'reader-only-field' }),
          }),
        )
      }
      expect(growing.encode({ l: [value.l[0], { ...value.l[1], m: { a: 1, b: 2 }, n: { r: 'z' }, y: Uint8Array.of(0xff) }] })).toEqual(
        message,
      )
      const { i: _left, ...rest } = value.l[1] as Record<string, unknown>
      expect(growing.encode({ l: [value.l[0], rest] })).toEqual(message)
    })

    it('no two messages share a default', () => {
      const growing = pair(record('R', field('x', 'int')), record('R', field('l', arrayOf('int'), { default: [] }), field('x', 'int')))
      const [first, second] = [growing.decode(int(1)), growing.decode(int(1))] as { l: number[] }[]
      first?.l.push(1)
      expect(second?.l).toEqual([])
      expect((growing.decode(int(1)) as { l: number[] }).l).toEqual([])
      expect(() => growing.encode(first)).toThrow(
        expect.objectContaining({ path: '/l', details: expect.objectContaining({ reason: 'reader-only-field' }) }),
      )
    })
  })

  describe('values by the way', () => {
    it('bytes may be edited in place', () => {
      const blobs = pair(record('R', field('b', 'bytes'), field('x', 'float')), record('R', field('b', 'bytes')))
      const value = blobs.decode(all(octets(hex('0102')), float(1))) as { b: Buffer }
      value.b[0] = 9
      expect(blobs.encode(value)).toEqual(all(octets(hex('0902')), float(1)))
      expect(blobs.encode({ ...value, b: Uint8Array.of(7) })).toEqual(all(octets(hex('07')), float(1)))
    })

    it('text keeps its byte order mark and refuses half a character', () => {
      const texts = pair(record('R', field('s', 'string'), field('x', 'int')), record('R', field('s', 'string')))
      const message = all(text('\ufeffx\ufffd'), int(1))
      const value = texts.decode(message) as { s: string }
      expect(value.s).toBe('\ufeffx\ufffd')
      expect(texts.encode({ ...value })).toEqual(message)
      expect(() => texts.encode({ ...value, s: 'a\ud800' })).toThrow(expect.objectContaining({ code: 'invalid-value', path: '/s' }))
    })

    it('bytes read as text and text read as bytes are written back as what they were', () => {
      const turned = pair(record('R', field('s', 'bytes'), field('b', 'string')), record('R', field('s', 'string'), field('b', 'bytes')))
      const message = all(text('ä'), text('日'))
      const value = turned.decode(message) as { s: string; b: Buffer }
      expect(value).toMatchObject({ s: 'ä', b: Buffer.from('日') })
      expect(turned.encode(value)).toEqual(message)
      expect(turned.encode({ ...value, s: 'ö', b: Buffer.from('x') })).toEqual(all(text('ö'), text('x')))
      expect(() => turned.encode({ ...value, b: hex('ff') })).toThrow(expect.objectContaining({ code: 'unknown-field-loss', path: '/b' }))
      expect(() => turned.decode(all(octets(hex('ff')), text('x')))).toThrow(
        expect.objectContaining({ code: 'malformed-data', path: '/s' }),
      )
    })

    it('a decoded value may be frozen', () => {
      const plain = pair(record('R', field('a', 'int'), field('x', 'int')), record('R', field('a', 'int')))
      const message = all(int(1), int(2))
      expect(plain.encode(Object.freeze(plain.decode(message)))).toEqual(message)
    })
  })
})
