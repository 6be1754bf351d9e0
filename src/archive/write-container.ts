import { randomUUID } from 'node:crypto'
import { type FileHandle, lstat, open, rename, rm } from 'node:fs/promises'
import type { Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { SchemaLike } from '../codec/avro/schema-like.ts'
import type { NoOptions } from '../schema/literal.ts'
import { type ContainerSummary, encodeUntyped, endRecords, type Records, type WriteContainerOptions } from './encode-container.ts'
import type { RecordWritten } from './types-of.ts'
import { writeChunks } from './write-chunks.ts'

/**
 * Writes an object container file (Apache Avro 1.12, "Object Container Files") to a path or a stream. Records are taken as fast as they can
 * be written, and no more is held than one block. Records that carry unknown fields are written with them when `schema` is the
 * one that they were read from.
 *
 * A file appears under its path when it is complete: until then, and where something fails, what was there is untouched. A stream is ended, or
 * destroyed where something fails.
 * @throws EvolveError `invalid-value`, `unknown-field-loss` with the number of the `record`; `missing-prerequisite`, `invalid-options`;
 * errors of the target and of `records` as they are.
 */
export async function writeContainer<S extends SchemaLike, const O extends WriteContainerOptions = NoOptions>(
  target: string | Writable,
  schema: S,
  records: Records<RecordWritten<S, O>>,
  options?: O,
): Promise<ContainerSummary> {
  const bytes = encodeUntyped(schema, records, options ?? {})
  try {
    return typeof target === 'string' ? await toPath(target, bytes) : await toStream(target, bytes)
  } catch (error) {
    await endRecords(records)
    throw error
  }
}

type Bytes = AsyncGenerator<Buffer, ContainerSummary>

async function toPath(path: string, bytes: Bytes): Promise<ContainerSummary> {
  const there = await lstat(path).catch(() => undefined)
  // A complete file takes the place of a file, not that of a pipe, a terminal or a link.
  if (there !== undefined && !there.isFile()) return toFile(await open(path, 'w'), bytes, undefined)
  const draft = `${path}.${randomUUID()}.part`
  const file = await open(draft, 'wx', there?.mode ?? 0o666)
  try {
    const summary = await toFile(file, bytes, 0)
    await rename(draft, path)
    return summary
  } catch (error) {
    await rm(draft, { force: true })
    throw error
  }
}

async function toFile(file: FileHandle, bytes: Bytes, start: number | undefined): Promise<ContainerSummary> {
  try {
    return await writeChunks(file, bytes, start)
  } finally {
    await file.close()
  }
}

async function toStream(target: Writable, bytes: Bytes): Promise<ContainerSummary> {
  let summary: ContainerSummary | undefined
  const counted = async function* (): AsyncGenerator<Buffer, undefined> {
    summary = yield* bytes
    return undefined
  }
  await pipeline(counted, target)
  return summary as unknown as ContainerSummary
}
