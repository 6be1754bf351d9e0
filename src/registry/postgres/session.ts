import { setTimeout as sleep } from 'node:timers/promises'
import { DatabaseFailure } from './failures.ts'
import type { PostgresClient, PostgresPool } from './pool.ts'

/** A row as the database gives it. */
export type Row = Readonly<Record<string, unknown>>

/** What one statement came to. */
export interface Outcome {
  /** Such as `COMMIT`; a failed transaction that is committed says `ROLLBACK`. */
  readonly command: string
  readonly rows: readonly Row[]
  readonly rowCount: number
}

/** One connection, for as long as an action holds it. */
export interface Session {
  /** Runs one statement. @throws DatabaseFailure, also when no answer came within `timeoutMs`: the connection is then given up. */
  query(text: string, values: readonly unknown[], timeoutMs: number): Promise<Outcome>
  /** Runs one statement without values, hands its rows over and lets go of them; gives how many there were. For many rows. @throws DatabaseFailure. */
  drain(text: string, timeoutMs: number, take: (rows: readonly Row[]) => void): Promise<number>
  /** Runs several statements without values in one exchange; gives the outcome of each. @throws DatabaseFailure. */
  script(text: string, timeoutMs: number): Promise<readonly Outcome[]>
}

/**
 * Runs the action on a connection of the pool. One on which anything failed is closed, never used again: what state it is in would be a guess, and a
 * closed one rolls back.
 * @throws DatabaseFailure when no connection is had within `connectMs`; what the action throws.
 */
export async function onConnection<T>(pool: PostgresPool, connectMs: number, action: (session: Session) => Promise<T>): Promise<T> {
  const client = await connect(pool, connectMs)
  let lost: Error | undefined
  // A connection that breaks between two statements says so here only; without a listener it would end the process.
  const onError = (error: Error): void => void (lost ??= error)
  client.on('error', onError)
  const ask = async (text: string, values: readonly unknown[] | undefined, timeoutMs: number): Promise<readonly Outcome[]> => {
    if (lost !== undefined) throw new DatabaseFailure(lost)
    const query = values === undefined ? { text } : { text, values: [...values] }
    try {
      return outcomes(await within(client.query(query), timeoutMs))
    } catch (error) {
      throw new DatabaseFailure(error)
    }
  }
  let failed: unknown
  try {
    return await action({
      query: async (text, values, timeoutMs) => (await ask(text, values, timeoutMs))[0] ?? none,
      drain: async (text, timeoutMs, take) => {
        const [{ rows } = none] = await ask(text, [], timeoutMs)
        const count = rows.length
        take(rows)
        // What has been answered stays in memory for as long as what was answered behind it: its rows are not to.
        if (Array.isArray(rows)) rows.length = 0
        return count
      },
      script: (text, timeoutMs) => ask(text, undefined, timeoutMs),
    })
  } catch (error) {
    failed = error
    throw error
  } finally {
    if (failed === undefined && lost === undefined) {
      client.removeListener('error', onError)
      client.release()
    } else {
      // The listener stays: what the connection says on its way out concerns nobody.
      client.release(true)
      if (failed instanceof DatabaseFailure && failed.code === timeoutCode) cutOff(client)
    }
  }
}

/** Code of a {@link DatabaseFailure} when no answer came in time. */
export const timeoutCode = 'EVOLVE_TIMEOUT'

const none: Outcome = { command: '', rows: [], rowCount: 0 }

async function connect(pool: PostgresPool, connectMs: number): Promise<PostgresClient> {
  try {
    const pending = Promise.resolve(pool.connect())
    return await within(pending, connectMs, (late) => late.release(true))
  } catch (error) {
    throw new DatabaseFailure(error)
  }
}

/** The promise, for at most so long; what comes later is handed to `late`. */
async function within<T>(promise: Promise<T>, timeoutMs: number, late: (value: T) => void = () => undefined): Promise<T> {
  const timer = new AbortController()
  let isLate = false
  const timeout = sleep(Math.max(1, timeoutMs), undefined, { signal: timer.signal }).then(() => {
    isLate = true
    throw Object.assign(new Error(`no answer within ${Math.round(timeoutMs)} ms`), { code: timeoutCode })
  })
  promise.then(
    (value) => isLate && late(value),
    () => undefined,
  )
  try {
    return await Promise.race([promise, timeout])
  } finally {
    timeout.catch(() => undefined)
    timer.abort()
  }
}

/** A peer that does not answer does not take part in a farewell either: its socket would keep this process alive. */
function cutOff(client: PostgresClient): void {
  const connection: unknown = Reflect.get(client, 'connection')
  const stream: unknown = typeof connection === 'object' && connection !== null ? Reflect.get(connection, 'stream') : undefined
  if (typeof stream === 'object' && stream !== null && 'destroy' in stream && typeof stream.destroy === 'function') stream.destroy()
}

function outcomes(result: unknown): readonly Outcome[] {
  return (Array.isArray(result) ? result : [result]).map((one: Partial<Outcome>) => ({
    command: one.command ?? '',
    rows: one.rows ?? [],
    rowCount: one.rowCount ?? 0,
  }))
}
