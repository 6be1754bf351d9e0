import { deflateRawSync, deflateSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { seeded } from '../../seeded.test-support.ts'
import { compressorOf, decompressorOf } from './codecs.ts'
import { decompressSnappy } from './snappy-decompress.ts'

const names = ['null', 'deflate', 'snappy', 'zstandard', 'bzip2', 'xz'] as const
const LIMIT = 64 * 1024 * 1024

/** Bytes that repeat and bytes that do not. */
const data = fc.oneof(
  fc.uint8Array({ maxLength: 300 }),
  fc
    .array(fc.tuple(fc.uint8Array({ minLength: 1, maxLength: 8 }), fc.integer({ min: 1, max: 400 })), { maxLength: 12 })
    .map((runs) => Uint8Array.from(runs.flatMap(([bytes, times]) => Array.from({ length: times }, () => [...bytes]).flat()))),
)

describe.each(names)('the codec %s', (name) => {
  const compress = compressorOf(name, {})
  const decompress = decompressorOf(name, {})

  it('gives back what it took', async () => {
    await fc.assert(
      fc.asyncProperty(data, async (bytes) => {
        const stored = Buffer.from(await compress(Buffer.from(bytes)))
        expect(Buffer.compare(await decompress(stored, bytes.length), bytes)).toBe(0)
      }),
      { ...seeded, numRuns: 60 },
    )
  })

  it('gives back long runs, and what does not repeat', async () => {
    let seed = 1
    const noise = Buffer.from(Array.from({ length: 150_000 }, () => (seed = (seed * 48_271) % 2_147_483_647) & 0xff))
    for (const bytes of [Buffer.alloc(1_000_000), Buffer.alloc(250_000, 'ab'), noise]) {
      const stored = Buffer.from(await compress(bytes))
      expect((await decompress(stored, bytes.length)).equals(bytes)).toBe(true)
      expect(stored.length).toBeLessThan(bytes.length * 1.02 + 100)
    }
  })

  it('stops at the limit', async () => {
    const stored = Buffer.from(await compress(Buffer.alloc(100_000, 'abc')))
    await expect(decompress(stored, 99_999)).rejects.toMatchObject({ code: 'limit-exceeded' })
    await expect(decompress(stored, 1)).rejects.toMatchObject({ code: 'limit-exceeded' })
    expect(await decompress(stored, 100_000)).toHaveLength(100_000)
  })
})

describe.each(names.slice(1))('the codec %s', (name) => {
  const compress = compressorOf(name, {})
  const decompress = decompressorOf(name, {})

  it('refuses what is cut off, and what has something behind it', async () => {
    const stored = Buffer.from(await compress(Buffer.from('what is compressed, is compressed, is compressed')))
    for (let length = 0; length < stored.length; length++)
      await expect(decompress(stored.subarray(0, length), LIMIT), `of ${length} bytes`).rejects.toMatchObject({
        code: expect.stringMatching(/^(truncated|malformed-data)$/),
      })
    await expect(decompress(Buffer.concat([stored, Buffer.alloc(5)]), LIMIT)).rejects.toMatchObject({
      code: expect.stringMatching(/^(truncated|malformed-data|trailing-bytes)$/),
    })
  })

  it('takes any bytes: an error or a value, never more', async () => {
    const stored = Buffer.from(await compress(Buffer.from('abracadabra, abracadabra; she sells sea shells on the sea shore'.repeat(3))))
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(fc.nat(stored.length - 1), fc.nat(255)), { minLength: 1, maxLength: 3 }), async (edits) => {
        const damaged = Buffer.from(stored)
        for (const [at, byte] of edits) damaged[at] = byte
        const result = await decompress(damaged, 100_000).catch((error: unknown) => error)
        if (!Buffer.isBuffer(result))
          expect(result).toMatchObject({
            name: 'EvolveError',
            code: expect.stringMatching(/^(truncated|malformed-data|trailing-bytes|limit-exceeded)$/),
          })
      }),
      { ...seeded, numRuns: 300 },
    )
  })
})

