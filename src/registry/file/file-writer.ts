import { EvolveError } from '../../errors.ts'
import type { SchemaValidator } from '../admit.ts'
import { Queue } from '../queue.ts'
import type { StoreStats } from '../server/store-stats.ts'
import { changeJson } from '../state/change-json.ts'
import type { StoreChange } from '../state/changes.ts'
import { splitSubject } from '../state/qualified-subject.ts'
import type { SchemaStore } from '../state/store.ts'
import { type Decide, StoreRegistry } from '../store-registry.ts'
import type { CallOptions } from '../types.ts'
import type { Compaction, FileRegistry } from './file-registry-type.ts'
import { complete, type FileSystem, type LogHandle, removeIfThere } from './file-system.ts'
import { LogLoading, type LogSettings } from './load-log.ts'
import { LogFile, replacementOf } from './log-file.ts'
import { LogWaste } from './log-waste.ts'
import { inLog, onDisk, openForWriting, preparePath } from './open-log.ts'
import { readPieces } from './read-bytes.ts'
import { headRecord, type UnknownRecord } from './records.ts'
import { claimWriter, type WriterClaim } from './writer-claim.ts'

/** What opening a log for writing needs. */
export interface WriterSettings extends Omit<LogSettings, 'firstId' | 'onChange'> {
  readonly path: string
  readonly firstId: number | undefined
  readonly validate: SchemaValidator | undefined
  readonly fileSystem: FileSystem
  /** Bytes of no use at which the file is written anew. */
  readonly compactAboveBytes: number
  /** Told when the file could not be written anew for no reason but the disk. */
  readonly onUncompacted: (error: unknown) => void
}

/** Opens the log as its one writer. @throws EvolveError `registry-locked`, `registry-corrupt`, `registry-unavailable`, `invalid-options`. */
export async function openWriter(settings: WriterSettings): Promise<FileRegistry> {
  const fileSystem = complete(settings.fileSystem)
  const path = await onDisk(`use ${settings.path}`, () => preparePath(settings.path))
  const claim = await onDisk(`claim ${path}`, () => claimWriter(path))
  let handle: LogHandle | undefined
  try {
    await onDisk(`clear ${replacementOf(path)}`, () => removeIfThere(fileSystem, replacementOf(path)))
    handle = await onDisk(`open ${path}`, () => openForWriting(fileSystem, path))
    return await start(path, handle, claim, settings)
  } catch (error) {
    await handle?.close().catch(() => undefined)
    await claim.release()
    throw error
  }
}

async function start(path: string, handle: LogHandle, claim: WriterClaim, settings: WriterSettings): Promise<FileRegistry> {
  const { firstId, validate, level, fileSystem, compactAboveBytes } = settings
  const waste = new LogWaste(compactAboveBytes)
  let isUnderstood = true
  const onUnknown = (record: UnknownRecord): void => {
    isUnderstood = false
    settings.onUnknown(record)
  }
  const loading = new LogLoading({ firstId: firstId ?? 1, level, onUnknown, onChange: (store, change) => waste.note(store, change) })
  await onDisk(`read ${path}`, async () => {
    for await (const piece of readPieces(handle)) inLog(path, () => loading.add(piece))
  })
  const log = inLog(path, () => loading.end())
  if (log.firstId !== undefined && firstId !== undefined && log.firstId !== firstId) {
    throw new EvolveError('invalid-options', `firstId is ${firstId}, but this registry was made with ${log.firstId}`)
  }
  const file = new LogFile(path, fileSystem, handle, log.end)
  await onDisk(`write ${path}`, () => (log.firstId === undefined ? file.append(headRecord(firstId ?? 1)) : file.cutTail()))
  const { onUncompacted } = settings
  const ofFile = { path, file, claim, firstId: log.firstId ?? firstId ?? 1, isUnderstood }
  const registry = new FileWriter({ ...ofFile, validate, store: log.store, waste, onUncompacted })
  await registry.compactWhereDue()
  return registry
}

interface Parts {
  readonly path: string
  readonly file: LogFile
  readonly claim: WriterClaim
  readonly validate: SchemaValidator | undefined
  readonly firstId: number
  readonly store: SchemaStore
  readonly waste: LogWaste
  /** Whether all that is in the file is in the store. */
  readonly isUnderstood: boolean
  readonly onUncompacted: (error: unknown) => void
}

class FileWriter extends StoreRegistry implements FileRegistry {
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
        await this.#parts.file.close()
      } finally {
        await this.#parts.claim.release()
      }
    })
    return this.#closing
  }

  compact(options?: CallOptions): Promise<Compaction> {
    return this.#queue.run(async () => this.#compact(await this.view(options)))
  }

  /** Writes the file anew where that is worth it; where it fails, it is tried again when more has come together. */
  async compactWhereDue(): Promise<void> {
    const { store, waste, file, isUnderstood, onUncompacted } = this.#parts
    if (this.#closed || !isUnderstood || !waste.isDue(store, file.size)) return
    try {
      await this.#compact(store)
    } catch (error) {
      waste.postpone()
      onUncompacted(error)
    }
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
    const { path, file, waste } = this.#parts
    try {
      await onDisk(`write ${path}`, () => file.append(changeJson(change)))
    } catch (error) {
      // Somebody who reads the file may have seen what is now taken back: the ID must not come to mean something else.
      if (change.type === 'version') store.reserve(change.entry.id, splitSubject(change.entry.subject).context)
      throw error
    }
    waste.note(store, change)
    store.apply(change)
    this.#lastWriteAt = Date.now()
    // Behind this call: it is not to wait for that.
    void this.#queue.run(() => this.compactWhereDue())
  }

  async #compact(store: SchemaStore): Promise<Compaction> {
    const { path, file, waste, firstId, isUnderstood } = this.#parts
    if (!isUnderstood) {
      const hint = 'compact it with the version of kafka-evolve that has written them'
      throw new EvolveError('registry-rejected', `${path} has records that this version does not know, and cannot be written anew`, {
        hint,
      })
    }
    const bytesBefore = file.size
    let records = 0
    const all = function* (): Generator<unknown> {
      yield headRecord(firstId)
      for (const change of store.history()) {
        records += 1
        yield changeJson(change)
      }
    }
    await onDisk(`write ${replacementOf(path)}`, () => file.replace(all()))
    waste.reset(records)
    return { bytesBefore, bytesAfter: file.size }
  }
}
