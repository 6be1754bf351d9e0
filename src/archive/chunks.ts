import { type FileHandle, open } from 'node:fs/promises'
import type { Readable } from 'node:stream'
import { EvolveError } from '../errors.ts'

/** Where the bytes of a container come from: the path of a file, a stream, any async iterable of chunks, or all of them at once. */
export type ContainerSource = string | Readable | AsyncIterable<Uint8Array> | Uint8Array

/** Gives chunks; what it holds open while nobody asks for one it can let go of. */
export interface ChunkSource extends AsyncIterator<unknown> {
  pause?(): Promise<void>
}

const END: IteratorResult<never, undefined> = Object.freeze({ done: true, value: undefined })

/** Bytes read from a file at a time. */
const CHUNK = 128 * 1024

/** The bytes of a source, chunk by chunk. Nothing is opened before the first is asked for; `return` closes what is open. */
export function chunksOf(source: ContainerSource): ChunkSource {
  if (typeof source === 'string') return new FileChunks(source)
  if (source instanceof Uint8Array) return oneChunk(source)
  if (typeof source === 'object' && source !== null && Symbol.asyncIterator in source) return source[Symbol.asyncIterator]()
  throw new EvolveError('invalid-options', 'a container is read from a path, a stream, an async iterable of chunks, or bytes')
}

/**
 * The chunks of a file. It is opened when it is read; between the header and the first block it is closed again, so that whoever only
 * looks at the header leaves nothing open.
 */
class FileChunks implements ChunkSource {
  readonly #path: string
  #file: FileHandle | undefined
  /** Where to read on; absent for what has no positions, such as a pipe, which stays open. */
  #position: number | undefined = 0
  #ended = false

  constructor(path: string) {
    this.#path = path
  }

  async next(): Promise<IteratorResult<Uint8Array, undefined>> {
    if (this.#ended) return END
    this.#file ??= await this.#open()
    const { bytesRead, buffer } = await this.#file.read(Buffer.allocUnsafeSlow(CHUNK), 0, CHUNK, this.#position ?? null)
    if (bytesRead === 0) return this.return()
    if (this.#position !== undefined) this.#position += bytesRead
    return { done: false, value: buffer.subarray(0, bytesRead) }
  }

  async pause(): Promise<void> {
    if (this.#position !== undefined) await this.#close()
  }

  async return(): Promise<IteratorResult<Uint8Array, undefined>> {
    this.#ended = true
    await this.#close()
    return END
  }

  async #open(): Promise<FileHandle> {
    const file = await open(this.#path, 'r')
    if (!(await file.stat()).isFile()) this.#position = undefined
    return file
  }

  async #close(): Promise<void> {
    const file = this.#file
    this.#file = undefined
    await file?.close()
  }
}

async function* oneChunk(bytes: Uint8Array): AsyncGenerator<Uint8Array, undefined> {
  yield bytes
  return undefined
}
