import pg from 'pg'
import { afterAll, afterEach, beforeAll, describe, it } from 'vitest'
import { type PostgresRegistryOptions, postgresRegistry } from '../src/registry/index.ts'
import { managedCases } from '../src/registry/managed-cases.test-support.ts'
import { registryCases } from '../src/registry/registry-cases.test-support.ts'
import type { ManagedRegistry } from '../src/registry/types.ts'
import { freshSchema, type Postgres, startPostgres } from './setup/postgres.ts'

let postgres: Postgres
let admin: pg.Pool
beforeAll(async () => {
  postgres = await startPostgres()
  admin = new pg.Pool({ connectionString: postgres.url, max: 2 })
})
afterAll(async () => {
  await admin?.end()
  await postgres?.stop()
})

const opened: ManagedRegistry[] = []
const schemas = new Set<string>()
afterEach(async () => {
  await Promise.all(opened.splice(0).map((registry) => registry.close()))
  for (const schema of schemas) await admin.query(`DROP SCHEMA IF EXISTS ${pg.escapeIdentifier(schema)} CASCADE`)
  schemas.clear()
})

async function node(schema: string, options: Partial<PostgresRegistryOptions> = {}): Promise<ManagedRegistry> {
  schemas.add(schema)
  const registry = await postgresRegistry({ ...(options.pool === undefined && { url: postgres.url }), schema, ...options })
  opened.push(registry)
  return registry
}

describe('does what every registry does', () => {
  const traits = { ignoresWhitespace: true, concurrentVersions: 20, oneVersionAtOnce: true }
  it.each(registryCases)('$name', async ({ run }) => run({ registry: await node(freshSchema()), traits }))
})

describe('does what every registry does that keeps its own list', () => {
  it.each(managedCases)('$name', async ({ run }) => {
    const schema = freshSchema()
    await run({ registry: await node(schema), again: () => node(schema) })
  })
})
