import { EvolveError } from '../../errors.ts'
import { BoundedMap } from '../../schema/bounded-map.ts'
import type { SchemaText } from '../../schema/text.ts'
import { checkId, checkSchemaText, checkSubject, checkVersion } from '../checks.ts'
import { withoutSubject } from '../entries.ts'
import { schemaKey } from '../schema-key.ts'
import type { CallOptions, RegisteredSchema, Registry, SubjectVersion } from '../types.ts'
import { Flights } from './flights.ts'
import { FreshValues } from './fresh-values.ts'
import { type About, Refusals } from './refusals.ts'

/** Options of {@link cachedRegistry}. */
export interface CachedRegistryOptions {
  /** Entries in each of the caches (schemas by ID, versions, look-ups, …); default 10,000. The one used longest ago makes room. */
  readonly maxEntries?: number
  /** Milliseconds for which "not there" is believed; default 30,000. 0: not at all. */
  readonly negativeTtlMs?: number
  /** Milliseconds for which `latest` and `versions` are believed; default 60,000. 0: not at all. */
  readonly latestTtlMs?: number
  /** A clock in milliseconds; default: one that never goes back. */
  readonly now?: () => number
}

/** A registry that remembers. */
export interface CachedRegistry extends Registry {
  /** The schema if it is remembered, at once and without asking. */
  peekById(id: number): RegisteredSchema | undefined
}

/**
 * Remembers what another registry says. What can never change (a schema under its ID, a version of a subject) is kept for ever, the rest for
 * a time; a registry that is down takes nothing away. Equal questions at the same time are asked once; different ones never wait for each
 * other. `close` closes the other registry.
 * @throws EvolveError `invalid-options`.
 */
export function cachedRegistry(inner: Registry, options: CachedRegistryOptions = {}): CachedRegistry {
  return new Cache(inner, options)
}

class Cache implements CachedRegistry {
  readonly #inner: Registry
  readonly #now: () => number
  readonly #flights = new Flights()
  readonly #refusals: Refusals
  readonly #schemas: BoundedMap<number, RegisteredSchema>
  readonly #versions: BoundedMap<string, SubjectVersion>
  readonly #lookups: BoundedMap<string, SubjectVersion>
  readonly #lists: FreshValues<readonly number[]>
  readonly #latest: FreshValues<SubjectVersion>
  /** Counts registrations: an answer to a question from before one may be out of date after it. */
  #epoch = 0

  constructor(inner: Registry, options: CachedRegistryOptions) {
    const { maxEntries = 10_000, negativeTtlMs = 30_000, latestTtlMs = 60_000, now = () => performance.now() } = options
    checkNumber('maxEntries', maxEntries, 1)
    checkNumber('negativeTtlMs', negativeTtlMs, 0)
    checkNumber('latestTtlMs', latestTtlMs, 0)
    this.#inner = inner
    this.#now = now
    this.#refusals = new Refusals(maxEntries, negativeTtlMs)
    this.#schemas = new BoundedMap(maxEntries)
    this.#versions = new BoundedMap(maxEntries)
    this.#lookups = new BoundedMap(maxEntries)
    this.#lists = new FreshValues(maxEntries, latestTtlMs, now)
    this.#latest = new FreshValues(maxEntries, latestTtlMs, now)
  }

  peekById(id: number): RegisteredSchema | undefined {
    return this.#schemas.get(id)
  }

  async schemaById(id: number, options?: CallOptions): Promise<RegisteredSchema> {
    options?.signal?.throwIfAborted()
    checkId(id)
    const known = this.#schemas.get(id)
    if (known !== undefined) return known
    return this.#ask(['id', id], { id }, options?.signal, async (signal) => this.#keepSchema(await this.#inner.schemaById(id, { signal })))
  }

