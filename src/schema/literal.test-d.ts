import { describe, expectTypeOf, test } from 'vitest'
import { avro } from '../codec/avro/definition.ts'
import type { InOf, OutOf } from '../codec/codec.ts'
import type { AvroLiteral, AvroOptions, ReadOf, WriteOf } from './literal.ts'

/** What encoding under a definition takes; calling it is what `send` does with a value. */
declare function write<D>(definition: D, value: InOf<D>): void

const Order = avro({
  type: 'record',
  name: 'Order',
  namespace: 'shop',
  fields: [
    { name: 'id', type: 'string' },
    { name: 'status', type: { type: 'enum', name: 'Status', symbols: ['NEW', 'PAID'] } },
    { name: 'previous', type: ['null', 'Status'], default: null },
    {
      name: 'items',
      type: {
        type: 'array',
        items: {
          type: 'record',
          name: 'Item',
          fields: [
            { name: 'sku', type: 'string' },
            { name: 'count', type: 'int', default: 1 },
          ],
        },
      },
    },
    { name: 'labels', type: { type: 'map', values: 'string' }, default: {} },
    { name: 'main', type: ['null', 'shop.Item'] },
    { name: 'total', type: 'long' },
  ],
})

interface Item {
  sku: string
  count: number
}

interface OrderRead {
  id: string
  status: 'NEW' | 'PAID'
  previous: 'NEW' | 'PAID' | null
  items: Item[]
  labels: { [key: string]: string }
  main: Item | null
  total: number
}

interface ItemWrite {
  sku: string
  count?: number
}

interface OrderWrite {
  id: string
  status: 'NEW' | 'PAID'
  previous?: 'NEW' | 'PAID' | null
  items: readonly ItemWrite[]
  labels?: { readonly [key: string]: string }
  main: ItemWrite | null
  total: number | bigint
}

describe('a record', () => {
  test('has every field on read, and may lack those with a default on write', () => {
    expectTypeOf<OutOf<typeof Order>>().toEqualTypeOf<OrderRead>()
    expectTypeOf<InOf<typeof Order>>().toEqualTypeOf<OrderWrite>()
  })

  test('what was read may be written', () => {
    expectTypeOf<OutOf<typeof Order>>().toExtend<InOf<typeof Order>>()
    const order = {} as OutOf<typeof Order>
    write(Order, { ...order, status: 'PAID', items: order.items.filter((item) => item.count > 0) })
  })

  test('is checked when written', () => {
    write(Order, { id: 'a', status: 'NEW', items: [], main: null, total: 1n })
    // @ts-expect-error a field is missing
    write(Order, { id: 'a', status: 'NEW', items: [], main: null })
    // @ts-expect-error a field has the wrong type
    write(Order, { id: 1, status: 'NEW', items: [], main: null, total: 1 })
    // @ts-expect-error no such symbol
    write(Order, { id: 'a', status: 'LOST', items: [], main: null, total: 1 })
    // @ts-expect-error no such field
    write(Order, { id: 'a', status: 'NEW', items: [], main: null, total: 1, note: '' })
    // @ts-expect-error no such field in a nested record
    write(Order, { id: 'a', status: 'NEW', items: [{ sku: 's', price: 1 }], main: null, total: 1 })
    // @ts-expect-error a nested record lacks a field
    write(Order, { id: 'a', status: 'NEW', items: [{ count: 1 }], main: null, total: 1 })
    // @ts-expect-error a map value has the wrong type
    write(Order, { id: 'a', status: 'NEW', items: [], main: null, total: 1, labels: { a: 1 } })
    // @ts-expect-error null stands in no branch
    write(Order, { id: null, status: 'NEW', items: [], main: null, total: 1 })
    // @ts-expect-error a string is not an order
    write(Order, 'order')
  })

  test('is checked when read', () => {
    const order = {} as OutOf<typeof Order>
    // @ts-expect-error no such field
    void order.note
    // @ts-expect-error may be null
    void order.main.sku
  })

  test('may be given `as const`', () => {
    const literal = {
      type: 'record',
      name: 'A',
      fields: [
        { name: 'a', type: ['null', 'int'], default: null },
        { name: 'b', type: { type: 'array', items: 'A' } },
      ],
    } as const
    const definition = avro(literal)
    expectTypeOf<OutOf<typeof definition>['a']>().toEqualTypeOf<number | null>()
    expectTypeOf<OutOf<typeof definition>['b'][0]['a']>().toEqualTypeOf<number | null>()
  })

  test('without fields is an empty object', () => {
    expectTypeOf<ReadOf<{ type: 'record'; name: 'A'; fields: [] }>>().toEqualTypeOf<Record<never, never>>()
  })

  test('a default of undefined is none', () => {
    expectTypeOf<WriteOf<{ type: 'record'; name: 'A'; fields: [{ name: 'a'; type: 'int'; default: undefined }] }>>().toEqualTypeOf<{
      a: number
    }>()
  })

  test('of a protocol error is a record', () => {
    expectTypeOf<ReadOf<{ type: 'error'; name: 'E'; fields: [{ name: 'why'; type: 'string' }] }>>().toEqualTypeOf<{ why: string }>()
  })
})

