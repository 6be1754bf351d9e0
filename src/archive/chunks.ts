import { open } from 'node:fs/promises'
import type { Readable } from 'node:stream'
import { EvolveError } from '../errors.ts'

/** Where the bytes of a container come from: the path of a file, a stream, any async iterable of chunks, or all of them at once. */
export type ContainerSource = string | Readable | AsyncIterable<Uint8Array> | Uint8Array

/** Bytes read from a file at a time. */
const CHUNK = 128 * 1024

/** The bytes of a source, chunk by chunk. Nothing is opened before the first is asked for; `return` closes what is open. */
export function chunksOf(source: ContainerSource): AsyncIterator<unknown> {
  if (typeof source === 'string') return fileChunks(source)
  if (source instanceof Uint8Array) return oneChunk(source)
  if (typeof source === 'object' && source !== null && Symbol.asyncIterator in source) return source[Symbol.asyncIterator]()
  throw new EvolveError('invalid-options', 'a container is read from a path, a stream, an async iterable of chunks, or bytes')
}

async function* fileChunks(path: string): AsyncGenerator<Uint8Array, undefined> {
  const handle = await open(path, 'r')
  try {
    for (;;) {
      const { bytesRead, buffer } = await handle.read(Buffer.allocUnsafeSlow(CHUNK), 0, CHUNK)
      if (bytesRead === 0) return undefined
      yield buffer.subarray(0, bytesRead)
    }
  } finally {
    await handle.close()
  }
}

async function* oneChunk(bytes: Uint8Array): AsyncGenerator<Uint8Array, undefined> {
  yield bytes
  return undefined
}
