import { EvolveError } from '../../errors.ts'
import type { SchemaText } from '../../schema/text.ts'
import { findOrAdmit, type SchemaValidator } from '../admit.ts'
import { checkSchemaText } from '../checks.ts'
import type { SchemaStore } from '../store.ts'
import type { BrowsableRegistry, CallOptions, RegisteredSchema, SchemaUse, SubjectVersion } from '../types.ts'
import type { FileSystem, LogHandle } from './file-system.ts'
import { loadLog } from './load-log.ts'
import { LogWriter } from './log-writer.ts'
import { inLog, onDisk, openForWriting, preparePath } from './open-log.ts'
import { Queue } from './queue.ts'
import { readBytes } from './read-bytes.ts'
import { headRecord, versionRecord } from './records.ts'
import { claimWriter, type WriterClaim } from './writer-claim.ts'

/** What opening a log for writing needs. */
export interface WriterSettings {
  readonly path: string
  readonly firstId: number | undefined
  readonly validate: SchemaValidator | undefined
  readonly fileSystem: FileSystem
}

/** Opens the log as its one writer. @throws EvolveError `registry-locked`, `registry-corrupt`, `registry-unavailable`, `invalid-options`. */
export async function openWriter(settings: WriterSettings): Promise<BrowsableRegistry> {
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
  { firstId, validate }: WriterSettings,
): Promise<BrowsableRegistry> {
  const bytes = await onDisk(`read ${path}`, () => readBytes(handle, 0))
  const log = inLog(path, () => loadLog(bytes, firstId ?? 1))
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

class FileWriter implements BrowsableRegistry {
  readonly #parts: Parts
  readonly #queue = new Queue()
  #closing: Promise<void> | undefined
  #closed = false

  constructor(parts: Parts) {
    this.#parts = parts
  }

  async schemaById(id: number, options?: CallOptions): Promise<RegisteredSchema> {
    return this.#open(options).schemaById(id)
  }

  async register(subject: string, schema: SchemaText, options?: CallOptions): Promise<SubjectVersion> {
    return this.#queue.run(async () => {
      const store = this.#open(options)
      const { path, validate, writer } = this.#parts
      const known = findOrAdmit(store, subject, schema, validate)
      if (known !== undefined) return known
      const entry = store.prepare(subject, schema)
      // From here on the call cannot be aborted: it has happened or it has not.
      await onDisk(`write ${path}`, () => writer.append(versionRecord(entry, !store.has(entry.id))))
      store.add(entry)
      return entry
    })
  }

  async versions(subject: string, options?: CallOptions): Promise<readonly number[]> {
    return this.#open(options).versions(subject)
  }

  async version(subject: string, version: number, options?: CallOptions): Promise<SubjectVersion> {
    return this.#open(options).version(subject, version)
  }

  async latest(subject: string, options?: CallOptions): Promise<SubjectVersion> {
    return this.#open(options).latest(subject)
  }

  async lookup(subject: string, schema: SchemaText, options?: CallOptions): Promise<SubjectVersion> {
    checkSchemaText(schema, subject)
    return this.#open(options).lookup(subject, schema)
  }

  async subjects(options?: CallOptions): Promise<readonly string[]> {
    return this.#open(options).subjects()
  }

  async uses(id: number, options?: CallOptions): Promise<readonly SchemaUse[]> {
    return this.#open(options).uses(id)
  }

  /** Waits for the registrations that were asked for before. */
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

  #open(options: CallOptions | undefined): SchemaStore {
    options?.signal?.throwIfAborted()
    if (this.#closed) throw new EvolveError('registry-rejected', 'this registry is closed')
    return this.#parts.store
  }
}
