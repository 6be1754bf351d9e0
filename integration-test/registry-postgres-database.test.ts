import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { describe, expect, it } from 'vitest'
import { expectCode, freshRecord, freshSubject } from '../src/registry/registry-cases.test-support.ts'
import { cut, disturbedPool, postgresKit } from './registry-postgres-kit.ts'

const { postgres, sql, schema: freshSchema, node } = postgresKit()

/** The URL of the same server with something else in it. */
function urlWith(change: (url: URL) => void): string {
  const url = new URL(postgres().url)
  change(url)
  return url.href
}

describe('a commit whose answer is lost', () => {
  it('counts when it has happened', async () => {
    const schema = freshSchema()
    const disturbed = disturbedPool(postgres().url, 'COMMIT', async (run, client) => {
      await run()
      cut(client)
      throw new Error('Connection terminated unexpectedly')
    })
    const registry = await node(schema, { pool: disturbed.pool })
    disturbed.armed = true
    const entry = await registry.register('s', freshRecord())
    expect(entry).toMatchObject({ id: 1, version: 1 })
    expect(await registry.register('s', freshRecord())).toMatchObject({ id: 2, version: 2 })
    expect(await sql(`SELECT seq::integer FROM "${schema}".journal ORDER BY 1`)).toEqual([{ seq: 1 }, { seq: 2 }])
    await registry.close()
    await disturbed.pool.end()
  })

  it('is made again when it has not', async () => {
    const schema = freshSchema()
    const disturbed = disturbedPool(postgres().url, 'COMMIT', async (run, client) => {
      cut(client)
      return run()
    })
    const other = await node(schema)
    const registry = await node(schema, { pool: disturbed.pool })
    disturbed.armed = true
    const [mine, its] = await Promise.all([registry.register('s', freshRecord()), other.register('s', freshRecord())])
    expect([mine.id, its.id].sort()).toEqual([1, 2])
    expect([mine.version, its.version].sort()).toEqual([1, 2])
    expect(await sql(`SELECT count(*)::integer AS count FROM "${schema}".journal`)).toEqual([{ count: 2 }])
    await registry.close()
    await disturbed.pool.end()
  })

  it('is waited for while the server is in the middle of it', async () => {
    const schema = freshSchema()
    const disturbed = disturbedPool(postgres().url, 'COMMIT', async (run, client) => {
      // The server works on: what happens when a transaction is committed takes it a while.
      const answer = run().catch(() => undefined)
      await sleep(100)
      cut(client)
      await answer
      throw new Error('Connection terminated unexpectedly')
    })
    const registry = await node(schema, { pool: disturbed.pool })
    disturbed.armed = true
    await sql(`CREATE FUNCTION "${schema}".slow() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(0.8); RETURN NULL; END'`)
    await sql(`CREATE CONSTRAINT TRIGGER slow AFTER INSERT ON "${schema}".journal DEFERRABLE INITIALLY DEFERRED
      FOR EACH ROW EXECUTE FUNCTION "${schema}".slow()`)
    const began = performance.now()
    expect(await registry.register('s', freshRecord())).toMatchObject({ id: 1, version: 1 })
    expect(performance.now() - began).toBeGreaterThan(700)
    expect(await sql(`SELECT count(*)::integer AS count FROM "${schema}".journal`)).toEqual([{ count: 1 }])
    await registry.close()
    await disturbed.pool.end()
  })

  it('and cannot be asked for is an error that says so, and that may be tried again', async () => {
    const schema = freshSchema()
    let isAway = false
    const disturbed = disturbedPool(postgres().url, 'COMMIT', async (run, client) => {
      await run()
      isAway = true
      cut(client)
      throw new Error('Connection terminated unexpectedly')
    })
    const { pool } = disturbed
    const connect = pool.connect.bind(pool) as () => Promise<pg.PoolClient>
    pool.connect = (() => (isAway ? Promise.reject(new Error('no way there')) : connect())) as typeof pool.connect
    const registry = await node(schema, { pool: disturbed.pool, writeTimeoutMs: 3_000 })
    disturbed.armed = true
    const record = freshRecord()
    const error = await expectCode(registry.register('s', record), 'registry-unavailable')
    expect(error.message).toContain('not known')
    expect(error).toMatchObject({ retryable: true })
    isAway = false
    expect(await registry.register('s', record)).toMatchObject({ id: 1, version: 1 })
    expect(await registry.versions('s')).toEqual([1])
    await registry.close()
    await disturbed.pool.end()
  })
})

describe('a connection that breaks', () => {
  it('is replaced, whatever it was doing', async () => {
    const schema = freshSchema()
    const registry = await node(schema)
    const ending = sql(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'kafka-evolve registry'`)
    const [entries] = await Promise.all([Promise.all(Array.from({ length: 20 }, () => registry.register('s', freshRecord()))), ending])
    await sql(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'kafka-evolve registry'`)
    expect(await registry.register('s', freshRecord())).toMatchObject({ version: 21 })
    expect(entries.map(({ version }) => version)).toEqual(entries.map((_, at) => at + 1))
  })
})

