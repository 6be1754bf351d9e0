import { setTimeout as sleep } from 'node:timers/promises'
import { EvolveError } from '../../errors.ts'
import type { StoreChange } from '../state/changes.ts'
import type { Decide, Decision } from '../store-registry.ts'
import { DatabaseFailure, failureError } from './failures.ts'
import type { Follower } from './follower.ts'
import { historyChanged, isSame } from './history.ts'
import { type JournalRow, readRow, rowOf } from './journal-row.ts'
import { checkFormat } from './migrate.ts'
import type { PostgresPool } from './pool.ts'
import type { Replica } from './replica.ts'
import { onConnection, type Session } from './session.ts'
import { chainAt, insertChange, lockAlone, lockAndRead } from './statements.ts'
import type { Tables } from './tables.ts'

/** What a writer works with. */
export interface WriterParts {
  readonly pool: PostgresPool
  readonly tables: Tables
  readonly replica: Replica
  readonly follower: Follower
  /** For each statement; and how long a node that was stopped in the middle keeps others waiting. */
  readonly statementMs: number
}

/** When to give up. */
export interface Patience {
  readonly signal: AbortSignal | undefined
  /** Of `performance.now()`. */
  readonly until: number
}

/** What became of an attempt. */
interface Attempt<T> {
  /** What was sent off to be committed: from here on it may have happened, whatever is heard of it. */
  sent?: { readonly row: JournalRow; readonly decision: Decision<T> }
}

/** Makes changes, one at a time: whoever calls sees to that. */
export class Writer {
  readonly #parts: WriterParts
  /** Decisions made again, as another node was first. */
  lostRaces = 0
  /** When the last change was made: milliseconds of Unix time. */
  lastWriteAt: number | undefined

  constructor(parts: WriterParts) {
    this.#parts = parts
  }

