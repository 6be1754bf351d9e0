import { describe, expect, it } from 'vitest'
import type { SchemaText } from '../schema/text.ts'
import { memoryRegistry } from './memory.ts'
import { schemaGuid } from './schema-guid.ts'

const int: SchemaText = { format: 'AVRO', text: '"int"' }

describe('schemaGuid', () => {
  // Made with the method of Confluent's `Schema.updateHash`, written out in Python's hashlib.
  it.each<[what: string, schema: SchemaText, guid: string]>([
    ['a text', int, 'ef524ea1-b91e-7317-3d93-8ade36c1db32'],
    ['a reference', { ...int, references: [{ name: 'n', subject: 's', version: 258 }] }, '6a5585f8-1273-30df-af54-d3531c1f2ea2'],
    ['metadata with nothing in it', { ...int, metadata: {} }, '1d1d1f70-2ee5-5e03-8ce5-4f3b6703c50f'],
    [
      'metadata, whatever its order',
      { ...int, metadata: { properties: { b: '2', a: '1' }, sensitive: ['y', 'x'], tags: { t: ['2', '1'] } } },
      '9e665870-3ec9-a24b-fa8d-1eaf0ac24e86',
    ],
    [
      'rules',
      {
        ...int,
        ruleSet: {
          domainRules: [
            {
              name: 'r',
              doc: 'd',
              kind: 'CONDITION',
              mode: 'WRITE',
              type: 'CEL',
              tags: ['b', 'a'],
              params: { p: 'q' },
              expr: 'e',
              onFailure: 'DLQ',
              disabled: true,
            },
          ],
        },
      },
      'df05cf2e-6b8b-e3ac-62c0-bd69d5e2ab6b',
    ],
  ])('stands for %s', (_what, schema, guid) => {
    expect(schemaGuid(schema)).toBe(guid)
    expect(schemaGuid({ ...schema })).toBe(guid)
  })

  it('finds a schema in a registry, until it is purged', async () => {
    const registry = memoryRegistry()
    const { id } = await registry.register('s', int)
    const guid = schemaGuid(int)
    expect(await registry.idsByGuid(guid)).toEqual([{ context: '.', id }])
    expect(await registry.idsByGuid(guid.toUpperCase())).toEqual([{ context: '.', id }])
    const long: SchemaText = { format: 'AVRO', text: '"long"' }
    await registry.register(':.a:s', long)
    await registry.register('s', long)
    expect(await registry.idsByGuid(schemaGuid(long))).toEqual([
      { context: '.', id: 2 },
      { context: '.a', id: 1 },
    ])
    await registry.deleteSubject('s')
    expect(await registry.idsByGuid(guid)).toHaveLength(1)
    await registry.deleteSubject('s', { permanent: true })
    expect(await registry.idsByGuid(guid)).toEqual([])
    expect(await registry.idsByGuid(schemaGuid(long))).toEqual([{ context: '.a', id: 1 }])
  })
})