describe('a database that does not answer', () => {
  it('keeps no read waiting longer than allowed, and the next ones not at all', async () => {
    const schema = freshSchema()
    const patient = await node(schema)
    const known = await patient.register('s', freshRecord())
    const registry = await node(schema, { readTimeoutMs: 150, statementTimeoutMs: 600, writeTimeoutMs: 900 })
    const blocker = new pg.Client({ connectionString: postgres().url })
    await blocker.connect()
    await blocker.query(`BEGIN; LOCK TABLE "${schema}".journal IN ACCESS EXCLUSIVE MODE`)
    const began = performance.now()
    expect(await registry.latest('s')).toEqual(known)
    expect(performance.now() - began).toBeGreaterThan(140)
    const first = performance.now()
    for (let n = 0; n < 1_000; n += 1) expect(await registry.latest('s')).toEqual(known)
    // Not 150 ms each.
    expect(performance.now() - first).toBeLessThan(60_000)
    await expectCode(registry.register('s', freshRecord()), 'registry-timeout')
    await blocker.end()
    const two = await patient.register('s', freshRecord())
    await expect.poll(() => registry.latest('s')).toEqual(two)
    // The server gave up by itself: nothing of this registry waits there any more.
    const waiting = await sql(
      `SELECT query FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND application_name = 'kafka-evolve registry'`,
    )
    expect(waiting).toEqual([])
  })

  it('lets a read be given up that waits for it, and a change that has not begun', async () => {
    const schema = freshSchema()
    const registry = await node(schema, { readTimeoutMs: 30_000, statementTimeoutMs: 20_000 })
    const known = await registry.register('s', freshRecord())
    const blocker = new pg.Client({ connectionString: postgres().url })
    await blocker.connect()
    await blocker.query(`BEGIN; LOCK TABLE "${schema}".journal IN ACCESS EXCLUSIVE MODE`)
    const controller = new AbortController()
    const reading = registry.latest('s', { signal: controller.signal })
    const changing = registry.register('s', freshRecord())
    const waiting = registry.register('s', freshRecord(), { signal: controller.signal })
    controller.abort(new Error('enough'))
    await Promise.all([reading, waiting].map((one) => expect(one).rejects.toThrow('enough')))
    expect(await registry.schemaById(known.id)).toMatchObject({ text: known.text })
    await blocker.end()
    expect(await changing).toMatchObject({ version: 2 })
    await expect(registry.register('s', freshRecord(), { signal: controller.signal })).rejects.toThrow('enough')
    expect(await registry.versions('s')).toEqual([1, 2])
  })
})

describe('a journal that is not the one that was read', () => {
  const lose = async (schema: string, seq: number): Promise<void> => {
    await sql(`ALTER TABLE "${schema}".journal DISABLE TRIGGER append_only`)
    await sql(`DELETE FROM "${schema}".journal WHERE seq >= ${seq}`)
    await sql(`DELETE FROM "${schema}".versions WHERE schema_id >= ${seq}`)
    await sql(`DELETE FROM "${schema}".schemas WHERE id >= ${seq}`)
  }

  it('because what was written last is gone: nothing is written, reads go on, and it is said which IDs were given', async () => {
    const warnings: Error[] = []
    const listen = (warning: Error): void => void warnings.push(warning)
    process.on('warning', listen)
    const schema = freshSchema()
    const [a, b] = [await node(schema), await node(schema)]
    for (let n = 0; n < 3; n += 1) await a.register('s', freshRecord())
    await lose(schema, 3)
    // A node that had not seen the lost row goes on without it, and gives its ID to another schema.
    const other = await b.register('s', freshRecord())
    expect(other).toMatchObject({ id: 3, version: 3 })
    const error = await expectCode(a.register('s', freshRecord()), 'registry-corrupt')
    expect(error.message).toMatch(/row 3 of the journal is gone, or another.*highest IDs seen here are 3 in the context "\."/)
    expect(await a.versions('s')).toEqual([1, 2, 3])
    await expect.poll(() => warnings.map(String).join()).toContain('row 3 of the journal')
    process.off('warning', listen)
    await a.close()
    // What was advised: a gap, and new nodes.
    await sql(`SELECT "${schema}".skip_ids(10)`)
    expect(await (await node(schema)).register('s', freshRecord())).toMatchObject({ id: 11, version: 4 })
  })

  it.each([
    ['a row that was altered', `UPDATE "$".journal SET record = '{"type":"mode","mode":"READONLY"}' WHERE seq = 2`],
    ['a row that is missing', `DELETE FROM "$".journal WHERE seq = 2`],
    ['a schema that was altered', `UPDATE "$".schemas SET body = '{"format":"AVRO","text":"\\"int\\""}' WHERE id = 2`],
    ['a registry without a row', `DELETE FROM "$".registry`],
  ])('is not opened: %s', async (_name, damage) => {
    const schema = freshSchema()
    const registry = await node(schema)
    for (let n = 0; n < 3; n += 1) await registry.register('s', freshRecord())
    await registry.close()
    await sql(`ALTER TABLE "${schema}".journal DISABLE TRIGGER append_only`)
    await sql(damage.replace('$', schema))
    await expectCode(node(schema), 'registry-corrupt')
  })
})

