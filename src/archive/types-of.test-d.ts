import { avro, encodeContainer, parseSchema, readContainer, writeContainer } from 'kafka-evolve/avro'
import { expectTypeOf, it } from 'vitest'

const Order = avro({
  type: 'record',
  name: 'Order',
  fields: [
    { name: 'id', type: 'string' },
    { name: 'n', type: 'long', default: 0 },
  ],
})
const parsed = parseSchema({ type: 'record', name: 'Order', fields: [{ name: 'n', type: 'long' }] })

it('gives records the type of their reader', async () => {
  for await (const order of readContainer('x', { reader: Order })) expectTypeOf(order).toEqualTypeOf<{ id: string; n: number }>()
  for await (const order of await readContainer('x', { reader: parsed, long: 'bigint' })) expectTypeOf(order).toEqualTypeOf<{ n: bigint }>()
  for await (const order of readContainer('x')) expectTypeOf(order).toBeUnknown()
  for await (const block of (await readContainer('x', { reader: Order })).blocks())
    for (const order of block) expectTypeOf(order).toEqualTypeOf<{ id: string; n: number }>()
})

it('takes records of the type of their schema', async () => {
  await writeContainer('x', Order, [{ id: 'a' }])
  await writeContainer('x', parsed, [{ n: 1n }], { codec: 'deflate' })
  await writeContainer('x', parseSchema('"int"'), [1, 'anything'])
  // @ts-expect-error an id is text
  await writeContainer('x', Order, [{ id: 1 }])
  // @ts-expect-error records have the shape of the reader
  encodeContainer(Order, [{ id: 'a' }], { reader: parsed })
  const file = await readContainer('x', { reader: Order })
  await writeContainer('y', file.schema, file)
})
