import { setTimeout as sleep } from 'node:timers/promises'
import { EvolveError } from '../../errors.ts'
import { orAborted } from '../../signals.ts'
import type { SchemaValidator } from '../admit.ts'
import { checkId } from '../checks.ts'
import type { CompatibilityLevel } from '../compatibility/levels.ts'
import type { StoreStats } from '../server/store-stats.ts'
import type { SchemaStore } from '../state/store.ts'
import { type Decide, StoreRegistry } from '../store-registry.ts'
import type { CallOptions, IdOptions, ManagedRegistry, RegisteredSchema } from '../types.ts'
import { validateSchema } from '../validate.ts'
import { DatabaseFailure, failureError } from './failures.ts'
import { Follower } from './follower.ts'
import { load } from './load.ts'
import { checkDatabase, migrate } from './migrate.ts'
import { type HeldPool, holdPool, openPool, type PostgresPool } from './pool.ts'
import type { Replica, UnknownRow } from './replica.ts'
import { onConnection } from './session.ts'
import { type Tables, tablesIn } from './tables.ts'
import { Writer } from './writer.ts'

/** Options of {@link postgresRegistry}. */
export interface PostgresRegistryOptions {
  /** Where the database is: `postgres://user:password@host:5432/database`. Either this or `pool`. */
  readonly url?: string
  /** A `Pool` of the package `pg`, which the registry uses and never ends. It must allow two connections or more. */
  readonly pool?: PostgresPool
  /** The PostgreSQL schema that the tables are in; it and they are made where they are missing. Default `kafka_evolve`. */
  readonly schema?: string
  /** The compatibility level where the database sets none; default `'NONE'`: any version is taken. It is not written to the database. */
  readonly compatibility?: CompatibilityLevel
  /** Says whether a text is a schema. Default {@link validateSchema}: an Avro schema must parse. */
  readonly validate?: SchemaValidator
  /** The ID of the first schema of a new registry; default 1. For one that is there it must be what it was made with. */
  readonly firstId?: number
  /**
   * Told of a row of the journal that a later version of this package has written: it stays there, its ID is not given again, and all else about it
   * is passed over. Default: a warning of the process.
   */
  readonly onUnknownRecord?: (row: UnknownRow) => void
  /**
   * The longest that one statement may take, and that a node which stops in the middle of a change keeps the others waiting. Milliseconds, default
   * 5,000.
   */
  readonly statementTimeoutMs?: number
  /** How long a change is tried: waiting for other nodes, for a database that starts again or fails over. Milliseconds, default 15,000. */
  readonly writeTimeoutMs?: number
  /** How long a read waits for what other nodes wrote, before it is answered from memory. Milliseconds, default 1,000. */
  readonly readTimeoutMs?: number
}

/**
 * A registry in PostgreSQL (12 or later), for any number of nodes: each has all of it in memory and reads on where the others write. A change is one
 * transaction that holds a lock and adds a row to a journal; what was answered is in the database, by its own word (`COMMIT`). While the database is
 * away reads are answered from memory and changes fail with a retryable error.
 * @throws EvolveError `missing-prerequisite` without the package `pg`, `registry-unavailable`, `registry-rejected` for want of rights,
 * `registry-corrupt`, `invalid-options`.
 */
export async function postgresRegistry(options: PostgresRegistryOptions): Promise<ManagedRegistry> {
  const { url, pool: given, schema = 'kafka_evolve', firstId, validate = validateSchema, compatibility: level = 'NONE' } = options
  const statementMs = milliseconds('statementTimeoutMs', options.statementTimeoutMs ?? 5_000)
  const writeMs = milliseconds('writeTimeoutMs', options.writeTimeoutMs ?? 15_000)
  const readMs = milliseconds('readTimeoutMs', options.readTimeoutMs ?? 1_000)
  if (firstId !== undefined) checkId(firstId)
  if ((url === undefined) === (given === undefined)) throw new EvolveError('invalid-options', "either 'url' or 'pool' is needed")
  const tables = tablesIn(schema)
  const listener = options.onUnknownRecord ?? ((row) => warn(tables, row))
  const held = given === undefined ? await openPool(url ?? '', statementMs) : holdPool(given)
  try {
    const open = (): Promise<Replica> =>
      onConnection(held.pool, statementMs, async (session) => {
        await checkDatabase(session, statementMs)
        await migrate(session, tables, firstId ?? 1, statementMs)
        return load(session, tables, { firstId, level, onUnknown: (row) => tell(listener, row) }, statementMs)
      })
    const replica = await whenStarted(open, performance.now() + writeMs)
    return new PostgresRegistry({ held, tables, replica, validate, statementMs, writeMs, readMs })
  } catch (error) {
    await held.release()
    throw error instanceof DatabaseFailure ? failureError(error, 'open the registry', tables) : error
  }
}

