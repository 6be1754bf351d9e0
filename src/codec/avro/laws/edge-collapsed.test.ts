import { describe, expect, it } from 'vitest'
import { isEvolveError } from '../../../errors.ts'
import { engines } from './engine.test-support.ts'
import { attempt } from './expectations.test-support.ts'
import { all, field, float, int, list, map, record, text } from './wire.test-support.ts'

describe.each(engines)('with the plan %s', (_engine, pair) => {
  const status = (...symbols: string[]): object => ({ type: 'enum', name: 'Status', symbols, default: symbols[0] })
  const [newer, older] = [status('NEW', 'PAID', 'REFUNDED', 'HELD'), status('NEW', 'PAID', 'GONE')]
  const [NEW, PAID, REFUNDED, HELD] = [0, 1, 2, 3].map(int) as [Buffer, Buffer, Buffer, Buffer]
  const loss = (reason: string, path: string): unknown =>
    expect.objectContaining({ code: 'unknown-field-loss', path, details: expect.objectContaining({ reason }) })

  describe('a symbol that the reader does not know', () => {
    const flat = pair(record('R', field('s', newer), field('n', 'int')), record('R', field('s', older), field('n', 'int')))
    type Flat = { s: string; n: number }

    it('is shown as the default and stays what it was', () => {
      const value = flat.decode(all(REFUNDED, int(1))) as Flat
      expect(value.s).toBe('NEW')
      expect(flat.encode(value)).toEqual(all(REFUNDED, int(1)))
      expect(flat.encode({ ...value, n: 2 })).toEqual(all(REFUNDED, int(2)))
    })

    it('stays when the symbol that is seen is written over it (L7)', () => {
      const value = flat.decode(all(REFUNDED, int(1))) as Flat
      value.s = 'NEW'
      expect(flat.encode(value)).toEqual(all(REFUNDED, int(1)))
    })

    it('goes when another symbol is set, and back again with the default', () => {
      const value = flat.decode(all(REFUNDED, int(1))) as Flat
      expect(flat.encode({ ...value, s: 'PAID' })).toEqual(all(PAID, int(1)))
    })

    it('leaves no trace on a message that never had it', () => {
      const value = flat.decode(all(PAID, int(1))) as Flat
      expect(flat.encode({ ...value, s: 'NEW' })).toEqual(all(NEW, int(1)))
      expect(flat.encode({ s: 'NEW', n: 1 })).toEqual(all(NEW, int(1)))
    })

    it("refuses a symbol of the reader's alone", () => {
      const value = flat.decode(all(REFUNDED, int(1))) as Flat
      expect(() => flat.encode({ ...value, s: 'GONE' })).toThrow(loss('enum-symbol', '/s') as Error)
      expect(() => flat.encode({ ...value, s: 'REFUNDED' })).toThrow(expect.objectContaining({ code: 'invalid-value', path: '/s' }))
    })

    it('is an error at the message that has it where the reader has no default', () => {
      const strict = pair(record('R', field('s', newer)), record('R', field('s', { type: 'enum', name: 'Status', symbols: ['NEW'] })))
      expect(strict.decode(NEW)).toMatchObject({ s: 'NEW' })
      expect(() => strict.decode(PAID)).toThrow(expect.objectContaining({ code: 'unresolvable-value', path: '/s' }))
    })

    it('is kept element by element in a list', () => {
      const lists = pair(record('R', field('l', { type: 'array', items: newer })), record('R', field('l', { type: 'array', items: older })))
      const value = lists.decode(list(REFUNDED, PAID, HELD)) as { l: string[] }
      expect(value.l).toEqual(['NEW', 'PAID', 'NEW'])
      expect(lists.encode({ ...value, l: [...value.l, 'PAID'] })).toEqual(list(REFUNDED, PAID, HELD, PAID))
      expect(lists.encode({ ...value, l: ['NEW', 'PAID'] })).toEqual(list(REFUNDED, PAID))
      expect(lists.encode({ ...value, l: ['PAID', 'NEW'] })).toEqual(list(PAID, HELD))
      expect(lists.encode({ ...value, l: [] })).toEqual(list())
    })

    it('is kept key by key in a map', () => {
      const maps = pair(record('R', field('m', { type: 'map', values: newer })), record('R', field('m', { type: 'map', values: older })))
      const value = maps.decode(map(['a', REFUNDED], ['b', HELD], ['__proto__', HELD])) as { m: Record<string, string> }
      const { a, ...rest } = value.m
      expect(a).toBe('NEW')
      expect(maps.encode({ ...value, m: { ...rest, c: 'NEW' } })).toEqual(map(['b', HELD], ['__proto__', HELD], ['c', NEW]))
      expect(maps.encode({ ...value, m: { b: 'PAID', a: 'NEW' } })).toEqual(map(['b', PAID], ['a', REFUNDED]))
    })

    const listOf = (items: object): object => ({ type: 'array', items })
    const mapOf = (values: object): object => ({ type: 'map', values })
    it.each<[string, (symbol: object) => object, Buffer, (seen: never) => unknown, Buffer]>([
      [
        'a map in a map, when a key is added beside it',
        (symbol) => mapOf(mapOf(symbol)),
        map(['a', map(['x', REFUNDED])], ['b', map(['y', HELD])]),
        (seen: { a: object }) => ({ ...seen, a: { ...seen.a, z: 'PAID' } }),
        map(['a', map(['x', REFUNDED], ['z', PAID])], ['b', map(['y', HELD])]),
      ],
      [
        'a list in a map, when it grows',
        (symbol) => mapOf(listOf(symbol)),
        map(['a', list(REFUNDED, PAID)]),
        (seen: { a: string[] }) => ({ a: [...seen.a, 'PAID'] }),
        map(['a', list(REFUNDED, PAID, PAID)]),
      ],
      [
        'a nullable map, when a key is added',
        (symbol) => ['null', mapOf(symbol)],
        all(int(1), map(['x', REFUNDED])),
        (seen: object) => ({ ...seen, z: 'PAID' }),
        all(int(1), map(['x', REFUNDED], ['z', PAID])),
      ],
      [
        'a map in a list, when a key is added to it',
        (symbol) => listOf(mapOf(symbol)),
        list(map(['x', REFUNDED]), map(['y', HELD])),
        (seen: object[]) => [{ ...seen[0], z: 'PAID' }, seen[1]],
        list(map(['x', REFUNDED], ['z', PAID]), map(['y', HELD])),
      ],
      [
        'a list in a list, when it grows',
        (symbol) => listOf(listOf(symbol)),
        list(list(REFUNDED), list(HELD)),
        (seen: string[][]) => [[...(seen[0] ?? []), 'PAID'], seen[1]],
        list(list(REFUNDED, PAID), list(HELD)),
      ],
    ])('is kept in %s', (_name, around, message, change, expected) => {
      const nested = pair(record('R', field('c', around(newer))), record('R', field('c', around(older))))
      const value = nested.decode(message) as { c: never }
      expect(nested.encode({ ...value, c: change(value.c) }).toString('hex')).toBe(expected.toString('hex'))
    })

    it('is kept in a nullable field, in a nested record, and where the record goes', () => {
      const item = (type: object): object => record('Item', field('s', ['null', type]))
      const nested = pair(
        record('R', field('l', { type: 'array', items: item(newer) })),
        record('R', field('l', { type: 'array', items: item(older) })),
      )
      const [refunded, held, nothing] = [all(int(1), REFUNDED), all(int(1), HELD), int(0)]
      const value = nested.decode(list(refunded, held, nothing)) as { l: { s: string | null }[] }
      const other = nested.decode(list(held)) as typeof value
      expect(value.l.map(({ s }) => s)).toEqual(['NEW', 'NEW', null])
      expect(nested.encode({ ...value, l: [...value.l.toReversed(), ...other.l] })).toEqual(list(nothing, held, refunded, held))
      expect(nested.encode({ ...value, l: value.l.map((one) => ({ ...one, s: 'PAID' })) })).toEqual(
        list(...[0, 1, 2].map(() => all(int(1), PAID))),
      )
      expect(nested.encode({ ...value, l: value.l.map((one) => ({ s: one.s })) })).toEqual(
        list(all(int(1), NEW), all(int(1), NEW), nothing),
      )
    })
  })

  describe('a root that is no record', () => {
    it.each<[string, object, object, Buffer]>([
      ['a list of symbols', { type: 'array', items: newer }, { type: 'array', items: older }, list(REFUNDED, PAID)],
      ['a map of symbols', { type: 'map', values: newer }, { type: 'map', values: older }, map(['k', REFUNDED])],
      [
        'a nullable list of symbols',
        ['null', { type: 'array', items: newer }],
        ['null', { type: 'array', items: older }],
        all(int(1), list(HELD)),
      ],
      ['a list of rounded longs', { type: 'array', items: 'long' }, { type: 'array', items: 'double' }, list(int(2n ** 53n + 1n))],
    ])('%s is kept, or refused, but not lost without a word', (_name, writer, reader, message) => {
      const rooted = pair(writer, reader)
      const outcome = attempt(() => rooted.encode(rooted.decode(message)))
      expect(isEvolveError(outcome) ? outcome.code : outcome.toString('hex')).toBeOneOf([message.toString('hex'), 'unknown-field-loss'])
    })
  })

  describe('a number that the reader rounds', () => {
    const reals = pair(
      record('R', field('d', 'long'), field('f', 'int'), field('n', 'int')),
      record('R', field('d', 'double'), field('f', 'float'), field('n', 'int')),
    )
    const bytes = all(int(2n ** 53n + 1n), int(2 ** 24 + 1), int(0))
    type Reals = { d: number; f: number; n: number }

    it('is exact again where it is left alone', () => {
      const value = reals.decode(bytes) as Reals
      expect(value).toMatchObject({ d: 2 ** 53, f: 2 ** 24 })
      expect(reals.encode({ ...value, n: 1 })).toEqual(all(int(2n ** 53n + 1n), int(2 ** 24 + 1), int(1)))
    })

    it('is what was set where it was set', () => {
      const value = reals.decode(bytes) as Reals
      expect(reals.encode({ ...value, d: 2 ** 53 + 2 })).toEqual(all(int(2n ** 53n + 2n), int(2 ** 24 + 1), int(0)))
      expect(reals.encode({ d: 7, f: 8, n: 9 })).toEqual(all(int(7), int(8), int(9)))
      expect(reals.encode({ d: -(2 ** 63), f: -(2 ** 31), n: 9 })).toEqual(all(int(-(2n ** 63n)), int(-(2 ** 31)), int(9)))
    })

    it.each<[string, Partial<Reals>, string]>([
      ['a fraction into a long', { d: 0.5 }, '/d'],
      ['2^63 into a long', { d: 2 ** 63 }, '/d'],
      ['infinity into a long', { d: Number.POSITIVE_INFINITY }, '/d'],
      ['NaN into an int', { f: Number.NaN }, '/f'],
      ['2^31 into an int', { f: 2 ** 31 }, '/f'],
      ['minus zero into an int', { f: -0 }, '/f'],
    ])('refuses %s', (_name, change, path) => {
      const value = reals.decode(bytes) as Reals
      expect(() => reals.encode({ ...value, ...change })).toThrow(loss('narrowing', path) as Error)
    })

    it('refuses what a narrower type of the writer cannot hold, with the path', () => {
      const item = (type: string, real: string): object => record('Item', field('qty', type), field('r', real))
      const nested = pair(
        record('R', field('m', { type: 'map', values: item('int', 'float') })),
        record('R', field('m', { type: 'map', values: item('long', 'double') })),
      )
      const value = nested.decode(map(['a/b~', all(int(1), float(0.5))])) as { m: Record<string, { qty: number; r: number }> }
      const edited = (change: object): unknown => ({ ...value, m: { 'a/b~': { ...value.m['a/b~'], ...change } } })
      expect(nested.encode(edited({ qty: -(2 ** 31), r: 0.25 }))).toEqual(map(['a/b~', all(int(-(2 ** 31)), float(0.25))]))
      expect(() => nested.encode(edited({ qty: 2 ** 40 }))).toThrow(loss('narrowing', '/m/a~1b~0/qty') as Error)
      expect(() => nested.encode(edited({ r: 0.1 }))).toThrow(loss('narrowing', '/m/a~1b~0/r') as Error)
      expect(nested.encode(edited({ r: Number.NaN })).length).toBe(nested.encode(value).length)
    })

    it('passes longs as bigints too', () => {
      const big = pair(record('R', field('n', 'int')), record('R', field('n', 'long')), { long: 'bigint' })
      const value = big.decode(int(5)) as { n: bigint }
      expect(value.n).toBe(5n)
      expect(big.encode({ ...value, n: 6n })).toEqual(int(6))
      expect(big.encode({ ...value, n: 6 })).toEqual(int(6))
      expect(() => big.encode({ ...value, n: 2n ** 40n })).toThrow(loss('narrowing', '/n') as Error)
    })
  })

  describe('a time that is finer than a Date', () => {
    const stamp = (unit: string): object => ({ type: 'long', logicalType: `timestamp-${unit}` })
    const schema = record('R', field('at', stamp('micros')), field('n', 'int'))
    const same = pair(schema, schema)
    const bytes = all(int(1_700_000_000_123_456n), int(1))
    type Stamped = { at: Date; n: number }

    it('is kept while the Date is left as it is', () => {
      const value = same.decode(bytes) as Stamped
      expect(value.at).toEqual(new Date(1_700_000_000_123))
      expect(same.encode({ ...value, n: 2 })).toEqual(all(int(1_700_000_000_123_456n), int(2)))
      expect(same.encode({ ...value, at: new Date(value.at) })).toEqual(bytes)
    })

    it('changes with the Date, also in place', () => {
      const value = same.decode(bytes) as Stamped
      const copy = { ...value }
      copy.at.setTime(5)
      expect(same.encode(value)).toEqual(all(int(5000), int(1)))
      expect(same.encode({ ...value, at: new Date(7) })).toEqual(all(int(7000), int(1)))
    })

    it('before 1970, at the millisecond, in nanoseconds, in lists and where it may be null', () => {
      const wide = record(
        'R',
        field('l', { type: 'array', items: stamp('nanos') }),
        field('o', ['null', stamp('micros')]),
        field('w', stamp('micros')),
      )
      const many = pair(wide, wide)
      const message = all(list(int(-1), int(1_700_000_000_123_456_789n), int(0)), int(1), int(-1001), int(5000))
      const value = many.decode(message) as { l: Date[]; o: Date; w: Date }
      expect(many.encode(value)).toEqual(message)
      expect(many.encode({ ...value, l: value.l.slice(1), w: new Date(6) })).toEqual(
        all(list(int(1_700_000_000_123_456_789n), int(0)), int(1), int(-1001), int(6000)),
      )
    })

    it('refuses a Date that is none', () => {
      const value = same.decode(bytes) as Stamped
      expect(() => same.encode({ ...value, at: new Date(Number.NaN) })).toThrow(
        expect.objectContaining({ code: 'invalid-value', path: '/at' }),
      )
    })

    it('is kept by a reader that asks for microseconds as milliseconds of another field order', () => {
      const turned = pair(record('R', field('n', 'int'), field('at', stamp('micros')), field('x', 'string')), schema)
      const value = turned.decode(all(int(1), int(1_700_000_000_123_456n), text('u'))) as Stamped
      expect(turned.encode({ ...value, n: 3 })).toEqual(all(int(3), int(1_700_000_000_123_456n), text('u')))
    })
  })

  describe('records beside collapsing branches', () => {
    const item = (...more: object[]): object => record('Item', field('x', 'int'), ...more)
    const union = (symbols: object, type: object): object =>
      record('R', field('u', [symbols, type]), field('l', { type: 'array', items: ['Status', 'Item'] }))
    const mixed = pair(union(newer, item(field('secret', 'string', { default: 'none' }))), union(older, item()))
    const of = (x: number, secret: string): Buffer => all(int(1), int(x), text(secret))
    const symbol = (index: Buffer): Buffer => all(int(0), index)
    type Mixed = { u: { x: number } | string; l: ({ x: number } | string)[] }

    it('a record of another message is not taken for the one that looked the same', () => {
      const [mine, theirs] = ['mine', 'theirs'].map(
        (secret) => mixed.decode(all(of(1, secret), list(of(1, secret), symbol(REFUNDED)))) as Mixed,
      ) as [Mixed, Mixed]
      expect(mixed.encode({ ...mine, u: theirs.u })).toEqual(all(of(1, 'theirs'), list(of(1, 'mine'), symbol(REFUNDED))))
      expect(mixed.encode({ ...mine, l: [theirs.l[0], mine.l[1]] })).toEqual(all(of(1, 'mine'), list(of(1, 'theirs'), symbol(REFUNDED))))
    })

    it('not even where it hides as much', () => {
      const [mine, other] = ['mine', 'else'].map(
        (secret) => mixed.decode(all(of(1, secret), list(of(1, secret), symbol(REFUNDED)))) as Mixed,
      ) as [Mixed, Mixed]
      expect(mixed.encode({ ...mine, u: other.u })).toEqual(all(of(1, 'else'), list(of(1, 'mine'), symbol(REFUNDED))))
      expect(mixed.encode({ ...mine, l: [other.l[0], mine.l[1]] })).toEqual(all(of(1, 'mine'), list(of(1, 'else'), symbol(REFUNDED))))
    })

    it('a fresh record is not taken for the one that looked the same', () => {
      const mine = mixed.decode(all(of(1, 'mine'), list(of(1, 'mine'), symbol(HELD)))) as Mixed
      expect(mixed.encode({ ...mine, u: { x: 1 } })).toEqual(all(of(1, 'none'), list(of(1, 'mine'), symbol(HELD))))
      expect(mixed.encode({ ...mine, l: [{ x: 1 }, mine.l[1]] })).toEqual(all(of(1, 'mine'), list(of(1, 'none'), symbol(HELD))))
    })

    it('an edited record and a collapsed symbol stand side by side', () => {
      const mine = mixed.decode(all(symbol(REFUNDED), list(of(1, 'a'), symbol(HELD), of(2, 'b')))) as Mixed
      const l = mine.l.map((one) =>
        typeof one === 'object' && 'Item' in one
          ? { Item: { ...(one as { Item: object }).Item, x: 5 } }
          : typeof one === 'object' && 'x' in one
            ? { ...one, x: 5 }
            : one,
      )
      expect(mixed.encode({ ...mine, l })).toEqual(all(symbol(REFUNDED), list(of(5, 'a'), symbol(HELD), of(5, 'b'))))
    })
  })
})
