import { describe, expect, it } from 'vitest'
import { avro } from '../codec/avro/definition.ts'
import { unknownFields } from '../codec/codec.ts'
import { parseSchema } from '../schema/parse.ts'
import { collect, joined, SYNC } from './container.test-support.ts'
import { encodeContainer } from './encode-container.ts'
import { readContainer } from './read-container.ts'

const v1 = avro({
  type: 'record',
  name: 'Order',
  fields: [
    { name: 'id', type: 'string' },
    { name: 'status', type: { type: 'enum', name: 'Status', symbols: ['placed', 'paid', 'other'], default: 'other' } },
    { name: 'items', type: { type: 'array', items: { type: 'record', name: 'Item', fields: [{ name: 'sku', type: 'string' }] } } },
  ],
})
const v2 = avro({
  type: 'record',
  name: 'Order',
  fields: [
    { name: 'points', type: 'long' },
    { name: 'id', type: 'string' },
    { name: 'status', type: { type: 'enum', name: 'Status', symbols: ['placed', 'held', 'paid', 'other'] } },
    {
      name: 'items',
      type: {
        type: 'array',
        items: {
          type: 'record',
          name: 'Item',
          fields: [
            { name: 'sku', type: 'string' },
            { name: 'shelf', type: 'int' },
          ],
        },
      },
    },
  ],
})
const orders = [
  {
    points: 5_000_000_007,
    id: 'a',
    status: 'held' as const,
    items: [
      { sku: 'x', shelf: 1 },
      { sku: 'y', shelf: 2 },
    ],
  },
  { points: 0, id: 'b', status: 'paid' as const, items: [] },
]
const file = await joined(encodeContainer(v2, orders, { sync: SYNC, codec: 'snappy' }))

describe('a container copied through an old reader', () => {
  it('loses nothing, bit by bit', async () => {
    const old = await readContainer(file, { reader: v1 })
    const copy = await joined(encodeContainer(old.schema, old, { codec: old.codec, sync: old.sync, metadata: old.metadata }))
    expect(copy.equals(file)).toBe(true)
  })

  it('shows the reader what it knows', async () => {
    const seen = await collect(readContainer(file, { reader: v1 }))
    expect(seen.map(({ id, status, items }) => [id, status, items.length])).toEqual([
      ['a', 'other', 2],
      ['b', 'paid', 0],
    ])
    expect(seen.every((order) => unknownFields in order)).toBe(true)
  })

  it('has the changes that were made on the way, and all the rest', async () => {
    const changed = async function* () {
      for await (const order of readContainer(file, { reader: v1 })) yield { ...order, id: `${order.id}!`, items: order.items.toReversed() }
    }
    // The same schema, parsed once more: it is known by its text.
    const copy = await joined(encodeContainer(parseSchema(v2.source.text), changed()))
    expect(await collect(readContainer(copy))).toEqual([
      {
        ...orders[0],
        id: 'a!',
        items: [
          { sku: 'y', shelf: 2 },
          { sku: 'x', shelf: 1 },
        ],
      },
      { ...orders[1], id: 'b!' },
    ])
  })

  it('says where something would be lost', async () => {
    const records = await collect(readContainer(file, { reader: v1 }))
    await expect(joined(encodeContainer(v1, records))).rejects.toMatchObject({ code: 'unknown-field-loss', details: { record: 0 } })
    const anew = records.map(({ id, status, items }) => ({ id, status, items }))
    await expect(joined(encodeContainer(v2, anew, { reader: v1 }))).rejects.toMatchObject({
      code: 'unknown-field-loss',
      details: { record: 0, path: '/points' },
    })
  })

  it('may go on under a schema that has room for what is carried', async () => {
    const v3 = parseSchema(v2.source.text.replace('"fields":[', '"fields":[{"name":"extra","type":"int","default":7},'))
    const copy = await joined(encodeContainer(v3, readContainer(file, { reader: v1 }), { reader: v1 }))
    expect(await collect(readContainer(copy, { reader: v2 }))).toMatchObject(orders.map(({ points, id, items }) => ({ points, id, items })))
  })

  it('tells of a value that the reader lacks, with its place', async () => {
    const strict = avro({
      type: 'record',
      name: 'Order',
      fields: [{ name: 'status', type: { type: 'enum', name: 'Status', symbols: ['placed', 'paid'] } }],
    })
    await expect(collect(readContainer(file, { reader: strict }))).rejects.toMatchObject({
      code: 'unresolvable-value',
      details: { block: 0, record: 0, path: '/status' },
    })
    const other = avro({ type: 'record', name: 'Order', fields: [{ name: 'missing', type: 'int' }] })
    await expect(collect(readContainer(file, { reader: other }))).rejects.toMatchObject({
      code: 'incompatible-schemas',
      details: { record: 0 },
    })
  })
})