/** A server that says that it is just starting is waited for; one that is not there may be the wrong address, and is told at once. */
async function whenStarted<T>(action: () => Promise<T>, until: number): Promise<T> {
  for (;;) {
    try {
      return await action()
    } catch (error) {
      if (!(error instanceof DatabaseFailure) || error.code !== '57P03' || performance.now() >= until) throw error
      await sleep(100)
    }
  }
}

interface Parts {
  readonly held: HeldPool
  readonly tables: Tables
  readonly replica: Replica
  readonly validate: SchemaValidator | undefined
  readonly statementMs: number
  readonly writeMs: number
  readonly readMs: number
}

class PostgresRegistry extends StoreRegistry {
  readonly #held: HeldPool
  readonly #store: SchemaStore
  readonly #follower: Follower
  readonly #writer: Writer
  readonly #writeMs: number
  readonly #changes = new Set<Promise<unknown>>()
  #closing: Promise<void> | undefined

  constructor({ held, tables, replica, validate, statementMs, writeMs, readMs }: Parts) {
    super(validate)
    const { pool } = held
    this.#held = held
    this.#store = replica.store
    this.#writeMs = writeMs
    this.#follower = new Follower({ pool, tables, replica, statementMs, readMs })
    this.#writer = new Writer({ pool, tables, replica, follower: this.#follower, statementMs })
  }

  /** A schema that is known is answered at once: all that can happen to it is to be deleted for good. */
  override async schemaById(id: number, options?: CallOptions & IdOptions): Promise<RegisteredSchema> {
    this.#checkOpen(options)
    if (typeof id !== 'number' || !this.#store.has(id, options?.subject)) return super.schemaById(id, options)
    this.#follower.freshenLater()
    return this.#store.schemaById(id, options)
  }

  /** What this node knows of itself, without asking the database. */
  override async stats(): Promise<StoreStats> {
    const { lostRaces, lastWriteAt } = this.#writer
    return { schemas: this.#store.size.schemas, subjects: this.#store.subjects({ prefix: ':*:' }).length, lostRaces, lastWriteAt }
  }

  /** Waits for the changes that were asked for before. */
  close(): Promise<void> {
    this.#closing ??= (async () => {
      await Promise.allSettled(this.#changes)
      await this.#follower.settled()
      await this.#held.release()
    })()
    return this.#closing
  }

  protected async view(options: CallOptions | undefined): Promise<SchemaStore> {
    this.#checkOpen(options)
    await orAborted(this.#follower.freshen(), options?.signal)
    return this.#store
  }

  protected async commit<T>(decide: Decide<T>, options: CallOptions | undefined): Promise<T> {
    this.#checkOpen(options)
    const patience = { signal: options?.signal, until: performance.now() + this.#writeMs }
    const change = this.#writer.commit(decide, patience)
    this.#changes.add(change)
    try {
      return await change
    } finally {
      this.#changes.delete(change)
    }
  }

  #checkOpen(options: CallOptions | undefined): void {
    options?.signal?.throwIfAborted()
    if (this.#closing !== undefined) throw new EvolveError('registry-rejected', 'this registry is closed')
  }
}

function milliseconds(name: string, value: number): number {
  if (Number.isInteger(value) && value >= 1 && value <= 0x7fff_ffff / 16) return value
  throw new EvolveError('invalid-options', `${name} is ${String(value)}, not a number of milliseconds`)
}

function tell(listener: (row: UnknownRow) => void, row: UnknownRow): void {
  try {
    listener(row)
  } catch {
    // A listener that fails must not keep the registry from following.
  }
}

function warn({ schemaName }: Tables, { type, seq }: UnknownRow): void {
  const detail = 'A later version of kafka-evolve has written it. It was passed over and left where it is.'
  process.emitWarning(`row ${seq} of the journal in ${JSON.stringify(schemaName)} has the unknown type ${JSON.stringify(type)}`, {
    type: 'RegistryWarning',
    detail,
  })
}
