import { setTimeout as sleep } from 'node:timers/promises'
import { EvolveError } from '../../errors.ts'

/** As much of a client of the package `pg` as the registry uses. */
export interface PostgresClient {
  query(query: { text: string; values?: unknown[] }): Promise<unknown>
  on(event: 'error', listener: (error: Error) => void): unknown
  removeListener(event: 'error', listener: (error: Error) => void): unknown
  release(error?: Error | boolean): void
}

/** As much of a `Pool` of the package `pg` as the registry uses: any pool of that package is one. */
export interface PostgresPool {
  connect(): Promise<PostgresClient>
  on(event: 'error', listener: (error: Error) => void): unknown
  removeListener(event: 'error', listener: (error: Error) => void): unknown
}

/** A pool, and how to let go of it. */
export interface HeldPool {
  readonly pool: PostgresPool
  release(): Promise<void>
}

/** How many connections a registry opens itself: one writes, one looks for what others wrote, and one is spare. */
const connections = 3
/** How long the end of a pool is waited for. */
const farewellMs = 2_000

/**
 * A pool on the database of a URL.
 * @throws EvolveError `missing-prerequisite` without the package `pg`, `invalid-options` when the URL is none of PostgreSQL's.
 */
export async function openPool(url: string, connectTimeoutMs: number): Promise<HeldPool> {
  if (typeof url !== 'string' || !/^postgres(ql)?:\/\//.test(url)) {
    throw new EvolveError('invalid-options', 'url is not one of PostgreSQL', {
      hint: 'write it as postgres://user:password@host:5432/database',
    })
  }
  const { Pool, Client } = (await loadPg()).default
  try {
    new Client({ connectionString: url })
  } catch {
    // What is wrong is not told: the error quotes the URL, and that has the password.
    throw new EvolveError('invalid-options', 'url cannot be read', {
      hint: 'write characters such as @ : / # % in a password as %40 and so on',
    })
  }
  const pool = new Pool({
    connectionString: url,
    max: connections,
    connectionTimeoutMillis: connectTimeoutMs,
    keepAlive: true,
    idleTimeoutMillis: 60_000,
    // A program that forgets to close its registry still ends.
    allowExitOnIdle: true,
    fallback_application_name: 'kafka-evolve registry',
  })
  pool.on('error', ignore)
  // A server that does not answer does not take part in a farewell either. What is left of a connection then keeps no process alive.
  const release = async (): Promise<void> => {
    const patience = new AbortController()
    await Promise.race([pool.end(), sleep(farewellMs, undefined, { ref: false, signal: patience.signal }).catch(() => undefined)])
    patience.abort()
  }
  return { pool, release }
}

/** The application's own pool: it is used, and never ended. */
export function holdPool(pool: PostgresPool): HeldPool {
  if (typeof pool?.connect !== 'function' || typeof pool.on !== 'function') {
    throw new EvolveError('invalid-options', 'pool is not a Pool of the package pg')
  }
  pool.on('error', ignore)
  return { pool, release: async () => void pool.removeListener('error', ignore) }
}

/** An idle connection that breaks is made anew when it is needed; without a listener it would end the process, even after the end of the pool. */
function ignore(): void {}

async function loadPg(): Promise<typeof import('pg')> {
  try {
    return await import('pg')
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    const isMissing = code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND'
    const problem = `a registry in PostgreSQL needs the package pg, which ${isMissing ? 'is not installed' : 'cannot be loaded'}`
    throw new EvolveError('missing-prerequisite', problem, { hint: 'npm install pg' }, error)
  }
}
