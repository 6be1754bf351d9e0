import { setTimeout as sleep } from 'node:timers/promises'
import { EvolveError } from '../../errors.ts'
import type { StoreChange } from '../state/changes.ts'
import type { Decide, Decision } from '../store-registry.ts'
import { type AskedChange, askFor, type Patience, tooLate } from './asked-change.ts'
import { ChangeQueue } from './change-queue.ts'
import { DatabaseFailure, failureError } from './failures.ts'
import type { Follower } from './follower.ts'
import { historyChanged, isSame } from './history.ts'
import { type JournalRow, readRow } from './journal-row.ts'
import { checkFormat } from './migrate.ts'
import { type Plan, planFor } from './plan.ts'
import type { PostgresPool } from './pool.ts'
import type { Replica } from './replica.ts'
import { onConnection, type Session } from './session.ts'
import { chainAt, insertChanges, lockAlone, lockAndRead } from './statements.ts'
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

/** What became of an attempt. */
interface Attempt {
  /** What was sent off to be committed: from here on it may have happened, whatever is heard of it. */
  sent?: Plan
}

/** How an attempt ended: those changes are left to be made; or it is to be begun again, with what others wrote, or with each change by itself. */
type Ending = { readonly left: readonly AskedChange[] } | 'behind' | 'alone'

/** Makes changes. Those that are asked for while some are made come together, and are made in one transaction after them: a flush of the disk for all. */
export class Writer {
  readonly #parts: WriterParts
  readonly #queue = new ChangeQueue((asked) => this.#make(asked))
  /** Decisions made again, as another node was first. */
  lostRaces = 0
  /** When the last change was made: milliseconds of Unix time. */
  lastWriteAt: number | undefined

  constructor(parts: WriterParts) {
    this.#parts = parts
  }

  /**
   * Decides on the newest state and makes the change durable; tries again while the database only stumbles. What changes nothing takes no turn, and what is
   * refused no lock.
   * @throws EvolveError what the decision throws, or why the change was not made.
   */
  async commit<T>(decide: Decide<T>, patience: Patience): Promise<T> {
    const { store } = this.#parts.replica
    const likely = decided(() => decide(store))
    if (likely !== undefined && likely.change === undefined) {
      const newest = await this.#onNews(decide, likely)
      if (newest.change === undefined) return newest.answer(store)
    }
    const { asked, outcome } = askFor(decide, patience)
    this.#queue.add(asked)
    return outcome
  }

  /** Decides on the newest state; but what changes nothing is a read, and goes on like one while the database is away: a schema that is known is registered. */
  async #onNews<T>(decide: Decide<T>, likely: Decision<T>): Promise<Decision<T>> {
    try {
      await this.#parts.follower.catchUp()
    } catch {
      return likely
    }
    return decide(this.#parts.replica.store)
  }

