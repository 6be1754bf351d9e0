import { setTimeout as wait } from 'node:timers/promises'
import { EvolveError, isEvolveError } from '../../errors.ts'
import type { SchemaValidator } from '../admit.ts'
import { Queue } from '../queue.ts'
import type { SchemaStore } from '../state/store.ts'
import { type Decide, StoreRegistry } from '../store-registry.ts'
import type { CallOptions, IdOptions, RegisteredSchema } from '../types.ts'
import type { Compaction, FileRegistry } from './file-registry-type.ts'
import type { FileSystem, LogHandle } from './file-system.ts'
import { extendLog, type LoadedLog, type LogSettings, loadLog } from './load-log.ts'
import { inLog, onDisk, openForReading, realPath } from './open-log.ts'
import { readBytes } from './read-bytes.ts'

const rereads = 5

/** What opening a log for reading needs. */
export interface ReaderSettings extends Omit<LogSettings, 'firstId'> {
  readonly path: string
  readonly validate: SchemaValidator | undefined
  readonly fileSystem: FileSystem
}

/** Opens the log without claiming it. @throws EvolveError `registry-unavailable` when it is not there, `registry-corrupt`. */
export async function openReader(settings: ReaderSettings): Promise<FileRegistry> {
  const reader = new FileReader(settings)
  await reader.refresh()
  return reader
}

/** Reads a log that another process may be writing. What it knows of a schema holds for ever; for all else it looks at the file again. */
class FileReader extends StoreRegistry implements FileRegistry {
  readonly #settings: ReaderSettings
  readonly #queue = new Queue()
  #log: (LoadedLog & { readonly ino: number }) | undefined
  /** The file that was read, kept open: no other can get its number meanwhile. */
  #held: LogHandle | undefined
  /** The file is not what was read of it: the next look at it starts from the beginning. */
  #broken = false
  #closed = false

  constructor(settings: ReaderSettings) {
    super(settings.validate)
    this.#settings = settings
  }

  override async schemaById(id: number, options?: CallOptions & IdOptions): Promise<RegisteredSchema> {
    const store = this.#known(options)
    if (store.has(id, options?.subject)) return store.schemaById(id, options)
    return (await this.refresh()).schemaById(id, options)
  }

  async compact(options?: CallOptions): Promise<Compaction> {
    this.#known(options)
    throw readingOnly(undefined)
  }

  /** Finds what is there: that changes nothing. */
  protected async commit<T>(decide: Decide<T>, options: CallOptions | undefined, subject: string | undefined): Promise<T> {
    const known = answerOf(decide, this.#known(options)) ?? answerOf(decide, await this.refresh())
    if (known !== undefined) return known.answer
    throw readingOnly(subject)
  }

  protected async view(options: CallOptions | undefined): Promise<SchemaStore> {
    this.#known(options)
    return this.refresh()
  }

  close(): Promise<void> {
    this.#closed = true
    return this.#queue.run(async () => {
      const held = this.#held
      this.#held = undefined
      await held?.close()
    })
  }

  /** Takes in what was appended since the last time; all of the log where it is not the same file any more, or was cut. */
  refresh(): Promise<SchemaStore> {
    return this.#queue.run(async () => {
      for (let attempt = 1; ; attempt += 1) {
        try {
          this.#log = await onDisk(`read ${this.#settings.path}`, () => this.#read())
          this.#broken = false
          return this.#log.store
        } catch (error) {
          this.#broken = true
          if (!isEvolveError(error) || error.code !== 'registry-corrupt' || attempt === rereads) throw error
          // The writer takes back what it could not write; whoever reads just then may see halves of two records.
          await wait(5 * attempt)
        }
      }
    })
  }

  async #read(): Promise<LoadedLog & { readonly ino: number }> {
    const { path, fileSystem, level, onUnknown } = this.#settings
    const handle = await openForReading(fileSystem, await realPath(path))
    let isHeld = false
    try {
      const { ino, size } = await handle.stat()
      const known = this.#log
      if (this.#broken || known === undefined || known.firstId === undefined || known.ino !== ino || size < known.end.offset) {
        const all = await readBytes(handle, 0)
        const log = inLog(path, () => loadLog(all, { firstId: 1, level, onUnknown }))
        const before = this.#held
        this.#held = handle
        isHeld = true
        await before?.close()
        return { ...log, ino }
      }
      if (size === known.end.offset) return known
      const more = await readBytes(handle, known.end.offset)
      return { ...known, end: inLog(path, () => extendLog(known.store, more, known.end, onUnknown)) }
    } finally {
      if (!isHeld) await handle.close()
    }
  }

  #known(options: CallOptions | undefined): SchemaStore {
    options?.signal?.throwIfAborted()
    if (this.#closed || this.#log === undefined) throw new EvolveError('registry-rejected', 'this registry is closed')
    return this.#log.store
  }
}

/** The answer, where it needs no change. A change that would be refused by another registry is refused here as one. */
function answerOf<T>(decide: Decide<T>, store: SchemaStore): { readonly answer: T } | undefined {
  const { change, answer } = decide(store)
  return change === undefined ? { answer: answer(store) } : undefined
}

function readingOnly(subject: string | undefined): EvolveError {
  return new EvolveError('registry-rejected', 'the registry is open for reading only', { subject })
}
