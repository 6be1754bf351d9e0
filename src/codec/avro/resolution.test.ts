import { describe, expect, it } from 'vitest'
import { avro, decode, encode, parseSchema, resolve, unknownFields } from '../../avro.ts'
import { EvolveError } from '../../errors.ts'

const v1 = avro({
  type: 'record',
  name: 'Order',
  namespace: 'shop',
  fields: [
    { name: 'id', type: 'string' },
    { name: 'status', type: { type: 'enum', name: 'Status', symbols: ['NEW', 'PAID'], default: 'NEW' } },
    {
      name: 'items',
      type: {
        type: 'array',
        items: {
          type: 'record',
          name: 'Item',
          fields: [
            { name: 'sku', type: 'string' },
            { name: 'qty', type: 'int' },
          ],
        },
      },
    },
  ],
})

const v2 = avro({
  type: 'record',
  name: 'Order',
  namespace: 'shop',
  fields: [
    { name: 'id', type: 'string' },
    { name: 'channel', type: 'string' },
    { name: 'loyalty', type: 'long', default: 0 },
    { name: 'status', type: { type: 'enum', name: 'Status', symbols: ['NEW', 'PAID', 'REFUNDED'], default: 'NEW' } },
    {
      name: 'items',
      type: {
        type: 'array',
        items: {
          type: 'record',
          name: 'Item',
          fields: [
            { name: 'sku', type: 'string' },
            { name: 'gift', type: 'boolean' },
            { name: 'qty', type: 'int' },
          ],
        },
      },
    },
  ],
})

const order = {
  id: 'o-1',
  channel: 'web',
  loyalty: 7n,
  status: 'REFUNDED' as const,
  items: [
    { sku: 'a', gift: true, qty: 1 },
    { sku: 'b', gift: false, qty: 2 },
  ],
}

function failure(action: () => unknown): EvolveError {
  try {
    action()
  } catch (error) {
    if (error instanceof EvolveError) return error
    throw error
  }
  throw new Error('nothing was thrown')
}

describe('a newer message through an old reader', () => {
  const pair = resolve(v2, v1)
  const bytes = encode(v2, order)

  it('is read as the old reader knows it, and goes back byte for byte', () => {
    const value = pair.decode(bytes)
    expect({
      ...value,
      [unknownFields]: undefined,
      items: value.items.map((item) => ({ ...item, [unknownFields]: undefined })),
    }).toMatchObject({
      id: 'o-1',
      status: 'NEW',
      items: [
        { sku: 'a', qty: 1 },
        { sku: 'b', qty: 2 },
      ],
    })
    expect(pair.encode(value).equals(bytes)).toBe(true)
  })

  it('keeps what it does not know through a spread, a filter and a reversal', () => {
    const value = pair.decode(bytes)
    const edited = { ...value, status: 'PAID' as const, items: value.items.map((item) => ({ ...item, qty: item.qty * 10 })).reverse() }
    expect(decode(v2, pair.encode(edited))).toEqual({
      id: 'o-1',
      channel: 'web',
      loyalty: 7,
      status: 'PAID',
      items: [
        { sku: 'b', gift: false, qty: 20 },
        { sku: 'a', gift: true, qty: 10 },
      ],
    })
  })

  it('refuses a fresh record for which nothing is known of a field without default', () => {
    const value = pair.decode(bytes)
    const error = failure(() => pair.encode({ ...value, items: [...value.items, { sku: 'c', qty: 1 }] }))
    expect(error).toMatchObject({ code: 'unknown-field-loss', details: { reason: 'no-source', path: '/items/2/gift' } })
  })

  it('refuses to write what is carried under a schema that has no place for it', () => {
    const value = pair.decode(bytes)
    expect(failure(() => resolve(v1, v1).encode(value))).toMatchObject({
      code: 'unknown-field-loss',
      details: { reason: 'not-in-output-schema' },
    })
  })

  it('shows what is carried', () => {
    const value = pair.decode(bytes) as unknown as { [unknownFields]: { fieldNames(): string[]; get(name: string): unknown } }
    expect(value[unknownFields].fieldNames()).toEqual(['channel', 'loyalty'])
    expect(value[unknownFields].get('channel')).toBe('web')
    expect(value[unknownFields].get('loyalty')).toBe(7)
  })
})

