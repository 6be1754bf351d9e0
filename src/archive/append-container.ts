import { type FileHandle, open } from 'node:fs/promises'
import { EvolveError } from '../errors.ts'
import type { NoOptions } from '../schema/literal.ts'
import { ByteSource } from './byte-source.ts'
import { type BlockOptions, type ContainerSummary, encodeBlocks, type Records } from './encode-container.ts'
import { type ContainerHeader, readHeader, SYNC_LENGTH } from './header.ts'
import { containerLimits } from './limits.ts'
import { located } from './located.ts'
import type { RecordWritten } from './types-of.ts'
import { writeChunks } from './write-chunks.ts'

/**
 * Adds blocks to the end of a container file, under the schema, the codec and the sync marker that it has. Where the records have another
 * shape, `reader` says which: what the file's schema cannot say is refused. Where something fails, the file is cut back to what it was. One writer at a time.
 * @throws EvolveError `malformed-data` for a file that is no container or does not end with a block; else as `writeContainer`.
 */
export async function appendContainer<const O extends BlockOptions = NoOptions>(
  path: string,
  records: Records<RecordWritten<unknown, O>>,
  options?: O,
): Promise<ContainerSummary> {
  const file = await open(path, 'r+')
  try {
    const { size } = await file.stat()
    const header = await headerOf(file)
    await checkEnd(file, size, header)
    try {
      return await writeChunks(file, encodeBlocks(header.schema, records, { ...options, codec: header.codec, sync: header.sync }), size)
    } catch (error) {
      await file.truncate(size)
      throw error
    }
  } finally {
    await file.close()
  }
}

async function headerOf(file: FileHandle): Promise<ContainerHeader> {
  let position = 0
  const chunks = async function* (): AsyncGenerator<Buffer, undefined> {
    for (;;) {
      const { bytesRead, buffer } = await file.read({ buffer: Buffer.alloc(4096), position })
      if (bytesRead === 0) return undefined
      position += bytesRead
      yield buffer.subarray(0, bytesRead)
    }
  }
  return readHeader(new ByteSource(chunks()), containerLimits.headerBytes)
}

/** Header and blocks end with the sync marker; a file that was cut off inside a block most likely does not. */
async function checkEnd(file: FileHandle, size: number, { sync }: ContainerHeader): Promise<void> {
  const byte = size - SYNC_LENGTH
  const { buffer } = await file.read({ buffer: Buffer.alloc(SYNC_LENGTH), position: byte })
  if (buffer.equals(sync)) return
  const error = new EvolveError('malformed-data', 'the container does not end with a whole block; nothing can be added to it')
  throw located(error, { byte })
}
