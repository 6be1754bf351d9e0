import { createWriteStream, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough, Writable } from 'node:stream'
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { avro } from '../codec/avro/definition.ts'
import { parseSchema } from '../schema/parse.ts'
import { appendContainer } from './append-container.ts'
import { collect, joined, SYNC } from './container.test-support.ts'
import { encodeContainer } from './encode-container.ts'
import { readContainer } from './read-container.ts'
import { writeContainer } from './write-container.ts'

const folder = mkdtempSync(join(tmpdir(), 'container-'))
const path = join(folder, 'file.avro')
beforeEach(() => rmSync(path, { force: true }))
afterAll(() => rmSync(folder, { recursive: true }))

const int = parseSchema('int')
const numbers = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, index) => from + index)
const read = (from: string): Promise<unknown[]> => collect(readContainer(from))

describe('writing a container', () => {
  it('tells what it wrote', async () => {
    const summary = await writeContainer(path, int, numbers(0, 1000), { blockSize: 500, sync: SYNC })
    expect(summary).toEqual({ records: 1000, blocks: 4, bytes: statSync(path).size })
    expect(await read(path)).toEqual(numbers(0, 1000))
  })

  it('writes the same bytes for the same records and sync marker', async () => {
    const options = { sync: SYNC, codec: 'deflate', metadata: { b: '1', a: Buffer.of(2) } } as const
    const bytes = await joined(encodeContainer(int, [1, 2], options))
    expect(await joined(encodeContainer(int, new Set([1, 2]), options))).toEqual(bytes)
    expect(bytes.subarray(0, 4).toString('latin1')).toBe('Obj\u0001')
    expect([...(await readContainer(bytes)).metadata]).toEqual([
      ['b', Buffer.from('1')],
      ['a', Buffer.of(2)],
    ])
  })

  it('writes to a stream, and ends it', async () => {
    const stream = createWriteStream(path)
    await writeContainer(stream, int, [1, 2, 3])
    expect(stream.writableFinished).toBe(true)
    expect(await read(path)).toEqual([1, 2, 3])
  })

  it('takes no record before the last block has gone out', async () => {
    let taken = 0
    const records = function* (): Generator<number> {
      for (; taken < 10_000; taken++) yield taken
    }
    const slow = new PassThrough({ highWaterMark: 1 })
    const writing = writeContainer(slow, int, records(), { blockSize: 100 })
    await new Promise((resolve) => setImmediate(resolve))
    expect(taken).toBeLessThan(400)
    expect(await collect(readContainer(slow))).toHaveLength(10_000)
    expect(await writing).toMatchObject({ records: 10_000 })
  })

  it('leaves what was there where a record does not fit, and says which', async () => {
    await writeContainer(path, int, [1])
    const records = [...numbers(0, 300), 'x']
    await expect(writeContainer(path, int, records, { blockSize: 50 })).rejects.toMatchObject({
      code: 'invalid-value',
      details: { record: 300 },
    })
    expect(await read(path)).toEqual([1])
    expect(readdirSync(folder)).toEqual(['file.avro'])
  })

  it('passes errors of the records on, and closes them where the target fails', async () => {
    const lost = new Error('no more')
    const failing = async function* (): AsyncGenerator<number> {
      yield 1
      throw lost
    }
    await expect(writeContainer(path, int, failing())).rejects.toBe(lost)
    expect(readdirSync(folder)).toEqual([])
    let closed = false
    const records = function* (): Generator<number> {
      try {
        for (;;) yield 1
      } finally {
        closed = true
      }
    }
    let writes = 0
    const full = new Writable({ write: (_chunk, _encoding, done) => done(++writes === 3 ? lost : null) })
    await expect(writeContainer(full, int, records(), { blockSize: 10 })).rejects.toBe(lost)
    expect(closed).toBe(true)
    closed = false
    await expect(writeContainer(join(folder, 'none', 'x.avro'), int, records())).rejects.toMatchObject({ code: 'ENOENT' })
    const stream = new PassThrough({ objectMode: true })
    await expect(writeContainer(join(folder, 'none', 'x.avro'), int, stream)).rejects.toMatchObject({ code: 'ENOENT' })
    expect(stream.destroyed).toBe(true)
  })

  it('writes through a link instead of replacing it', async () => {
    writeFileSync(join(folder, 'real.avro'), '')
    symlinkSync(join(folder, 'real.avro'), path)
    await writeContainer(path, int, [7])
    expect(await read(join(folder, 'real.avro'))).toEqual([7])
    rmSync(join(folder, 'real.avro'))
  })

  it.each<[string, object]>([
    ['a sync marker of 15 bytes', { sync: SYNC.subarray(1) }],
    ['a key of the format', { metadata: { 'avro.codec': 'null' } }],
    ['metadata that is a number', { metadata: { a: 1 } }],
    ['blocks of no size', { blockSize: 0 }],
    ['blocks that nobody reads', { blockSize: 2 ** 30 }],
    ['a level of nothing', { codec: 'deflate', level: 11 }],
  ])('refuses %s', async (_what, options) => {
    await expect(writeContainer(path, int, [1], options)).rejects.toMatchObject({ code: 'invalid-options' })
    expect(readdirSync(folder)).toEqual([])
  })

  it('refuses a codec that nobody knows, and records that are none', async () => {
    await expect(writeContainer(path, int, [1], { codec: 'lz4' })).rejects.toMatchObject({ code: 'missing-prerequisite' })
    await expect(writeContainer(path, int, 5 as never)).rejects.toMatchObject({ code: 'invalid-options' })
  })

  it('compresses harder at a higher level', async () => {
    const text = numbers(0, 20_000).map((number) => `${number % 977} and ${number % 31}`)
    for (const codec of ['deflate', 'zstandard'] as const) {
      const size = async (level: number): Promise<number> =>
        (await joined(encodeContainer(parseSchema('string'), text, { codec, level }))).length
      expect(await size(9)).toBeLessThan(await size(1))
    }
  })

  it('writes a schema that stands alone', async () => {
    const line = {
      type: 'record',
      name: 'shop.Line',
      doc: 'a line',
      aliases: ['Row'],
      fields: [{ name: 'sku', type: 'string', aliases: ['code'], default: '-' }],
    }
    const text = JSON.stringify({
      type: 'record',
      name: 'Order',
      fields: [
        { name: 'lines', doc: 'all', type: { type: 'array', items: 'shop.Line' } },
        { name: 'first', type: ['null', 'shop.Line'], default: null },
        { name: 'price', type: { type: 'bytes', logicalType: 'decimal', precision: 9, scale: 2 } },
        { name: 'kind', type: { type: 'enum', name: 'Kind', symbols: ['a', 'b'], default: 'a' } },
        { name: 'at', type: { type: 'long', logicalType: 'mine', unit: 'week' }, default: 1234567890123456 },
        { name: 'hash', type: { type: 'fixed', name: 'Hash', size: 2 } },
        { name: 'more', type: { type: 'map', values: 'Hash' } },
      ],
    }).replace('1234567890123456', '9007199254740993')
    const order = parseSchema(text, { references: [line] })
    const value = {
      lines: [{ sku: 'a' }],
      first: null,
      price: '1.50',
      kind: 'b',
      at: 5,
      hash: Buffer.of(1, 2),
      more: { x: Buffer.of(3, 4) },
    }
    const file = await readContainer(await joined(encodeContainer(order, [value])))
    expect(file.schema).toEqual(order)
    expect(await collect(file)).toEqual([value])
    const part = order.kind === 'record' ? order.fields[0]?.type : undefined
    expect((await readContainer(await joined(encodeContainer(part ?? int, [])))).schema).toEqual(part)
  })
})

