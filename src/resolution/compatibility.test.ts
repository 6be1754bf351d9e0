import { describe, expect, it } from 'vitest'
import { parseSchema } from '../schema/parse.ts'
import { type Compatibility, checkSchemas } from './compatibility.ts'

type Json = string | object

const check = (reader: Json, writer: Json): Compatibility => checkSchemas(parseSchema(reader), parseSchema(writer))
const found = (reader: Json, writer: Json): string[] => check(reader, writer).incompatibilities.map(({ kind, path }) => `${kind} ${path}`)

const record = (name: string, ...fields: object[]): object => ({ type: 'record', name, fields })
const field = (name: string, type: unknown, rest: object = {}): object => ({ name, type, ...rest })
const list = (items: unknown): object => ({ type: 'array', items })
const map = (values: unknown): object => ({ type: 'map', values })
const fixed = (name: string, size: number, rest: object = {}): object => ({ type: 'fixed', name, size, ...rest })
const symbols = (name: string, all: string, rest: object = {}): object => ({ type: 'enum', name, symbols: [...all], ...rest })

// Verdicts, kinds and places of Java's SchemaCompatibility (1.12.1).
describe('checkSchemas', () => {
  const compatible: readonly (readonly [string, Json, Json])[] = [
    ['a primitive as itself', 'boolean', 'boolean'],
    ['int as long', 'long', 'int'],
    ['long as float', 'float', 'long'],
    ['float as double', 'double', 'float'],
    ['bytes as string', 'string', 'bytes'],
    ['string as bytes', 'bytes', 'string'],
    ['other logical types', { type: 'int', logicalType: 'date' }, { type: 'int', logicalType: 'time-millis' }],
    [
      'decimals of another scale',
      { type: 'bytes', logicalType: 'decimal', precision: 4, scale: 2 },
      { type: 'bytes', logicalType: 'decimal', precision: 4 },
    ],
    ['lists of what is promoted', list('long'), list('int')],
    ['one of a union', ['int', 'string'], 'string'],
    ['a union as one type that takes all', 'long', ['int', 'long']],
    ['a union as a union that promotes', ['double', 'bytes'], ['int', 'float', 'string']],
    ['no branches at all', 'int', []],
    ['symbols that stand elsewhere', symbols('E', 'BA'), symbols('E', 'AB')],
    ['symbols that are new, with a default', symbols('E', 'A', { default: 'A' }), symbols('E', 'AB')],
    ['another namespace', { ...fixed('F', 2), namespace: 'b' }, { ...fixed('F', 2), namespace: 'a' }],
    ['an alias', { ...fixed('G', 2), aliases: ['a.F'] }, fixed('a.F', 2)],
    ['a field less', record('R'), record('R', field('a', 'int'))],
    ['a field more, with a default', record('R', field('a', 'int', { default: 0 })), record('R')],
    ['a field under its old name', record('R', field('b', 'int', { aliases: ['a'] })), record('R', field('a', 'int'))],
    ['a record inside itself', record('R', field('r', ['null', 'R'])), record('R', field('r', ['R', 'null']))],
    [
      'the second record of the name',
      [record('a.R', field('x', 'string')), record('b.R', field('x', 'int'))],
      record('a.R', field('x', 'int')),
    ],
  ]
  it.each(compatible)('takes %s', (_name, reader, writer) => {
    expect(check(reader, writer)).toEqual({ compatible: true, incompatibilities: [] })
  })

  const self = (x: string, ...wrap: string[]): object => record('R', field('x', x), field('r', wrap.length > 0 ? [...wrap, 'R'] : 'R'))
  const incompatible: readonly (readonly [string, Json, Json, string[]])[] = [
    ['other types', 'int', 'null', ['TYPE_MISMATCH /']],
    ['long as int', 'int', 'long', ['TYPE_MISMATCH /']],
    ['items', list('int'), list('long'), ['TYPE_MISMATCH /items']],
    ['values of lists', map(list('int')), map(list('string')), ['TYPE_MISMATCH /values/items']],
    ['a list as a map', map('int'), list('int'), ['TYPE_MISMATCH /']],
    ['a branch that the reader lacks', ['int', 'null'], ['int', 'string', 'null'], ['MISSING_UNION_BRANCH /1']],
    ['two of them', ['null'], ['int', 'null', 'string'], ['MISSING_UNION_BRANCH /0', 'MISSING_UNION_BRANCH /2']],
    ['a type that no branch takes', ['int', 'null'], 'string', ['MISSING_UNION_BRANCH /']],
    ['a union as one of its types', 'int', ['null', 'int'], ['TYPE_MISMATCH /0']],
    ['a list in a union as a list', list('int'), ['null', list('string')], ['TYPE_MISMATCH /0', 'TYPE_MISMATCH /1/items']],
    ['new symbols', symbols('E', 'A'), symbols('E', 'ABC'), ['MISSING_ENUM_SYMBOLS /symbols']],
    ['new symbols under another name', symbols('E', 'A'), symbols('X', 'AB'), ['NAME_MISMATCH /name', 'MISSING_ENUM_SYMBOLS /symbols']],
    ['another size', fixed('F', 2), fixed('F', 3), ['FIXED_SIZE_MISMATCH /size']],
    ['another size and name', fixed('F', 2), fixed('G', 3), ['NAME_MISMATCH /name', 'FIXED_SIZE_MISMATCH /size']],
    ['a record of another name', record('R'), record('S'), ['NAME_MISMATCH /name']],
    ['a record of another name in a union', ['null', record('R')], record('S'), ['MISSING_UNION_BRANCH /']],
    [
      'missing defaults, in the order of the reader',
      record('R', field('a', 'int'), field('b', 'int'), field('c', 'string')),
      record('R', field('b', 'string')),
      ['READER_FIELD_MISSING_DEFAULT_VALUE /fields/0', 'TYPE_MISMATCH /fields/1/type', 'READER_FIELD_MISSING_DEFAULT_VALUE /fields/2'],
    ],
    [
      'an enum that has a default where the field has none',
      record('R', field('e', symbols('E', 'A', { default: 'A' }))),
      record('R'),
      ['TYPE_MISMATCH /fields/0/type'],
    ],
    [
      'what is wrong inside a branch',
      record('R', field('a', ['null', record('S', field('x', 'int'))])),
      record('R', field('a', ['null', record('S', field('x', 'string'))])),
      ['MISSING_UNION_BRANCH /fields/0/type/1'],
    ],
    ['what is wrong with a fixed in a union', ['null', fixed('F', 2)], fixed('F', 3), ['MISSING_UNION_BRANCH /']],
    [
      'one type at two places, where it is defined',
      record('R', field('a', symbols('E', 'A')), field('b', 'E')),
      record('R', field('a', symbols('E', 'AB')), field('b', 'E')),
      ['MISSING_ENUM_SYMBOLS /fields/0/type/symbols'],
    ],
    ['a record inside itself', self('int'), self('string'), ['TYPE_MISMATCH /fields/0/type']],
    ['a record inside itself in a union', self('int', 'null'), self('string'), ['TYPE_MISMATCH /fields/0/type']],
  ]
  it.each(incompatible)('refuses %s', (_name, reader, writer, expected) => {
    expect(found(reader, writer)).toEqual(expected)
    expect(check(reader, writer).compatible).toBe(false)
  })

  it('says what is wrong and what helps', () => {
    const reader = record('shop.Order', field('discount', 'int'), field('item', ['null', record('shop.Item', field('n', 'int'))]))
    const writer = record('shop.Order', field('rebate', 'int'), field('item', ['null', record('shop.Item', field('n', 'long'))]))
    expect(check(reader, writer).incompatibilities).toEqual([
      {
        path: '/fields/0',
        kind: 'READER_FIELD_MISSING_DEFAULT_VALUE',
        message: "the writer's shop.Order has no field discount, and the reader gives it no default",
        hint: 'give discount a default, or the alias rebate if it was called that',
        writerHint: 'keep the field discount until every reader has a default for it; an alias helps new readers only',
      },
      {
        path: '/fields/1/type/1',
        kind: 'MISSING_UNION_BRANCH',
        message: "the branch shop.Item of the reader's union cannot read all of it: in Item.n: long cannot be read as int",
        hint: "in Item.n: make the reader's type long, which takes int too",
        inside: 'shop.Item.n',
        writerHint: 'in Item.n: keep the type int: what is new goes into a field of its own',
      },
    ])
  })

  it.each([
    ['a rename', [field('rebate', 'int'), field('note', 'string')], 'give discount a default, or the alias rebate if it was called that'],
    ['a rename with a promotion', [field('rebate', 'int')], 'give discount a default, or the alias rebate if it was called that', 'long'],
    [
      'one of two',
      [field('a', 'int'), field('b', 'int')],
      'give discount a default, or an alias if the writer has it under another name (it has a, b)',
    ],
    ['fields of other types', [field('note', 'string')], 'give discount a default'],
    ['nothing', [], 'give discount a default'],
  ])('thinks of %s', (_name, fields, hint, type = 'int') => {
    const { incompatibilities } = check(record('Order', field('discount', type)), record('Order', ...fields))
    expect(incompatibilities.map((found) => found.hint)).toEqual([hint])
  })

  it('shares nothing between two calls, and changes nothing', () => {
    const [reader, writer] = [parseSchema(self('int')), parseSchema(self('string'))]
    const first = checkSchemas(reader, writer)
    expect(checkSchemas(writer, writer).compatible).toBe(true)
    expect(checkSchemas(reader, writer)).toEqual(first)
    expect(Object.isFrozen(first) && Object.isFrozen(first.incompatibilities)).toBe(true)
  })

  it('takes a time in proportion to the schemas', () => {
    // Each record has the next one at two places: as many paths as 2^60.
    const doubled = (last: string): object[] =>
      Array.from({ length: 60 }, (_, at) =>
        at === 0 ? record('R0', field('x', last)) : record(`R${at}`, field('a', `R${at - 1}`), field('b', ['null', `R${at - 1}`])),
      )
    expect(check(doubled('int'), doubled('int')).compatible).toBe(true)
    expect(check(doubled('int'), doubled('string')).incompatibilities).toHaveLength(60)
    const chain = (last: string): object[] =>
      Array.from({ length: 1200 }, (_, at) => (at === 0 ? record('R0', field('x', last)) : record(`R${at}`, field('a', `R${at - 1}`))))
    const deep = (last: string): object => record('Root', field('all', chain(last)), field('top', 'R1199'))
    expect(found(deep('int'), deep('string'))).toHaveLength(1201)
  })
})
