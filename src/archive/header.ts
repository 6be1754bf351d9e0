import { EvolveError } from '../errors.ts'
import { parseSchema } from '../schema/parse.ts'
import type { Schema } from '../schema/types.ts'
import { Sink } from '../wire/sink.ts'
import { decodeText } from '../wire/tap.ts'
import type { ByteSource } from './byte-source.ts'
import { located } from './located.ts'

/** What stands at the front of a container file (Apache Avro 1.12, "Object Container Files"). */
export interface ContainerHeader {
  /** The schema that every record of the file was written under. */
  readonly schema: Schema
  /** That schema as the file has it. */
  readonly schemaText: string
  /** How blocks are compressed: `null`, `deflate`, `snappy` … */
  readonly codec: string
  /** The metadata of the application: all keys that do not begin with `avro.`, which are the format's own. */
  readonly metadata: ReadonlyMap<string, Buffer>
  /** The 16 bytes behind the header and behind each block. */
  readonly sync: Buffer
}

/** What a container file begins with: the version of the format is the last byte. */
const MAGIC: Buffer = Buffer.from('Obj\u0001', 'latin1')

/** Bytes of a sync marker. */
export const SYNC_LENGTH = 16

/** Metadata entries of a header. */
const MOST_ENTRIES = 10_000

/** Metadata keys of the format. */
const RESERVED = 'avro.'

/** Reads the header. @throws EvolveError `malformed-data`, `truncated`, `limit-exceeded`, `invalid-schema`, with the byte. */
export async function readHeader(source: ByteSource, most: number): Promise<ContainerHeader> {
  let byte = 0
  try {
    const magic = await source.take(MAGIC.length, 'the magic of a container file')
    if (!magic.equals(MAGIC))
      throw new EvolveError('malformed-data', 'this is no Avro object container file: it does not begin with Obj and the byte 1')
    const entries = new Map<string, Buffer>()
    for (;;) {
      byte = source.offset
      const count = await metadataCount(source)
      if (count === 0) break
      for (let index = 0; index < count; index++) {
        byte = source.offset
        await readEntry(source, entries, most)
      }
    }
    byte = source.offset
    const sync = Buffer.from(await source.take(SYNC_LENGTH, 'the sync marker of the header'))
    byte = 0
    return headerOf(entries, sync)
  } catch (error) {
    throw located(error, { byte })
  }
}

/** How many entries come next: a map is written in blocks; a negative count has the block's size in bytes behind it. */
async function metadataCount(source: ByteSource): Promise<number | bigint> {
  const count = await source.long('the number of metadata entries')
  if (count >= 0) return count
  await source.length('the size of the metadata', Number.MAX_SAFE_INTEGER)
  return -count
}

async function readEntry(source: ByteSource, entries: Map<string, Buffer>, most: number): Promise<void> {
  const key = await readPart(source, 'the length of a metadata key', most)
  const name = decodeText(key, 0, key.length)
  if (entries.size === MOST_ENTRIES) throw new EvolveError('limit-exceeded', `the header has more than ${MOST_ENTRIES} metadata entries`)
  if (entries.has(name)) throw new EvolveError('malformed-data', `the header has the metadata key ${JSON.stringify(name)} twice`)
  entries.set(name, Buffer.from(await readPart(source, 'the length of a metadata value', most)))
}

/** The bound is on the whole header, so that many short entries meet it too. */
async function readPart(source: ByteSource, what: string, most: number): Promise<Buffer> {
  const length = await source.length(what, most)
  if (source.offset + length > most) throw new EvolveError('limit-exceeded', `the header has more than ${most} bytes`)
  return source.take(length, 'a metadata entry')
}

function headerOf(entries: ReadonlyMap<string, Buffer>, sync: Buffer): ContainerHeader {
  const schemaText = textEntry(entries, 'avro.schema')
  if (schemaText === undefined) throw new EvolveError('malformed-data', 'the header names no schema: avro.schema is missing')
  const metadata = new Map([...entries].filter(([key]) => !key.startsWith(RESERVED)))
  // A file has to be read as it was written: its defaults matter to fresh records alone, and its names are those of what wrote it.
  const schema = parseSchema(schemaText, { invalidDefaults: 'drop', invalidNames: 'keep' })
  return { schema, schemaText, codec: textEntry(entries, 'avro.codec') ?? 'null', metadata, sync }
}

function textEntry(entries: ReadonlyMap<string, Buffer>, key: string): string | undefined {
  const bytes = entries.get(key)
  return bytes === undefined ? undefined : decodeText(bytes, 0, bytes.length)
}

/** Metadata of the application as it is given: text is written as UTF-8. */
export type GivenMetadata = ReadonlyMap<string, string | Uint8Array> | Readonly<Record<string, string | Uint8Array>>

/** The bytes of a header. @throws EvolveError `invalid-options` for a metadata key or value that cannot be written. */
export function writeHeader(schemaText: string, codec: string, sync: Buffer, metadata: GivenMetadata): Buffer {
  const given = [...(metadata instanceof Map ? metadata : Object.entries(metadata))] as [string, unknown][]
  for (const [key, value] of given) {
    if (typeof key !== 'string' || key.startsWith(RESERVED))
      throw new EvolveError(
        'invalid-options',
        `the metadata key ${String(key)}: keys are text, and those that begin with ${RESERVED} are the format's own`,
      )
    if (typeof value !== 'string' && !(value instanceof Uint8Array))
      throw new EvolveError('invalid-options', `the metadata of ${key} is neither text nor bytes`)
  }
  const entries = [['avro.schema', schemaText], ['avro.codec', codec], ...given] as [string, string | Uint8Array][]
  const sink = new Sink()
  sink.raw(MAGIC)
  sink.long(entries.length)
  for (const [key, value] of entries) {
    sink.string(key)
    const bytes = typeof value === 'string' ? Buffer.from(value) : value
    sink.long(bytes.length)
    sink.raw(bytes)
  }
  sink.long(0)
  sink.raw(sync)
  return Buffer.from(sink.buffer.subarray(0, sink.position))
}
