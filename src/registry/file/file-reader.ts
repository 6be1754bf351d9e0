import { setTimeout as wait } from 'node:timers/promises'
import { EvolveError, isEvolveError } from '../../errors.ts'
import type { SchemaText } from '../../schema/text.ts'
import { checkSchemaText, checkSubject } from '../checks.ts'
import type { SchemaStore } from '../store.ts'
import type { BrowsableRegistry, CallOptions, RegisteredSchema, SchemaUse, SubjectVersion } from '../types.ts'
import type { FileSystem } from './file-system.ts'
import { extendLog, type LoadedLog, loadLog } from './load-log.ts'
import { inLog, onDisk, openForReading, realPath } from './open-log.ts'
import { Queue } from './queue.ts'
import { readBytes } from './read-bytes.ts'

const rereads = 5

/** Opens the log without claiming it. @throws EvolveError `registry-unavailable` when it is not there, `registry-corrupt`. */
export async function openReader(path: string, fileSystem: FileSystem): Promise<BrowsableRegistry> {
  const reader = new FileReader(path, fileSystem)
  await reader.refresh()
  return reader
}

/** Reads a log that another process may be writing. What it knows of a schema holds for ever; for all else it looks at the file again. */
class FileReader implements BrowsableRegistry {
  readonly #path: string
  readonly #fileSystem: FileSystem
  readonly #queue = new Queue()
  #log: (LoadedLog & { readonly ino: number }) | undefined
  /** The file is not what was read of it: the next look at it starts from the beginning. */
  #broken = false
  #closed = false

  constructor(path: string, fileSystem: FileSystem) {
    this.#path = path
    this.#fileSystem = fileSystem
  }

  async schemaById(id: number, options?: CallOptions): Promise<RegisteredSchema> {
    const store = this.#known(options)
    if (store.has(id)) return store.schemaById(id)
    return (await this.refresh()).schemaById(id)
  }

  async register(subject: string, schema: SchemaText, options?: CallOptions): Promise<SubjectVersion> {
    checkSubject(subject)
    checkSchemaText(schema, subject)
    const known = this.#known(options).find(subject, schema) ?? (await this.refresh()).find(subject, schema)
    if (known !== undefined) return known
    throw new EvolveError('registry-rejected', 'the registry is open for reading only', { subject })
  }

  async versions(subject: string, options?: CallOptions): Promise<readonly number[]> {
    this.#known(options)
    return (await this.refresh()).versions(subject)
  }

  async version(subject: string, version: number, options?: CallOptions): Promise<SubjectVersion> {
    this.#known(options)
    return (await this.refresh()).version(subject, version)
  }

  async latest(subject: string, options?: CallOptions): Promise<SubjectVersion> {
    this.#known(options)
    return (await this.refresh()).latest(subject)
  }

  async lookup(subject: string, schema: SchemaText, options?: CallOptions): Promise<SubjectVersion> {
    checkSchemaText(schema, subject)
    this.#known(options)
    return (await this.refresh()).lookup(subject, schema)
  }

  async subjects(options?: CallOptions): Promise<readonly string[]> {
    this.#known(options)
    return (await this.refresh()).subjects()
  }

  async uses(id: number, options?: CallOptions): Promise<readonly SchemaUse[]> {
    this.#known(options)
    return (await this.refresh()).uses(id)
  }

  async close(): Promise<void> {
    this.#closed = true
  }

  /** Takes in what was appended since the last time; all of the log where it is not the same file any more, or was cut. */
  refresh(): Promise<SchemaStore> {
    return this.#queue.run(async () => {
      for (let attempt = 1; ; attempt += 1) {
        try {
          this.#log = await onDisk(`read ${this.#path}`, () => this.#read())
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
    const handle = await openForReading(this.#fileSystem, await realPath(this.#path))
    try {
      const { ino, size } = await handle.stat()
      const known = this.#log
      if (this.#broken || known === undefined || known.firstId === undefined || known.ino !== ino || size < known.end.offset) {
        const all = await readBytes(handle, 0)
        return { ...inLog(this.#path, () => loadLog(all, 1)), ino }
      }
      if (size === known.end.offset) return known
      const more = await readBytes(handle, known.end.offset)
      return { ...known, end: inLog(this.#path, () => extendLog(known.store, more, known.end)) }
    } finally {
      await handle.close()
    }
  }

  #known(options: CallOptions | undefined): SchemaStore {
    options?.signal?.throwIfAborted()
    if (this.#closed || this.#log === undefined) throw new EvolveError('registry-rejected', 'this registry is closed')
    return this.#log.store
  }
}
