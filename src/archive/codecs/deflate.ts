import { deflateRaw, deflateRawSync, inflateRaw, inflateRawSync } from 'node:zlib'
import { EvolveError } from '../../errors.ts'
import type { BlockCodec } from './block-codec.ts'
import { LARGE, refusal } from './refusal.ts'

/** Some writers (fastavro) leave a part of the checksum that zlib has behind the data. */
const CHECKSUM = 4

/** What zlib gives with `info`: the engine tells how much of the input the stream took. */
interface Inflated {
  readonly buffer: Buffer
  readonly engine: { readonly bytesWritten: number }
}

/** RFC 1951 without a zlib header. Large blocks are left to another thread. */
export const deflate: BlockCodec = {
  levels: [0, 9],
  async decompress(bytes: Buffer, limit: number): Promise<Uint8Array> {
    // zlib takes a bound from 1 on.
    const options = { maxOutputLength: Math.max(limit, 1), info: true }
    try {
      const { buffer, engine } = (bytes.length < LARGE
        ? inflateRawSync(bytes, options)
        : await inflate(bytes, options)) as unknown as Inflated
      const left = bytes.length - engine.bytesWritten
      if (left > CHECKSUM) throw new EvolveError('trailing-bytes', `${left} bytes are left behind the compressed block`)
      return buffer
    } catch (error) {
      throw refusal(error, limit)
    }
  },
  compress(bytes: Buffer, level?: number): Buffer | Promise<Buffer> {
    const options = level === undefined ? {} : { level }
    if (bytes.length < LARGE) return deflateRawSync(bytes, options)
    return new Promise((resolve, reject) => deflateRaw(bytes, options, (error, result) => (error ? reject(error) : resolve(result))))
  },
}

function inflate(bytes: Buffer, options: object): Promise<unknown> {
  return new Promise((resolve, reject) => inflateRaw(bytes, options, (error, result) => (error ? reject(error) : resolve(result))))
}
