import pg from 'pg'
import { afterAll, afterEach, beforeAll } from 'vitest'
import { type ManagedRegistry, type PostgresRegistryOptions, postgresRegistry } from '../src/registry/index.ts'
import { freshSchema, type Postgres, startPostgres } from './setup/postgres.ts'

/** What the tests of one file share. */
export interface PostgresKit {
  /** The server. */
  postgres(): Postgres
  /** Runs a statement as the owner of the database. */
  sql(text: string, values?: readonly unknown[]): Promise<readonly Record<string, unknown>[]>
  /** A schema that is removed behind the test. */
  schema(): string
  /** One more node; closed behind the test. */
  node(schema: string, options?: Partial<PostgresRegistryOptions>): Promise<ManagedRegistry>
}

/** Starts a PostgreSQL for the tests of a file, and cleans up behind each. */
export function postgresKit(): PostgresKit {
  let postgres: Postgres
  let admin: pg.Pool
  const opened: ManagedRegistry[] = []
  const schemas: string[] = []
  const sql: PostgresKit['sql'] = async (text, values) => (await admin.query(text, values === undefined ? undefined : [...values])).rows
  beforeAll(async () => {
    postgres = await startPostgres()
    admin = new pg.Pool({ connectionString: postgres.url, max: 2 })
    admin.on('error', () => undefined)
  })
  afterAll(async () => {
    await admin?.end()
    await postgres?.stop()
  })
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((registry) => registry.close()))
    for (const schema of schemas.splice(0)) await sql(`DROP SCHEMA IF EXISTS ${pg.escapeIdentifier(schema)} CASCADE`)
  })
  return {
    postgres: () => postgres,
    sql,
    schema: () => {
      const schema = freshSchema()
      schemas.push(schema)
      return schema
    },
    node: async (schema, options = {}) => {
      // However slow the machine is: nothing is answered from memory while the server answers, and no change given up.
      const patience = { readTimeoutMs: 60_000, writeTimeoutMs: 60_000, statementTimeoutMs: 30_000 }
      const registry = await postgresRegistry({ ...(options.pool === undefined && { url: postgres.url }), schema, ...patience, ...options })
      opened.push(registry)
      return registry
    },
  }
}

/** A pool whose connections disturb one statement that begins with this word: the next one after `armed` was set. */
export function disturbedPool(
  url: string,
  word: string,
  disturb: (run: () => Promise<unknown>, client: pg.PoolClient) => Promise<unknown>,
): { readonly pool: pg.Pool; armed: boolean } {
  const pool = new pg.Pool({ connectionString: url, max: 3 })
  const disturbed = { pool, armed: false }
  const connect = pool.connect.bind(pool) as () => Promise<pg.PoolClient>
  pool.connect = (async () => {
    const client = await connect()
    const query = client.query.bind(client) as (...args: unknown[]) => Promise<unknown>
    Object.assign(client, {
      query: (...args: [{ text: string }]) => {
        if (!disturbed.armed || !args[0].text.startsWith(word)) return query(...args)
        disturbed.armed = false
        return disturb(() => query(...args), client)
      },
    })
    return client
  }) as typeof pool.connect
  return disturbed
}

/** Breaks a connection. */
export const cut = (client: pg.PoolClient): void => void Reflect.get(Reflect.get(client, 'connection'), 'stream').destroy()
