import { once } from 'node:events'
import { inspect } from 'node:util'
import pg from 'pg'
import { describe, expect, it } from 'vitest'
import { type PostgresRegistryOptions, postgresRegistry } from '../src/registry/index.ts'
import { managedCases } from '../src/registry/managed-cases.test-support.ts'
import { avroText, expectCode, freshRecord, freshSubject, registryCases } from '../src/registry/registry-cases.test-support.ts'
import { postgresKit } from './registry-postgres-kit.ts'

const { postgres, sql, schema: freshSchema, node } = postgresKit()

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

describe('two nodes on one database', () => {
  it('see at once what the other has answered', async () => {
    const schema = freshSchema()
    const [a, b] = [await node(schema), await node(schema)]
    const subject = freshSubject()
    await expectCode(b.latest(subject), 'subject-not-found')
    const one = await a.register(subject, freshRecord())
    expect(await b.latest(subject)).toEqual(one)
    expect(await b.schemaById(one.id)).toMatchObject({ text: one.text })
    const two = await b.register(subject, freshRecord())
    expect(await a.versions(subject)).toEqual([1, 2])
    expect(two).toMatchObject({ version: 2, id: one.id + 1 })
    await a.setConfig(subject, { compatibility: 'FULL' })
    expect(await b.config(subject)).toEqual({ compatibility: 'FULL' })
    await b.deleteVersion(subject, 1)
    expect(await a.versions(subject)).toEqual([2])
  })

  it('give one schema one ID and one version, however many ask at once', async () => {
    const schema = freshSchema()
    const nodes = [await node(schema), await node(schema), await node(schema)]
    const [subject, text] = [freshSubject(), freshRecord()]
    const answers = await Promise.all(Array.from({ length: 102 }, (_, at) => nodes[at % 3]!.register(subject, text)))
    for (const answer of answers) expect(answer).toEqual(answers[0])
    for (const one of nodes) expect(await one.versions(subject)).toEqual([1])
  })

  it('that were far behind when they write take in all of it first', async () => {
    const schema = freshSchema()
    const [a, b] = [await node(schema), await node(schema)]
    const gone = freshSubject()
    await a.register(gone, freshRecord())
    for (let n = 0; n < 120; n += 1) await a.register('many', freshRecord())
    await a.deleteSubject(gone)
    await a.deleteSubject(gone, { permanent: true })
    expect(await b.register('many', freshRecord())).toMatchObject({ id: 122, version: 121 })
    await a.register('large', freshRecord(undefined, { doc: 'x'.repeat(900_000) }))
    expect(await b.register('large', freshRecord())).toMatchObject({ id: 124, version: 2 })
    expect(await a.subjects()).toEqual(['large', 'many'])
  })

  it('hold each other to the level that one of them has set', async () => {
    const schema = freshSchema()
    const [a, b] = [await node(schema), await node(schema)]
    const subject = freshSubject()
    const first = await a.register(subject, freshRecord())
    await a.setConfig(undefined, { compatibility: 'BACKWARD' })
    await expectCode(b.register(subject, { format: 'AVRO', text: first.text.replace('"int"', '"string"') }), 'incompatible-registration')
    await a.setMode(subject, 'READONLY')
    await expectCode(b.register(subject, freshRecord()), 'registry-rejected')
  })
})

describe('a pool of the application', () => {
  it('is used, with one connection if need be, and is left open', async () => {
    const pool = new pg.Pool({ connectionString: postgres().url, max: 1 })
    const registry = await node(freshSchema(), { pool })
    const subject = freshSubject()
    await Promise.all([registry.register(subject, freshRecord()), registry.subjects(), registry.register(subject, freshRecord())])
    expect(await registry.versions(subject)).toEqual([1, 2])
    await registry.close()
    await registry.close()
    await expectCode(registry.versions(subject), 'registry-rejected')
    await expectCode(registry.register(subject, freshRecord()), 'registry-rejected')
    expect((await pool.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }])
    expect(pool.listenerCount('error')).toBe(0)
    await pool.end()
  })
})

