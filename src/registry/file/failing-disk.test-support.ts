import { disk, type FileSystem, type LogHandle } from './file-system.ts'

/** What is done to a disk. */
export type Deed = 'open' | 'write' | 'datasync' | 'truncate' | 'rename' | 'remove' | 'syncFolder'

/** A disk of which each deed is told before it is done: a deed whose telling throws is not done, a write half. Opening for reading is not told. */
export function watchedDisk(before: (deed: Deed) => void | Promise<void>): Required<FileSystem> {
  const wrap = (handle: LogHandle): LogHandle => ({
    read: (...args) => handle.read(...args),
    write: async (buffer, offset, length, position) => {
      try {
        await before('write')
      } catch (error) {
        await handle.write(buffer, offset, Math.ceil(length / 2), position)
        throw error
      }
      return handle.write(buffer, offset, length, position)
    },
    truncate: async (length) => {
      await before('truncate')
      await handle.truncate(length)
    },
    datasync: async () => {
      await before('datasync')
      await handle.datasync()
    },
    stat: () => handle.stat(),
    close: () => handle.close(),
  })
  return {
    open: async (path, flags) => {
      if (flags !== 0) await before('open')
      return wrap(await disk.open(path, flags))
    },
    rename: async (from, to) => {
      await before('rename')
      await disk.rename(from, to)
    },
    remove: async (path) => {
      await before('remove')
      await disk.remove(path)
    },
    syncFolder: async (path) => {
      await before('syncFolder')
      await disk.syncFolder(path)
    },
  }
}

/** What a disk says that has no room. */
export function diskFull(): Error {
  return Object.assign(new Error('no space left on device'), { code: 'ENOSPC' })
}
