import type { SchemaValidator } from './admit.ts'
import type { CompatibilityLevel } from './compatibility/levels.ts'
import { Queue } from './queue.ts'
import { SchemaStore } from './store.ts'
import { type Keep, StoreRegistry } from './store-registry.ts'
import type { CallOptions, ConfigurableRegistry } from './types.ts'
import { validateSchema } from './validate.ts'

/** Options of {@link memoryRegistry}. */
export interface MemoryRegistryOptions {
  /** The ID of the first schema; default 1. Any unsigned 32-bit integer, 0 as well. */
  readonly firstId?: number
  /** The compatibility level where none is set; default `'NONE'`: any version is taken. */
  readonly compatibility?: CompatibilityLevel
  /** Says whether a text is a schema. Default {@link validateSchema}: an Avro schema must parse. */
  readonly validate?: SchemaValidator
}

/** A registry in memory, gone with the process: the reference that all others are held against. */
export function memoryRegistry(options: MemoryRegistryOptions = {}): ConfigurableRegistry {
  return new MemoryRegistry(options)
}

const keep: Keep = async () => undefined

class MemoryRegistry extends StoreRegistry {
  readonly #store: SchemaStore
  readonly #queue = new Queue()

  constructor({ firstId = 1, validate = validateSchema, compatibility }: MemoryRegistryOptions) {
    super(validate)
    this.#store = new SchemaStore(firstId, compatibility)
  }

  async close(): Promise<void> {}

  protected async view(options: CallOptions | undefined): Promise<SchemaStore> {
    options?.signal?.throwIfAborted()
    return this.#store
  }

  protected change<T>(
    _subject: string | undefined,
    options: CallOptions | undefined,
    action: (store: SchemaStore, keep: Keep) => Promise<T>,
  ): Promise<T> {
    return this.#queue.run(async () => {
      options?.signal?.throwIfAborted()
      return action(this.#store, keep)
    })
  }
}
