import { EvolveError } from '../../errors.ts'
import type { BlockCodec } from './block-codec.ts'
import { bzip2 } from './bzip2.ts'
import { deflate } from './deflate.ts'
import { refusal, tooLarge } from './refusal.ts'
import { snappy } from './snappy.ts'
import { xz } from './xz.ts'
import { zstandard } from './zstandard.ts'

/** The codecs of the specification ("Required Codecs", "Optional Codecs"). */
export type ContainerCodec = 'null' | 'deflate' | 'snappy' | 'zstandard' | 'bzip2' | 'xz'

/** Codecs that an application brings, by the name that stands in `avro.codec`. One of a known name is taken instead of the known one. */
export type OwnCodecs = Readonly<Record<string, BlockCodec>>

const none: BlockCodec = {
  decompress: (bytes) => bytes,
  compress: (bytes) => bytes,
}

const known: ReadonlyMap<string, BlockCodec> = new Map(
  Object.entries({ null: none, deflate, snappy, zstandard, bzip2, xz } satisfies Record<ContainerCodec, BlockCodec>),
)

/** Decompresses a block; the result is within the limit. */
export type Decompress = (bytes: Buffer, limit: number) => Promise<Buffer>
/** Compresses a block. */
export type Compress = (bytes: Buffer) => Promise<Uint8Array>

/** How blocks of a codec are decompressed. @throws EvolveError `missing-prerequisite` when nobody knows the codec. */
export function decompressorOf(name: string, own: OwnCodecs): Decompress {
  const codec = find(name, own)
  if (codec?.decompress === undefined) throw unknown(name, 'decompress')
  return async (bytes, limit) => {
    let data: Uint8Array | undefined
    try {
      data = await codec.decompress?.(bytes, limit)
    } catch (error) {
      throw refusal(error, limit)
    }
    if (!(data instanceof Uint8Array)) throw new EvolveError('invalid-options', `the codec ${name} gave no bytes`)
    if (data.length > limit) throw tooLarge(limit)
    return Buffer.from(data.buffer, data.byteOffset, data.byteLength)
  }
}

/** How blocks of a codec are compressed. @throws EvolveError `missing-prerequisite` when nobody knows the codec, `invalid-options` for its level. */
export function compressorOf(name: string, own: OwnCodecs, level?: number): Compress {
  const codec = find(name, own)
  if (codec?.compress === undefined) throw unknown(name, 'compress')
  const [least, most] = codec.levels ?? [Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER]
  if (level !== undefined && !(Number.isInteger(level) && level >= least && level <= most))
    throw new EvolveError('invalid-options', `the level of ${name} is an integer from ${least} to ${most}`)
  return async (bytes) => {
    const data = await codec.compress?.(bytes, level)
    if (!(data instanceof Uint8Array)) throw new EvolveError('invalid-options', `the codec ${name} gave no bytes`)
    return data
  }
}

function find(name: string, own: OwnCodecs): BlockCodec | undefined {
  return Object.hasOwn(own, name) ? own[name] : known.get(name)
}

function unknown(name: string, half: 'compress' | 'decompress'): EvolveError {
  const shown = JSON.stringify(name.slice(0, 64))
  return new EvolveError('missing-prerequisite', `nothing here can ${half} blocks of the codec ${shown}`, {
    hint: `known are ${[...known.keys()].join(', ')}; give others as codecs: { name: { ${half} } }`,
  })
}
