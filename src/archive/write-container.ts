import { randomUUID } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { lstat, rename, rm } from 'node:fs/promises'
import type { Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { NoOptions } from '../schema/literal.ts'
import { type ContainerSummary, encodeUntyped, type Records, type WriteContainerOptions } from './encode-container.ts'
import type { ContainerSchema } from './pair.ts'
import type { RecordWritten } from './types-of.ts'

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
export async function writeContainer<S extends ContainerSchema, const O extends WriteContainerOptions = NoOptions>(
  target: string | Writable,
  schema: S,
  records: Records<RecordWritten<S, O>>,
  options?: O,
): Promise<ContainerSummary> {
  const bytes = encodeUntyped(schema, records, options ?? {})
  if (typeof target !== 'string') return pump(bytes, target)
  const there = await lstat(target).catch(() => undefined)
  // A complete file takes the place of a file, not that of a pipe, a terminal or a link.
  if (there !== undefined && !there.isFile()) return pump(bytes, createWriteStream(target))
  const draft = `${target}.${randomUUID()}.part`
  try {
    const summary = await pump(bytes, createWriteStream(draft, { flags: 'wx', flush: true, mode: there?.mode ?? 0o666 }))
    await rename(draft, target)
    return summary
  } catch (error) {
    await rm(draft, { force: true })
    throw error
  }
}

async function pump(bytes: AsyncGenerator<Buffer, ContainerSummary>, target: Writable): Promise<ContainerSummary> {
  let summary: ContainerSummary | undefined
  const counted = async function* (): AsyncGenerator<Buffer, undefined> {
    summary = yield* bytes
    return undefined
  }
  await pipeline(counted, target)
  return summary as unknown as ContainerSummary
}