describe('options that do not fit', () => {
  const refused: readonly [string, Partial<PostgresRegistryOptions>][] = [
    ['no database', {}],
    ['another scheme', { url: 'mysql://localhost/x' }],
    ['both ways', { url: 'postgres://localhost/x', pool: new pg.Pool() }],
    ['no pool', { pool: {} as pg.Pool }],
    ['an empty name', { url: 'postgres://localhost/x', schema: '' }],
    ['a name that PostgreSQL would cut', { url: 'postgres://localhost/x', schema: 'ü'.repeat(32) }],
    ['a reserved name', { url: 'postgres://localhost/x', schema: 'pg_mine' }],
    ['a name with NUL', { url: 'postgres://localhost/x', schema: 'a\0' }],
    ['no time', { url: 'postgres://localhost/x', statementTimeoutMs: 0 }],
    ['an ID that is none', { url: 'postgres://localhost/x', firstId: -1 }],
  ]
  it.each(refused)('%s', async (_name, options) => {
    await expectCode(postgresRegistry(options), 'invalid-options')
  })

  it.each(['s3cr/t@h', 's3cr#t@h', 's3cr%t@h:port', 's3crt@h:99999'])(
    'and a password that breaks the URL is not told: %s',
    async (rest) => {
      const error = await postgresRegistry({ url: `postgres://user:${rest}/x` }).catch((caught: unknown) => caught)
      expect(error).toMatchObject({ code: 'invalid-options' })
      expect(inspect(error, { depth: 10, showHidden: true })).not.toContain('s3cr')
    },
  )

  it('a wrong password and a missing database are refused, an absent server is away', async ({ skip }) => {
    if (postgres().server === undefined) skip('the server was given to the tests, and may take any password')
    const wrong = new URL(postgres().url)
    wrong.password = 'wr0ng'
    const error = await expectCode(postgresRegistry({ url: wrong.href }), 'registry-rejected')
    expect(error.message).not.toContain('wr0ng')
    const missing = new URL(postgres().url)
    missing.pathname = '/nowhere'
    await expectCode(postgresRegistry({ url: missing.href }), 'registry-rejected')
    await expectCode(postgresRegistry({ url: 'postgres://127.0.0.1:1/x' }), 'registry-unavailable')
  })
})

describe('the first ID', () => {
  it('is what the registry was made with', async () => {
    const schema = freshSchema()
    const registry = await node(schema, { firstId: 1_000 })
    expect(await registry.register(freshSubject(), freshRecord())).toMatchObject({ id: 1_000 })
    expect(await (await node(schema)).register(freshSubject(), freshRecord())).toMatchObject({ id: 1_001 })
    await expectCode(node(schema, { firstId: 1 }), 'invalid-options')
  })
})

describe('names and texts that somebody chose badly', () => {
  it.each(['we"ird', "it's; DROP SCHEMA public --", 'back\\slash', 'Ü €', '🚀', 'x'.repeat(63), '%s $1 :a'])('schema %s', async (name) => {
    await sql(`DROP SCHEMA IF EXISTS ${pg.escapeIdentifier(name)} CASCADE`)
    const registry = await node(name)
    const subject = freshSubject()
    await registry.register(subject, freshRecord())
    expect(await (await node(name)).versions(subject)).toEqual([1])
    await registry.close()
    await sql(`DROP SCHEMA ${pg.escapeIdentifier(name)} CASCADE`)
  })

  it('are kept as they are, for other nodes too', async () => {
    const schema = freshSchema()
    const [a, b] = [await node(schema), await node(schema)]
    const subjects = [`it's "quoted" \\ $1 %s ${freshSubject()}`, '漢'.repeat(1_024), '🚀'.repeat(512), '\\x00', `:.ctx:ü${freshSubject()}`]
    const docs = ['\\u0000', '\\ud800', '\\udc00\\ud800', '🚀', "'; DROP TABLE journal; --", '\\\\', '$$', 'x'.repeat(1_000_000)]
    for (const subject of subjects) {
      for (const doc of docs) {
        const text = `{"type":"record","name":"R","doc":"${doc}","fields":[]}`
        const entry = await a.register(subject, { format: 'AVRO', text })
        expect(await b.latest(subject)).toEqual(entry)
        expect((await b.latest(subject)).text).toBe(text)
      }
      expect(await b.versions(subject)).toHaveLength(docs.length)
    }
    const odd = { format: 'PROTOBUF', text: 'a\0b \ud800 \n' } as const
    const { id } = await a.register('protobuf', { ...odd, metadata: { properties: { '\0': '\udfff' } } })
    expect(await b.schemaById(id)).toMatchObject(odd)
    const again = await node(schema)
    expect(await again.schemaById(id)).toMatchObject({ ...odd, metadata: { properties: { '\0': '\udfff' } } })
    for (const subject of subjects) expect(await again.versions(subject)).toHaveLength(docs.length)
  })
})

