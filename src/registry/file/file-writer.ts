import { EvolveError } from '../../errors.ts'
import type { SchemaValidator } from '../admit.ts'
import { Queue } from '../queue.ts'
import type { StoreStats } from '../server/store-stats.ts'
import { changeJson } from '../state/change-json.ts'
import type { StoreChange } from '../state/changes.ts'
import { splitSubject } from '../state/qualified-subject.ts'
import type { SchemaStore } from '../state/store.ts'
import { type Decide, StoreRegistry } from '../store-registry.ts'
import type { CallOptions, ManagedRegistry } from '../types.ts'
import type { FileSystem, LogHandle } from './file-system.ts'
import { LogLoading, type LogSettings } from './load-log.ts'
import { LogWriter } from './log-writer.ts'
import { inLog, onDisk, openForWriting, preparePath } from './open-log.ts'
import { readPieces } from './read-bytes.ts'
import { headRecord } from './records.ts'
import { claimWriter, type WriterClaim } from './writer-claim.ts'

/** What opening a log for writing needs. */
export interface WriterSettings extends Omit<LogSettings, 'firstId'> {
  readonly path: string
  readonly firstId: number | undefined
  readonly validate: SchemaValidator | undefined
  readonly fileSystem: FileSystem
}

/** Opens the log as its one writer. @throws EvolveError `registry-locked`, `registry-corrupt`, `registry-unavailable`, `invalid-options`. */
export async function openWriter(settings: WriterSettings): Promise<ManagedRegistry> {
  const path = await onDisk(`use ${settings.path}`, () => preparePath(settings.path))
  const claim = await onDisk(`claim ${path}`, () => claimWriter(path))
  let handle: LogHandle | undefined
  try {
    handle = await onDisk(`open ${path}`, () => openForWriting(settings.fileSystem, path))
    return await start(path, handle, claim, settings)
  } catch (error) {
    await handle?.close().catch(() => undefined)
    await claim.release()
    throw error
  }
}

async function start(
  path: string,
  handle: LogHandle,
  claim: WriterClaim,
  { firstId, validate, level, onUnknown }: WriterSettings,
): Promise<ManagedRegistry> {
  const loading = new LogLoading({ firstId: firstId ?? 1, level, onUnknown })
  await onDisk(`read ${path}`, async () => {
    for await (const piece of readPieces(handle)) inLog(path, () => loading.add(piece))
  })
  const log = inLog(path, () => loading.end())
  if (log.firstId !== undefined && firstId !== undefined && log.firstId !== firstId) {
    throw new EvolveError('invalid-options', `firstId is ${firstId}, but this registry was made with ${log.firstId}`)
  }
  const writer = new LogWriter(handle, log.end)
  await onDisk(`write ${path}`, () => (log.firstId === undefined ? writer.append(headRecord(firstId ?? 1)) : writer.cutTail()))
  return new FileWriter({ path, handle, claim, validate, store: log.store, writer })
}

interface Parts {
  readonly path: string
  readonly handle: LogHandle
  readonly claim: WriterClaim
  readonly validate: SchemaValidator | undefined
  readonly store: SchemaStore
  readonly writer: LogWriter
}

class FileWriter extends StoreRegistry {
  readonly #parts: Parts
  readonly #queue = new Queue()
  #closing: Promise<void> | undefined
  #lastWriteAt: number | undefined
  #closed = false

  constructor(parts: Parts) {
    super(parts.validate)
    this.#parts = parts
  }

  override async stats(): Promise<StoreStats> {
    return { ...(await super.stats()), lastWriteAt: this.#lastWriteAt }
  }

  /** Waits for the changes that were asked for before. */
  close(): Promise<void> {
    this.#closing ??= this.#queue.run(async () => {
      this.#closed = true
      try {
        await this.#parts.handle.close()
      } finally {
        await this.#parts.claim.release()
      }
    })
    return this.#closing
  }

  protected async view(options: CallOptions | undefined): Promise<SchemaStore> {
    options?.signal?.throwIfAborted()
    if (this.#closed) throw new EvolveError('registry-rejected', 'this registry is closed')
    return this.#parts.store
  }

  protected commit<T>(decide: Decide<T>, options: CallOptions | undefined): Promise<T> {
    return this.#queue.run(async () => {
      const store = await this.view(options)
      const { change, answer } = decide(store)
      if (change !== undefined) await this.#keep(store, change)
      return answer(store)
    })
  }

  /** From here on the call cannot be aborted: the change has happened or it has not. */
  async #keep(store: SchemaStore, change: StoreChange): Promise<void> {
    const { path, writer } = this.#parts
    try {
      await onDisk(`write ${path}`, () => writer.append(changeJson(change)))
    } catch (error) {
      // Somebody who reads the file may have seen what is now taken back: the ID must not come to mean something else.
      if (change.type === 'version') store.reserve(change.entry.id, splitSubject(change.entry.subject).context)
      throw error
    }
    store.apply(change)
    this.#lastWriteAt = Date.now()
  }
}
