import { describe, expectTypeOf, test } from 'vitest'
import { avro } from '../codec/avro/definition.ts'
import type { InOf, OutOf } from '../codec/codec.ts'
import type { ReadOf, WriteOf } from './literal.ts'

/** What encoding under a definition takes; calling it is what `send` does with a value. */
declare function write<D>(definition: D, value: InOf<D>): void

describe('unions', () => {
  test('show plain values where JavaScript types tell the branches apart', () => {
    expectTypeOf<
      ReadOf<['null', 'string', 'int', 'boolean', 'bytes', { type: 'array'; items: 'int' }, { type: 'map'; values: 'int' }]>
    >().toEqualTypeOf<null | string | number | boolean | Buffer | number[] | { [key: string]: number }>()
    expectTypeOf<ReadOf<['string', 'null']>>().toEqualTypeOf<string | null>()
    expectTypeOf<ReadOf<['int']>>().toEqualTypeOf<number>()
    expectTypeOf<ReadOf<[{ type: 'long'; logicalType: 'timestamp-millis' }, 'int', 'string']>>().toEqualTypeOf<Date | number | string>()
  })

  test('wrap every branch but null where two look alike', () => {
    expectTypeOf<ReadOf<['null', 'int', 'string', 'double']>>().toEqualTypeOf<
      null | { int: number } | { string: string } | { double: number }
    >()
    expectTypeOf<WriteOf<['long', 'double']>>().toEqualTypeOf<{ long: number | bigint } | { double: number }>()
    expectTypeOf<ReadOf<['string', { type: 'enum'; name: 'E'; namespace: 'n'; symbols: ['A'] }]>>().toEqualTypeOf<
      { string: string } | { 'n.E': 'A' }
    >()
    expectTypeOf<ReadOf<['bytes', { type: 'fixed'; name: 'n.F'; size: 2 }]>>().toEqualTypeOf<{ bytes: Buffer } | { 'n.F': Buffer }>()
    expectTypeOf<
      ReadOf<[{ type: 'record'; name: 'R'; fields: [] }, { type: 'map'; values: 'int' }, { type: 'array'; items: 'int' }]>
    >().toEqualTypeOf<{ R: Record<never, never> } | { map: { [key: string]: number } } | { array: number[] }>()
  })

  test('count logical types as what they show as', () => {
    expectTypeOf<ReadOf<['string', { type: 'bytes'; logicalType: 'decimal'; precision: 4 }]>>().toEqualTypeOf<
      { string: string } | { bytes: string }
    >()
    expectTypeOf<ReadOf<[{ type: 'int'; logicalType: 'date' }, { type: 'long'; logicalType: 'timestamp-micros' }]>>().toEqualTypeOf<
      { int: Date } | { long: Date }
    >()
    expectTypeOf<ReadOf<['int', { type: 'long'; logicalType: 'timestamp-micros' }], { logicalTypes: 'none' }>>().toEqualTypeOf<
      { int: number } | { long: number }
    >()
    expectTypeOf<ReadOf<['int', { type: 'long'; logicalType: 'time-micros' }]>>().toEqualTypeOf<{ int: number } | { long: number }>()
    expectTypeOf<ReadOf<['bytes', { type: 'bytes'; logicalType: 'decimal'; precision: 4 }]>>().toEqualTypeOf<Buffer | string>()
  })

  test("'wrapped' wraps always", () => {
    type Wrapped = { unions: 'wrapped' }
    expectTypeOf<ReadOf<['null', 'string'], Wrapped>>().toEqualTypeOf<null | { string: string }>()
    expectTypeOf<WriteOf<['int', 'string'], Wrapped>>().toEqualTypeOf<{ int: number } | { string: string }>()
    const definition = avro({ type: 'record', name: 'n.R', fields: [{ name: 'next', type: ['null', 'R'] }] }, { unions: 'wrapped' })
    type Out = OutOf<typeof definition>
    expectTypeOf<Out['next']>().toEqualTypeOf<null | { 'n.R': Out }>()
  })

  test('are checked when written', () => {
    const definition = avro(['null', 'int', 'double'])
    write(definition, { int: 1 })
    write(definition, null)
    // @ts-expect-error which of the two?
    write(definition, 1)
    // @ts-expect-error no such branch
    write(definition, { string: 'a' })
  })
})
