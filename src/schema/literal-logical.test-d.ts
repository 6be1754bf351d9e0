import { describe, expectTypeOf, test } from 'vitest'
import { avro } from '../codec/avro/definition.ts'
import type { InOf, OutOf } from '../codec/codec.ts'
import type { ReadOf, WriteOf } from './literal.ts'

/** What encoding under a definition takes; calling it is what `send` does with a value. */
declare function write<D>(definition: D, value: InOf<D>): void

describe('logical types', () => {
  type Row<Type, Logical> = { type: Type; logicalType: Logical }

  test('stand for a Date, a number or a text', () => {
    expectTypeOf<ReadOf<Row<'int', 'date'>>>().toEqualTypeOf<Date>()
    expectTypeOf<ReadOf<Row<'int', 'time-millis'>>>().toEqualTypeOf<number>()
    expectTypeOf<ReadOf<Row<'long', 'time-micros'>, { long: 'bigint' }>>().toEqualTypeOf<number>()
    expectTypeOf<ReadOf<Row<'long', 'timestamp-millis'>>>().toEqualTypeOf<Date>()
    expectTypeOf<ReadOf<Row<'long', 'timestamp-micros'>>>().toEqualTypeOf<Date>()
    expectTypeOf<ReadOf<Row<'long', 'timestamp-nanos'>>>().toEqualTypeOf<Date>()
    expectTypeOf<ReadOf<Row<'long', 'local-timestamp-millis'>>>().toEqualTypeOf<Date>()
    expectTypeOf<ReadOf<Row<'long', 'local-timestamp-nanos'>>>().toEqualTypeOf<Date>()
    expectTypeOf<ReadOf<Row<'string', 'uuid'>>>().toEqualTypeOf<string>()
    expectTypeOf<ReadOf<{ type: 'fixed'; name: 'U'; size: 16; logicalType: 'uuid' }>>().toEqualTypeOf<string>()
    expectTypeOf<ReadOf<{ type: 'fixed'; name: 'D'; size: 12; logicalType: 'duration' }>>().toEqualTypeOf<{
      months: number
      days: number
      milliseconds: number
    }>()
    expectTypeOf<ReadOf<{ type: 'bytes'; logicalType: 'decimal'; precision: 10; scale: 2 }>>().toEqualTypeOf<string>()
    expectTypeOf<ReadOf<{ type: 'bytes'; logicalType: 'decimal'; precision: 10 }>>().toEqualTypeOf<string>()
    expectTypeOf<ReadOf<{ type: 'fixed'; name: 'M'; size: 4; logicalType: 'decimal'; precision: 9; scale: 9 }>>().toEqualTypeOf<string>()
  })

  test('stand in a field, nested or beside its name', () => {
    const definition = avro({
      type: 'record',
      name: 'R',
      fields: [
        { name: 'nested', type: { type: 'long', logicalType: 'timestamp-millis' } },
        { name: 'deeper', type: { type: { type: 'long', logicalType: 'timestamp-millis' } } },
        { name: 'around', type: { type: { type: 'long' }, logicalType: 'timestamp-millis' } },
        { name: 'beside', type: 'long', logicalType: 'timestamp-millis' },
        { name: 'nullable', type: ['null', { type: 'long', logicalType: 'timestamp-millis' }], default: null },
        { name: 'list', type: { type: 'array', items: { type: 'int', logicalType: 'date' } } },
      ],
    })
    expectTypeOf<OutOf<typeof definition>>().toEqualTypeOf<{
      nested: Date
      deeper: Date
      around: Date
      beside: number
      nullable: Date | null
      list: Date[]
    }>()
    write(definition, { nested: new Date(), deeper: new Date(), around: new Date(), beside: 1, list: [] })
    // @ts-expect-error a number is not a Date
    write(definition, { nested: 1, deeper: new Date(), around: new Date(), beside: 1, list: [] })
  })

  test('malformed ones leave the base type', () => {
    expectTypeOf<ReadOf<Row<'string', 'timestamp-millis'>>>().toEqualTypeOf<string>()
    expectTypeOf<ReadOf<Row<'int', 'timestamp-millis'>>>().toEqualTypeOf<number>()
    expectTypeOf<ReadOf<Row<'long', 'date'>>>().toEqualTypeOf<number>()
    expectTypeOf<ReadOf<Row<'long', 'of-my-own'>>>().toEqualTypeOf<number>()
    expectTypeOf<ReadOf<Row<'boolean', 'date'>>>().toEqualTypeOf<boolean>()
    expectTypeOf<ReadOf<Row<'bytes', 'uuid'>>>().toEqualTypeOf<Buffer>()
    expectTypeOf<ReadOf<Row<'bytes', 'decimal'>>>().toEqualTypeOf<Buffer>()
    expectTypeOf<ReadOf<{ type: 'bytes'; logicalType: 'decimal'; precision: 0 }>>().toEqualTypeOf<Buffer>()
    expectTypeOf<ReadOf<{ type: 'bytes'; logicalType: 'decimal'; precision: 9; scale: 10 }>>().toEqualTypeOf<Buffer>()
    expectTypeOf<ReadOf<{ type: 'bytes'; logicalType: 'decimal'; precision: 9; scale: -1 }>>().toEqualTypeOf<Buffer>()
    expectTypeOf<ReadOf<{ type: 'bytes'; logicalType: 'decimal'; precision: 2.5 }>>().toEqualTypeOf<Buffer>()
    expectTypeOf<ReadOf<{ type: 'bytes'; logicalType: 'decimal'; precision: '9' }>>().toEqualTypeOf<Buffer>()
    expectTypeOf<ReadOf<{ type: 'fixed'; name: 'M'; size: 4; logicalType: 'decimal'; precision: 10 }>>().toEqualTypeOf<Buffer>()
    expectTypeOf<ReadOf<{ type: 'fixed'; name: 'D'; size: 11; logicalType: 'duration' }>>().toEqualTypeOf<Buffer>()
    expectTypeOf<ReadOf<{ type: 'fixed'; name: 'U'; size: 15; logicalType: 'uuid' }>>().toEqualTypeOf<Buffer>()
  })

  test("'none' reads the base types", () => {
    type None = { logicalTypes: 'none' }
    expectTypeOf<ReadOf<Row<'long', 'timestamp-millis'>, None>>().toEqualTypeOf<number>()
    expectTypeOf<ReadOf<Row<'long', 'timestamp-millis'>, { logicalTypes: 'none'; long: 'bigint' }>>().toEqualTypeOf<bigint>()
    expectTypeOf<WriteOf<Row<'long', 'timestamp-millis'>, None>>().toEqualTypeOf<number | bigint>()
    expectTypeOf<ReadOf<{ type: 'fixed'; name: 'D'; size: 12; logicalType: 'duration' }, None>>().toEqualTypeOf<Buffer>()
    expectTypeOf<WriteOf<{ type: 'bytes'; logicalType: 'decimal'; precision: 4 }, None>>().toEqualTypeOf<Uint8Array>()
  })
})
