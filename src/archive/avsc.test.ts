import { createWriteStream, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { crc32 } from 'node:zlib'
import avsc from 'avsc'
import { afterAll, describe, expect, it } from 'vitest'
import { parseSchema } from '../schema/parse.ts'
import { compressSnappy } from './codecs/snappy-compress.ts'
import { decompressSnappy } from './codecs/snappy-decompress.ts'
import { collect } from './container.test-support.ts'
import { readContainer } from './read-container.ts'
import { writeContainer } from './write-container.ts'

const folder = mkdtempSync(join(tmpdir(), 'container-'))
const path = join(folder, 'file.avro')
afterAll(() => rmSync(folder, { recursive: true }))

const schema = {
  type: 'record' as const,
  name: 'R',
  fields: [
    { name: 'n', type: 'long' },
    { name: 't', type: ['null', 'string'] },
    { name: 'l', type: { type: 'array' as const, items: 'double' } },
  ],
}
const records = Array.from({ length: 3000 }, (_, n) => ({ n, t: n % 3 === 0 ? null : `text ${n}`, l: [n / 2, -1 - n] }))
const plain = (found: readonly unknown[]): unknown => JSON.parse(JSON.stringify(found))

/** avsc leaves Snappy to its user. */
const codecs = {
  snappy: (bytes: Buffer, done: (error: Error | null, data: Buffer) => void): void => {
    const data = decompressSnappy(bytes.subarray(0, -4), 1_000_000)
    done(crc32(data) === bytes.readUInt32BE(bytes.length - 4) ? null : new Error('checksum'), data)
  },
}
const compress = (bytes: Buffer, done: (error: Error | null, data: Buffer) => void): void => {
  const checksum = Buffer.alloc(4)
  checksum.writeUInt32BE(crc32(bytes))
  done(null, Buffer.concat([compressSnappy(bytes), checksum]))
}

describe.each(['null', 'deflate', 'snappy'] as const)('avsc, %s', (codec) => {
  it('reads what is written here', async () => {
    await writeContainer(path, parseSchema(schema), records, { codec, blockSize: 5000 })
    expect(plain(await collect(avsc.createFileDecoder(path, codec === 'snappy' ? { codecs } : {})))).toEqual(records)
  })

  it('writes what is read here', async () => {
    const encoder = new avsc.streams.BlockEncoder(schema, {
      codec,
      ...(codec === 'snappy' ? { codecs: { snappy: compress } } : {}),
      blockSize: 5000,
    })
    // `finish` of an encoder says nothing of the file behind it.
    const written = pipeline(encoder, createWriteStream(path))
    for (const record of records) encoder.write(record)
    encoder.end()
    await written
    expect(await collect(readContainer(path))).toEqual(records)
  })
})
