import { setTimeout as sleep } from 'node:timers/promises'
import { type EvolveError, isEvolveError } from '../../errors.ts'
import { DatabaseFailure } from './failures.ts'
import { historyChanged, isSame } from './history.ts'
import { readRow } from './journal-row.ts'
import type { PostgresPool } from './pool.ts'
import type { Replica } from './replica.ts'
import { onConnection } from './session.ts'
import { readFrom } from './statements.ts'
import type { Tables } from './tables.ts'

/** While the database is away it is looked for this often, and only when somebody asks. */
const retryAfterMs = 500

/** What a follower works with. */
export interface FollowerParts {
  readonly pool: PostgresPool
  readonly tables: Tables
  readonly replica: Replica
  readonly statementMs: number
  /** How long a read waits for news. */
  readonly readMs: number
}

/** How a look at the journal ended: `undefined` when it went well. */
type Ending = DatabaseFailure | EvolveError | undefined

/**
 * Keeps a replica up with the journal. Looks are shared: at most one runs and one waits, however many ask. A caller is never given a look that began
 * before it asked: what another node had answered by then, it sees.
 */
export class Follower {
  readonly #parts: FollowerParts
  #running: Promise<Ending> | undefined
  #next: Promise<Ending> | undefined
  /** When looking failed last, with no success since; milliseconds of `performance.now()`. */
  #awaySince: number | undefined
  #lost: EvolveError | undefined
  #lookedAt: number = performance.now()

  constructor(parts: FollowerParts) {
    this.#parts = parts
  }

  /** Sees what was there when it was called. @throws DatabaseFailure; EvolveError `registry-corrupt` when this replica cannot follow any more. */
  async catchUp(): Promise<void> {
    const ending = await this.#look()
    if (ending !== undefined) throw ending
  }

  /** For readers: as {@link Follower.catchUp}, but for a limited time, at no time while the database is away, and never in vain. */
  async freshen(): Promise<void> {
    if (this.#lost !== undefined) return
    if (this.#awaySince !== undefined) {
      if (performance.now() - this.#awaySince >= retryAfterMs && this.#running === undefined) void this.#look()
      return
    }
    const timer = new AbortController()
    const patience = sleep(this.#parts.readMs, undefined, { signal: timer.signal }).then(
      () => void (this.#awaySince ??= performance.now()),
      () => undefined,
    )
    await Promise.race([this.#look(), patience])
    timer.abort()
  }

  /** For what never changes but by being purged: looks in the background, at most so often. */
  freshenLater(): void {
    if (performance.now() - this.#lookedAt > 1_000) void this.freshen()
  }

  /** Resolves when no look runs. */
  async settled(): Promise<void> {
    await this.#next
    await this.#running
  }

  #look(): Promise<Ending> {
    if (this.#running === undefined) return this.#begin()
    this.#next ??= this.#running.then(() => this.#begin())
    return this.#next
  }

  #begin(): Promise<Ending> {
    this.#next = undefined
    const look = this.#lookOnce().finally(() => {
      if (this.#running === look) this.#running = undefined
    })
    this.#running = look
    return look
  }

  async #lookOnce(): Promise<Ending> {
    if (this.#lost !== undefined) return this.#lost
    this.#lookedAt = performance.now()
    try {
      await this.#read()
      this.#awaySince = undefined
      return undefined
    } catch (error) {
      if (isEvolveError(error)) return this.#lose(error)
      this.#awaySince = performance.now()
      return error instanceof DatabaseFailure ? error : new DatabaseFailure(error)
    }
  }

  async #read(): Promise<void> {
    const { pool, tables, replica, statementMs } = this.#parts
    await onConnection(pool, statementMs, async (session) => {
      const { position } = replica
      const outcomes = await session.script(readFrom(tables, position.seq, statementMs), 2 * statementMs)
      const rows = outcomes.at(2)?.rows ?? []
      const own = position.seq === 0 ? undefined : rows[0]
      const behind = position.seq === 0 ? rows : rows.slice(1)
      if (position.seq > 0 && !isSame(own?.chain, position)) {
        const standby = await session.query('SELECT pg_is_in_recovery() AS standby', [], statementMs)
        if (own === undefined && standby.rows[0]?.standby === true)
          throw new DatabaseFailure(new Error('the database is a standby that is behind'))
        throw historyChanged(replica)
      }
      replica.take(behind.map(readRow))
    })
  }

  /** From here on this replica answers from what it has, and writes nothing. */
  #lose(error: EvolveError): EvolveError {
    this.#lost = error
    process.emitWarning(error.message, {
      type: 'RegistryWarning',
      detail: 'This registry goes on answering reads from memory, without what is new, and refuses every change.',
    })
    return error
  }
}
