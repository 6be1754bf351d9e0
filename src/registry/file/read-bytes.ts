import type { LogHandle } from './file-system.ts'

const pieceLength = 256 * 1024

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

/** Gives the bytes of the file to its present end, from the first one, in pieces of at most 256 KiB. */
export async function* readPieces(handle: LogHandle): AsyncGenerator<Buffer, void, undefined> {
  const { size } = await handle.stat()
  let offset = 0
  while (offset < size) {
    const piece = Buffer.alloc(Math.min(pieceLength, size - offset))
    const { bytesRead } = await handle.read(piece, 0, piece.length, offset)
    // The file became shorter meanwhile.
    if (bytesRead === 0) break
    yield piece.subarray(0, bytesRead)
    offset += bytesRead
  }
}
