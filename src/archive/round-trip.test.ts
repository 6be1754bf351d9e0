import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { choicesOf } from '../codec/avro/choices.ts'
import { resolveSchemas } from '../codec/avro/resolution.ts'
import { parseSchema } from '../schema/parse.ts'
import { seeded } from '../seeded.test-support.ts'
import { collect, inChunks, joined } from './container.test-support.ts'
import { encodeContainer } from './encode-container.ts'
import { javaDigest, javaFiles } from './java-files.test-support.ts'
import { readContainer } from './read-container.ts'

const codecs = ['null', 'deflate', 'snappy', 'zstandard', 'bzip2', 'xz'] as const

const tree = parseSchema({
  type: 'record',
  name: 'Tree',
  fields: [
    { name: 'id', type: 'long' },
    { name: 'text', type: ['null', 'string'] },
    { name: 'raw', type: 'bytes' },
    { name: 'kind', type: { type: 'enum', name: 'Kind', symbols: ['a', 'b'] } },
    { name: 'weights', type: { type: 'map', values: 'double' } },
    { name: 'children', type: { type: 'array', items: 'Tree' } },
  ],
})

/** Trees of at most so many levels. */
const trees = (levels: number): fc.Arbitrary<unknown> =>
  fc.record({
    id: fc.maxSafeInteger(),
    text: fc.option(fc.string({ unit: 'grapheme', maxLength: 20 })),
    raw: fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes)),
    kind: fc.constantFrom('a', 'b'),
    weights: fc.dictionary(fc.string({ maxLength: 4 }), fc.double({ noNaN: true }), { maxKeys: 3, noNullPrototype: true }),
    children: levels === 1 ? fc.constant([]) : fc.array(trees(levels - 1), { maxLength: 2 }),
  })

describe('a container', () => {
  it.each(codecs)('gives back the records it was made of, whatever its blocks and chunks: %s', async (codec) => {
    const records = fc.array(trees(3), { maxLength: 8 })
    const blockSize = fc.constantFrom(1, 40, 300, 65_536)
    const chunk = fc.constantFrom(1, 7, 64, 100_000)
    await fc.assert(
      fc.asyncProperty(records, blockSize, chunk, fc.boolean(), async (given, size, length, late) => {
        const source = late
          ? (async function* () {
              yield* given
            })()
          : given
        const bytes = await joined(encodeContainer(tree, source, { codec, blockSize: size }))
        expect(await collect(readContainer(inChunks(bytes, length)))).toEqual(given)
      }),
      { ...seeded, numRuns: 25 },
    )
  })

  it.each(Object.entries(javaFiles))('written by Java is read: %s', async (codec, base64) => {
    const file = await readContainer(Buffer.from(base64, 'base64'))
    expect([file.codec, file.metadata.get('team')?.toString()]).toEqual([codec, 'shop'])
    const hash = createHash('md5')
    const pair = resolveSchemas(file.schema, file.schema, choicesOf())
    for await (const record of file) hash.update(pair.encode(record))
    expect(hash.digest('hex')).toBe(javaDigest)
  })

  it('of no records is a header', async () => {
    const bytes = await joined(encodeContainer(tree, []))
    expect(await collect(readContainer(bytes))).toEqual([])
    expect((await readContainer(bytes)).schemaText).toBe((await readContainer(bytes)).schemaText)
  })

  it.each<[string, unknown, unknown[]]>([
    ['null', 'null', Array.from({ length: 250_000 }, () => null)],
    ['an empty record', { type: 'record', name: 'E', fields: [] }, [{}, {}]],
    ['fixed of size 0', { type: 'fixed', name: 'F', size: 0 }, [Buffer.alloc(0)]],
    ['a union', ['null', 'int', 'string'], [null, 1, 'x', null]],
    ['text', 'string', ['', 'a', 'ü€😀', 'x'.repeat(200_000)]],
    ['lists of lists', { type: 'array', items: { type: 'array', items: 'int' } }, [[], [[]], [[1, 2], [], [3]]]],
    ['lists of nulls', { type: 'array', items: 'null' }, [[null, null], []]],
    ['floats', 'float', [0.5, -1]],
    ['booleans', 'boolean', [true, false]],
  ])('holds any type: %s', async (_what, type, records) => {
    const bytes = await joined(encodeContainer(parseSchema(type as object), records, { codec: 'deflate' }))
    expect(await collect(readContainer(bytes))).toEqual(records)
  })

  it('has longs, logical types and unions as they are asked for', async () => {
    const schema = parseSchema([{ type: 'long', logicalType: 'timestamp-millis' }, 'string'])
    const bytes = await joined(encodeContainer(schema, [new Date(5), 'x']))
    expect(await collect(readContainer(bytes))).toEqual([new Date(5), 'x'])
    const options = { long: 'bigint', logicalTypes: 'none', unions: 'wrapped' } as const
    expect(await collect(readContainer(bytes, options))).toEqual([{ long: 5n }, { string: 'x' }])
    const again = await joined(encodeContainer(schema, [{ long: 5n }, { string: 'x' }], options))
    expect(await collect(readContainer(again))).toEqual([new Date(5), 'x'])
  })

  it('has values nested as deep as a message may be', async () => {
    const list = parseSchema({ type: 'record', name: 'L', fields: [{ name: 'next', type: ['null', 'L'] }] })
    const nest = (depth: number): unknown => (depth === 1 ? { next: null } : { next: nest(depth - 1) })
    const bytes = await joined(encodeContainer(list, [nest(100), nest(3)]))
    expect(await collect(readContainer(bytes))).toEqual([nest(100), nest(3)])
    await expect(collect(readContainer(bytes, { limits: { depth: 99 } }))).rejects.toMatchObject({
      code: 'limit-exceeded',
      details: { block: 0, record: 0 },
    })
    await expect(joined(encodeContainer(list, [nest(1), nest(101)]))).rejects.toMatchObject({
      code: 'limit-exceeded',
      details: { record: 1 },
    })
  })
})
