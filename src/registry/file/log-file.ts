import { constants } from 'node:fs'
import { chmod, chown, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { complete, type FileSystem, type LogHandle, removeIfThere } from './file-system.ts'
import { encodeRecord, type LogPosition, logStart } from './log-format.ts'
import { LogWriter, writeAt } from './log-writer.ts'

/** Bytes that are written to a new log at once. */
const pieceLength = 256 * 1024

/** Where a log is written that is to replace another. One that is left there was never finished. */
export function replacementOf(path: string): string {
  return `${path}.compacting`
}

/** The file of a log, open for its one writer: records are appended, or all of it is replaced. Not for concurrent use. */
export class LogFile {
  readonly #path: string
  readonly #fileSystem: Required<FileSystem>
  #handle: LogHandle
  #writer: LogWriter
  /** Whether a power cut can bring back the file that had this name before. */
  #isNameSure = true

  /** `end` is where the last whole record ends. */
  constructor(path: string, fileSystem: FileSystem, handle: LogHandle, end: LogPosition) {
    this.#path = path
    this.#fileSystem = complete(fileSystem)
    this.#handle = handle
    this.#writer = new LogWriter(handle, end)
  }

  /** Bytes of all records. */
  get size(): number {
    return this.#writer.size
  }

  /** Writes the record and waits for the disk. When it throws, the record is not there, and later ones may succeed. */
  async append(record: unknown): Promise<void> {
    await this.#makeNameSure()
    await this.#writer.append(record)
  }

  /** Cuts off what lies behind the last whole record. */
  async cutTail(): Promise<void> {
    await this.#writer.cutTail()
  }

  /**
   * Replaces all records by these. At each moment the name stands for a file that is whole, on the disk: for the old one, and from one moment on
   * for the new one. When it throws, the old one may still be in place, and goes on; or the new one is, and nothing is appended to it before
   * its name is sure.
   */
  async replace(records: Iterable<unknown>): Promise<void> {
    const path = replacementOf(this.#path)
    await removeIfThere(this.#fileSystem, path)
    const handle = await this.#fileSystem.open(path, constants.O_RDWR | constants.O_CREAT | constants.O_EXCL)
    let end: LogPosition
    try {
      await giveRights(this.#path, path)
      end = await writeAll(handle, records)
      await handle.datasync()
      await this.#fileSystem.rename(path, this.#path)
    } catch (error) {
      await handle.close().catch(() => undefined)
      await removeIfThere(this.#fileSystem, path).catch(() => undefined)
      throw error
    }
    const old = this.#handle
    this.#handle = handle
    this.#writer = new LogWriter(handle, end)
    this.#isNameSure = false
    await old.close().catch(() => undefined)
    await this.#makeNameSure()
  }

  async close(): Promise<void> {
    await this.#handle.close()
  }

  async #makeNameSure(): Promise<void> {
    if (this.#isNameSure) return
    await this.#fileSystem.syncFolder(dirname(this.#path))
    this.#isNameSure = true
  }
}

async function writeAll(handle: LogHandle, records: Iterable<unknown>): Promise<LogPosition> {
  let [end, written] = [logStart, 0]
  let piece: Buffer[] = []
  const flush = async (): Promise<void> => {
    await writeAt(handle, Buffer.concat(piece), written)
    written = end.offset
    piece = []
  }
  for (const record of records) {
    const { bytes, end: next } = encodeRecord(end, record)
    piece.push(bytes)
    end = next
    if (end.offset - written >= pieceLength) await flush()
  }
  await flush()
  return end
}

/** Lets nobody read the new file who may not read the old one, and everybody who may. */
async function giveRights(from: string, to: string): Promise<void> {
  const { mode, uid, gid } = await stat(from)
  await chmod(to, mode & 0o7777)
  const own = await stat(to)
  if (own.uid === uid && own.gid === gid) return
  await chown(to, uid, gid)
  // Changing the owner may take rights back.
  await chmod(to, mode & 0o7777)
}
