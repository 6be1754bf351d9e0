import { open } from 'node:fs/promises'

/** What the log asks of an open file: the part of Node's `FileHandle` that it uses. */
export interface LogHandle {
  read(buffer: Uint8Array, offset: number, length: number, position: number): Promise<{ readonly bytesRead: number }>
  write(buffer: Uint8Array, offset: number, length: number, position: number): Promise<{ readonly bytesWritten: number }>
  truncate(length: number): Promise<void>
  datasync(): Promise<void>
  stat(): Promise<{ readonly size: number; readonly ino: number }>
  close(): Promise<void>
}

/** Where the log's file is opened: the seam at which tests put a disk that fails. */
export interface FileSystem {
  open(path: string, flags: number): Promise<LogHandle>
}

/** The disk. */
export const disk: FileSystem = { open: (path, flags) => open(path, flags) }
