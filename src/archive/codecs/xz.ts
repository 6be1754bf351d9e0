import type { BlockCodec } from './block-codec.ts'
import { loadPackage } from './optional.ts'
import { refusal } from './refusal.ts'
import { checkXz } from './xz-size.ts'

/** What is used of the package. */
interface Library {
  compress(bytes: Buffer, options: { readonly preset: number }): Promise<Buffer>
  decompress(bytes: Buffer): Promise<Buffer>
}

/** The .xz format (LZMA2), by `lzma-native`. How long a block is, is known before it is decompressed: see {@link checkXz}. */
export const xz: BlockCodec = {
  levels: [0, 9],
  async decompress(bytes: Buffer, limit: number): Promise<Uint8Array> {
    checkXz(bytes, limit)
    const { decompress } = await load('reading')
    try {
      return await decompress(bytes)
    } catch (error) {
      throw refusal(error, limit)
    }
  },
  async compress(bytes: Buffer, level: number = 6): Promise<Uint8Array> {
    return (await load('writing')).compress(bytes, { preset: level })
  },
}

async function load(doing: string): Promise<Library> {
  const loaded: unknown = await loadPackage('lzma-native', `${doing} blocks compressed with xz`, () => import('lzma-native'))
  return (loaded as { readonly default: Library }).default
}
