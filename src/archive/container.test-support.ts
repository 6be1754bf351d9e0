import { expect } from 'vitest'
import { isEvolveError } from '../errors.ts'
import { Sink } from '../wire/sink.ts'

/** Sixteen bytes that stand for a sync marker. */
export const SYNC: Buffer = Buffer.from('sixteen bytes!!!')

/** Bytes by hand: numbers are Avro longs, text and bytes are as they are. */
export function raw(...parts: readonly (number | bigint | string | Uint8Array)[]): Buffer {
  const sink = new Sink()
  for (const part of parts) {
    if (typeof part === 'number' || typeof part === 'bigint') sink.long(part)
    else sink.raw(typeof part === 'string' ? Buffer.from(part, 'latin1') : part)
  }
  return Buffer.from(sink.buffer.subarray(0, sink.position))
}

/** A metadata entry: key and value behind their lengths. */
export function entry(key: string, value: string | Uint8Array): Buffer {
  return raw(key.length, key, value.length, value)
}

/** A header by hand. */
export function header(schema: unknown, codec?: string, ...more: readonly Buffer[]): Buffer {
  const entries = [entry('avro.schema', JSON.stringify(schema)), ...(codec === undefined ? [] : [entry('avro.codec', codec)]), ...more]
  return raw('Obj\u0001', entries.length, ...entries, 0, SYNC)
}

/** A block by hand, with its sync marker. */
export function block(count: number | bigint, data: Uint8Array, size: number | bigint = data.length): Buffer {
  return raw(count, size, data, SYNC)
}

/** All that an iterable gives. */
export async function collect<T>(records: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = []
  for await (const record of records) all.push(record)
  return all
}

/** The error that reading ends with, and what was read before. */
export async function failure(
  records: AsyncIterable<unknown>,
): Promise<{ code: string; message: string; details: object; before: unknown[] }> {
  const before: unknown[] = []
  try {
    for await (const record of records) before.push(record)
  } catch (error) {
    if (!isEvolveError(error)) throw error
    return { code: error.code, message: error.message, details: error.details, before }
  }
  return expect.unreachable('nothing was refused')
}

/** Bytes in chunks of a size. */
export async function* inChunks(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array, undefined> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
  return undefined
}

/** All buffers of an iterable as one. */
export async function joined(buffers: AsyncIterable<Uint8Array>): Promise<Buffer> {
  return Buffer.concat(await collect(buffers))
}