describe('a schema that is deleted for good', () => {
  it('leaves nothing of its text in the database, and its ID is never given again', async () => {
    const schema = freshSchema()
    const [a, b] = [await node(schema), await node(schema)]
    const subject = freshSubject()
    const secret = await a.register(subject, freshRecord(undefined, { doc: 'a secret' }))
    const other = await a.register(freshSubject(), secret)
    const kept = await a.register(subject, freshRecord())
    const last = await a.register(subject, freshRecord(undefined, { doc: 'a secret, too' }))
    await a.deleteSubject(subject)
    await b.deleteSubject(subject, { permanent: true })
    // Another subject holds it still.
    expect(await a.schemaById(secret.id)).toMatchObject({ text: secret.text })
    await a.deleteSubject(other.subject)
    await a.deleteSubject(other.subject, { permanent: true })
    for (const registry of [a, b, await node(schema)]) {
      await expectCode(
        registry.subjects().then(() => registry.schemaById(secret.id)),
        'schema-not-found',
      )
      await expectCode(registry.versions(subject), 'subject-not-found')
    }
    const dump = await Promise.all(['journal', 'schemas', 'versions'].map((table) => sql(`SELECT t::text FROM "${schema}".${table} t`)))
    expect(JSON.stringify(dump)).not.toContain('secret')
    const next = await (await node(schema)).register(subject, freshRecord())
    expect(next).toMatchObject({ version: 1, id: last.id + 1 })
    expect(next.id).toBeGreaterThan(kept.id)
  })

  it('and its ID is not even lent to another schema on import', async () => {
    const registry = await node(freshSchema())
    const subject = freshSubject()
    const gone = await registry.register(subject, freshRecord())
    await registry.deleteSubject(subject)
    await registry.deleteSubject(subject, { permanent: true })
    await registry.setMode(subject, 'IMPORT')
    const error = await expectCode(registry.importVersion(subject, freshRecord(), { id: gone.id }), 'registry-rejected')
    expect(error).toMatchObject({ details: { registryCode: 42205, schemaId: gone.id } })
    const back = await registry.importVersion(subject, { format: 'AVRO', text: gone.text }, { id: gone.id, version: 5 })
    expect(back).toMatchObject({ id: gone.id, version: 5, text: gone.text })
    expect(await registry.schemaById(gone.id)).toMatchObject({ text: gone.text })
  })
})

