import type { AvroChoices } from '../codec/avro/choices.ts'
import { resolveSchemas } from '../codec/avro/resolution.ts'
import { choicesFor, type SchemaLike, schemaOf } from '../codec/avro/schema-like.ts'
import { EvolveError } from '../errors.ts'
import type { NoOptions } from '../schema/literal.ts'
import type { Schema } from '../schema/types.ts'
import { type BlockReading, type ContainerBlock, readBlock } from './block.ts'
import { ByteSource } from './byte-source.ts'
import { type ContainerSource, chunksOf } from './chunks.ts'
import { decompressorOf, type OwnCodecs } from './codecs/codecs.ts'
import { type ContainerHeader, readHeader } from './header.ts'
import { type ContainerLimits, containerLimitsOf, datumLimitsOf } from './limits.ts'
import { RecordIterator } from './record-iterator.ts'
import type { RecordRead } from './types-of.ts'

/** How a container is read, and how its records look: choices that are given stand instead of those of the reader's definition. */
export interface ReadContainerOptions extends Omit<AvroChoices, 'limits'> {
  /** What records are read as. Default: as they were written. */
  readonly reader?: SchemaLike | undefined
  readonly limits?: Partial<ContainerLimits> | undefined
  /** Codecs besides those of the specification. */
  readonly codecs?: OwnCodecs | undefined
}

/**
 * A container file, open: what its header says, and its records. It is read once, by `for await` over it or over {@link blocks};
 * leaving the loop closes the source.
 */
export interface Container<T = unknown> extends ContainerHeader, AsyncIterable<T> {
  /** The blocks as they come, for a loop over records that waits once for each block instead of once for each record. */
  blocks(): AsyncIterable<ContainerBlock<T>>
  /** Closes the source of a container that is not read to its end. Of a file of which only the header was looked at, nothing is open. */
  close(): Promise<void>
}

/** A container that is being opened: `await` it for what its header says, or read its records at once. */
export type OpeningContainer<T = unknown> = Promise<Container<T>> & AsyncIterable<T>

/**
 * Reads an object container file (Apache Avro 1.12, "Object Container Files"), block by block. No more is held than a chunk of
 * the source and a block with its decompressed data, and the next block is read when the records of the last have been taken.
 *
 * ```ts
 * for await (const order of readContainer('orders.avro', { reader: Order })) …
 * const file = await readContainer(stream) // file.schema, file.metadata, file.codec; then `for await (const record of file)`
 * ```
 *
 * Records keep what their reader does not know, as messages do. Errors are thrown where the container is awaited or iterated:
 * EvolveError with `block`, `byte` and `record` in its details; errors of the source as they are.
 * @throws EvolveError `malformed-data`, `truncated`, `trailing-bytes`, `limit-exceeded`, `invalid-schema`, `missing-prerequisite`
 * (a codec that is not known or whose package is not installed), `incompatible-schemas`, `unresolvable-value`, `unsafe-long`, `invalid-options`.
 */
export function readContainer<const O extends ReadContainerOptions = NoOptions>(
  source: ContainerSource,
  options?: O,
): OpeningContainer<RecordRead<O>> {
  const opening = openContainer(source, options ?? {})
  // Whoever only iterates hears of a failure there.
  opening.catch(() => undefined)
  const close = (): Promise<void> =>
    opening.then(
      (container) => container.close(),
      () => undefined,
    )
  return Object.assign(opening, { [Symbol.asyncIterator]: () => new RecordIterator(blocksOf(opening), close) }) as OpeningContainer<
    RecordRead<O>
  >
}

async function* blocksOf(opening: Promise<Container>): AsyncGenerator<ContainerBlock, undefined> {
  yield* (await opening).blocks()
  return undefined
}

async function openContainer(from: ContainerSource, options: ReadContainerOptions): Promise<Container> {
  const limits = containerLimitsOf(options.limits)
  const source = new ByteSource(chunksOf(from))
  try {
    const header = await readHeader(source, limits.headerBytes)
    const reader = options.reader ?? header.schema
    const choices = choicesFor(reader, { ...options, limits: datumLimitsOf(options.limits) })
    const pair = resolveSchemas(header.schema, schemaOf(reader), choices)
    const decompress = decompressorOf(header.codec, options.codecs ?? {})
    await source.pause()
    return new OpenContainer({ source, header, pair, decompress, limits: { ...limits, ...choices.limits } })
  } catch (error) {
    await source.close()
    throw error
  }
}

class OpenContainer implements Container {
  readonly schema: Schema
  readonly schemaText: string
  readonly codec: string
  readonly metadata: ReadonlyMap<string, Buffer>
  readonly sync: Buffer
  readonly #reading: BlockReading
  #taken = false

  constructor(reading: BlockReading) {
    const { schema, schemaText, codec, metadata, sync } = reading.header
    this.schema = schema
    this.schemaText = schemaText
    this.codec = codec
    this.metadata = metadata
    this.sync = sync
    this.#reading = reading
  }

  [Symbol.asyncIterator](): AsyncIterableIterator<unknown, undefined> {
    return new RecordIterator(this.blocks(), () => this.close())
  }

  async *blocks(): AsyncGenerator<ContainerBlock, undefined> {
    if (this.#taken) throw new EvolveError('invalid-options', 'a container is read once; open it again')
    this.#taken = true
    const { source } = this.#reading
    try {
      for (let number = 0; await source.more(); number++) yield await readBlock(this.#reading, number)
      return undefined
    } finally {
      await source.close()
    }
  }

  async close(): Promise<void> {
    this.#taken = true
    await this.#reading.source.close()
  }
}
