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
  const { Pool } = (await loadPg()).default
  const pool = new Pool({
    connectionString: url,
    max: connections,
    connectionTimeoutMillis: connectTimeoutMs,
    keepAlive: true,
    // A program that forgets to close its registry still ends.
    allowExitOnIdle: true,
    fallback_application_name: 'kafka-evolve registry',
  })
  const { release } = holdPool(pool)
  return {
    pool,
    release: async () => {
      await release()
      await pool.end()
    },
  }
}

/** The application's own pool: it is used, and never ended. */
export function holdPool(pool: PostgresPool): HeldPool {
  if (typeof pool?.connect !== 'function' || typeof pool.on !== 'function') {
    throw new EvolveError('invalid-options', 'pool is not a Pool of the package pg')
  }
  // An idle connection that breaks is made anew when it is needed; without a listener it would end the process.
  const ignore = (): void => undefined
  pool.on('error', ignore)
  return { pool, release: async () => void pool.removeListener('error', ignore) }
}

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
