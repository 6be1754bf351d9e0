import type { FileHandle } from 'node:fs/promises'
import type { ContainerSummary } from './encode-container.ts'

/** Writes all buffers to a file, from `start` on or, for what has no positions, where it is; then waits until the disk has them. */
export async function writeChunks(
  file: FileHandle,
  chunks: AsyncGenerator<Buffer, ContainerSummary>,
  start: number | undefined,
): Promise<ContainerSummary> {
  let position = start
  for (;;) {
    const { done, value } = await chunks.next()
    if (done === true) {
      if (start !== undefined) await file.sync()
      return value
    }
    try {
      for (let at = 0; at < value.length; ) {
        const { bytesWritten } = await file.write(value, at, value.length - at, position ?? null)
        at += bytesWritten
        if (position !== undefined) position += bytesWritten
      }
    } catch (error) {
      await chunks.return({ records: 0, blocks: 0, bytes: 0 })
      throw error
    }
  }
}