describe('primitive types', () => {
  test('as root', () => {
    expectTypeOf<ReadOf<'null'>>().toEqualTypeOf<null>()
    expectTypeOf<ReadOf<'boolean'>>().toEqualTypeOf<boolean>()
    expectTypeOf<ReadOf<'int'>>().toEqualTypeOf<number>()
    expectTypeOf<ReadOf<'float'>>().toEqualTypeOf<number>()
    expectTypeOf<ReadOf<'double'>>().toEqualTypeOf<number>()
    expectTypeOf<ReadOf<'string'>>().toEqualTypeOf<string>()
    expectTypeOf<ReadOf<'bytes'>>().toEqualTypeOf<Buffer>()
    expectTypeOf<WriteOf<'bytes'>>().toEqualTypeOf<Uint8Array>()
    expectTypeOf<WriteOf<'int'>>().toEqualTypeOf<number>()
    const definition = avro('string')
    expectTypeOf<OutOf<typeof definition>>().toEqualTypeOf<string>()
  })

  test('with braces around them', () => {
    expectTypeOf<ReadOf<{ type: 'string' }>>().toEqualTypeOf<string>()
    expectTypeOf<ReadOf<{ type: { type: 'string' } }>>().toEqualTypeOf<string>()
    expectTypeOf<ReadOf<{ type: { type: { type: 'array'; items: { type: 'boolean' } } } }>>().toEqualTypeOf<boolean[]>()
    expectTypeOf<ReadOf<{ type: ['null', 'string'] }>>().toEqualTypeOf<string | null>()
  })

  test('long by option', () => {
    expectTypeOf<ReadOf<'long'>>().toEqualTypeOf<number>()
    expectTypeOf<ReadOf<'long', { long: 'number' }>>().toEqualTypeOf<number>()
    expectTypeOf<ReadOf<'long', { long: 'bigint' }>>().toEqualTypeOf<bigint>()
    expectTypeOf<ReadOf<'long', { long: 'auto' }>>().toEqualTypeOf<number | bigint>()
    expectTypeOf<WriteOf<'long', { long: 'bigint' }>>().toEqualTypeOf<number | bigint>()
    expectTypeOf<WriteOf<'long'>>().toEqualTypeOf<number | bigint>()
    const definition = avro({ type: 'record', name: 'A', fields: [{ name: 'a', type: 'long' }] }, { long: 'bigint' })
    expectTypeOf<OutOf<typeof definition>>().toEqualTypeOf<{ a: bigint }>()
  })
})

describe('what is not a literal', () => {
  test('reads as unknown', () => {
    const text: string = '{"type":"string"}'
    const fromText = avro(text)
    expectTypeOf<OutOf<typeof fromText>>().toEqualTypeOf<unknown>()
    const fromJson = avro('{"type":"array","items":"string"}')
    expectTypeOf<OutOf<typeof fromJson>>().toEqualTypeOf<unknown>()
    const fromAny = avro(JSON.parse(text))
    expectTypeOf<OutOf<typeof fromAny>>().toEqualTypeOf<unknown>()
    expectTypeOf<ReadOf<AvroLiteral>>().toEqualTypeOf<unknown>()
    expectTypeOf<WriteOf<AvroLiteral>>().toEqualTypeOf<unknown>()
    expectTypeOf<ReadOf<{ type: 'array'; items: AvroLiteral }>>().toEqualTypeOf<unknown[]>()
    expectTypeOf<ReadOf<unknown>>().toEqualTypeOf<unknown>()
  })

  test('options known at run time only leave unknown or the wider type', () => {
    expectTypeOf<ReadOf<'long', AvroOptions>>().toEqualTypeOf<unknown>()
    expectTypeOf<ReadOf<'long', { long: 'number' | 'bigint' }>>().toEqualTypeOf<number | bigint>()
    expectTypeOf<ReadOf<'long', { long?: 'bigint' }>>().toEqualTypeOf<number | bigint>()
    expectTypeOf<ReadOf<'long', { unions: 'auto' | 'wrapped' }>>().toEqualTypeOf<unknown>()
  })
})

describe('gross mistakes in a literal', () => {
  test('do not compile', () => {
    // @ts-expect-error a record needs fields
    avro({ type: 'record', name: 'R' })
    // @ts-expect-error no such type
    avro({ type: 'recrod', name: 'R', fields: [] })
    // @ts-expect-error a field needs a name
    avro({ type: 'record', name: 'R', fields: [{ type: 'int' }] })
    // @ts-expect-error a field needs a type
    avro({ type: 'record', name: 'R', fields: [{ name: 'a' }] })
    // @ts-expect-error an enum needs symbols
    avro({ type: 'record', name: 'R', fields: [{ name: 'a', type: { type: 'enum', name: 'E', values: ['A'] } }] })
    // @ts-expect-error symbols are strings
    avro({ type: 'enum', name: 'E', symbols: [1, 2] })
    // @ts-expect-error an array needs items
    avro({ type: 'array', values: 'int' })
    // @ts-expect-error a map needs values
    avro({ type: 'map', items: 'int' })
    // @ts-expect-error the size is a number
    avro({ type: 'fixed', name: 'F', size: '4' })
    // @ts-expect-error a number is not a schema
    avro(1)
    // @ts-expect-error no such option
    avro('long', { longs: 'bigint' })
    // @ts-expect-error no such choice
    avro('long', { long: 'string' })
  })

  test('attributes of one’s own do', () => {
    avro({
      type: 'record',
      name: 'R',
      owner: 'team',
      fields: [{ name: 'a', type: { type: 'string', 'avro.java.string': 'String' }, pii: true }],
    })
  })
})
