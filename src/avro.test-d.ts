import { expectTypeOf, test } from 'vitest'
import { avro, decode, encode, parseSchema, resolve } from './avro.ts'

const schema = parseSchema({
  type: 'record',
  name: 'Order',
  fields: [
    { name: 'id', type: 'long' },
    { name: 'note', type: ['null', 'string'], default: null },
    { name: 'at', type: { type: 'long', logicalType: 'timestamp-millis' } },
    { name: 'price', type: { type: 'bytes', logicalType: 'money' } },
  ],
})
const bytes = Buffer.alloc(0)

class Money {
  readonly cents: bigint = 0n
}
const money = { fromBase: (_base: Uint8Array): Money => new Money(), toBase: (value: Money): Buffer => Buffer.from(String(value.cents)) }

test('a schema parsed from a literal knows its values', () => {
  const order = decode(schema, bytes)
  expectTypeOf(order).toEqualTypeOf<{ id: number; note: string | null; at: Date; price: Buffer }>()
  encode(schema, { id: 1, at: new Date(), price: Buffer.alloc(0) })
  // @ts-expect-error a text is no long
  encode(schema, { id: '1', at: new Date(), price: Buffer.alloc(0) })
})

test('options of a call shape the types', () => {
  expectTypeOf(decode(schema, bytes, { long: 'bigint', logicalTypes: 'none' })).toEqualTypeOf<{
    id: bigint
    note: string | null
    at: bigint
    price: Buffer
  }>()
})

test('logical types of the application have its types', () => {
  const order = decode(schema, bytes, { logicalTypes: { money, 'timestamp-millis': 'none' } })
  expectTypeOf(order).toEqualTypeOf<{ id: number; note: string | null; at: number; price: Money }>()
  const definition = avro({ type: 'array', items: ['null', { type: 'bytes', logicalType: 'money' }] }, { logicalTypes: { money } })
  expectTypeOf(decode(definition, bytes)).toEqualTypeOf<(Money | null)[]>()
  const either = parseSchema(['string', { type: 'bytes', logicalType: 'money' }, 'bytes'] as const)
  expectTypeOf(decode(either, bytes, { logicalTypes: { money } })).toEqualTypeOf<string | Money | Buffer>()
})

test('a pair has the types of its reader', () => {
  const pair = resolve(parseSchema('{"type":"map","values":"int"}' as string), schema)
  expectTypeOf(pair.decode(bytes)).toEqualTypeOf<{ id: number; note: string | null; at: Date; price: Buffer }>()
  expectTypeOf(resolve(schema, avro('string')).decode(bytes)).toEqualTypeOf<string>()
})

test('text and objects of no known form read as unknown', () => {
  expectTypeOf(decode(parseSchema('{"type":"map","values":"int"}' as string), bytes)).toEqualTypeOf<unknown>()
  expectTypeOf(decode(parseSchema(JSON.parse('{}') as object), bytes)).toEqualTypeOf<unknown>()
})

test('a schema that is parsed already keeps its types, alone and as a reference', () => {
  const place = parseSchema({ type: 'record', name: 'Place', fields: [{ name: 'city', type: 'string' }] })
  expectTypeOf(decode(parseSchema(place), bytes)).toEqualTypeOf<{ city: string }>()
  expectTypeOf(decode(avro(place), bytes)).toEqualTypeOf<{ city: string }>()
  const list = parseSchema({ type: 'array', items: 'Place' }, { references: [place] })
  expectTypeOf(decode(list, bytes)).toEqualTypeOf<{ city: string }[]>()
})
