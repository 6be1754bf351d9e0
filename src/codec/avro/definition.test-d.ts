import { expectTypeOf, test } from 'vitest'
import { type AvroDefinition, avro, type InOf, type OutOf } from '../../avro.ts'

test('a definition may be declared with its type written out, as isolated declarations want it', () => {
  const declared: AvroDefinition<{ id: string }, { id: string }> = avro({
    type: 'record',
    name: 'A',
    fields: [{ name: 'id', type: 'string' }],
  })
  expectTypeOf<OutOf<typeof declared>>().toEqualTypeOf<{ id: string }>()
  expectTypeOf<InOf<typeof declared>>().toEqualTypeOf<{ id: string }>()
})
