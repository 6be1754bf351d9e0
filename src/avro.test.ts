import avsc from 'avsc'
import { describe, expect, test } from 'vitest'
import { encodeContainer } from './archive/encode-container.ts'
import {
  attach,
  avro,
  checkCompatibility,
  decode,
  detach,
  type EncodeOptions,
  encode,
  parseIdl,
  parseSchema,
  readContainer,
  resolve,
  textOf,
} from './avro.ts'
import { isEvolveError } from './errors.ts'

function codeOf(run: () => unknown): unknown {
  try {
    run()
  } catch (error) {
    return isEvolveError(error) ? error.code : error
  }
  return 'no error'
}

describe("a definition's own choices", () => {
  const money = { fromBase: (cents: number) => ({ cents }), toBase: (value: { cents: number }) => value.cents, lossless: true }
  const Price = avro(
    {
      type: 'record',
      name: 'Price',
      fields: [
        { name: 'price', type: { type: 'int', logicalType: 'money' } },
        { name: 'count', type: 'long' },
        { name: 'note', type: ['null', 'string'] },
      ],
    },
    { logicalTypes: { money }, long: 'bigint', unions: 'wrapped', limits: { depth: 7 } },
  )
  const value = { price: { cents: 5 }, count: 7n, note: { string: 'x' } }
  const bytes = encode(Price, value)

  test.each<[string, EncodeOptions]>([
    ['none', {}],
    ['a policy', { policy: 'strict' }],
    ['headroom', { headroom: 0 }],
    ['events', { onEvent: () => undefined }],
  ])('stay with options of writing: %s', (_name, options) => {
    expect(encode(Price, value, options)).toEqual(bytes)
  })

  test('stay where an option of a call says nothing of them', () => {
    expect(decode(Price, bytes, {})).toEqual(value)
    expect(decode(Price, bytes, { limits: { bytes: 100 } })).toEqual(value)
    expect(resolve(Price, Price, { long: undefined }).decode(bytes)).toEqual(value)
    expect(decode(Price, bytes, { long: 'number' })).toEqual({ ...value, count: 7 })
    expect(decode(Price, bytes, { logicalTypes: 'none' })).toEqual({ ...value, price: 5 })
  })

  test('a limit that is given leaves the other limits', () => {
    const List = avro({ type: 'array', items: 'int' }, { limits: { values: 2, bytes: 50 } })
    expect(codeOf(() => decode(List, encode(List, [1, 2]), { limits: { bytes: 2 } }))).toBe('limit-exceeded')
    expect(codeOf(() => decode(List, Buffer.from([6, 2, 2, 2, 0]), { limits: { bytes: 60 } }))).toBe('limit-exceeded')
  })

  test('are those of the records of a container', async () => {
    const chunks: Buffer[] = []
    for await (const chunk of encodeContainer(Price, [value], { long: 'number' })) chunks.push(chunk)
    for await (const record of readContainer(Buffer.concat(chunks), { reader: Price, limits: { bytes: 1000 } }))
      expect(record).toEqual(value)
  })
})

describe('options that stand for nothing', () => {
  const schema = parseSchema('"int"')
  test.each<[string, unknown]>([
    ['a policy', { policy: 'Strict' }],
    ['an output', { output: 'best' }],
    ['narrowing', { narrowing: 'yes' }],
    ['negative headroom', { headroom: -1 }],
    ['headroom as text', { headroom: '5' }],
    ['no number of headroom', { headroom: Number.NaN }],
    ['endless headroom', { headroom: 1e10 }],
    ['events', { onEvent: 5 }],
    ['no object', 5],
    ['null', null],
  ])('are refused: %s', (_name, options) => {
    const pair = resolve(schema, schema)
    for (let round = 0; round < 3; round++) {
      expect(codeOf(() => pair.encode(1, options as EncodeOptions))).toBe('invalid-options')
      expect(codeOf(() => pair.write(1, options as EncodeOptions))).toBe('invalid-options')
      expect(codeOf(() => encode(schema, 1 as never, options as EncodeOptions))).toBe('invalid-options')
      pair.warmUp()
    }
  })

  test.each([-1, 0.5, Number.NaN, 2 ** 40])('a place to start at: %s', (start) => {
    const pair = resolve(schema, schema)
    expect(codeOf(() => pair.decode(Buffer.from([2, 2]), start))).toBe('invalid-options')
    pair.warmUp()
    expect(codeOf(() => pair.decode(Buffer.from([2, 2]), start))).toBe('invalid-options')
  })

  test('limits, options of parsing, and IDL that is no text', () => {
    expect(codeOf(() => decode(schema, Buffer.from([2]), { limits: null as never }))).toBe('invalid-options')
    expect(codeOf(() => parseSchema('"int"', null as never))).toBe('invalid-options')
    expect(codeOf(() => parseSchema('"int"', { references: 5 as never }))).toBe('invalid-options')
    expect(codeOf(() => parseIdl(undefined as never))).toBe('invalid-schema')
    expect(codeOf(() => parseIdl(Buffer.from('protocol P {}') as never))).toBe('invalid-schema')
  })
})

