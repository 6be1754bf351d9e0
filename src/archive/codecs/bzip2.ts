import type { BlockCodec } from './block-codec.ts'
import { compressBzip2 } from './bzip2-compress.ts'
import { decompressBzip2 } from './bzip2-decompress.ts'

/** The bzip2 format, read and written here: it is small, and no package that is kept well writes it. */
export const bzip2: BlockCodec = {
  levels: [1, 9],
  decompress(bytes: Buffer, limit: number): Buffer {
    return decompressBzip2(bytes, limit)
  },
  compress(bytes: Buffer, level: number = 9): Buffer {
    return compressBzip2(bytes, level)
  },
}
