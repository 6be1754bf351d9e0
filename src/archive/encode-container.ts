import { randomBytes } from 'node:crypto'
import { Readable } from 'node:stream'
import type { AvroChoices } from '../codec/avro/choices.ts'
import { type SchemaLike, schemaOf } from '../codec/avro/schema-like.ts'
import { EvolveError } from '../errors.ts'
import type { NoOptions } from '../schema/literal.ts'
import { Sink } from '../wire/sink.ts'
import { type Compress, type ContainerCodec, compressorOf, type OwnCodecs } from './codecs/codecs.ts'
import { type GivenMetadata, SYNC_LENGTH, writeHeader } from './header.ts'
import { containerLimits } from './limits.ts'
import { located } from './located.ts'
import { recordWriter } from './pair.ts'
import { wholeSchemaText } from './schema-text.ts'
import type { RecordWritten } from './types-of.ts'

/** How blocks are made, and how records look: choices that are given stand instead of those of a definition. */
export interface BlockOptions extends AvroChoices {
  /** The shape of the records, where it is not the schema's own: the schema that they were read with. */
  readonly reader?: SchemaLike | undefined
  /** A block is ended when the bytes of its records, not compressed, come to this: up to 32 MiB. Default 65,536. */
  readonly blockSize?: number | undefined
  /** How hard the codec tries, in its own measure: deflate 0 to 9, zstandard 1 to 22, bzip2 1 to 9. Default: the codec's. */
  readonly level?: number | undefined
  /** Codecs besides those of the specification. */
  readonly codecs?: OwnCodecs | undefined
}

/** How a container is written. */
export interface WriteContainerOptions extends BlockOptions {
  /** Default `null`: not compressed. */
  readonly codec?: ContainerCodec | (string & {}) | undefined
  /** The 16 bytes of the sync marker. Default: at random. */
  readonly sync?: Uint8Array | undefined
  /** Metadata of the application; keys that begin with `avro.` are the format's own. */
  readonly metadata?: GivenMetadata | undefined
}

/** What was written. */
export interface ContainerSummary {
  readonly records: number
  readonly blocks: number
  /** Of the whole file, or of what was appended. */
  readonly bytes: number
}

/** Records to write: taken one by one, as they are needed. */
export type Records<T = unknown> = Iterable<T> | AsyncIterable<T>

const BLOCK_SIZE = 65_536
/** With one record more, and what a codec adds, a block is still one that is read by default. */
const LARGEST_BLOCK = 32 * 1024 * 1024

/**
 * An object container file as a stream of buffers (Apache Avro 1.12, "Object Container Files"): the header, then a buffer for each
 * block. No more records are taken than the reader of the buffers asks for, and no more is held than one block.
 * @throws EvolveError `invalid-value`, `unknown-field-loss` with the number of the `record`; `missing-prerequisite`, `invalid-options`.
 */
export function encodeContainer<S extends SchemaLike, const O extends WriteContainerOptions = NoOptions>(
  schema: S,
  records: Records<RecordWritten<S, O>>,
  options?: O,
): AsyncGenerator<Buffer, ContainerSummary> {
  return encodeUntyped(schema, records, options ?? {})
}

/** {@link encodeContainer} for those whose own signature has the types. */
export function encodeUntyped(
  schema: SchemaLike,
  records: Records,
  options: WriteContainerOptions,
): AsyncGenerator<Buffer, ContainerSummary> {
  const { codec = 'null', metadata = {} } = options
  const sync = options.sync === undefined ? randomBytes(SYNC_LENGTH) : Buffer.from(options.sync)
  if (sync.length !== SYNC_LENGTH) throw new EvolveError('invalid-options', `a sync marker has ${SYNC_LENGTH} bytes, not ${sync.length}`)
  const blocks = encodeBlocks(schema, records, { ...options, codec, sync })
  return withHeader(writeHeader(wholeSchemaText(schemaOf(schema)), codec, sync, metadata), blocks)
}

async function* withHeader(header: Buffer, blocks: AsyncGenerator<Buffer, ContainerSummary>): AsyncGenerator<Buffer, ContainerSummary> {
  yield header
  const summary = yield* blocks
  return { ...summary, bytes: summary.bytes + header.length }
}

/** The blocks alone. Options are checked at the call. */
export function encodeBlocks(
  schema: SchemaLike,
  records: Records,
  options: BlockOptions & { readonly codec: string; readonly sync: Buffer },
): AsyncGenerator<Buffer, ContainerSummary> {
  const { blockSize = BLOCK_SIZE, codec, codecs = {}, level, sync } = options
  if (!(Number.isSafeInteger(blockSize) && blockSize > 0 && blockSize <= LARGEST_BLOCK))
    throw new EvolveError('invalid-options', `the size of a block is from 1 to ${LARGEST_BLOCK} bytes`)
  if (!isIterable(records)) throw new EvolveError('invalid-options', 'records come from an iterable or an async iterable')
  const write = recordWriter(schemaOf(schema), options.reader ?? schema, options)
  return blocksOf(records, new BlockBuilder(write, compressorOf(codec, codecs, level), sync, blockSize))
}

function isIterable(records: unknown): records is Records {
  return typeof records === 'object' && records !== null && (Symbol.iterator in records || Symbol.asyncIterator in records)
}

/** Tells a source of records that no more of them are wanted, also where none was asked for yet. */
export async function endRecords(records: Records): Promise<void> {
  // The iterator of a stream does not end it before it was used.
  if (records instanceof Readable) records.destroy()
  const source = Symbol.asyncIterator in records ? records[Symbol.asyncIterator]() : records[Symbol.iterator]()
  await source.return?.()
}

async function* blocksOf(records: Records, builder: BlockBuilder): AsyncGenerator<Buffer, ContainerSummary> {
  // A loop over what is there already need not wait for each record.
  if (Symbol.asyncIterator in records) {
    for await (const record of records) if (builder.add(record)) yield await builder.end()
  } else for (const record of records) if (builder.add(record)) yield await builder.end()
  if (builder.count > 0) yield await builder.end()
  return { records: builder.records, blocks: builder.blocks, bytes: builder.bytes }
}

/** Collects records until they make a block. */
class BlockBuilder {
  records = 0
  blocks = 0
  bytes = 0
  /** Records in the block. */
  count = 0
  readonly #write: (record: unknown) => Buffer
  readonly #compress: Compress
  readonly #sync: Buffer
  readonly #size: number
  readonly #data: Sink = new Sink()

  constructor(write: (record: unknown) => Buffer, compress: Compress, sync: Buffer, size: number) {
    this.#write = write
    this.#compress = compress
    this.#sync = sync
    this.#size = size
  }

  /** True when the block is full. A record that cannot be written is not in the block. */
  add(record: unknown): boolean {
    try {
      this.#data.raw(this.#write(record))
    } catch (error) {
      throw located(error, { record: this.records })
    }
    this.records++
    this.count++
    return this.#data.position >= this.#size || this.count >= containerLimits.emptyRecords
  }

  /** The block, compressed, with its sync marker. */
  async end(): Promise<Buffer> {
    const data = this.#data.buffer.subarray(0, this.#data.position)
    const stored = await this.#compress(data)
    const front = new Sink(32)
    front.long(this.count)
    front.long(stored.length)
    // The sink is used again: the block is a copy.
    const block = Buffer.concat([front.buffer.subarray(0, front.position), stored, this.#sync])
    this.#data.position = 0
    this.count = 0
    this.blocks++
    this.bytes += block.length
    return block
  }
}