  async version(subject: string, version: number, options?: CallOptions): Promise<SubjectVersion> {
    options?.signal?.throwIfAborted()
    checkSubject(subject)
    checkVersion(subject, version)
    const known = this.#versions.get(versionKey(subject, version))
    if (known !== undefined) return known
    return this.#ask(['version', subject, version], { subject }, options?.signal, async (signal) =>
      this.#keepVersion(await this.#inner.version(subject, version, { signal })),
    )
  }

  async lookup(subject: string, schema: SchemaText, options?: CallOptions): Promise<SubjectVersion> {
    options?.signal?.throwIfAborted()
    const key = lookupKey(subject, schema)
    const known = this.#lookups.get(key)
    if (known !== undefined) return known
    return this.#ask(['lookup', key], { subject }, options?.signal, async (signal) => {
      const found = this.#keepVersion(await this.#inner.lookup(subject, schema, { signal }))
      this.#lookups.set(key, found)
      return found
    })
  }

  async register(subject: string, schema: SchemaText, options?: CallOptions): Promise<SubjectVersion> {
    options?.signal?.throwIfAborted()
    const key = lookupKey(subject, schema)
    const known = this.#lookups.get(key)
    if (known !== undefined) return known
    return this.#flights.join(JSON.stringify(['register', key]), options?.signal, async (signal) => {
      const registered = await this.#inner.register(subject, schema, { signal })
      this.#epoch += 1
      this.#refusals.takeBack(subject, registered.id)
      this.#lists.delete(subject)
      this.#latest.delete(subject)
      const kept = this.#keepVersion(registered)
      this.#lookups.set(key, kept)
      return kept
    })
  }

  async versions(subject: string, options?: CallOptions): Promise<readonly number[]> {
    options?.signal?.throwIfAborted()
    checkSubject(subject)
    return this.#lists.get(subject, options?.signal, (caller) =>
      this.#ask(['versions', subject], { subject }, caller, async (signal) => {
        const epoch = this.#epoch
        const list = Object.freeze([...(await this.#inner.versions(subject, { signal }))])
        if (epoch === this.#epoch) this.#lists.set(subject, list)
        return list
      }),
    )
  }

  async latest(subject: string, options?: CallOptions): Promise<SubjectVersion> {
    options?.signal?.throwIfAborted()
    checkSubject(subject)
    return this.#latest.get(subject, options?.signal, (caller) =>
      this.#ask(['latest', subject], { subject }, caller, async (signal) => {
        const epoch = this.#epoch
        const latest = this.#keepVersion(await this.#inner.latest(subject, { signal }))
        if (epoch === this.#epoch) this.#latest.set(subject, latest)
        return latest
      }),
    )
  }

  async close(): Promise<void> {
    await this.#inner.close()
  }

  /** Asks once for all who want to know, unless the answer is known to be "not there". */
  async #ask<T>(
    question: readonly unknown[],
    about: About,
    signal: AbortSignal | undefined,
    call: (signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    const key = JSON.stringify(question)
    this.#refusals.check(key, this.#now())
    const epoch = this.#epoch
    // Who asks after a registration does not share the answer to a question from before it.
    return this.#flights.join(`${epoch} ${key}`, signal, async (flightSignal) => {
      try {
        return await call(flightSignal)
      } catch (error) {
        if (epoch === this.#epoch) this.#refusals.note(key, about, error, this.#now())
        throw error
      }
    })
  }

  /** Whoever asks for an ID is given the same object as long as it is remembered. */
  #keepSchema(schema: RegisteredSchema): RegisteredSchema {
    const known = this.#schemas.get(schema.id)
    if (known !== undefined) return known
    this.#schemas.set(schema.id, schema)
    return schema
  }

  #keepVersion(version: SubjectVersion): SubjectVersion {
    this.#keepSchema(withoutSubject(version))
    const key = versionKey(version.subject, version.version)
    const known = this.#versions.get(key)
    if (known !== undefined) return known
    this.#versions.set(key, version)
    return version
  }
}

function versionKey(subject: string, version: number): string {
  return JSON.stringify([subject, version])
}

function lookupKey(subject: string, schema: SchemaText): string {
  checkSubject(subject)
  checkSchemaText(schema, subject)
  return JSON.stringify([subject, schemaKey(schema)])
}

function checkNumber(name: string, value: number, least: number): void {
  if (Number.isFinite(value) && value >= least) return
  throw new EvolveError('invalid-options', `${name} is ${String(value)}, not a number from ${least}`)
}
