import { deflateRawSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { block, collect, entry, failure, header, inChunks, raw, SYNC } from './container.test-support.ts'
import { encodeContainer } from './encode-container.ts'
import { readContainer } from './read-container.ts'

const two = block(2, raw(1, 2))
const order = {
  type: 'record',
  name: 'Order',
  fields: [
    { name: 'id', type: 'string' },
    { name: 'n', type: 'int' },
  ],
}
const bytes = (...parts: readonly Uint8Array[]): Buffer => Buffer.concat(parts)
const front = header('int')

/** What is wrong, the bytes, the code, a part of the message, the place, the records before it. */
const cases: readonly (readonly [string, Buffer, string, string, object, unknown[]])[] = [
  ['nothing at all', Buffer.alloc(0), 'truncated', 'magic', { byte: 0 }, []],
  ['another magic', Buffer.from('Obj\u0002 and so on'), 'malformed-data', 'no Avro object container', { byte: 0 }, []],
  ['half a magic', Buffer.from('Ob'), 'truncated', 'magic', { byte: 0 }, []],
  ['no metadata', Buffer.from('Obj\u0001'), 'truncated', 'number of metadata', { byte: 4 }, []],
  ['a key that is cut off', raw('Obj\u0001', 1, 11, 'avro.'), 'truncated', 'metadata', { byte: 5 }, []],
  ['a key of negative length', raw('Obj\u0001', 1, -3), 'malformed-data', 'length of a metadata key is -3', { byte: 5 }, []],
  ['a key longer than a header', raw('Obj\u0001', 1, 2 ** 40), 'limit-exceeded', 'metadata key', { byte: 5 }, []],
  ['a value longer than a header', raw('Obj\u0001', 1, 1, 'k', 2n ** 60n), 'limit-exceeded', 'metadata value', { byte: 5 }, []],
  ['a key that is not UTF-8', raw('Obj\u0001', 1, 1, Buffer.of(255), 0, 0, SYNC), 'malformed-data', 'UTF-8', { byte: 5 }, []],
  ['a key twice', raw('Obj\u0001', 2, entry('k', '1'), entry('k', '2'), 0, SYNC), 'malformed-data', '"k" twice', { byte: 9 }, []],
  [
    'a key twice, in two blocks',
    raw('Obj\u0001', 1, entry('k', '1'), 1, entry('k', '2'), 0, SYNC),
    'malformed-data',
    'twice',
    { byte: 10 },
    [],
  ],
  ['a negative size of metadata', raw('Obj\u0001', -1, -5), 'malformed-data', 'size of the metadata', { byte: 4 }, []],
  ['no sync marker', raw('Obj\u0001', 0), 'truncated', 'sync marker', { byte: 5 }, []],
  ['no schema', raw('Obj\u0001', 1, entry('avro.codec', 'null'), 0, SYNC), 'malformed-data', 'avro.schema', { byte: 0 }, []],
  ['a schema that is no JSON', raw('Obj\u0001', 1, entry('avro.schema', '{'), 0, SYNC), 'invalid-schema', 'JSON', { byte: 0 }, []],
  ['a schema that is none', header({ type: 'recrod' }), 'invalid-schema', 'recrod', { byte: 0 }, []],
  ['an unknown codec', header('int', 'lz4'), 'missing-prerequisite', '"lz4"', {}, []],
  ['a codec named as a member of Object', header('int', 'constructor'), 'missing-prerequisite', '"constructor"', {}, []],
  [
    'a block that is cut off in its count',
    bytes(front, Buffer.of(0x80)),
    'truncated',
    'number of records',
    { block: 0, byte: front.length },
    [],
  ],
  ['a block of no size', bytes(front, raw(1)), 'truncated', 'size of a block', { block: 0, byte: front.length }, []],
  [
    'a block that is cut off in its data',
    bytes(front, two, raw(2, 10, 'abc')),
    'truncated',
    '10 bytes, 3 are',
    { block: 1, byte: front.length + two.length },
    [1, 2],
  ],
  ['a block with no sync marker', bytes(front, raw(2, 2, raw(1, 2))), 'truncated', 'sync marker', { block: 0 }, []],
  ['another sync marker', bytes(front, raw(2, 2, raw(1, 2), 'SIXTEEN BYTES!!!')), 'malformed-data', 'sync marker', { block: 0 }, []],
  ['something behind the last block', bytes(front, two, Buffer.from('garbage')), 'malformed-data', 'is -52', { block: 1 }, [1, 2]],
  ['zeros behind the last block', bytes(front, two, Buffer.alloc(40)), 'malformed-data', 'sync marker', { block: 1 }, [1, 2]],
  ['a negative count', bytes(front, block(-1, raw(1))), 'malformed-data', 'number of records in a block is -1', { block: 0 }, []],
  ['the lowest count', bytes(front, block(-(2n ** 63n), raw(1))), 'malformed-data', 'number of records', { block: 0 }, []],
  ['a count beyond 2^53', bytes(front, block(2n ** 62n, raw(1))), 'limit-exceeded', 'number of records', { block: 0 }, []],
  ['a negative size', bytes(front, block(1, raw(1), -1)), 'malformed-data', 'size of a block is -1', { block: 0 }, []],
  ['a size above the limit', bytes(front, block(1, raw(1), 2 ** 30)), 'limit-exceeded', '67108864 are allowed', { block: 0 }, []],
  ['the highest size', bytes(front, block(1, raw(1), 2n ** 63n - 1n)), 'limit-exceeded', 'size of a block', { block: 0 }, []],
  ['a count of 11 bytes', bytes(front, Buffer.alloc(11, 0x80)), 'malformed-data', '10 bytes', { block: 0 }, []],
  ['more records than bytes', bytes(front, block(3, raw(1, 2))), 'truncated', '3 records has 2 bytes', { block: 0 }, []],
  [
    'a record that is cut off',
    bytes(front, block(2, Buffer.of(2, 0x80))),
    'truncated',
    '',
    { block: 0, record: 1, byte: front.length },
    [1],
  ],
  [
    'fewer records than bytes',
    bytes(front, block(1, raw(1, 2))),
    'trailing-bytes',
    '1 bytes are left behind the 1 records',
    { block: 0 },
    [1],
  ],
  ['bytes and no records', bytes(front, block(0, raw(1))), 'trailing-bytes', 'no records', { block: 0 }, []],
  ['an int of 33 bits', bytes(front, block(1, raw(2 ** 40))), 'malformed-data', '32 bits', { block: 0, record: 0 }, []],
  ['a record that ends early', bytes(header(order), block(1, raw(5, 'ab'))), 'truncated', '', { block: 0, record: 0, path: '/id' }, []],
  [
    'a negative length in a record',
    bytes(header(order), block(1, raw(-1, 0))),
    'malformed-data',
    'negative',
    { record: 0, path: '/id' },
    [],
  ],
  ['a block of 2^50 nulls', bytes(header('null'), block(2n ** 50n, Buffer.alloc(0))), 'limit-exceeded', 'take no bytes', { block: 0 }, []],
  ['one null too many', bytes(header('null'), block(100_001, Buffer.alloc(0))), 'limit-exceeded', '100000 are allowed', { block: 0 }, []],
  ['nulls with bytes', bytes(header('null'), block(2, raw(1))), 'trailing-bytes', '', { block: 0 }, [null, null]],
  [
    '2^50 nulls in an array',
    bytes(header({ type: 'array', items: 'null' }), block(1, raw(2n ** 50n, 0))),
    'limit-exceeded',
    'no bytes',
    { record: 0 },
    [],
  ],
  [
    'a block that is not deflated',
    bytes(header('int', 'deflate'), block(1, raw('what is this'))),
    'malformed-data',
    'cannot be decompressed',
    { block: 0 },
    [],
  ],
  [
    'a deflated block that is cut off',
    bytes(header('int', 'deflate'), block(1, deflateRawSync(raw(1)).subarray(0, 2))),
    'malformed-data',
    '',
    { block: 0 },
    [],
  ],
  [
    'bytes behind a deflated block',
    bytes(header('int', 'deflate'), block(1, bytes(deflateRawSync(raw(1)), Buffer.alloc(5)))),
    'trailing-bytes',
    '5 bytes are left behind the compressed',
    { block: 0 },
    [],
  ],
  [
    'a deflated bomb',
    bytes(header('string', 'deflate'), block(1, deflateRawSync(Buffer.alloc(70_000_000)))),
    'limit-exceeded',
    '67108864',
    { block: 0 },
    [],
  ],
]

/** Records of which each has the next one twice: two to the power of `levels`, and not one byte. */
function doubling(levels: number): object {
  let type: object = { type: 'record', name: `D${levels}`, fields: [] }
  for (let level = levels - 1; level >= 0; level--) {
    const fields = [
      { name: 'a', type },
      { name: 'b', type: `D${level + 1}` },
    ]
    type = { type: 'record', name: `D${level}`, fields }
  }
  return type
}

describe('what is refused in a container', () => {
  it('2^40 records of no bytes', async () => {
    expect(await failure(readContainer(bytes(header(doubling(40)), block(1, Buffer.alloc(0)))))).toMatchObject({ code: 'limit-exceeded' })
  })

  it.each(cases)('%s', async (_what, file, code, message, place, before) => {
    const seen = await failure(readContainer(file))
    expect(seen).toMatchObject({ code, details: place, before })
    expect(seen.message).toContain(message)
    // The same, however the bytes come.
    if (file.length < 10_000) expect(await failure(readContainer(inChunks(file, 1)))).toEqual(seen)
  })

  it('says the same to those who await it', async () => {
    await expect(readContainer(Buffer.from('Obj'))).rejects.toMatchObject({ code: 'truncated' })
    await expect(readContainer(header('int', 'lz4'))).rejects.toMatchObject({ code: 'missing-prerequisite' })
  })

  it('holds the limits that are given', async () => {
    const file = bytes(header('string', 'deflate'), block(1, deflateRawSync(raw(1000, 'x'.repeat(1000)))))
    expect(await collect(readContainer(file))).toEqual(['x'.repeat(1000)])
    expect(await failure(readContainer(file, { limits: { decompressedBytes: 1001 } }))).toMatchObject({ code: 'limit-exceeded' })
    expect(await failure(readContainer(file, { limits: { blockBytes: 10 } }))).toMatchObject({ code: 'limit-exceeded' })
    expect(await failure(readContainer(file, { limits: { headerBytes: 30 } }))).toMatchObject({ code: 'limit-exceeded' })
    expect(await failure(readContainer(file, { limits: { bytes: 1001 } }))).toMatchObject({
      code: 'limit-exceeded',
      details: { record: 0 },
    })
    expect(await collect(readContainer(file, { limits: { bytes: 1002, decompressedBytes: 1002 } }))).toHaveLength(1)
    const nulls = bytes(header('null'), block(200_000, Buffer.alloc(0)))
    expect(await collect(readContainer(nulls, { limits: { emptyRecords: 200_000 } }))).toHaveLength(200_000)
  })

  it.each([{ headerBytes: 0 }, { blockBytes: 1.5 }, { decompressedBytes: 2 ** 31 }, { emptyRecords: -1 }, { bytes: 0 }, { size: 1 }])(
    'refuses the limits %o',
    async (limits) => {
      await expect(readContainer(header('int'), { limits })).rejects.toMatchObject({ code: 'invalid-options' })
    },
  )

  it('holds a header of many small entries to the limit', async () => {
    const many = Array.from({ length: 60_000 }, (_, index) => entry(String(index), 'some text of no use'))
    const file = raw('Obj\u0001', many.length, ...many, 0, SYNC)
    await expect(readContainer(file, { limits: { headerBytes: 100_000 } })).rejects.toMatchObject({ code: 'limit-exceeded' })
    await expect(readContainer(file, { limits: { headerBytes: 2 ** 30 } })).rejects.toMatchObject({
      problem: expect.stringContaining('10000 metadata entries'),
    })
  })

  it('believes no size before the bytes are there', async () => {
    const before = process.memoryUsage().arrayBuffers
    const seen = await failure(readContainer(inChunks(bytes(front, raw(1, 60_000_000, 'few')), 4096)))
    expect(seen.code).toBe('truncated')
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(8_000_000)
  })
})

describe('what is no schema', () => {
  it.each([null, undefined, 7, {}])('is refused as one to write or read with: %j', async (schema) => {
    const written = async (): Promise<unknown> => {
      for await (const bytes of encodeContainer(schema as never, [])) return bytes
      return undefined
    }
    await expect(written()).rejects.toMatchObject({ code: 'invalid-options' })
  })
})