describe('appending to a container', () => {
  it.each(['null', 'deflate', 'snappy'] as const)('adds blocks under what the file says: %s', async (codec) => {
    await writeContainer(path, int, numbers(0, 10), { codec })
    const before = readFileSync(path)
    const summary = await appendContainer(path, numbers(10, 30), { blockSize: 8 })
    expect(summary).toEqual({ records: 20, blocks: 3, bytes: statSync(path).size - before.length })
    expect(readFileSync(path).subarray(0, before.length).equals(before)).toBe(true)
    expect(await read(path)).toEqual(numbers(0, 30))
    await appendContainer(path, [])
    expect(await read(path)).toEqual(numbers(0, 30))
  })

  it('adds to a file that has no blocks yet, whose header is longer than one read', async () => {
    await writeContainer(path, int, [], { metadata: { long: 'x'.repeat(10_000) } })
    await appendContainer(path, [1])
    expect(await read(path)).toEqual([1])
  })

  it('leaves the file as it was where something fails', async () => {
    await writeContainer(path, int, [1])
    const before = readFileSync(path)
    await expect(appendContainer(path, [...numbers(0, 100), 'x'], { blockSize: 10 })).rejects.toMatchObject({
      code: 'invalid-value',
      details: { record: 100 },
    })
    expect(readFileSync(path).equals(before)).toBe(true)
    writeFileSync(path, before.subarray(0, -1))
    await expect(appendContainer(path, [1])).rejects.toMatchObject({ code: 'malformed-data', details: { byte: before.length - 17 } })
    writeFileSync(path, 'not at all')
    await expect(appendContainer(path, [1])).rejects.toMatchObject({ code: 'malformed-data' })
    await expect(appendContainer(join(folder, 'none.avro'), [1])).rejects.toMatchObject({ code: 'ENOENT' })
  })

  it('takes records of another shape', async () => {
    const wide = avro({
      type: 'record',
      name: 'R',
      fields: [
        { name: 'a', type: 'long' },
        { name: 'b', type: 'string', default: '-' },
      ],
    })
    const narrow = avro({ type: 'record', name: 'R', fields: [{ name: 'a', type: 'long' }] })
    await writeContainer(path, wide, [{ a: 1, b: 'x' }])
    await appendContainer(path, [{ a: 2 }], { reader: narrow })
    expect(await read(path)).toEqual([
      { a: 1, b: 'x' },
      { a: 2, b: '-' },
    ])
  })
})
