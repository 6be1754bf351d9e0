import type { LogHandle } from './file-system.ts'

/** The bytes of the file from `offset` to its present end. */
export async function readBytes(handle: LogHandle, offset: number): Promise<Buffer> {
  const { size } = await handle.stat()
  const bytes = Buffer.alloc(Math.max(0, size - offset))
  let done = 0
  while (done < bytes.length) {
    const { bytesRead } = await handle.read(bytes, done, bytes.length - done, offset + done)
    // The file became shorter meanwhile.
    if (bytesRead === 0) break
    done += bytesRead
  }
  return bytes.subarray(0, done)
}
