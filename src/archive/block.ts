import { minSize } from '../codec/avro/min-size.ts'
import type { AvroResolution } from '../codec/avro/resolution.ts'
import { SkipRun, skip } from '../codec/avro/skip.ts'
import { EvolveError } from '../errors.ts'
import { Tap } from '../wire/tap.ts'
import type { ByteSource } from './byte-source.ts'
import type { Decompress } from './codecs/codecs.ts'
import { type ContainerHeader, SYNC_LENGTH } from './header.ts'
import type { ContainerLimits } from './limits.ts'
import { located } from './located.ts'
import { endFinder, type FindEnd } from './record-end.ts'

/** One block of a container file. Iterating it reads its records, one by one; it can be done again. */
export interface ContainerBlock<T = unknown> extends Iterable<T> {
  /** From 0. */
  readonly number: number
  /** Where it begins: bytes from the start of the file. */
  readonly byte: number
  /** How many records it has. */
  readonly count: number
  /** Bytes of its data as they are stored. */
  readonly storedBytes: number
  /** Bytes of its data decompressed. */
  readonly dataBytes: number
}

/** What all blocks of a file share. */
export interface BlockReading {
  readonly source: ByteSource
  readonly header: ContainerHeader
  readonly pair: AvroResolution
  readonly decompress: Decompress
  readonly limits: ContainerLimits
}

/**
 * Reads the next block up to its sync marker, and decompresses it.
 * @throws EvolveError with the number of the block and the byte where it begins.
 */
export async function readBlock(reading: BlockReading, number: number): Promise<ContainerBlock> {
  const { source, header, limits, pair } = reading
  const byte = source.offset
  try {
    const count = await source.length('the number of records in a block', Number.MAX_SAFE_INTEGER)
    const size = await source.length('the size of a block', limits.blockBytes)
    const stored = await source.take(size, 'the data of a block')
    const sync = await source.take(SYNC_LENGTH, 'a sync marker')
    if (!sync.equals(header.sync)) throw new EvolveError('malformed-data', "what stands behind the block is not the file's sync marker")
    // A block of nothing need not be what the codec makes of nothing.
    const data = count === 0 && size === 0 ? stored : await reading.decompress(stored, limits.decompressedBytes)
    checkCount(count, minSize(pair.writer), data.length, limits)
    return new Block(reading, { number, byte, count, storedBytes: size }, data)
  } catch (error) {
    throw located(error, { block: number, byte })
  }
}

/** A count that the data cannot hold is refused before a record is given. */
function checkCount(count: number, smallest: number, bytes: number, limits: ContainerLimits): void {
  if (smallest > 0 && count > bytes / smallest) throw new EvolveError('truncated', `a block of ${count} records has ${bytes} bytes`)
  if (smallest === 0 && count > limits.emptyRecords)
    throw new EvolveError('limit-exceeded', `a block of ${count} records that take no bytes, ${limits.emptyRecords} are allowed`)
  if (bytes > 0 && count === 0) throw new EvolveError('trailing-bytes', `${bytes} bytes are left in a block of no records`)
}

type Place = Pick<ContainerBlock, 'number' | 'byte' | 'count' | 'storedBytes'>

class Block implements ContainerBlock {
  readonly number: number
  readonly byte: number
  readonly count: number
  readonly storedBytes: number
  readonly #reading: BlockReading
  readonly #data: Buffer
  readonly #findEnd: FindEnd

  constructor(reading: BlockReading, { number, byte, count, storedBytes }: Place, data: Buffer) {
    this.number = number
    this.byte = byte
    this.count = count
    this.storedBytes = storedBytes
    this.#reading = reading
    this.#data = data
    this.#findEnd = endFinder(reading.pair.writer, reading.limits)
  }

  get dataBytes(): number {
    return this.#data.length
  }

  *[Symbol.iterator](): Generator<unknown, undefined> {
    const tap = new Tap(this.#data)
    for (let record = 0; record < this.count; record++) yield this.#read(tap, record)
    if (tap.position === tap.end) return undefined
    const left = new EvolveError('trailing-bytes', `${tap.end - tap.position} bytes are left behind the ${this.count} records of the block`)
    throw left.with({ block: this.number, byte: this.byte })
  }

  /** A record does not say where it ends: it is stepped over first, and then read from the bytes that are its own. */
  #read(tap: Tap, record: number): unknown {
    const start = tap.position
    try {
      this.#step(tap)
      return this.#reading.pair.decode(this.#data.subarray(start, tap.position))
    } catch (error) {
      throw located(error, { block: this.number, byte: this.byte, record })
    }
  }

  #step(tap: Tap): void {
    const start = tap.position
    const end = this.#findEnd(this.#data, start)
    if (end <= tap.end) {
      tap.position = end
      return
    }
    try {
      skip(this.#reading.pair.writer, new SkipRun(tap, this.#reading.limits))
    } catch (error) {
      throw this.#explained(start, error)
    }
  }

  /** Reading what is left says where in the record it is wrong, where it finds the same thing wrong. */
  #explained(start: number, error: unknown): unknown {
    try {
      this.#reading.pair.decode(this.#data.subarray(start))
    } catch (said) {
      if (said instanceof EvolveError && error instanceof EvolveError && said.code === error.code) return said
    }
    return error
  }
}
