import type { LogHandle } from './file-system.ts'
import { encodeRecord, type LogPosition } from './log-format.ts'

/**
 * Appends records to an open log, one at a time. A record counts when {@link LogWriter.append} has returned: it is then on the disk.
 * Not for concurrent use.
 */
export class LogWriter {
  readonly #handle: LogHandle
  #end: LogPosition
  /** Bytes may lie behind {@link LogWriter.#end} that were never acknowledged. */
  #dirty: boolean

  /** `end` is where the last whole record ends; what may lie behind it is cut off before anything is written. */
  constructor(handle: LogHandle, end: LogPosition) {
    this.#handle = handle
    this.#end = end
    this.#dirty = true
  }

  /** Bytes that were acknowledged. */
  get size(): number {
    return this.#end.offset
  }

  /** Writes the record and waits for the disk. When it throws, the record is not there, and later ones may succeed. */
  async append(record: unknown): Promise<void> {
    await this.cutTail()
    const { bytes, end } = encodeRecord(this.#end, record)
    this.#dirty = true
    try {
      await writeAt(this.#handle, bytes, this.#end.offset)
      await this.#handle.datasync()
    } catch (error) {
      // Readers should not see what was refused. Where even this fails, the next append begins with it.
      await this.cutTail().catch(() => undefined)
      throw error
    }
    this.#dirty = false
    this.#end = end
  }

  /** Cuts off what lies behind the last acknowledged record, durably. Does nothing when nothing can be there. */
  async cutTail(): Promise<void> {
    if (!this.#dirty) return
    await this.#handle.truncate(this.#end.offset)
    // After a failed sync the kernel may have dropped pages silently: only a new sync that succeeds says that the disk is as we think.
    await this.#handle.datasync()
    this.#dirty = false
  }
}

/** Writes all of the bytes, from this place of the file on. */
export async function writeAt(handle: LogHandle, bytes: Uint8Array, position: number): Promise<void> {
  let done = 0
  while (done < bytes.length) {
    const { bytesWritten } = await handle.write(bytes, done, bytes.length - done, position + done)
    if (bytesWritten === 0) throw new Error('the disk takes no more bytes')
    done += bytesWritten
  }
}
