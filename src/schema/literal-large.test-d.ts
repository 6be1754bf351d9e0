import { describe, expectTypeOf, test } from 'vitest'
import { avro } from '../codec/avro/definition.ts'
import type { InOf, OutOf } from '../codec/codec.ts'

const FIELDS = [
  { name: 'id', type: 'string' },
  { name: 'count', type: 'int', default: 0 },
  { name: 'size', type: 'long' },
  { name: 'ratio', type: 'double' },
  { name: 'active', type: 'boolean', default: true },
  { name: 'note', type: ['null', 'string'], default: null },
  { name: 'at', type: { type: 'long', logicalType: 'timestamp-millis' } },
  { name: 'day', type: ['null', { type: 'int', logicalType: 'date' }], default: null },
  { name: 'price', type: { type: 'bytes', logicalType: 'decimal', precision: 12, scale: 2 } },
  { name: 'tags', type: { type: 'array', items: 'string' }, default: [] },
  { name: 'labels', type: { type: 'map', values: 'long' }, default: {} },
  { name: 'amount', type: ['null', 'int', 'double', 'string'] },
  { name: 'root', type: ['null', 'Root'], default: null },
  { name: 'hash', type: 'bytes' },
  { name: 'peers', type: { type: 'array', items: 'Root' }, default: [] },
] as const

describe('a schema of 150 fields in 10 levels', () => {
  const Root = avro({
    type: 'record',
    name: 'Root',
    namespace: 'large',
    fields: [
      ...FIELDS,
      {
        name: 'a',
        type: {
          type: 'record',
          name: 'A',
          fields: [
            ...FIELDS,
            {
              name: 'b',
              type: [
                'null',
                {
                  type: 'record',
                  name: 'B',
                  fields: [
                    ...FIELDS,
                    {
                      name: 'c',
                      type: {
                        type: 'array',
                        items: {
                          type: 'record',
                          name: 'C',
                          fields: [
                            ...FIELDS,
                            {
                              name: 'd',
                              type: {
                                type: 'map',
                                values: {
                                  type: 'record',
                                  name: 'D',
                                  fields: [
                                    ...FIELDS,
                                    {
                                      name: 'e',
                                      type: {
                                        type: 'record',
                                        name: 'E',
                                        fields: [
                                          ...FIELDS,
                                          {
                                            name: 'f',
                                            type: {
                                              type: 'record',
                                              name: 'F',
                                              fields: [
                                                ...FIELDS,
                                                {
                                                  name: 'g',
                                                  type: {
                                                    type: 'record',
                                                    name: 'G',
                                                    fields: [
                                                      ...FIELDS,
                                                      {
                                                        name: 'h',
                                                        type: {
                                                          type: 'record',
                                                          name: 'H',
                                                          fields: [
                                                            ...FIELDS,
                                                            {
                                                              name: 'i',
                                                              type: {
                                                                type: 'record',
                                                                name: 'I',
                                                                fields: [...FIELDS, { name: 'up', type: ['null', 'H', 'string'] }],
                                                              },
                                                            },
                                                          ],
                                                        },
                                                      },
                                                    ],
                                                  },
                                                },
                                              ],
                                            },
                                          },
                                        ],
                                      },
                                    },
                                  ],
                                },
                              },
                            },
                          ],
                        },
                      },
                    },
                  ],
                },
              ],
              default: null,
            },
          ],
        },
      },
    ],
  })
  type Out = OutOf<typeof Root>
  type In = InOf<typeof Root>
  type H = NonNullable<Out['a']['b']>['c'][0]['d'][string]['e']['f']['g']['h']

  test('resolves to its leaves', () => {
    expectTypeOf<H['at']>().toEqualTypeOf<Date>()
    expectTypeOf<H['amount']>().toEqualTypeOf<null | { int: number } | { double: number } | { string: string }>()
    expectTypeOf<H['peers']>().toEqualTypeOf<Out[]>()
    expectTypeOf<H['i']['up']>().toEqualTypeOf<H | string | null>()
  })

  test('what was read may be written', () => {
    expectTypeOf<Out>().toExtend<In>()
  })
})
