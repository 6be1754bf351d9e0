import { describe, expect, it } from 'vitest'
import type { EncodeOptions, UnknownFieldEvent } from '../../codec.ts'
import { engines } from './engine.test-support.ts'
import { decodeWith } from './raw.test-support.ts'
import { all, field, int, list, map, record, text } from './wire.test-support.ts'

// What was read under one pair of schemas and is written under another, or under a policy.
describe.each(engines)('with the plan %s', (_engine, pair) => {
  const status = (...symbols: string[]): object => ({ type: 'enum', name: 'Status', symbols, default: symbols[0] })
  const [newer, older, other] = [status('NEW', 'PAID', 'REFUNDED'), status('NEW', 'PAID'), status('NEW', 'PAID', 'HELD', 'REFUNDED')]
  const [NEW, PAID, REFUNDED] = [0, 1, 2].map(int) as [Buffer, Buffer, Buffer]
  const arrayOf = (items: object | string): object => ({ type: 'array', items })
  const mapOf = (values: object | string): object => ({ type: 'map', values })
  const loss = (reason: string, path: string): Error =>
    expect.objectContaining({ code: 'unknown-field-loss', path, details: expect.objectContaining({ reason }) }) as Error

  it('a value that its reader could not read back is refused, whatever the other type would hold', () => {
    const of = (type: string): object => record('R', field('l', arrayOf(record('I', field('n', type)))))
    const value = pair(of('int'), of('float')).decode(list(int(63)))
    expect(() => pair(of('double'), of('float')).encode(value)).toThrow(loss('union-branch', '/l/0/n'))
  })

  describe('a root that is no record', () => {
    it.each<[string, (symbol: object) => object, Buffer, unknown]>([
      ['a list', arrayOf, list(REFUNDED, PAID), ['REFUNDED', 'PAID']],
      ['a map', mapOf, map(['k', REFUNDED]), { k: 'REFUNDED' }],
      ['a nullable list', (symbol) => ['null', arrayOf(symbol)], all(int(1), list(REFUNDED)), ['REFUNDED']],
      ['a nullable map', (symbol) => ['null', mapOf(symbol)], all(int(1), map(['k', REFUNDED])), { k: 'REFUNDED' }],
      ['a list of lists', (symbol) => arrayOf(arrayOf(symbol)), list(list(REFUNDED), list()), [['REFUNDED'], []]],
    ])('%s keeps what it hides, by name, under another writer, and is refused by the reader itself', (_name, around, message, written) => {
      const read = pair(around(newer), around(older))
      const there = pair(around(other), around(older))
      expect(decodeWith(around(other), there.encode(read.decode(message)))).toEqual(written)
      expect(() => pair(around(older), around(older)).encode(read.decode(message))).toThrow(loss('not-in-output-schema', ''))
      expect(() => read.encode(read.decode(message), { output: 'reader' })).toThrow(loss('not-in-output-schema', ''))
      expect(read.encode(read.decode(message), { output: 'auto' })).toEqual(message)
      expect(read.encode(read.decode(message), { output: 'merged' })).toEqual(message)
      const dropped = read.encode(read.decode(message), { output: 'reader', policy: 'drop' })
      expect(decodeWith(around(older), dropped)).toEqual(JSON.parse(JSON.stringify(written).replaceAll('REFUNDED', 'NEW')))
    })

    it('a wrapped branch does too', () => {
      const around = (symbol: object): object => [symbol, mapOf('string'), record('A'), 'string']
      const options = { unions: 'wrapped' } as const
      const read = pair(around(newer), around(older), options)
      const message = all(int(0), REFUNDED)
      const value = read.decode(message)
      expect(value).toMatchObject({ Status: 'NEW' })
      expect(read.encode(value)).toEqual(message)
      expect(pair(around(other), around(older), options).encode(value)).toEqual(all(int(0), int(3)))
      expect(() => pair(around(older), around(older), options).encode(value)).toThrow(loss('not-in-output-schema', ''))
    })

    it('an edited list keeps what was left alone, and one that lost nothing goes anywhere', () => {
      const read = pair(arrayOf(newer), arrayOf(older))
      const value = read.decode(list(REFUNDED, PAID)) as string[]
      value.push('PAID')
      expect(pair(arrayOf(other), arrayOf(older)).encode(value)).toEqual(list(int(3), PAID, PAID))
      expect(pair(arrayOf(older), arrayOf(older)).encode(read.decode(list(PAID, NEW)))).toEqual(list(PAID, NEW))
    })

    it('as a field of another message it brings what it hides', () => {
      const value = pair(arrayOf(newer), arrayOf(older)).decode(list(REFUNDED))
      const into = pair(record('R', field('l', arrayOf(other))), record('R', field('l', arrayOf(older))))
      expect(into.encode({ l: value })).toEqual(list(int(3)))
      const own = record('R', field('l', arrayOf(older)))
      expect(() => pair(own, own).encode({ l: value })).toThrow(loss('not-in-output-schema', '/l'))
    })
  })

  describe('a list with something collapsed in a record', () => {
    const row = (symbol: object, ...more: object[]): object =>
      record('R', field('s', arrayOf(symbol)), field('m', mapOf('Status')), ...more)
    const memo = field('memo', 'string', { default: '' })
    const message = all(list(REFUNDED, PAID), map(['k', REFUNDED]), int(7))
    type Row = { s: string[]; m: Record<string, string>; memo: string }

    it.each<[string, (value: Row) => object, unknown]>([
      ['left alone', (value) => ({ ...value }), { s: ['REFUNDED', 'PAID'], m: { k: 'REFUNDED' } }],
      ['grown', ({ s, ...rest }) => ({ ...rest, s: [...s, 'PAID'] }), { s: ['REFUNDED', 'PAID', 'PAID'], m: { k: 'REFUNDED' } }],
      ['cut', ({ s, ...rest }) => ({ ...rest, s: s.slice(0, 1) }), { s: ['REFUNDED'], m: { k: 'REFUNDED' } }],
      ['emptied', (value) => ({ ...value, s: [] }), { s: [], m: { k: 'REFUNDED' } }],
      [
        'with a key more',
        ({ m, ...rest }) => ({ ...rest, m: { ...m, z: 'NEW' } }),
        { m: { k: 'REFUNDED', z: 'NEW' }, s: ['REFUNDED', 'PAID'] },
      ],
      ['with a key set', (value) => ({ ...value, m: { k: 'PAID' } }), { m: { k: 'PAID' }, s: ['REFUNDED', 'PAID'] }],
    ])('%s keeps the parts that were left alone in a merged schema', (_name, change, expected) => {
      const diverged = pair(row(newer, field('u', 'int')), row(older, memo))
      const value = diverged.decode(message) as Row
      const out = diverged.write({ ...change(value), memo: 'seen' }, { output: 'merged' })
      expect(decodeWith(out.schema, out.bytes)).toEqual({ u: 7, memo: 'seen', ...(expected as object) })
    })

    it("is refused where the other schema cannot say it, with the reader's name of the field", () => {
      const renamed = (symbol: object): object => record('R', field('states', arrayOf(symbol), { aliases: ['s'] }))
      const read = pair(record('R', field('s', arrayOf(newer))), renamed(older))
      const value = read.decode(list(REFUNDED)) as { states: string[] }
      const poor = pair(record('R', field('s', arrayOf(older))), renamed(older))
      expect(() => poor.encode(value)).toThrow(loss('not-in-output-schema', '/states'))
      expect(() => poor.encode({ ...value, states: [...value.states, 'PAID'] })).toThrow(loss('not-in-output-schema', '/states'))
      expect(poor.encode({ ...value, states: [] })).toEqual(list())
    })
  })

  describe('lists of records that nobody here knows', () => {
    const tag = (...more: object[]): object => record('Tag', field('t', 'string'), ...more)
    const under = (type: object): object => record('R', field('id', 'int'), field('tags', arrayOf(type)))
    const reader = record('R', field('id', 'int'))

    it('go into a schema that says more', () => {
      const value = pair(under(tag()), reader).decode(all(int(1), list(text('a'), text('b'))))
      const there = pair(under(tag(field('n', 'int', { default: 5 }))), reader)
      expect(there.encode(value)).toEqual(all(int(1), list(all(text('a'), int(5)), all(text('b'), int(5)))))
    })

    it('are refused by one that says less', () => {
      const value = pair(under(tag(field('n', 'int'))), reader).decode(all(int(1), list(all(text('a'), int(3)))))
      expect(() => pair(under(tag()), reader).encode(value)).toThrow(loss('not-in-output-schema', '/tags'))
    })

    it('symbols in them find theirs, or are refused', () => {
      const value = (): unknown => pair(under(newer), reader).decode(all(int(1), list(PAID, REFUNDED)))
      expect(pair(under(other), reader).encode(value())).toEqual(all(int(1), list(PAID, int(3))))
      expect(() => pair(under(older), reader).encode(value())).toThrow(loss('not-in-output-schema', '/tags'))
      const fine = pair(under(newer), reader).decode(all(int(1), list(PAID, NEW)))
      expect(pair(under(older), reader).encode(fine)).toEqual(all(int(1), list(PAID, NEW)))
    })
  })

  describe('a union with two branches for one record', () => {
    const a = (namespace: string, ...more: object[]): object => ({ ...record('A', field('x', 'int'), ...more), namespace })
    const pick = (...branches: object[]): ReturnType<typeof pair> =>
      pair(record('R', field('l', arrayOf(branches))), record('R', field('l', arrayOf(record('A', field('x', 'int'))))))
    const events = (resolution: ReturnType<typeof pair>, value: unknown, options: EncodeOptions = {}): string[] => {
      const seen: UnknownFieldEvent[] = []
      resolution.encode(value, { ...options, onEvent: (event) => seen.push(event) })
      return seen.map(({ kind, path }) => `${kind} ${path}`)
    }
    const secret = field('secret', 'int')
    const easy = field('easy', 'int', { default: 4 })

    it('what was tried in vain leaves no trace: not in the depth, not in the events', () => {
      const two = pick(a('one', secret), a('two'))
      const many = Array.from({ length: 150 }, (_, x) => ({ x }))
      expect(two.encode({ l: many })).toEqual(list(...many.map(({ x }) => all(int(1), int(x)))))
      expect(events(pick(a('one', easy, secret), a('two')), { l: [{ x: 1 }] })).toEqual([])
      expect(events(pick(a('one', secret), a('two', easy)), { l: [{ x: 1 }] })).toEqual(['defaulted /l/0'])
    })

    it('strict takes the branch that preserve takes, or refuses', () => {
      const vain = pick(a('one', easy, secret), a('two'))
      expect(vain.encode({ l: [{ x: 1 }] }, { policy: 'strict' })).toEqual(vain.encode({ l: [{ x: 1 }] }))
      const both = pick(a('one', easy), a('two'))
      expect(both.encode({ l: [{ x: 1 }] })).toEqual(list(all(int(0), int(1), int(4))))
      expect(() => both.encode({ l: [{ x: 1 }] }, { policy: 'strict' })).toThrow(loss('fresh-value', '/l/0'))
    })

    it('a value that is refused has no events', () => {
      const refused = pick(a('one', secret))
      const seen: unknown[] = []
      expect(() => refused.encode({ l: [{ x: 1 }] }, { onEvent: (event) => seen.push(event) })).toThrow(loss('no-source', '/l/0/secret'))
      expect(seen).toEqual([])
    })
  })
})