describe('encode and decode under one schema', () => {
  it('names the path of a value that does not fit', () => {
    expect(failure(() => encode(v1, { id: 'x', status: 'NEW', items: [{ sku: 'a', qty: 1.5 }] }))).toMatchObject({
      code: 'invalid-value',
      path: '/items/0/qty',
    })
    expect(failure(() => encode(v1, { id: 'x', status: 'NEW' } as never))).toMatchObject({ code: 'invalid-value', path: '/items' })
  })

  it('refuses bytes that end too early or too late', () => {
    const bytes = encode(v1, { id: 'x', status: 'NEW', items: [] })
    for (let length = 0; length < bytes.length; length++)
      expect(failure(() => decode(v1, bytes.subarray(0, length))).code).toMatch(/truncated/)
    expect(failure(() => decode(v1, Buffer.concat([bytes, Buffer.from([0])]))).code).toBe('trailing-bytes')
  })

  it('round-trips every logical type', () => {
    const schema = avro({
      type: 'record',
      name: 'L',
      fields: [
        { name: 'd', type: { type: 'int', logicalType: 'date' } },
        { name: 'ms', type: { type: 'long', logicalType: 'timestamp-millis' } },
        { name: 'us', type: { type: 'long', logicalType: 'timestamp-micros' } },
        { name: 'dec', type: { type: 'bytes', logicalType: 'decimal', precision: 9, scale: 2 } },
        { name: 'id', type: { type: 'string', logicalType: 'uuid' } },
      ],
    })
    const value = {
      d: new Date('2024-02-29'),
      ms: new Date(-1),
      us: new Date(5),
      dec: '-12.30',
      id: '00112233-4455-6677-8899-aabbccddeeff',
    }
    expect(decode(schema, encode(schema, value))).toEqual(value)
  })

  it('keeps microseconds that a Date does not show', () => {
    const micros = parseSchema({
      type: 'record',
      name: 'T',
      fields: [{ name: 'at', type: { type: 'long', logicalType: 'timestamp-micros' } }],
    })
    const bytes = encode(micros, { at: 1_700_000_000_123_456 }, { logicalTypes: 'none' })
    const pair = resolve(micros, micros)
    const value = pair.decode(bytes) as { at: Date }
    expect(value.at.getTime()).toBe(1_700_000_000_123)
    expect(pair.encode({ ...value }).equals(bytes)).toBe(true)
    expect(decode(micros, pair.encode({ ...value, at: new Date(9) }), { logicalTypes: 'none' })).toEqual({ at: 9000 })
  })

  it('rounds a long to a float once, not by way of a double', () => {
    const pair = resolve(parseSchema('"long"'), parseSchema('"float"'))
    const longs: readonly (readonly [bigint, number])[] = [
      [(1n << 60n) + (1n << 36n) + 1n, 2 ** 60 + 2 ** 37],
      [-((1n << 60n) + (1n << 36n) + 1n), -(2 ** 60 + 2 ** 37)],
      [(1n << 60n) + (1n << 36n), 2 ** 60],
      [(1n << 60n) + 3n * (1n << 36n) - 1n, 2 ** 60 + 2 ** 37],
      [(1n << 63n) - 1n, 2 ** 63],
      [-(1n << 63n), -(2 ** 63)],
      [(1n << 53n) + 1n, 2 ** 53],
    ]
    for (const [long, float] of longs) {
      const bytes = encode(parseSchema('"long"'), long)
      for (let time = 0; time < 4; time++) expect(pair.decode(bytes)).toBe(float)
    }
  })

  it('reads a default that no number holds exactly as the nearest one', () => {
    const reader = parseSchema(
      '{"type":"record","name":"R","fields":[{"name":"a","type":["double","null"],"default":12345678901234567890}]}',
    )
    const pair = resolve(parseSchema('{"type":"record","name":"R","fields":[]}'), reader)
    for (let time = 0; time < 4; time++) expect(pair.decode(Buffer.alloc(0))).toMatchObject({ a: 12345678901234567000 })
  })

  it('reads what was written under a schema of a registry whose defaults do not fit', () => {
    const written = (fallback: object): string =>
      JSON.stringify({
        type: 'record',
        name: 'R',
        fields: [
          { name: 'a', type: 'string', ...fallback },
          { name: 'b', type: 'int' },
        ],
      })
    const bytes = encode(parseSchema(written({})), { a: 'x', b: 1 })
    const reader = avro({ type: 'record', name: 'R', fields: [{ name: 'b', type: 'int' }] })
    const writer = reader.codec.parse(written({ default: null }))
    const pair = reader.codec.resolve(writer, reader)
    const value = pair.decode(bytes) as { b: number }
    expect(value).toMatchObject({ b: 1 })
    expect(pair.encode({ ...value, b: 2 } as never).equals(encode(parseSchema(written({})), { a: 'x', b: 2 }))).toBe(true)
    expect(() => pair.encode({ b: 2 } as never)).toThrow(EvolveError)
  })

  it('takes the name of a special float for text where a branch of the union is text', () => {
    const union = (branches: readonly string[]): object => ({
      type: 'record',
      name: 'R',
      fields: [{ name: 'a', type: branches, default: 'NaN' }],
    })
    const read = (branches: readonly string[]): unknown =>
      resolve(parseSchema({ type: 'record', name: 'R', fields: [] }), parseSchema(union(branches))).decode(Buffer.alloc(0))
    expect(read(['double', 'string'])).toMatchObject({ a: 'NaN' })
    expect(read(['null', 'double'])).toMatchObject({ a: Number.NaN })
  })
})
