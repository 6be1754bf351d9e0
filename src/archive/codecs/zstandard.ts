import zlib from 'node:zlib'
import type { BlockCodec } from './block-codec.ts'
import { loadPackage } from './optional.ts'
import { refusal, tooLarge } from './refusal.ts'
import { zstandardFrames } from './zstandard-frames.ts'

/** Half of Node's own, from 22.15 on. */
interface ZstandardOfNode {
  zstdDecompressSync?(bytes: Buffer, options: object): Buffer
  zstdCompressSync?(bytes: Buffer, options: object): Buffer
}

/** `ZSTD_c_compressionLevel` of the Zstandard manual. */
const LEVEL = 100

/** What the package says where a frame makes more than there is room for: `ZSTD_error_dstSize_tooSmall`. */
const OUTPUT_TOO_SMALL = / -70$/

const node = zlib as ZstandardOfNode

/**
 * Zstandard (RFC 8878). Node's own where it has it (22.15 and later), else `@bokuweb/zstd-wasm`: the original library as
 * WebAssembly, nothing is built or fetched when it is installed.
 */
export const zstandard: BlockCodec = {
  levels: [1, 22],
  async decompress(bytes: Buffer, limit: number): Promise<Uint8Array> {
    const frames = zstandardFrames(bytes, limit)
    const decompress = node.zstdDecompressSync === undefined ? (await library('reading')).decompress : undefined
    const parts: Uint8Array[] = []
    let left = limit
    try {
      for (const frame of frames) {
        const part =
          decompress?.(frame.bytes, { defaultHeapSize: frame.most }) ??
          (node.zstdDecompressSync?.(frame.bytes, { maxOutputLength: Math.max(frame.most, 1) }) as Buffer)
        left -= part.length
        if (left < 0) throw tooLarge(limit)
        parts.push(part)
      }
    } catch (error) {
      throw error instanceof Error && OUTPUT_TOO_SMALL.test(error.message) ? tooLarge(limit) : refusal(error, limit)
    }
    return parts.length === 1 ? (parts[0] as Uint8Array) : Buffer.concat(parts)
  },
  async compress(bytes: Buffer, level: number = 3): Promise<Uint8Array> {
    if (node.zstdCompressSync !== undefined) return node.zstdCompressSync(bytes, { params: { [LEVEL]: level } })
    return (await library('writing')).compress(bytes, level)
  },
}

/** What is used of the package. */
interface ZstandardLibrary {
  compress(bytes: Uint8Array, level?: number): Uint8Array
  decompress(bytes: Uint8Array, options: { readonly defaultHeapSize: number }): Uint8Array
}

let loaded: Promise<ZstandardLibrary> | undefined

function library(doing: string): Promise<ZstandardLibrary> {
  loaded ??= load(doing).catch((error: unknown) => {
    // A package that is installed later is found then.
    loaded = undefined
    throw error
  })
  return loaded
}

async function load(doing: string): Promise<ZstandardLibrary> {
  const purpose = `${doing} blocks compressed with zstandard, on this version of Node,`
  const { init, compress, decompress } = await loadPackage('@bokuweb/zstd-wasm', purpose, () => import('@bokuweb/zstd-wasm'))
  await init()
  return { compress, decompress }
}
