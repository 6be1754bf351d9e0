import { constants } from 'node:fs'
import { open, rename, unlink } from 'node:fs/promises'

/** What the log asks of an open file: the part of Node's `FileHandle` that it uses. */
export interface LogHandle {
  read(buffer: Uint8Array, offset: number, length: number, position: number): Promise<{ readonly bytesRead: number }>
  write(buffer: Uint8Array, offset: number, length: number, position: number): Promise<{ readonly bytesWritten: number }>
  truncate(length: number): Promise<void>
  datasync(): Promise<void>
  stat(): Promise<{ readonly size: number; readonly ino: number }>
  close(): Promise<void>
}

/** Where the log's file is: the seam at which tests put a disk that fails. What is optional is done on the disk. */
export interface FileSystem {
  open(path: string, flags: number): Promise<LogHandle>
  /** Gives a file another name, in place of the file that has it. */
  rename?(from: string, to: string): Promise<void>
  remove?(path: string): Promise<void>
  /** Makes sure that the names in a folder survive a power cut. */
  syncFolder?(path: string): Promise<void>
}

/** The disk. */
export const disk: Required<FileSystem> = {
  open: (path, flags) => open(path, flags),
  rename,
  remove: unlink,
  syncFolder: async (path) => {
    // Windows cannot open a folder, and its file systems journal names themselves.
    if (process.platform === 'win32') return
    const handle = await open(path, constants.O_RDONLY)
    try {
      await handle.sync()
    } finally {
      await handle.close()
    }
  },
}

/** A file system with all its parts. */
export function complete(fileSystem: FileSystem): Required<FileSystem> {
  return {
    open: (path, flags) => fileSystem.open(path, flags),
    rename: (from, to) => (fileSystem.rename ?? disk.rename)(from, to),
    remove: (path) => (fileSystem.remove ?? disk.remove)(path),
    syncFolder: (path) => (fileSystem.syncFolder ?? disk.syncFolder)(path),
  }
}

/** Removes a file, where it is there. */
export async function removeIfThere(fileSystem: Required<FileSystem>, path: string): Promise<void> {
  await fileSystem.remove(path).catch((error: unknown) => {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error
  })
}
