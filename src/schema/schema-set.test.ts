import { describe, expect, it } from 'vitest'
import { EvolveError } from '../errors.ts'
import { parseSchema, schemaText } from './parse.ts'
import { parseSchemaSet } from './schema-set.ts'
import { orderByNeeds } from './schema-set-order.ts'

const record = (name: string, ...types: unknown[]): string =>
  JSON.stringify({ type: 'record', name, fields: types.map((type, index) => ({ name: `f${index}`, type })) })

describe('a set of schemas', () => {
  it('is read in any order', () => {
    const files = {
      'order.avsc': record('shop.Order', 'Status', 'ids.Id'),
      'id.avsc': record('ids.Id', 'int'),
      'status.avsc': record('shop.Status'),
    }
    for (const entries of [Object.entries(files), Object.entries(files).reverse()]) {
      const set = parseSchemaSet(entries.map(([path, text]) => ({ path, text })))
      expect([...set.types.keys()].sort()).toEqual(['ids.Id', 'shop.Order', 'shop.Status'])
      expect(set.schemas.get('order.avsc')).toBe(set.types.get('shop.Order'))
      expect(set.types.get('shop.Order')).toMatchObject({ fields: [{ type: { name: 'shop.Status' } }, { type: { name: 'ids.Id' } }] })
      expect(set.order.indexOf('order.avsc')).toBe(2)
      expect(set.needs.get('order.avsc')).toEqual(['status.avsc', 'id.avsc'])
      expect(set.cycles).toEqual([])
    }
  })

  it('may have types that need each other', () => {
    const set = parseSchemaSet({
      c: record('n.C', 'A'),
      a: record('n.A', ['null', 'B']),
      b: record('n.B', { type: 'map', values: 'n.A' }, { type: 'array', items: 'D' }),
      d: record('n.D'),
    })
    expect(set.order).toEqual(['d', 'a', 'b', 'c'])
    expect(set.cycles).toEqual([['a', 'b']])
    expect(set.schemas.get('a')).toMatchObject({
      fields: [{ type: { branches: [{}, { fields: [{ type: { values: { name: 'n.A' } } }, {}] }] } }],
    })
  })

  it('gives each schema a text that is complete in itself', () => {
    const a = record('n.A', 'int')
    const set = parseSchemaSet({ a: ` ${a}`, b: record('n.B', 'A', 'A') })
    expect(schemaText(set.schemas.get('a') as never)).toBe(` ${a}`)
    const text = schemaText(set.schemas.get('b') as never) as string
    expect(JSON.parse(text)).toEqual({
      type: 'record',
      name: 'B',
      namespace: 'n',
      fields: [
        { name: 'f0', type: { type: 'record', name: 'A', fields: [{ name: 'f0', type: 'int' }] } },
        { name: 'f1', type: 'A' },
      ],
    })
    expect(parseSchema(text)).toEqual(set.schemas.get('b'))
  })

  it('takes files that are no named types', () => {
    const set = parseSchemaSet({ union: '["null","n.A"]', list: '{"type":"array","items":"n.A","x":1}', int: '"int"', a: record('n.A') })
    expect(set.schemas.get('union')).toMatchObject({ kind: 'union', branches: [{ kind: 'null' }, { name: 'n.A' }] })
    expect(set.schemas.get('list')).toMatchObject({ kind: 'array' })
    expect(set.schemas.get('int')).toEqual({ kind: 'int' })
    expect(set.types.size).toBe(1)
  })

  it('takes IDL and protocols too', () => {
    const set = parseSchemaSet({
      'idl/a.avdl': 'namespace n; schema A; import schema "../c.avsc"; record A { B b; C c; p.T t; }',
      'idl/b.avdl': 'protocol P { import idl "a.avdl"; @namespace("n") record B { n.A? a; } void m(); }',
      'c.avsc': record('n.C', 'B'),
      'p.avpr': '{"protocol":"P","namespace":"p","types":[{"type":"enum","name":"T","symbols":["x"]}]}',
    })
    expect([...set.types.keys()]).toEqual(['n.A', 'n.B', 'n.C', 'p.T'])
    expect([...set.schemas.keys()]).toEqual(['idl/a.avdl', 'c.avsc'])
    expect(set.needs.get('idl/a.avdl')).toEqual(['idl/b.avdl', 'c.avsc', 'p.avpr'])
  })

  it('may say the same twice', () => {
    const set = parseSchemaSet({ a: record('n.A', 'B'), b: record('n.B', 'int'), again: `// again\n${record('n.B', 'int')}` })
    expect(set.types.size).toBe(2)
    expect(set.schemas.get('again')).toBe(set.schemas.get('b'))
  })

  it('drops defaults that do not fit where it is told to', () => {
    const text = '{"type":"record","name":"A","fields":[{"name":"x","type":"int","default":"a"}]}'
    expect(parseSchemaSet({ a: text }, { invalidDefaults: 'drop' }).types.get('A')).toMatchObject({ fields: [{ name: 'x' }] })
    expect(() => parseSchemaSet({ 'a.avsc': text })).toThrow('the default of field x does not fit its type int')
    expect(() => parseSchemaSet({ 'a.avsc': text })).toThrow('in a.avsc (at /A/fields/0/default)')
  })

  it('has names of Object.prototype as names of types and files', () => {
    const set = parseSchemaSet([
      { path: '__proto__', text: record('__proto__', 'constructor') },
      { path: 'constructor', text: record('constructor') },
    ])
    expect([...set.types.keys()]).toEqual(['__proto__', 'constructor'])
    expect(set.order).toEqual(['constructor', '__proto__'])
  })

  it.each<[string, Record<string, string>, string]>([
    [
      'a name that no file defines',
      { 'a.avsc': record('n.A', 'int', ['null', 'B']) },
      '[invalid-schema] the type n.B is not defined, in a.avsc',
    ],
    [
      'two definitions',
      { 'a.avsc': record('n.A', 'int'), 'b.avsc': record('n.A', 'long') },
      'n.A is defined twice and differently, in a.avsc and in b.avsc',
    ],
    ['text that is no JSON', { 'a.avsc': '{' }, 'a.avsc is not JSON'],
    ['IDL that is none', { 'a.avdl': 'record A { int x }' }, 'at line 1, column 18 of a.avdl'],
    [
      'an import of what is not there',
      { 'x/a.avdl': 'import idl "../b.avdl";' },
      'the import of "../b.avdl" means b.avdl, which is not in the set, at line 1, column 12 of x/a.avdl',
    ],
    ['a branch twice', { 'a.avsc': record('n.A', ['int', 'int']) }, 'a union has two branches int, in a.avsc'],
    ['a union in a union', { 'a.avsc': record('n.A', ['int', ['null']]) }, 'a union directly inside a union, in a.avsc'],
    [
      'a field twice',
      { 'a.avsc': '{"type":"record","name":"A","fields":[{"name":"x","type":"int"},{"name":"x","type":"int"}]}' },
      'two fields x, in a.avsc',
    ],
    [
      'a default that needs another file',
      { 'a.avsc': '{"type":"record","name":"A","fields":[{"name":"x","type":"B","default":{"f0":"y"}}]}', 'b.avsc': record('B', 'int') },
      'in a.avsc',
    ],
  ])('refuses %s', (_what, files, says) => {
    expect(() => parseSchemaSet(files)).toThrow(EvolveError)
    expect(() => parseSchemaSet(files)).toThrow(says)
  })

  it('refuses two files of one path, and what is no file', () => {
    const file = { path: 'a', text: '"int"' }
    expect(() => parseSchemaSet([file, file])).toThrow('[invalid-options] the set of schemas has two files a')
    expect(() => parseSchemaSet([{ path: 'a' } as never])).toThrow('[invalid-options]')
  })
})

describe('the order of needs', () => {
  it('keeps long chains and wide circles apart', () => {
    const count = 20_000
    const chain = Array.from({ length: count }, (_, index) => `${index}`)
    expect(orderByNeeds(chain, (name) => (name === `${count - 1}` ? [] : [`${Number(name) + 1}`])).order).toEqual(chain.toReversed())
    const circle = orderByNeeds(chain, (name) => [`${(Number(name) + 1) % count}`])
    expect(circle.cycles).toEqual([chain])
  })

  it('finds circles inside circles, and a thing that needs itself alone', () => {
    const needs: Record<string, string[]> = { a: ['b', 'e'], b: ['c'], c: ['a', 'd'], d: ['d'], e: ['f'], f: ['e'], g: ['a'] }
    const { order, cycles } = orderByNeeds(Object.keys(needs), (name) => needs[name] ?? [])
    expect(cycles.map((cycle) => [...cycle].sort())).toEqual([
      ['e', 'f'],
      ['a', 'b', 'c'],
    ])
    expect(order.at(-1)).toBe('g')
    expect(order[0]).toBe('d')
  })
})
