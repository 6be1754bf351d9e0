import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { readdir, readlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough, Readable } from 'node:stream'
import { deflateRawSync } from 'node:zlib'
import { afterAll, describe, expect, it } from 'vitest'
import { parseSchema } from '../schema/parse.ts'
import { block, collect, failure, header, inChunks, joined, raw } from './container.test-support.ts'
import { encodeContainer } from './encode-container.ts'
import { readContainer } from './read-container.ts'

const folder = mkdtempSync(join(tmpdir(), 'container-'))
afterAll(() => rmSync(folder, { recursive: true }))
const path = join(folder, 'ints.avro')
const numbers = Array.from({ length: 1000 }, (_, index) => index)
const file = await joined(encodeContainer(parseSchema('int'), numbers, { blockSize: 100, metadata: { who: 'me', raw: Buffer.of(0, 255) } }))
writeFileSync(path, file)

/** How many of its own files this process has open, where the system says so. */
async function openFiles(): Promise<number> {
  const links = (await readdir('/proc/self/fd').catch(() => [])).map((name) => readlink(`/proc/self/fd/${name}`).catch(() => ''))
  return (await Promise.all(links)).filter((target) => target.startsWith(folder)).length
}

describe('reading a container', () => {
  it.each<[string, () => Parameters<typeof readContainer>[0]]>([
    ['a path', () => path],
    ['bytes', () => file],
    ['a Uint8Array', () => new Uint8Array(file)],
    ['a view of more', () => new Uint8Array(Buffer.concat([Buffer.alloc(3), file, Buffer.alloc(3)])).subarray(3, 3 + file.length)],
    ['a stream', () => Readable.from(inChunks(file, 33), { objectMode: false })],
    [
      'an async iterable with empty chunks',
      async function* () {
        yield Buffer.alloc(0)
        yield* inChunks(file, 50)
        yield Buffer.alloc(0)
      },
    ],
    ['a web stream', () => new Blob([new Uint8Array(file)]).stream() as never],
  ])('takes %s', async (_what, source) => {
    const from = source()
    expect(await collect(readContainer(typeof from === 'function' ? (from as () => never)() : from))).toEqual(numbers)
  })

  it('tells what the header says, and then the records', async () => {
    const container = await readContainer(path)
    expect(container.schema).toEqual({ kind: 'int' })
    expect(container.schemaText).toBe('"int"')
    expect(container.codec).toBe('null')
    expect(container.sync).toHaveLength(16)
    expect([...container.metadata]).toEqual([
      ['who', Buffer.from('me')],
      ['raw', Buffer.of(0, 255)],
    ])
    expect(await collect(container)).toEqual(numbers)
  })

  it('gives blocks to those who want them', async () => {
    const seen: unknown[] = []
    let byte = -1
    for await (const one of (await readContainer(file)).blocks()) {
      expect(one.number).toBe(seen.length)
      expect(one.byte).toBeGreaterThan(byte)
      byte = one.byte
      const records = [...one]
      expect(records).toHaveLength(one.count)
      expect([...one]).toEqual(records)
      expect(one.storedBytes).toBe(one.dataBytes)
      seen.push(records)
    }
    expect(seen.flat()).toEqual(numbers)
    expect(seen.length).toBeGreaterThan(10)
  })

  it('is read once', async () => {
    const container = await readContainer(file)
    expect(await collect(container)).toHaveLength(1000)
    await expect(collect(container)).rejects.toMatchObject({ code: 'invalid-options' })
    await expect(collect(container.blocks())).rejects.toMatchObject({ code: 'invalid-options' })
  })

  it('closes the file when the loop is left, at the end, on an error, and when it is told to', async () => {
    const before = await openFiles()
    for await (const number of readContainer(path)) if (number === 5) break
    const container = await readContainer(path)
    for await (const number of container) if (number === 500) break
    await collect(readContainer(path))
    await (await readContainer(path)).close()
    const looked = await readContainer(path)
    expect(await openFiles()).toBe(before)
    expect(await collect(looked)).toEqual(numbers)
    await readContainer(path)[Symbol.asyncIterator]().return?.()
    await (await readContainer(path))[Symbol.asyncIterator]().return?.()
    writeFileSync(join(folder, 'bad.avro'), Buffer.concat([file, Buffer.from('bad')]))
    await failure(readContainer(join(folder, 'bad.avro')))
    writeFileSync(join(folder, 'none.avro'), 'not at all')
    await failure(readContainer(join(folder, 'none.avro')))
    expect(await openFiles()).toBe(before)
  })

  it('destroys the stream when the loop is left', async () => {
    const stream = Readable.from(inChunks(file, 100), { objectMode: false })
    for await (const number of readContainer(stream)) if (number === 5) break
    expect(stream.destroyed).toBe(true)
  })

  it('gives steps that are asked for at once in their order', async () => {
    const records = readContainer(inChunks(file, 77))[Symbol.asyncIterator]()
    const steps = await Promise.all(numbers.map(() => records.next()))
    expect(steps.map(({ value }) => value)).toEqual(numbers)
    expect(await records.next()).toEqual({ done: true, value: undefined })
    expect(await records.next()).toEqual({ done: true, value: undefined })
  })

  it('takes no more than it was asked for', async () => {
    let given = 0
    const source = async function* (): AsyncGenerator<Buffer> {
      for await (const chunk of inChunks(file, 100)) {
        given++
        yield chunk as Buffer
      }
    }
    const records = readContainer(source())[Symbol.asyncIterator]()
    await records.next()
    await new Promise((resolve) => setImmediate(resolve))
    expect(given).toBeLessThan(6)
    await records.return?.()
  })

  it('passes errors of the source on as they are', async () => {
    await expect(readContainer(join(folder, 'missing.avro'))).rejects.toMatchObject({ code: 'ENOENT' })
    await expect(collect(readContainer(join(folder, 'missing.avro')))).rejects.toMatchObject({ code: 'ENOENT' })
    const lost = new Error('the line is dead')
    const source = async function* (): AsyncGenerator<Buffer> {
      yield file.subarray(0, 300)
      throw lost
    }
    await expect(collect(readContainer(source()))).rejects.toBe(lost)
    const stream = new PassThrough()
    stream.write(file.subarray(0, 300))
    const container = await readContainer(stream)
    stream.destroy(lost)
    await new Promise((resolve) => stream.on('close', resolve))
    await expect(collect(container)).rejects.toBe(lost)
  })

  it.each([[5], [{}], [null], [undefined], [new Map()]])('refuses %o as a source', async (source) => {
    await expect(readContainer(source as never)).rejects.toMatchObject({ code: 'invalid-options' })
  })

  it.each([['text'], [5], [{}]])('refuses a source of %o', async (chunk) => {
    await expect(readContainer(Readable.from([chunk]))).rejects.toMatchObject({ code: 'invalid-options' })
  })

  it('leaves what was read before the damage in place', async () => {
    const damaged = Buffer.concat([header('int'), block(2, raw(1, 2)), block(2, raw(3, 4)), raw(1, 1)])
    expect(await failure(readContainer(damaged))).toMatchObject({ before: [1, 2, 3, 4], details: { block: 2 } })
  })

  it('passes over blocks of nothing', async () => {
    const file = Buffer.concat([
      header('int', 'deflate'),
      block(0, Buffer.alloc(0)),
      block(1, deflateRawSync(raw(5))),
      block(0, deflateRawSync(Buffer.alloc(0))),
    ])
    expect(await collect(readContainer(file))).toEqual([5])
  })

  it('takes a codec of the application', async () => {
    const turn = (bytes: Buffer): Buffer => Buffer.from(bytes).reverse()
    const codecs = { turned: { compress: turn, decompress: async (bytes: Buffer) => turn(bytes) } }
    const turned = await joined(encodeContainer(parseSchema('int'), [1, 2, 3], { codec: 'turned', codecs }))
    expect(await collect(readContainer(turned, { codecs }))).toEqual([1, 2, 3])
    await expect(readContainer(turned)).rejects.toMatchObject({ code: 'missing-prerequisite' })
  })

  it('reads a schema whose defaults do not fit', async () => {
    const schema = { type: 'record', name: 'R', fields: [{ name: 'a', type: 'int', default: 'none' }] }
    expect(await collect(readContainer(Buffer.concat([header(schema), block(1, raw(7))])))).toEqual([{ a: 7 }])
  })

  it('does not change Object.prototype, nor take a key for more than a key', async () => {
    const metadata = new Map([
      ['__proto__', 'x'],
      ['constructor', 'y'],
    ])
    const container = await readContainer(await joined(encodeContainer(parseSchema('int'), [], { metadata })))
    expect([...container.metadata.keys()]).toEqual(['__proto__', 'constructor'])
    expect(Object.keys(Object.prototype)).toEqual([])
    expect(readFileSync(path).equals(file)).toBe(true)
  })
})
