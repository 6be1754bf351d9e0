import type { SchemaValidator } from './admit.ts'
import type { CompatibilityLevel } from './compatibility/levels.ts'
import { SchemaStore } from './state/store.ts'
import { type Decide, StoreRegistry } from './store-registry.ts'
import type { CallOptions, ManagedRegistry } from './types.ts'
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
export function memoryRegistry(options: MemoryRegistryOptions = {}): ManagedRegistry {
  return new MemoryRegistry(options)
}

class MemoryRegistry extends StoreRegistry {
  readonly #store: SchemaStore

  constructor({ firstId = 1, validate = validateSchema, compatibility }: MemoryRegistryOptions) {
    super(validate)
    this.#store = new SchemaStore(firstId, compatibility)
  }

  async close(): Promise<void> {}

  protected async view(options: CallOptions | undefined): Promise<SchemaStore> {
    options?.signal?.throwIfAborted()
    return this.#store
  }

  protected async commit<T>(decide: Decide<T>, options: CallOptions | undefined): Promise<T> {
    const store = await this.view(options)
    const { change, answer } = decide(store)
    if (change !== undefined) store.apply(change)
    return answer(store)
  }
}