  /** Sees to all of these, or to the first of them; gives the others. */
  async #make(asked: readonly AskedChange[]): Promise<readonly AskedChange[]> {
    let batch = asked
    for (let tries = 0; ; tries += 1) {
      batch = stillWanted(batch)
      if (batch.length === 0) return []
      const attempt: Attempt = {}
      try {
        const ending = await this.#try(batch, attempt)
        if (ending === 'alone') return await this.#makeEach(batch)
        if (ending !== 'behind') return ending.left
        await this.#parts.follower.catchUp()
      } catch (failure) {
        const left = await this.#overcome(failure, batch, attempt, tries)
        if (left !== undefined) return left
      } finally {
        for (const one of batch) one.release()
      }
    }
  }

  /** One after the other: what is wrong with one of them must not fail the others. */
  async #makeEach(batch: readonly AskedChange[]): Promise<readonly AskedChange[]> {
    for (const one of batch) await this.#make([one])
    return []
  }

  /** After an attempt that failed: gives those that are left when the others are seen to; `undefined` when all that still wait are to be tried again. */
  async #overcome(
    failure: unknown,
    batch: readonly AskedChange[],
    { sent }: Attempt,
    tries: number,
  ): Promise<readonly AskedChange[] | undefined> {
    const { tables, replica } = this.#parts
    if (!(failure instanceof DatabaseFailure)) {
      for (const one of batch) one.refuse(failure)
      return []
    }
    if (sent !== undefined) {
      try {
        if (await this.#happened(sent, failure)) {
          sent.settle(replica.store)
          return sent.left
        }
      } catch (unknown) {
        for (const one of sent.asked) one.refuse(unknown)
        return sent.left
      }
    }
    if (!failure.passes && batch.length > 1) return this.#makeEach(batch)
    const pause = Math.min(50 * 2 ** tries, 1_000) * (0.5 + Math.random() / 2)
    for (const one of batch) {
      if (!failure.passes || performance.now() + pause >= one.until) one.refuse(failureError(failure, 'write', tables))
    }
    if (batch.some(({ isOver }) => !isOver)) await sleep(pause)
    return undefined
  }

  /** One attempt. */
  async #try(batch: readonly AskedChange[], attempt: Attempt): Promise<Ending> {
    const { pool, replica, follower } = this.#parts
    const until = Math.max(...batch.map((one) => one.until))
    let plan = planFor(batch, replica)
    if (plan.rows.length === 0) {
      await follower.catchUp().catch((failure: unknown) => {
        plan.settle(replica.store, true)
        throw failure
      })
      plan = planFor(batch, replica)
    }
    if (plan.rows.length === 0) return this.#settled(plan)
    return onConnection(pool, timeLeft(until), async (session) => {
      if (!(await this.#lock(session, until))) {
        await this.#rollback(session)
        return 'behind'
      }
      const raced = replica.position.seq !== plan.from.seq
      if (raced) this.lostRaces += plan.asked.length
      if (raced || plan.asked.some(({ isOver }) => isOver))
        plan = planFor(
          batch.filter(({ isOver }) => !isOver),
          replica,
        )
      if (plan.rows.length === 0) {
        await this.#rollback(session)
        return this.#settled(plan)
      }
      for (const one of plan.asked) one.hold()
      return this.#write(session, plan, attempt)
    })
  }

  #settled(plan: Plan): Ending {
    plan.settle(this.#parts.replica.store)
    return { left: plan.left }
  }

  /** Takes the lock, and takes in what was written before. False when that was too much to read with the lock in hand. */
  async #lock(session: Session, until: number): Promise<boolean> {
    const { tables, replica, statementMs } = this.#parts
    const lockMs = Math.ceil(timeLeft(until))
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

  async #write(session: Session, plan: Plan, attempt: Attempt): Promise<Ending> {
    const { tables, replica, statementMs } = this.#parts
    for (const { text, values, rows } of insertChanges(tables, plan.rows)) {
      const { rowCount } = await session.query(text, values, statementMs)
      if (rowCount === rows) continue
      await this.#rollback(session)
      if (plan.asked.length > 1) return 'alone'
      throw idTaken(plan.rows[0]?.change)
    }
    attempt.sent = plan
    const { command } = await session.query('COMMIT', [], statementMs)
    if (command !== 'COMMIT') throw new DatabaseFailure(Object.assign(new Error('the transaction was rolled back'), { code: '40000' }))
    replica.take(plan.rows.map(({ row }) => row))
    this.lastWriteAt = Date.now()
    return this.#settled(plan)
  }

  /**
   * Whether changes whose commit was sent have happened. With the lock in hand nobody is in the middle of one any more: the rows are there, or they never
   * will be. The same rows by another node are as good: they say the same.
   */
  async #happened({ rows, asked }: Plan, failure: DatabaseFailure): Promise<boolean> {
    const until = Math.max(...asked.map((one) => one.until))
    const last: JournalRow | undefined = rows.at(-1)?.row
    if (last === undefined) return false
    const { pool, tables, statementMs, follower } = this.#parts
    for (;;) {
      try {
        const happened = await onConnection(pool, timeLeft(until), async (session) => {
          const lockMs = Math.ceil(timeLeft(until))
          await session.script(lockAlone(tables, lockMs), lockMs + statementMs)
          const found = await session.query(chainAt(tables), [last.seq], statementMs)
          await this.#rollback(session)
          return isSame(found.rows[0]?.chain, last)
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
}

/** What is decided on the state at hand, which may be old; `undefined` where that refuses. A change is held against the newest state by the lock. */
function decided<T>(decide: () => Decision<T>): Decision<T> | undefined {
  try {
    return decide()
  } catch {
    return undefined
  }
}

/** Those that somebody waits for, and whose time is not up. */
function stillWanted(asked: readonly AskedChange[]): readonly AskedChange[] {
  for (const one of asked) {
    if (performance.now() >= one.until) one.refuse(tooLate())
  }
  return asked.filter(({ isOver }) => !isOver)
}

function timeLeft(until: number): number {
  return Math.max(100, until - performance.now())
}

function idTaken(change: StoreChange | undefined): EvolveError {
  const entry = change?.type === 'version' ? change.entry : undefined
  const details = { subject: entry?.subject, schemaId: entry?.id, registryCode: 42205 }
  return new EvolveError('registry-rejected', 'the ID has meant another schema here, which was deleted for good', details)
}
