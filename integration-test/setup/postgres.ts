import { randomBytes } from 'node:crypto'
import { postgresContainer } from './postgres-container.ts'
import { findPostgres, postgresProcess } from './postgres-process.ts'
import type { PostgresServer } from './postgres-server.ts'

/** A PostgreSQL that tests may use. */
export interface Postgres {
  /** Of a database that exists, of a user who may do anything in it. */
  readonly url: string
  /** The server, where the tests started it and may kill it; missing where it was given. */
  readonly server?: PostgresServer
  stop(): Promise<void>
}

const variable = 'KAFKA_EVOLVE_POSTGRES_URL'

/**
 * Finds or starts a PostgreSQL: the one of KAFKA_EVOLVE_POSTGRES_URL, else a new one from the programs on this machine, else one in a container.
 * What it starts is empty, listens on this machine only, and ends with this process, however that ends.
 * @throws Error that says what to install where there is none of these.
 */
export async function startPostgres(): Promise<Postgres> {
  const given = process.env[variable]
  if (given !== undefined && given !== '') return { url: given, stop: async () => undefined }
  const programs = findPostgres()
  const server = programs === undefined ? await postgresContainer() : await postgresProcess(programs)
  if (server === undefined) {
    throw new Error(
      `PostgreSQL is not installed, and the tests of the registry in PostgreSQL need one. On Debian: apt-get install postgresql; or start a Docker ` +
        `engine (docker.io); or set ${variable} to a database that runs (postgres://user:password@host:5432/database)`,
    )
  }
  return { url: server.url, server, stop: () => server.stop() }
}

/** A name for a schema that nobody else uses. */
export function freshSchema(): string {
  return `test_${randomBytes(6).toString('hex')}`
}
