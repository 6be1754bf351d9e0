import { describe, expect, it } from 'vitest'
import { type ErrorCode, isEvolveError } from '../errors.ts'
import { parseSchema, schemaText } from './parse.ts'
import type { Field, RecordSchema, Schema, UnionSchema } from './types.ts'

const record = (fields: unknown, rest: object = {}): object => ({ type: 'record', name: 'R', fields, ...rest })
const text = (json: unknown): string => JSON.stringify(json)

function problem(source: string | object): { code: ErrorCode; path: string | undefined } {
  try {
    parseSchema(source)
  } catch (error) {
    if (isEvolveError(error)) return { code: error.code, path: error.path }
    throw error
  }
  throw new Error('the schema was accepted')
}

describe('parseSchema', () => {
  it('resolves names in the namespace around them', () => {
    const schema = parseSchema(
      record(
        [
          { name: 'a', type: { type: 'enum', name: 'E', symbols: ['X'] } },
          { name: 'b', type: { type: 'record', name: 'other.Inner', fields: [{ name: 'self', type: ['null', 'Inner'] }] } },
          { name: 'c', type: 'E' },
          { name: 'd', type: 'other.Inner' },
          { name: 'e', type: { type: 'fixed', name: 'F', namespace: '', size: 2 } },
          { name: 'f', type: 'F' },
        ],
        { namespace: 'shop' },
      ),
    ) as RecordSchema
    const type = (name: string): Schema => schema.fields.find((field) => field.name === name)?.type as Schema
    expect(schema.name).toBe('shop.R')
    expect(type('a')).toMatchObject({ name: 'shop.E' })
    expect(type('c')).toBe(type('a'))
    expect(type('d')).toBe(type('b'))
    const inner = (type('b') as RecordSchema).fields[0] as Field
    expect((inner.type as UnionSchema).branches[1]).toBe(type('b'))
    expect(type('f')).toBe(type('e'))
  })

  it('takes aliases relative to the namespace of the type', () => {
    expect(parseSchema(record([], { namespace: 'a.b', aliases: ['Old', 'c.Old'] }))).toMatchObject({ aliases: ['a.b.Old', 'c.Old'] })
  })

  it('gives back the text it was given, and freezes what it makes', () => {
    const source = '{"type": "record",  "name": "R", "fields": []}'
    const schema = parseSchema(source)
    expect(schemaText(schema)).toBe(source)
    expect([schemaText(parseSchema(' string ')), schemaText(parseSchema(['null', 'int']))]).toEqual(['"string"', '["null","int"]'])
    expect(Object.isFrozen(schema) && Object.isFrozen((schema as RecordSchema).fields)).toBe(true)
  })

  it('takes named types from references', () => {
    const schema = parseSchema(record([{ name: 'item', type: 'shop.Item' }]), {
      references: [{ type: 'record', name: 'Item', namespace: 'shop', fields: [] }],
    })
    expect((schema as RecordSchema).fields[0]?.type).toMatchObject({ name: 'shop.Item' })
  })

  it('keeps a long default beyond 2^53 exact', () => {
    const schema = parseSchema(
      '{"type":"record","name":"R","fields":[{"name":"a","type":"long","default":-9223372036854775808}]}',
    ) as RecordSchema
    expect(schema.fields[0]?.default).toEqual({ json: -9_223_372_036_854_775_808n })
    expect(parseSchema('{"type":"string","doc":"\\" 12345678901234567890"}')).toEqual({ kind: 'string' })
  })

  it('takes an integer that no number holds exactly as the default of a floating-point number', () => {
    const field = (type: string): string => `{"name":"${type}","type":"${type}","default":12345678901234567890}`
    const schema = parseSchema(`{"type":"record","name":"R","fields":[${field('float')},${field('double')}]}`) as RecordSchema
    expect(schema.fields.map((each) => each.default?.json)).toEqual([12_345_678_901_234_567_890n, 12_345_678_901_234_567_890n])
    expect(problem('{"type":"record","name":"R","fields":[{"name":"a","type":"long","default":12345678901234567890}]}').path).toBe(
      '/fields/0/default',
    )
  })

  it('takes a dot in front of a name for no namespace', () => {
    const schema = parseSchema({
      type: 'record',
      name: 'shop.R',
      aliases: ['.Old'],
      fields: [
        { name: 'a', type: { type: 'fixed', name: '.F', size: 1 } },
        { name: 'b', type: ['null', '.F'] },
      ],
    }) as RecordSchema
    expect(schema.aliases).toEqual(['Old'])
    const [a, b] = schema.fields as [Field, Field]
    expect(a.type).toMatchObject({ name: 'F' })
    expect((b.type as UnionSchema).branches[1]).toBe(a.type)
  })

  const logical: readonly (readonly [string, object, object | undefined])[] = [
    ['a decimal', { type: 'bytes', logicalType: 'decimal', precision: 4, scale: 2 }, { type: 'decimal', precision: 4, scale: 2 }],
    ['a decimal without scale', { type: 'bytes', logicalType: 'decimal', precision: 4 }, { type: 'decimal', precision: 4, scale: 0 }],
    ['a decimal of scale above precision', { type: 'bytes', logicalType: 'decimal', precision: 2, scale: 4 }, undefined],
    ['a decimal whose scale is null', { type: 'bytes', logicalType: 'decimal', precision: 4, scale: null }, undefined],
    ['a decimal on a string', { type: 'string', logicalType: 'decimal', precision: 4 }, undefined],
    ['a date', { type: 'int', logicalType: 'date' }, { type: 'date' }],
    ['a date on a long', { type: 'long', logicalType: 'date' }, undefined],
    ['an unknown one', { type: 'long', logicalType: 'moon-phase' }, undefined],
    ['a name of Object.prototype', { type: 'long', logicalType: 'constructor' }, undefined],
    ['nanoseconds', { type: 'long', logicalType: 'timestamp-nanos' }, { type: 'timestamp-nanos' }],
    ['a duration', { type: 'fixed', name: 'D', size: 12, logicalType: 'duration' }, { type: 'duration' }],
    ['a decimal too long for its fixed', { type: 'fixed', name: 'D', size: 2, logicalType: 'decimal', precision: 6 }, undefined],
  ]
  it.each(logical)('reads the logical type of %s, or falls back to the base type', (_name, schema, expected) => {
    expect((parseSchema(schema) as { logical?: object }).logical).toEqual(expected)
  })

  const bad: readonly (readonly [string, string | object, ErrorCode, string])[] = [
    ['text that is not JSON', '{"type":', 'invalid-schema', ''],
    ['a number', '5', 'invalid-schema', ''],
    ['an object without a type', {}, 'invalid-schema', ''],
    ['a name that is not defined', 'Missing', 'invalid-schema', ''],
    ['a name used and not defined', record([{ name: 'a', type: ['null', 'E'] }]), 'invalid-schema', '/fields/0/type/1'],
    ['a name with a hyphen', record([], { name: 'my-record' }), 'invalid-schema', '/name'],
    ['a name that is code', record([], { name: 'R(){process.exit()}' }), 'invalid-schema', '/name'],
    ['a name defined twice', record([{ name: 'a', type: { type: 'fixed', name: 'R', size: 1 } }]), 'invalid-schema', '/fields/0/type/name'],
    ['the name of a primitive', record([], { name: 'string' }), 'invalid-schema', '/name'],
    ['a record without fields', { type: 'record', name: 'R' }, 'invalid-schema', ''],
    [
      'two fields of one name',
      record([
        { name: 'a', type: 'int' },
        { name: 'a', type: 'int' },
      ]),
      'invalid-schema',
      '/fields/1',
    ],
    ['a default that does not fit', record([{ name: 'a', type: 'int', default: 'x' }]), 'invalid-schema', '/fields/0/default'],
    ['a default that fits no branch', record([{ name: 'a', type: ['null', 'int'], default: 'x' }]), 'invalid-schema', '/fields/0/default'],
    [
      'a default deep inside',
      record([{ name: 'a', type: { type: 'array', items: 'int' }, default: [1, 2.5] }]),
      'invalid-schema',
      '/fields/0/default/1',
    ],
    ['an enum with a symbol twice', { type: 'enum', name: 'E', symbols: ['A', 'A'] }, 'invalid-schema', '/symbols/1'],
    ['an enum default that is no symbol', { type: 'enum', name: 'E', symbols: ['A'], default: 'B' }, 'invalid-schema', '/default'],
    ['a fixed without size', { type: 'fixed', name: 'F' }, 'invalid-schema', '/size'],
    ['a union in a union', ['null', ['int']], 'invalid-schema', '/1'],
    ['a union with a branch twice', ['int', { type: 'int', logicalType: 'date' }], 'invalid-schema', '/1'],
    ['too much text', `"${'x'.repeat(1_100_000)}"`, 'limit-exceeded', ''],
    ['types nested too deep', `${'{"type":"array","items":'.repeat(150)}"int"${'}'.repeat(150)}`, 'limit-exceeded', '/items'.repeat(101)],
  ]
  it.each(bad)('refuses %s, and says where', (_name, source, code, path) => {
    const found = problem(source)
    expect([found.code, found.path ?? '']).toEqual([code, path])
  })

  it('accepts a default of any branch of a union, and special floats', () => {
    const fields = [
      { name: 'a', type: ['null', 'string'], default: 'x' },
      { name: 'b', type: ['float', 'null'], default: null },
      { name: 'c', type: 'double', default: 'NaN' },
      { name: 'd', type: 'bytes', default: 'ÿ' },
      { name: 'e', type: { type: 'map', values: 'int' }, default: {} },
    ]
    expect(parseSchema(text(record(fields)))).toMatchObject({ kind: 'record' })
  })

  it('takes a name before its definition, and a definition that says the same again', () => {
    const status = { type: 'enum', name: 'Status', symbols: ['A'] }
    const fields = [
      { name: 'a', type: 'Status' },
      { name: 'b', type: ['null', 'shop.R'], default: null },
      { name: 'c', type: status },
      { name: 'd', type: { ...status, doc: 'once more', default: 'A' } },
    ]
    const schema = parseSchema(record(fields, { namespace: 'shop' })) as RecordSchema
    expect(schema.fields[0]?.type).toBe(schema.fields[2]?.type)
    expect((schema.fields[1] as Field).type).toMatchObject({ branches: [{ kind: 'null' }, { name: 'shop.R' }] })
    expect(schema.fields[3]?.type).toMatchObject({ name: 'shop.Status', symbols: ['A'] })
    expect(Object.isFrozen(schema) && Object.isFrozen(schema.fields[0]?.type)).toBe(true)
  })

  // What Java's parser of 1.12.1 says of each, in its default configuration.
  const item = { type: 'record', name: 'Item', fields: [{ name: 'q', type: 'int' }] }
  const twice = (other: object): object =>
    record([
      { name: 'a', type: item },
      { name: 'b', type: { ...item, ...other } },
    ])
  const field = (type: unknown, fallback: unknown): object => record([{ name: 'a', type, default: fallback }])
  const asJava: readonly (readonly [string, string | object, boolean])[] = [
    ['comments', '/* a */ {"type": "record", // b "\n "name": "R", "doc": "/* c */ // d", "fields": []}', true],
    ['a comment without an end', '"int" /* a', false],
    [
      'letters of any script',
      record([{ name: 'größe', type: { type: 'enum', name: 'Ω', symbols: ['日本', 'a٣'] } }], { name: 'naïve' }),
      true,
    ],
    ['a letter that is two characters in Java', record([], { name: '𝒜' }), false],
    ['a digit of another script in front', record([], { name: '٣' }), false],
    ['a namespace that is no text', record([], { namespace: 5 }), true],
    ['a namespace with an empty part', record([], { namespace: 'a.' }), false],
    ['a dot in front of a namespace', record([], { name: '.a.R' }), false],
    ['an alias whose namespace is no name', record([], { aliases: ['a-b.Old'] }), true],
    ['an alias that is no name', record([], { aliases: ['a-b'] }), false],
    ['any text as alias of a field', record([{ name: 'a', type: 'int', aliases: ['a-b', ''] }]), true],
    ['an order in any letters', record([{ name: 'a', type: 'int', order: 'Descending' }]), true],
    ['an order that there is not', record([{ name: 'a', type: 'int', order: 'random' }]), false],
    ['an order of null', record([{ name: 'a', type: 'int', order: null }]), false],
    ['the default of an enum that is no text', { type: 'enum', name: 'E', symbols: ['A'], default: null }, true],
    ['an enum without symbols', { type: 'enum', name: 'E', symbols: [] }, true],
    ['a union without branches', [], true],
    ['a fixed of no bytes', { type: 'fixed', name: 'F', size: 0 }, true],
    ['a fixed larger than an array can be', { type: 'fixed', name: 'F', size: 2_147_483_640 }, false],
    ['a second definition with another doc', twice({ doc: 'x', aliases: ['Old'] }), true],
    ['a second definition with another attribute', twice({ note: 'x' }), false],
    ['a second definition with another field', twice({ fields: [{ name: 'q', type: 'long' }] }), false],
    ['a second definition with a default', twice({ fields: [{ name: 'q', type: 'int', default: 0 }] }), false],
    ['a second definition with another order', twice({ fields: [{ name: 'q', type: 'int', order: 'ignore' }] }), false],
    [
      'a second definition that says its type at length',
      twice({ fields: [{ name: 'q', type: { type: 'int' }, order: 'ascending' }] }),
      true,
    ],
    ['a definition inside itself', record([{ name: 'a', type: record([]) }]), false],
    ['text for a number', field('double', ' 1.5e3f '), true],
    ['text for infinity', field('float', '-Infinity'), true],
    ['text that is no number', field('double', '1.5x'), false],
    ['text for a number in a list', field({ type: 'array', items: 'double' }, ['1.5']), false],
    ['text for a whole number', field('long', '1'), false],
    ['a long of 64 bits', '{"type":"record","name":"R","fields":[{"name":"a","type":"long","default":9223372036854775807}]}', true],
    ['a long of more', '{"type":"record","name":"R","fields":[{"name":"a","type":"long","default":9223372036854775808}]}', false],
  ]
  it.each(asJava)('with %s does as Java does', (_name, source, accepted) => {
    if (accepted) expect(parseSchema(source)).toHaveProperty('kind')
    else expect(problem(source).code).toBe('invalid-schema')
  })

  it('looks a name up without a namespace where there is none of it in the namespace, first come first served', () => {
    const inner = { type: 'record', name: 'R', namespace: '', fields: [] }
    const fields = [
      { name: 'a', type: 'R' },
      { name: 'b', type: inner },
      { name: 'c', type: 'R' },
    ]
    const schema = parseSchema(record(fields, { namespace: 'shop' })) as RecordSchema
    expect(schema.fields.map((each) => (each.type as RecordSchema).name)).toEqual(['shop.R', 'R', 'R'])
  })

  it('takes the default that is text of a number for that number', () => {
    const texts = ['1.5', '-2e3', ' .5d ', 'NaN', '+Infinity', '-Infinity']
    const schema = parseSchema(record(texts.map((each, index) => ({ name: `a${index}`, type: 'double', default: each })))) as RecordSchema
    expect(schema.fields.map((each) => each.default?.json)).toEqual([1.5, -2000, 0.5, 'NaN', 'Infinity', '-Infinity'])
  })

  it('drops the defaults that do not fit where asked to, and those that counted on them', () => {
    const inner = { type: 'record', name: 'I', fields: [{ name: 'x', type: 'string', default: null }] }
    const fields = [
      { name: 'a', type: inner, default: {} },
      { name: 'b', type: 'I', default: { x: 'y' } },
      { name: 'c', type: { type: 'enum', name: 'E', symbols: ['A'], default: null }, default: 'B' },
    ]
    expect(problem(record(fields)).code).toBe('invalid-schema')
    const schema = parseSchema(record(fields), { invalidDefaults: 'drop' }) as RecordSchema
    expect(schema.fields.map((field) => field.default)).toEqual([undefined, { json: { x: 'y' } }, undefined])
    expect(schema.fields[2]?.type).not.toHaveProperty('default')
    expect(Object.isFrozen(schema.fields[0])).toBe(true)
  })
})
