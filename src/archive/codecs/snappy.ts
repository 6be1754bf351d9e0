import { crc32 } from 'node:zlib'
import { EvolveError } from '../../errors.ts'
import type { BlockCodec } from './block-codec.ts'
import { compressSnappy } from './snappy-compress.ts'
import { decompressSnappy } from './snappy-decompress.ts'

/** Snappy with the CRC-32 of the uncompressed data behind it, big-endian ("snappy" of "Optional Codecs"). */
export const snappy: BlockCodec = {
  decompress(bytes: Buffer, limit: number): Buffer {
    const end = bytes.length - 4
    if (end < 0) throw new EvolveError('truncated', 'the block is too short for its checksum')
    const data = decompressSnappy(bytes.subarray(0, end), limit)
    if (crc32(data) !== bytes.readUInt32BE(end))
      throw new EvolveError('malformed-data', 'the checksum of the block is not that of its data')
    return data
  },
  compress(bytes: Buffer): Buffer {
    const checksum = Buffer.alloc(4)
    checksum.writeUInt32BE(crc32(bytes))
    return Buffer.concat([compressSnappy(bytes), checksum])
  },
}
