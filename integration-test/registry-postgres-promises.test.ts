import fc from 'fast-check'
import pg from 'pg'
import { afterEach, describe, expect, it } from 'vitest'
import { isEvolveError } from '../src/errors.ts'
import { dumpOf } from '../src/registry/dump.test-support.ts'
import { type FaultStore, faultsOf } from '../src/registry/fault-cases.test-support.ts'
import { type ManagedRegistry, memoryRegistry } from '../src/registry/index.ts'
import { anyCall, type Call } from '../src/registry/random-calls.test-support.ts'
import { seeded } from '../src/seeded.test-support.ts'
import { postgresKit } from './registry-postgres-kit.ts'

const { postgres, sql, schema: freshSchema, node } = postgresKit()

const pools: pg.Pool[] = []
afterEach(() => Promise.all(pools.splice(0).map((pool) => pool.end())))

/** A schema of the database, with nodes that can be cut off from it, and that can be made to refuse every change as a full disk does. */
function faultStore(): FaultStore {
  const schema = freshSchema()
  const connections = new Map<ManagedRegistry, Set<pg.PoolClient>>()
  const open = async (): Promise<ManagedRegistry> => {
    const pool = new pg.Pool({ connectionString: postgres().url, max: 3 })
    pools.push(pool)
    const clients = new Set<pg.PoolClient>()
    pool.on('connect', (client) => void clients.add(client))
    pool.on('error', () => undefined)
    const registry = await node(schema, { pool })
    connections.set(registry, clients)
    return registry
  }
  return {
    open,
    beside: open,
    crash: async (registry) => {
      for (const client of connections.get(registry) ?? []) Reflect.get(Reflect.get(client, 'connection'), 'stream').destroy()
    },
    breakWrites: async () => {
      await sql(`CREATE FUNCTION "${schema}".full() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION 'No space left on device' USING ERRCODE = 'disk_full'; END $$`)
      await sql(`CREATE TRIGGER full_disk BEFORE INSERT ON "${schema}".journal EXECUTE FUNCTION "${schema}".full()`)
      return async () => void (await sql(`DROP FUNCTION "${schema}".full() CASCADE`))
    },
  }
}

describe('the promises of every store', () => {
  it.each(faultsOf(['kept', 'beside', 'nodes', 'crash', 'breakWrites']))('$name', ({ run }) => run(faultStore()))
})

/** What a call came to. */
async function outcome(registry: ManagedRegistry, run: Call): Promise<unknown> {
  return run(registry).then(
    (value) => ({ value }),
    (error: unknown) => {
      if (!isEvolveError(error)) throw error
      return { refused: error.message }
    },
  )
}

it('two nodes that take turns give the answers of one in memory, whatever they are asked, and so does a third one after them', async () => {
  const [validate, steps] = [() => undefined, fc.array(fc.tuple(anyCall, fc.boolean()), { minLength: 10, maxLength: 30, size: 'max' })]
  let changes = 0
  await fc.assert(
    fc.asyncProperty(steps, async (history) => {
      const schema = freshSchema()
      const [one, two] = [await node(schema, { validate }), await node(schema, { validate })]
      const memory = memoryRegistry({ validate })
      for (const [run, isFirst] of history) {
        const here = await outcome(isFirst ? one : two, run)
        expect(here).toEqual(await outcome(memory, run))
      }
      const expected = await dumpOf(memory)
      const third = await node(schema, { validate })
      for (const registry of [one, two, third]) expect(await dumpOf(registry)).toEqual(expected)
      const [row] = await sql(`SELECT count(*)::integer AS count FROM "${schema}".journal`)
      changes += Number(row?.count)
      const listed = await sql(`SELECT count(*)::integer AS versions, count(body)::integer AS texts FROM "${schema}".versions v
        LEFT JOIN "${schema}".schemas s ON s.context_hash = v.context_hash AND s.id = v.schema_id`)
      expect(listed[0]?.versions, 'a version without its schema').toBe(listed[0]?.texts)
      await Promise.all([one, two, third].map((registry) => registry.close()))
    }),
    { ...seeded, numRuns: 20 },
  )
  expect(changes).toBeGreaterThan(60)
})