it('takes deflated blocks with a part of the checksum that zlib has behind its data, as fastavro leaves them', async () => {
  const stored = deflateSync('some text').subarray(2, -1)
  expect((await decompressorOf('deflate', {})(stored, 100)).toString()).toBe('some text')
})

describe('bombs', () => {
  const times = (count: number, ...bytes: readonly number[]): Buffer =>
    Buffer.concat(Array.from({ length: count }, () => Buffer.from(bytes)))
  const zstandard = Buffer.from([0x28, 0xb5, 0x2f, 0xfd])
  it.each<[string, string, Buffer, string]>([
    ['deflate, 128 MiB of zeros', 'deflate', deflateRawSync(Buffer.alloc(2 ** 27)), 'limit-exceeded'],
    ['snappy, a length and nothing', 'snappy', Buffer.from([0x80, 0x80, 0x80, 0x10, 0, 0, 0, 0]), 'malformed-data'],
    ['snappy, 4 GiB', 'snappy', Buffer.from([0xff, 0xff, 0xff, 0xff, 0x0f, 0, 0, 0, 0]), 'limit-exceeded'],
    ['zstandard, a window of 3 TiB', 'zstandard', Buffer.concat([zstandard, Buffer.from([0, 0xff, 1, 0, 0])]), 'limit-exceeded'],
    [
      'zstandard, a size of 1 EiB',
      'zstandard',
      Buffer.concat([zstandard, Buffer.from([0xe0, 0, 0, 0, 0, 0, 0, 0, 0x10, 1, 0, 0])]),
      'limit-exceeded',
    ],
    [
      'zstandard, a size that its blocks cannot have',
      'zstandard',
      Buffer.concat([zstandard, Buffer.from([0xa0, 0, 0, 0, 1, 1, 0, 0])]),
      'malformed-data',
    ],
    [
      'zstandard, 128 KiB for each four bytes',
      'zstandard',
      Buffer.concat([zstandard, Buffer.from([0, 0x50]), times(5000, 2, 0, 16, 7), Buffer.from([1, 0, 0])]),
      'limit-exceeded',
    ],
    ['zstandard, frame after frame', 'zstandard', times(2000, ...zstandard, 0, 0x50, 1, 0, 0), 'limit-exceeded'],
    [
      'bzip2, runs without an end',
      'bzip2',
      Buffer.concat([Buffer.from('BZh9'), Buffer.from('314159265359', 'hex'), Buffer.alloc(200, 0xff)]),
      'malformed-data',
    ],
  ])('%s', async (_what, name, bytes, code) => {
    const before = process.memoryUsage().arrayBuffers
    await expect(decompressorOf(name, {})(bytes, LIMIT)).rejects.toMatchObject({ code })
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(LIMIT + 8_000_000)
  })

  it('zstandard: a frame that does not say how long it is', async () => {
    const zeros = Buffer.from('KLUv/QBYVAAAEAAAAQD7/znAAgIAEAADnwQA', 'base64')
    expect(await decompressorOf('zstandard', {})(zeros, 300_000)).toHaveLength(300_000)
    await expect(decompressorOf('zstandard', {})(zeros, 299_999)).rejects.toMatchObject({ code: 'limit-exceeded' })
  })

  it('xz: sizes are added up before anything is decompressed', async () => {
    const bomb = Buffer.from(await compressorOf('xz', {})(Buffer.alloc(2 ** 22)))
    expect(bomb.length).toBeLessThan(10_000)
    await expect(decompressorOf('xz', {})(bomb, 2 ** 22 - 1)).rejects.toMatchObject({ code: 'limit-exceeded' })
    const dictionary = Buffer.from(bomb)
    dictionary[dictionary.indexOf(Buffer.from([0x21, 1])) + 2] = 40
    await expect(decompressorOf('xz', {})(dictionary, LIMIT)).rejects.toMatchObject({
      code: 'limit-exceeded',
      problem: expect.stringContaining('dictionary'),
    })
  })
})