describe('making the tables', () => {
  it('is done once, by many nodes that start at the same time', async () => {
    const schema = freshSchema()
    const nodes = await Promise.all(Array.from({ length: 6 }, () => node(schema)))
    const entries = await Promise.all(nodes.map((one) => one.register(freshSubject(), freshRecord())))
    expect(new Set(entries.map(({ id }) => id))).toEqual(new Set([1, 2, 3, 4, 5, 6]))
  })

  it('needs the right to, and says which', async () => {
    const schema = freshSchema()
    const role = `role_${schema}`
    await sql(`CREATE ROLE ${role} LOGIN PASSWORD 'secret'`)
    const url = urlWith((one) => {
      one.username = role
      one.password = 'secret'
    })
    try {
      const refused = await expectCode(node(schema, { url }), 'registry-rejected')
      expect(refused.message).toContain('GRANT CREATE ON DATABASE')
      await sql(`CREATE SCHEMA "${schema}"`)
      expect((await expectCode(node(schema, { url }), 'registry-rejected')).message).toContain(`GRANT CREATE, USAGE ON SCHEMA "${schema}"`)
      const owner = await node(schema)
      await owner.register('s', freshRecord())
      await expectCode(node(schema, { url }), 'registry-rejected')
      // Reading needs no more than this.
      await sql(`GRANT USAGE ON SCHEMA "${schema}" TO ${role}; GRANT SELECT ON ALL TABLES IN SCHEMA "${schema}" TO ${role}`)
      const reader = await node(schema, { url })
      expect(await reader.versions('s')).toEqual([1])
      expect((await expectCode(reader.register('s', freshRecord()), 'registry-rejected')).message).toContain(
        'GRANT SELECT, INSERT, UPDATE, DELETE',
      )
      await sql(`GRANT INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA "${schema}" TO ${role}`)
      expect(await reader.register('s', freshRecord())).toMatchObject({ version: 2 })
      await reader.deleteSubject('s')
      await reader.deleteSubject('s', { permanent: true })
      expect(await reader.subjects()).toEqual([])
      expect(await owner.subjects()).toEqual([])
    } finally {
      await sql(`DROP OWNED BY ${role}; DROP ROLE ${role}`)
    }
  })

  it('does not touch tables that are somebody else’s', async () => {
    const schema = freshSchema()
    await sql(`CREATE SCHEMA "${schema}"; CREATE TABLE "${schema}".registry (id integer)`)
    const error = await expectCode(node(schema), 'registry-corrupt')
    expect(error.message).toContain('not those of a registry')
    expect(await sql(`SELECT * FROM "${schema}".registry`)).toEqual([])
  })

  it('refuses a database of another encoding, and one that is read-only', async () => {
    const schema = freshSchema()
    const name = `latin_${schema}`
    await sql(`CREATE DATABASE ${name} ENCODING 'LATIN1' TEMPLATE template0 LC_COLLATE 'C' LC_CTYPE 'C'`)
    const url = urlWith((one) => {
      one.pathname = `/${name}`
    })
    try {
      expect((await expectCode(node(schema, { url }), 'invalid-options')).message).toMatch(/LATIN1.*UTF8/)
      await sql(`ALTER DATABASE ${name} SET default_transaction_read_only = on`)
      await sql(`UPDATE pg_database SET encoding = pg_char_to_encoding('UTF8') WHERE datname = '${name}'`)
      expect((await expectCode(node(schema, { url }), 'registry-unavailable')).message).toContain('read-only')
    } finally {
      await sql(`DROP DATABASE ${name}`)
    }
  })

  it('finds a database that became read-only under its hands', async () => {
    const schema = freshSchema()
    const name = `readonly_${schema}`
    await sql(`CREATE DATABASE ${name}`)
    const url = urlWith((one) => {
      one.pathname = `/${name}`
    })
    const registry = await node(schema, { url, writeTimeoutMs: 3_000 })
    try {
      await registry.register('s', freshRecord())
      await sql(`ALTER DATABASE ${name} SET default_transaction_read_only = on`)
      await sql(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${name}'`)
      const error = await expectCode(registry.register('s', freshRecord()), 'registry-unavailable')
      expect(error.message).toContain('hot standby')
      expect(await registry.versions('s')).toEqual([1])
    } finally {
      await registry.close()
      await sql(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${name}'`)
      await sql(`DROP DATABASE ${name}`)
    }
  })
})