describe('the database itself refuses what a mistaken node would write', () => {
  it('an ID for two schemas, a version twice, a place in the journal twice, a journal that is altered', async () => {
    const schema = freshSchema()
    const registry = await node(schema)
    const entry = await registry.register(freshSubject(), freshRecord())
    const hash = `decode(repeat('ab', 32), 'hex')`
    const refusals = [
      `INSERT INTO "${schema}".schemas (context, id, hash) VALUES ('.', ${entry.id}, ${hash})`,
      `INSERT INTO "${schema}".versions (subject, version, context, schema_id) VALUES ('${entry.subject}', 1, '.', ${entry.id})`,
      `INSERT INTO "${schema}".versions (subject, version, context, schema_id) VALUES ('x', 1, '.', 77)`,
      `INSERT INTO "${schema}".journal (seq, type, record, chain) VALUES (1, 'mode', '{}', ${hash})`,
      `INSERT INTO "${schema}".journal (seq, type, context, schema_id, schema_hash, record, chain) VALUES (2, 'version', '.', ${entry.id}, ${hash}, '{}', ${hash})`,
      `UPDATE "${schema}".journal SET type = 'x'`,
      `DELETE FROM "${schema}".journal`,
      `TRUNCATE "${schema}".journal`,
    ]
    for (const refusal of refusals) await expect(sql(refusal), refusal).rejects.toThrow(/violates|never changed/)
    expect(await registry.register(freshSubject(), freshRecord())).toMatchObject({ id: entry.id + 1 })
  })

  it('and tells people what it holds', async () => {
    const schema = freshSchema()
    const registry = await node(schema)
    const one = await registry.register('orders-value', freshRecord())
    await registry.register(':.ctx:orders-value', freshRecord())
    await registry.deleteVersion('orders-value', 1)
    const listed = await sql(`SELECT subject, version, v.context, deleted, body->>'text' AS text FROM "${schema}".versions v
      JOIN "${schema}".schemas s ON s.context_hash = v.context_hash AND s.id = v.schema_id WHERE v.context = '.'`)
    expect(listed).toEqual([{ subject: 'orders-value', version: 1, context: '.', deleted: true, text: one.text }])
    const journal = await sql(`SELECT seq::integer, type, subject FROM "${schema}".journal ORDER BY seq`)
    expect(journal).toEqual([
      { seq: 1, type: 'version', subject: 'orders-value' },
      { seq: 2, type: 'version', subject: ':.ctx:orders-value' },
      { seq: 3, type: 'delete', subject: 'orders-value' },
    ])
  })
})

describe('rows that a later version wrote', () => {
  it('are passed over with an alarm, and keep their ID', async () => {
    const schema = freshSchema()
    const told: unknown[] = []
    const registry = await node(schema, {
      onUnknownRecord: (row) => {
        told.push(row)
        throw new Error('a listener that fails')
      },
    })
    await registry.register(freshSubject(), freshRecord())
    await sql(`INSERT INTO "${schema}".journal (seq, type, record, chain)
      SELECT seq + 1, 'hologram', r::json, sha256(chain || convert_to(r, 'UTF8')) FROM "${schema}".journal, (VALUES ('{"type":"hologram","id":900}')) v(r)`)
    expect(await registry.register(freshSubject(), freshRecord())).toMatchObject({ id: 901 })
    expect(told).toEqual([{ type: 'hologram', seq: 2 }])
    const warned = once(process, 'warning')
    expect(await (await node(schema)).register(freshSubject(), freshRecord())).toMatchObject({ id: 902 })
    expect(String(await warned)).toContain('hologram')
  })

  it('or tables of a later format are refused, also by a node that runs', async () => {
    const schema = freshSchema()
    const registry = await node(schema)
    await registry.register('s', freshRecord())
    await sql(`UPDATE "${schema}".registry SET format = 99`)
    const error = await expectCode(registry.register('s', freshRecord()), 'registry-corrupt')
    expect(error.message).toMatch(/format 99.*later version/s)
    expect(await registry.versions('s')).toEqual([1])
    await expectCode(node(schema), 'registry-corrupt')
  })
})

describe('IDs that are taken out of use by hand', () => {
  it('are not given to a new schema, by any node', async () => {
    const schema = freshSchema()
    const [a, b] = [await node(schema), await node(schema)]
    await a.register(freshSubject(), freshRecord())
    expect(await sql(`SELECT "${schema}".skip_ids(500)::integer AS seq`)).toEqual([{ seq: 2 }])
    await sql(`SELECT "${schema}".skip_ids(700, '.ctx')`)
    expect(await b.register(freshSubject(), freshRecord())).toMatchObject({ id: 501 })
    expect(await a.register(`:.ctx:${freshSubject()}`, freshRecord())).toMatchObject({ id: 701 })
    expect(await (await node(schema)).register(freshSubject(), freshRecord())).toMatchObject({ id: 502 })
    await expect(sql(`SELECT "${schema}".skip_ids(-1)`)).rejects.toThrow('not a schema ID')
  })

  it('also before the first schema', async () => {
    const schema = freshSchema()
    const registry = await node(schema)
    await sql(`SELECT "${schema}".skip_ids(41)`)
    expect(await registry.register(freshSubject(), avroText('int'))).toMatchObject({ id: 42 })
  })
})
