import type { SchemaText } from '../../schema/text.ts'
import { checkId, checkSchemaText, checkSubject, checkVersion } from '../checks.ts'
import { schemaKey } from '../schema-key.ts'
import { normalSubject } from '../state/qualified-subject.ts'
import type { CallOptions, DeletedOptions, IdOptions, NormalizeOptions, RegisteredSchema, Registry, SubjectVersion } from '../types.ts'
import { Flights } from './flights.ts'
import { FreshValues, type FreshWatcher } from './fresh-values.ts'
import type { CachedRegistryOptions } from './options.ts'
import { type About, isRefusal, Refusals } from './refusals.ts'
import { Remembered } from './remembered.ts'
import { CacheCounters, type CacheEvent, type CacheStats } from './stats.ts'

/** A registry that remembers. */
export interface CachedRegistry extends Registry {
  /** The schema of the default context if it is remembered, at once and without asking. */
  peekById(id: number): RegisteredSchema | undefined
  /** What came of the questions so far, and how much is remembered. */
  stats(): CacheStats
}

/** One question, as the parts of the cache see it. */
interface Question extends About {
  readonly name: CacheEvent['question']
  readonly key: string
}

/** What {@link cachedRegistry} makes of a registry that can only be asked. */
export class Cache implements CachedRegistry {
  readonly #inner: Registry & Partial<Pick<CachedRegistry, 'peekById'>>
  readonly #now: () => number
  readonly #flights = new Flights()
  readonly #counters = new CacheCounters()
  readonly #remembered: Remembered
  readonly #refusals: Refusals
  readonly #lists: FreshValues<readonly number[]>
  readonly #latest: FreshValues<SubjectVersion>
  /** Counts changes made here: an answer to a question from before one may be out of date after it. */
  #epoch = 0
  /** Counts those of them that took something away. */
  #removals = 0

  constructor(inner: Registry, options: Required<CachedRegistryOptions>) {
    const { maxEntries, negativeTtlMs, latestTtlMs: keepMs, graceMs, now } = options
    this.#inner = inner
    this.#now = now
    this.#remembered = new Remembered(maxEntries)
    this.#refusals = new Refusals(maxEntries, negativeTtlMs)
    this.#lists = new FreshValues(maxEntries, { keepMs, graceMs, now })
    this.#latest = new FreshValues(maxEntries, { keepMs, graceMs, now })
  }

  peekById(id: number): RegisteredSchema | undefined {
    const known = this.#remembered.schema(id) ?? this.#inner.peekById?.(id)
    if (known !== undefined) this.#counters.tell('hit', 'schema-by-id', { schemaId: id })
    return known
  }

  stats(): CacheStats {
    const entries = { ...this.#remembered.sizes, lists: this.#lists.size, latest: this.#latest.size, refusals: this.#refusals.size }
    return { ...this.#counters.counts, entries }
  }

  async schemaById(id: number, options?: CallOptions & IdOptions): Promise<RegisteredSchema> {
    options?.signal?.throwIfAborted()
    checkId(id)
    const subject = options?.subject === undefined ? undefined : normalSubject(options.subject)
    const question = this.#question('schema-by-id', { id, subject }, id, subject)
    const known = this.#remembered.schema(id, subject)
    if (known !== undefined) return this.#hit(question, known)
    return this.#ask(question, options?.signal, async (signal, isCurrent) => {
      const schema = await this.#inner.schemaById(id, { subject, signal })
      return isCurrent() ? this.#remembered.keepSchema(schema, subject) : schema
    })
  }