describe('schemas that are parsed already', () => {
  const Place = parseSchema({ type: 'record', name: 'Place', namespace: 'shop', fields: [{ name: 'city', type: 'string' }] })
  const Customer = parseSchema(
    { type: 'record', name: 'Customer', namespace: 'shop', fields: [{ name: 'home', type: 'Place' }] },
    {
      references: [Place],
    },
  )

  test('are taken as they are', () => {
    expect(parseSchema(Place)).toBe(Place)
    expect(parseSchema(avro(Place))).toBe(Place)
    expect(avro(Place).schema).toBe(Place)
    expect(decode(avro(Place, { unions: 'wrapped' }), encode(Place, { city: 'Rotterdam' }))).toEqual({ city: 'Rotterdam' })
    const fromIdl = parseIdl('schema Order; record Order { string id; }').main
    expect(fromIdl !== undefined && decode(avro(fromIdl), Buffer.from([2, 97]))).toEqual({ id: 'a' })
  })

  test('stand for what another refers to, with what they refer to themselves', () => {
    const order = {
      type: 'record',
      name: 'Order',
      namespace: 'shop',
      fields: [
        { name: 'of', type: 'Customer' },
        { name: 'to', type: 'Place' },
      ],
    }
    const value = { of: { home: { city: 'a' } }, to: { city: 'b' } }
    for (const references of [[Customer], [Place, Customer], [avro(Place), Customer]])
      expect(
        decode(parseSchema(order as object, { references }), encode(parseSchema(order as object, { references }), value as never)),
      ).toEqual(value)
    expect(checkCompatibility(Customer, parseSchema(textOf(Customer) ?? '', { references: [textOf(Place) ?? ''] })).compatible).toBe(true)
  })
})

test('a byte order mark in front of a schema is no part of it', () => {
  const schema = parseSchema('\ufeff{"type":"array","items":"int"}')
  expect(textOf(schema)).toBe('{"type":"array","items":"int"}')
  expect(parseSchema('\ufeff"int"').kind).toBe('int')
})

test('what was detached is attached under a definition or a schema, and under nothing else', () => {
  const writer = parseSchema({
    type: 'record',
    name: 'R',
    fields: [
      { name: 'a', type: 'int' },
      { name: 'b', type: 'int' },
    ],
  })
  const reader = parseSchema({ type: 'record', name: 'R', fields: [{ name: 'a', type: 'int' }] })
  const pair = resolve(writer, reader)
  const bytes = encode(writer, { a: 1, b: 2 })
  const detached = detach(pair.decode(bytes))
  if (detached === undefined) throw new Error('nothing was detached')
  for (const given of [reader, avro(reader)]) expect(pair.encode(attach(given, { a: 1 }, detached))).toEqual(bytes)
  for (const given of [undefined, null, 5, {}, '"int"'])
    expect(codeOf(() => attach(given as never, { a: 1 }, detached))).toBe('invalid-options')
})

test.each<[unknown, string]>([
  [{ id: 5, note: null }, 'expected a string, got an integer (at /id)'],
  [{ id: '\ud800', note: null }, 'expected a string without lone surrogates, got a string (at /id)'],
  [{ id: 'a' }, 'expected null or int, as the field has no default, got nothing (at /note)'],
  [{ id: 'a', note: null, count: 2 ** 40 }, 'expected a 32-bit integer, got an integer that does not fit (at /count)'],
])('an error says what was expected and what was there: %j', (value, problem) => {
  const schema = parseSchema({
    type: 'record',
    name: 'R',
    fields: [
      { name: 'id', type: 'string' },
      { name: 'note', type: ['null', 'int'] },
      { name: 'count', type: 'int', default: 0 },
    ],
  })
  expect(() => encode(schema, value as never)).toThrow(problem)
})

test('a set is no record or map', () => {
  expect(codeOf(() => encode(parseSchema({ type: 'map', values: 'int' }), new Set([1]) as never))).toBe('invalid-value')
})

test.each([['always' as const], ['auto' as const]])('a type of avsc brings along how it shows unions: %s', (wrapUnions) => {
  const type = avsc.Type.forSchema({ type: 'record', name: 'R', fields: [{ name: 'u', type: ['null', 'string'] }] }, { wrapUnions })
  const value = wrapUnions === 'always' ? { u: { string: 'x' } } : { u: 'x' }
  const definition = avro(type)
  expect(encode(definition, value)).toEqual(type.toBuffer(value))
  expect(decode(definition, type.toBuffer(value))).toEqual(value)
  expect(decode(avro(type, { unions: 'wrapped' }), type.toBuffer(value))).toEqual({ u: { string: 'x' } })
})

describe('names that break the rule', () => {
  const text = JSON.stringify({
    type: 'record',
    name: 'org.example.Job$.Word-Count',
    fields: [
      { name: 'first word', type: { type: 'enum', name: 'E$', symbols: ['a-b', 'c'] } },
      { name: '"];evil()//', type: ['null', 'string'] },
    ],
  })
  const value = { 'first word': 'a-b', '"];evil()//': 'x' }

  test('are kept where that is asked for', () => {
    expect(codeOf(() => parseSchema(text))).toBe('invalid-schema')
    const schema = parseSchema(text, { invalidNames: 'keep' })
    const pair = resolve(schema, schema)
    const bytes = pair.encode(value)
    pair.warmUp()
    expect(pair.encode(value)).toEqual(bytes)
    expect(pair.decode(bytes)).toEqual(value)
  })

  test('are kept in a container file, as in Java, and written again', async () => {
    const schema = parseSchema(text, { invalidNames: 'keep' })
    const chunks: Buffer[] = []
    for await (const chunk of encodeContainer(schema, [value, value])) chunks.push(chunk)
    const file = await readContainer(Buffer.concat(chunks))
    const again: Buffer[] = []
    for await (const chunk of encodeContainer(file.schema, file)) again.push(chunk)
    const records: unknown[] = []
    for await (const record of readContainer(Buffer.concat(again))) records.push(record)
    expect(records).toEqual([value, value])
  })

  test('do not keep what is unknown from being detached', () => {
    const schema = parseSchema(text, { invalidNames: 'keep' })
    const reader = parseSchema({ type: 'record', name: 'Other', fields: [] })
    const read = resolve(schema, reader).decode(encode(schema, value as never))
    expect(detach(read as object)).toBeDefined()
  })
})