describe('snappy by hand', () => {
  it.each<[string, number[], string | undefined]>([
    ['nothing', [0], ''],
    ['a literal', [3, 2 << 2, 97, 98, 99], 'abc'],
    ['a literal with a length of one byte', [3, 60 << 2, 2, 97, 98, 99], 'abc'],
    ['a literal with a length of four bytes', [3, 63 << 2, 2, 0, 0, 0, 97, 98, 99], 'abc'],
    ['a near copy that reaches into itself', [9, 0, 97, ((8 - 4) << 2) | 1, 1], 'aaaaaaaaa'],
    ['a copy', [6, 2 << 2, 97, 98, 99, (2 << 2) | 2, 3, 0], 'abcabc'],
    ['a far copy', [6, 2 << 2, 97, 98, 99, (2 << 2) | 3, 3, 0, 0, 0], 'abcabc'],
    ['no length', [], undefined],
    ['a length of six bytes', [0x80, 0x80, 0x80, 0x80, 0x80, 0], undefined],
    ['less than its length', [4, 2 << 2, 97, 98, 99], undefined],
    ['more than its length', [2, 2 << 2, 97, 98, 99], undefined],
    ['a literal that is cut off', [3, 2 << 2, 97], undefined],
    ['a length that is cut off', [3, 63 << 2, 2], undefined],
    ['a copy from before the beginning', [6, 2 << 2, 97, 98, 99, (2 << 2) | 2, 4, 0], undefined],
    ['a copy of offset zero', [6, 2 << 2, 97, 98, 99, (2 << 2) | 2, 0, 0], undefined],
    ['a copy that is too long', [5, 2 << 2, 97, 98, 99, (2 << 2) | 2, 3, 0], undefined],
  ])('%s', (_what, bytes, text) => {
    const read = (): string => decompressSnappy(Buffer.from(bytes), 100).toString()
    if (text === undefined) expect(read).toThrow(/not Snappy/)
    else expect(read()).toBe(text)
  })
})

describe('codecs of an application', () => {
  it('are called as methods, and stand before the known ones', async () => {
    const own = {
      key: 0x55,
      compress(bytes: Buffer): Uint8Array {
        return bytes.map((byte) => byte ^ this.key)
      },
      decompress(bytes: Buffer): Uint8Array {
        return bytes.map((byte) => byte ^ this.key)
      },
    }
    const stored = Buffer.from(await compressorOf('deflate', { deflate: own })(Buffer.from('abc')))
    expect(stored.toString('hex')).toBe('343736')
    expect((await decompressorOf('deflate', { deflate: own })(stored, 3)).toString()).toBe('abc')
  })

  it('are held to the limit, and their errors are about the data', async () => {
    const bad = {
      decompress: (bytes: Buffer) => {
        if (bytes.length === 0) throw new TypeError('no')
        return Buffer.alloc(100)
      },
    }
    await expect(decompressorOf('mine', { mine: bad })(Buffer.from('x'), 99)).rejects.toMatchObject({ code: 'limit-exceeded' })
    await expect(decompressorOf('mine', { mine: bad })(Buffer.alloc(0), 99)).rejects.toMatchObject({
      code: 'malformed-data',
      cause: expect.any(TypeError),
    })
    expect(() => compressorOf('mine', { mine: bad })).toThrow(/nothing here can compress/)
  })

  it.each<[string, number]>([
    ['deflate', 10],
    ['deflate', 1.5],
    ['zstandard', 0],
    ['zstandard', 23],
    ['bzip2', 0],
    ['xz', 10],
  ])('%s has no level %d', (name, level) => {
    expect(() => compressorOf(name, {}, level)).toThrow(expect.objectContaining({ code: 'invalid-options' }))
  })
})
