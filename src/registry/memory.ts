import type { SchemaText } from '../schema/text.ts'
import { findOrAdmit, type SchemaValidator } from './admit.ts'
import { checkSchemaText } from './checks.ts'
import { SchemaStore } from './store.ts'
import type { BrowsableRegistry, CallOptions, RegisteredSchema, SchemaUse, SubjectVersion } from './types.ts'
import { validateSchema } from './validate.ts'

/** Options of {@link memoryRegistry}. */
export interface MemoryRegistryOptions {
  /** The ID of the first schema; default 1. Any unsigned 32-bit integer, 0 as well. */
  readonly firstId?: number
  /** Says whether a text is a schema. Default {@link validateSchema}: an Avro schema must parse. */
  readonly validate?: SchemaValidator
}

/** A registry in memory, gone with the process: the reference that all others are held against. */
export function memoryRegistry(options: MemoryRegistryOptions = {}): BrowsableRegistry {
  return new MemoryRegistry(options)
}

class MemoryRegistry implements BrowsableRegistry {
  readonly #store: SchemaStore
  readonly #validate: SchemaValidator | undefined

  constructor({ firstId = 1, validate = validateSchema }: MemoryRegistryOptions) {
    this.#store = new SchemaStore(firstId)
    this.#validate = validate
  }

  async schemaById(id: number, options?: CallOptions): Promise<RegisteredSchema> {
    options?.signal?.throwIfAborted()
    return this.#store.schemaById(id)
  }

  async register(subject: string, schema: SchemaText, options?: CallOptions): Promise<SubjectVersion> {
    options?.signal?.throwIfAborted()
    const known = findOrAdmit(this.#store, subject, schema, this.#validate)
    if (known !== undefined) return known
    const entry = this.#store.prepare(subject, schema)
    this.#store.add(entry)
    return entry
  }

  async versions(subject: string, options?: CallOptions): Promise<readonly number[]> {
    options?.signal?.throwIfAborted()
    return this.#store.versions(subject)
  }

  async version(subject: string, version: number, options?: CallOptions): Promise<SubjectVersion> {
    options?.signal?.throwIfAborted()
    return this.#store.version(subject, version)
  }

  async latest(subject: string, options?: CallOptions): Promise<SubjectVersion> {
    options?.signal?.throwIfAborted()
    return this.#store.latest(subject)
  }

  async lookup(subject: string, schema: SchemaText, options?: CallOptions): Promise<SubjectVersion> {
    options?.signal?.throwIfAborted()
    checkSchemaText(schema, subject)
    return this.#store.lookup(subject, schema)
  }

  async subjects(options?: CallOptions): Promise<readonly string[]> {
    options?.signal?.throwIfAborted()
    return this.#store.subjects()
  }

  async uses(id: number, options?: CallOptions): Promise<readonly SchemaUse[]> {
    options?.signal?.throwIfAborted()
    return this.#store.uses(id)
  }

  async close(): Promise<void> {}
}