  /**
   * Decides on the newest state and makes the change durable; tries again while the database only stumbles. It has decided already before it takes the
   * lock: what changes nothing, and what is refused, takes none.
   * @throws EvolveError what the decision throws, or why the change was not made.
   */
  async commit<T>(decide: Decide<T>, patience: Patience): Promise<T> {
    for (let tries = 0; ; tries += 1) {
      patience.signal?.throwIfAborted()
      if (performance.now() >= patience.until) throw new EvolveError('registry-timeout', 'the changes asked for before took all the time')
      const attempt: Attempt<T> = {}
      try {
        const answer = await this.#try(decide, patience, attempt)
        if (answer !== undefined) return answer.value
        await this.#parts.follower.catchUp()
      } catch (failure) {
        if (!(failure instanceof DatabaseFailure)) throw failure
        const { sent } = attempt
        if (sent !== undefined && (await this.#happened(sent.row, failure, patience)))
          return sent.decision.answer(this.#parts.replica.store)
        const pause = Math.min(50 * 2 ** tries, 1_000) * (0.5 + Math.random() / 2)
        if (!failure.passes || performance.now() + pause >= patience.until) throw failureError(failure, 'write', this.#parts.tables)
        await sleep(pause)
      }
    }
  }

  /** One attempt; `undefined` when others wrote so much meanwhile that it is better begun again. */
  async #try<T>(decide: Decide<T>, { until }: Patience, attempt: Attempt<T>): Promise<{ readonly value: T } | undefined> {
    const { pool, replica } = this.#parts
    const likely = this.#likely(decide)
    const decision = likely?.change === undefined ? await this.#decideOnNews(decide, likely) : likely
    if (decision.change === undefined) return { value: decision.answer(replica.store) }
    const decidedAt = replica.position.seq
    return onConnection(pool, this.#left(until), async (session) => {
      if (!(await this.#lock(session, until))) {
        await this.#rollback(session)
        return undefined
      }
      const raced = replica.position.seq !== decidedAt
      if (raced) this.lostRaces += 1
      const newest = raced ? await this.#again(session, decide) : decision
      return { value: await this.#write(session, newest, attempt) }
    })
  }

  /** What is decided on the state at hand, which may be old; `undefined` where that refuses. A change is held against the newest state by the lock. */
  #likely<T>(decide: Decide<T>): Decision<T> | undefined {
    try {
      return decide(this.#parts.replica.store)
    } catch {
      return undefined
    }
  }

  /** Decides on the newest state; but what changes nothing is a read, and goes on like one while the database is away: a schema that is known is registered. */
  async #decideOnNews<T>(decide: Decide<T>, likely: Decision<T> | undefined): Promise<Decision<T>> {
    try {
      await this.#parts.follower.catchUp()
    } catch (failure) {
      if (likely === undefined) throw failure
      return likely
    }
    return decide(this.#parts.replica.store)
  }

  /** Takes the lock, and takes in what was written before. False when that was too much to read with the lock in hand. */
  async #lock(session: Session, until: number): Promise<boolean> {
    const { tables, replica, statementMs } = this.#parts
    const lockMs = Math.ceil(this.#left(until))
    const seen = replica.position.seq
    const outcomes = await session.script(lockAndRead(tables, seen, lockMs, statementMs), lockMs + 2 * statementMs)
    const [locked, head, behind] = [outcomes.at(-5), outcomes.at(-2), outcomes.at(-1)]
    checkFormat(locked?.rows[0]?.format, tables)
    const last = head?.rows[0]
    const lastSeq = Number(last?.seq ?? 0)
    const rows = (behind?.rows ?? []).map(readRow)
    if (rows.length > 0 && rows.at(-1)?.seq !== lastSeq) return false
    replica.take(rows)
    const { position } = replica
    if (lastSeq < position.seq || (lastSeq === position.seq && lastSeq > 0 && !isSame(last?.chain, position))) {
      throw historyChanged(replica)
    }
    return lastSeq === position.seq
  }

  async #again<T>(session: Session, decide: Decide<T>): Promise<Decision<T>> {
    try {
      return decide(this.#parts.replica.store)
    } catch (error) {
      await this.#rollback(session)
      throw error
    }
  }

  async #write<T>(session: Session, decision: Decision<T>, attempt: Attempt<T>): Promise<T> {
    const { tables, replica, statementMs } = this.#parts
    const { change, answer } = decision
    if (change === undefined) {
      await this.#rollback(session)
      return answer(replica.store)
    }
    const row = rowOf(change, replica.position)
    const { text, values } = insertChange(tables, change, row)
    const { rowCount } = await session.query(text, values, statementMs)
    if (rowCount !== 1) {
      await this.#rollback(session)
      throw idTaken(change)
    }
    attempt.sent = { row, decision }
    const { command } = await session.query('COMMIT', [], statementMs)
    if (command !== 'COMMIT') throw new DatabaseFailure(Object.assign(new Error('the transaction was rolled back'), { code: '40000' }))
    replica.take([row])
    this.lastWriteAt = Date.now()
    return answer(replica.store)
  }

  /**
   * Whether a change whose commit was sent has happened. With the lock in hand nobody is in the middle of one any more: the row is there, or it never
   * will be. The same row by another node is as good: it says the same.
   */
  async #happened(row: JournalRow, failure: DatabaseFailure, { until }: Patience): Promise<boolean> {
    const { pool, tables, statementMs, follower } = this.#parts
    for (;;) {
      try {
        const happened = await onConnection(pool, this.#left(until), async (session) => {
          const lockMs = Math.ceil(this.#left(until))
          await session.script(lockAlone(tables, lockMs), lockMs + statementMs)
          const { rows } = await session.query(chainAt(tables), [row.seq], statementMs)
          await this.#rollback(session)
          return isSame(rows[0]?.chain, row)
        })
        if (happened) await follower.catchUp()
        return happened
      } catch (error) {
        if (!(error instanceof DatabaseFailure)) throw error
        if (!error.passes || performance.now() + 200 >= until) {
          const { code, problem, details } = failureError(failure, 'write', tables)
          const open = 'whether the change was made is not known; the same call again will find out'
          throw new EvolveError(code, `${problem}; ${open}`, details, failure.cause)
        }
        await sleep(200)
      }
    }
  }

  async #rollback(session: Session): Promise<void> {
    await session.query('ROLLBACK', [], this.#parts.statementMs)
  }

  #left(until: number): number {
    return Math.max(100, until - performance.now())
  }
}

function idTaken(change: StoreChange): EvolveError {
  const entry = change.type === 'version' ? change.entry : undefined
  const details = { subject: entry?.subject, schemaId: entry?.id, registryCode: 42205 }
  return new EvolveError('registry-rejected', 'the ID has meant another schema here, which was deleted for good', details)
}