  async version(given: string, version: number, options?: CallOptions & Pick<DeletedOptions, 'deleted'>): Promise<SubjectVersion> {
    options?.signal?.throwIfAborted()
    const subject = checked(given)
    checkVersion(subject, version)
    const deleted = options?.deleted === true
    const question = this.#question('version', { subject }, subject, version, deleted)
    const known = this.#remembered.version(subject, version, deleted)
    if (known !== undefined) return this.#hit(question, known)
    return this.#ask(question, options?.signal, async (signal, isCurrent) => {
      const found = await this.#inner.version(subject, version, { deleted, signal })
      return isCurrent() ? this.#remembered.keepVersion(found, deleted) : found
    })
  }

  async lookup(
    given: string,
    schema: SchemaText,
    options?: CallOptions & NormalizeOptions & Pick<DeletedOptions, 'deleted'>,
  ): Promise<SubjectVersion> {
    options?.signal?.throwIfAborted()
    const subject = checked(given)
    const { normalize, deleted } = options ?? {}
    const key = lookupKey(subject, schema, normalize, deleted)
    const question = this.#question('lookup', { subject }, key)
    const known = this.#remembered.lookup(key)
    if (known !== undefined) return this.#hit(question, known)
    return this.#ask(question, options?.signal, async (signal, isCurrent) => {
      const found = await this.#inner.lookup(subject, schema, { normalize, deleted, signal })
      return isCurrent() ? this.#keepFound(key, found, deleted) : found
    })
  }

  async register(given: string, schema: SchemaText, options?: CallOptions & NormalizeOptions): Promise<SubjectVersion> {
    options?.signal?.throwIfAborted()
    const subject = checked(given)
    const normalize = options?.normalize
    const key = lookupKey(subject, schema, normalize, undefined)
    const question = this.#question('register', { subject }, key)
    const known = this.#remembered.lookup(key)
    if (known !== undefined) return this.#hit(question, known)
    return this.#fly(question, question.key, options?.signal, async (signal) => {
      const registered = await this.#inner.register(subject, schema, { normalize, signal })
      this.changed(subject, registered.id)
      return this.#keepFound(key, registered, false)
    })
  }

  async versions(given: string, options?: CallOptions & DeletedOptions): Promise<readonly number[]> {
    options?.signal?.throwIfAborted()
    const subject = checked(given)
    const { deleted, deletedOnly } = options ?? {}
    const question = this.#question('versions', { subject }, subject, deleted, deletedOnly)
    const load = (caller: AbortSignal | undefined, keep: boolean) =>
      this.#ask(question, caller, async (signal) => {
        const epoch = this.#epoch
        const list = Object.freeze([...(await this.#inner.versions(subject, { deleted, deletedOnly, signal }))])
        if (keep && epoch === this.#epoch) this.#lists.set(subject, list)
        return list
      })
    // Who looks at deleted versions manages them, and wants to see what there is.
    if (deleted === true || deletedOnly === true) return load(options?.signal, false)
    return this.#lists.get(subject, options?.signal, this.#watcher(question), (caller) => load(caller, true))
  }

  async latest(given: string, options?: CallOptions): Promise<SubjectVersion> {
    options?.signal?.throwIfAborted()
    const subject = checked(given)
    const question = this.#question('latest', { subject }, subject)
    return this.#latest.get(subject, options?.signal, this.#watcher(question), (caller) =>
      this.#ask(question, caller, async (signal) => {
        const epoch = this.#epoch
        const latest = await this.#inner.latest(subject, { signal })
        if (epoch !== this.#epoch) return latest
        const kept = this.#remembered.keepVersion(latest)
        this.#latest.set(subject, kept)
        return kept
      }),
    )
  }

  async close(): Promise<void> {
    await this.#inner.close()
  }

  /** Forgets what a registration under the subject, or one of this ID, may have changed. */
  changed(given: string, id?: number): void {
    const subject = normalSubject(given)
    this.#epoch += 1
    this.#refusals.takeBack(subject, id)
    this.#lists.delete(subject)
    this.#latest.delete(subject)
  }

  /** Forgets what is remembered of subjects. */
  reset(): void {
    this.#epoch += 1
    this.#removals += 1
    this.#refusals.clear()
    this.#remembered.forgetSubjects()
    this.#lists.clear()
    this.#latest.clear()
  }

  /** Forgets what a delete of versions of the subject may have changed. `purged`: their schemas may be gone as well. */
  removed(given: string, purged: boolean): void {
    const subject = normalSubject(given)
    this.changed(subject)
    this.#removals += 1
    this.#remembered.forgetSubject(subject)
    if (purged) this.#remembered.forgetSchemas()
  }

  #question(name: CacheEvent['question'], about: About, ...parts: readonly unknown[]): Question {
    return { name, ...about, key: JSON.stringify([name, ...parts]) }
  }

  #hit<T>(question: Question, known: T): T {
    this.#tell('hit', question)
    return known
  }

  #tell(type: CacheEvent['type'], { name, subject, id: schemaId }: Question, error?: unknown): void {
    this.#counters.tell(type, name, { subject, schemaId, ...(error === undefined ? {} : { error }) })
  }

  #watcher(question: Question): FreshWatcher {
    return {
      hit: () => this.#tell('hit', question),
      stale: () => this.#tell('stale', question),
      refresh: () => this.#tell('refresh', question),
    }
  }

  /** Asks once for all who want to know, unless the answer is known to be "not there". */
  async #ask<T>(
    question: Question,
    signal: AbortSignal | undefined,
    /** `isCurrent`: nothing was taken away here since it was asked. */
    call: (signal: AbortSignal, isCurrent: () => boolean) => Promise<T>,
  ): Promise<T> {
    const { key } = question
    const refusal = this.#refusals.find(key, this.#now())
    if (refusal !== undefined) {
      this.#tell('negative-hit', question)
      throw refusal
    }
    const [epoch, removals] = [this.#epoch, this.#removals]
    // Who asks after a registration does not share the answer to a question from before it.
    return this.#fly(question, `${epoch} ${key}`, signal, async (flightSignal) => {
      try {
        return await call(flightSignal, () => removals === this.#removals)
      } catch (error) {
        if (epoch === this.#epoch) this.#refusals.note(key, question, error, this.#now())
        throw error
      }
    })
  }

  #fly<T>(question: Question, key: string, signal: AbortSignal | undefined, call: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const start = async (flightSignal: AbortSignal): Promise<T> => {
      try {
        return await call(flightSignal)
      } catch (error) {
        if (!isRefusal(error) && !flightSignal.aborted) this.#tell('failure', question, error)
        throw error
      }
    }
    return this.#flights.join(key, signal, start, (isUnderWay) => this.#tell(isUnderWay ? 'join' : 'miss', question))
  }

  #keepFound(key: string, entry: SubjectVersion, deleted: boolean | undefined): SubjectVersion {
    const kept = this.#remembered.keepVersion(entry, deleted === true)
    this.#remembered.keepLookup(key, kept)
    return kept
  }
}

/** The subject in the one spelling under which it is remembered. @throws EvolveError `invalid-options`. */
function checked(subject: string): string {
  checkSubject(subject)
  return normalSubject(subject)
}

function lookupKey(subject: string, schema: SchemaText, normalize: boolean | undefined, deleted: boolean | undefined): string {
  checkSchemaText(schema, subject)
  return JSON.stringify([subject, schemaKey(schema), normalize, deleted === true])
}
