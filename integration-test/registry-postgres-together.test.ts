import { describe, expect, it } from 'vitest'
import type { ManagedRegistry } from '../src/registry/index.ts'
import { avroText, expectCode, freshRecord } from '../src/registry/registry-cases.test-support.ts'
import { cut, disturbedPool, postgresKit } from './registry-postgres-kit.ts'

const { postgres, sql, schema: freshSchema, node } = postgresKit()

const many = (count: number): undefined[] => Array.from({ length: count })

/** How many transactions have written the journal, and its rows. */
async function journalOf(schema: string): Promise<unknown> {
  const [row] = await sql(
    `SELECT count(*)::integer AS rows, max(seq)::integer AS last, count(DISTINCT xmin::text)::integer AS transactions FROM "${schema}".journal`,
  )
  return row
}

/** Asks for one change, and for those that are to come together while it is made. */
async function behindOne(
  registry: ManagedRegistry,
  ask: () => readonly Promise<unknown>[],
): Promise<readonly PromiseSettledResult<unknown>[]> {
  const first = registry.register('first', freshRecord())
  const others = Promise.allSettled(ask())
  await first
  return others
}

describe('changes that are asked for at once', () => {
  it('are made in few transactions, in the order in which they were asked for', async () => {
    const schema = freshSchema()
    const registry = await node(schema)
    const entries = await Promise.all(many(60).map((_, at) => registry.register(`s${at % 3}`, freshRecord())))
    expect(entries.map(({ id }) => id)).toEqual(entries.map((_, at) => at + 1))
    expect(entries.map(({ version }) => version)).toEqual(entries.map((_, at) => Math.floor(at / 3) + 1))
    const journal = await journalOf(schema)
    expect(journal).toMatchObject({ rows: 60, last: 60 })
    expect(Reflect.get(Object(journal), 'transactions')).toBeLessThan(40)
    const again = await node(schema)
    for (const entry of entries) expect(await again.version(entry.subject, entry.version)).toEqual(entry)
  })

  it('are each decided on what those before them have made, refusals too', async () => {
    const schema = freshSchema()
    const registry = await node(schema, { compatibility: 'BACKWARD' })
    const record = (...fields: object[]) => avroText({ type: 'record', name: 'R', fields })
    const [one, wider] = [record(), record({ name: 'a', type: 'int', default: 0 })]
    const outcomes = await behindOne(registry, () => [
      registry.register('s', one),
      registry.register('s', record({ name: 'b', type: 'string' })),
      registry.register('s', one),
      registry.register('t', one),
      registry.register('s', wider),
      registry.setConfig('s', { compatibility: 'NONE' }),
      registry.register('s', record({ name: 'c', type: 'int' })),
      registry.register('s', wider),
      registry.setConfig('s', { compatibility: 'BACKWARD' }),
      registry.register('s', record({ name: 'd', type: 'int' })),
      registry.deleteVersion('s', 1),
      registry.register('s', one),
    ])
    expect(outcomes.map((outcome) => (outcome.status === 'fulfilled' ? outcome.value : Reflect.get(outcome.reason, 'code')))).toMatchObject(
      [
        { id: 2, version: 1 },
        'incompatible-registration',
        { id: 2, version: 1 },
        { id: 2, version: 1, subject: 't' },
        { id: 3, version: 2 },
        { compatibility: 'NONE' },
        { id: 4, version: 3 },
        { id: 3, version: 2 },
        { compatibility: 'BACKWARD' },
        'incompatible-registration',
        1,
        { id: 2, version: 4 },
      ],
    )
    expect(await (await node(schema)).versions('s')).toEqual([2, 3, 4])
  })

  it('do not fail when the database refuses one of them', async () => {
    const schema = freshSchema()
    const registry = await node(schema)
    await sql(`ALTER TABLE "${schema}".versions ADD CONSTRAINT no_poison CHECK (subject <> 'poison')`)
    const outcomes = await behindOne(registry, () => many(9).map((_, at) => registry.register(at === 4 ? 'poison' : 's', freshRecord())))
    expect(outcomes.map(({ status }) => status).indexOf('rejected')).toBe(4)
    expect(outcomes.filter(({ status }) => status === 'rejected')).toHaveLength(1)
    for (const registryNow of [registry, await node(schema)]) {
      expect(await registryNow.versions('s')).toEqual([1, 2, 3, 4, 5, 6, 7, 8])
      await expectCode(registryNow.versions('poison'), 'subject-not-found')
    }
    expect(await journalOf(schema)).toMatchObject({ rows: 9, last: 9 })
  })

  it('of more than one transaction can hold are all made', async () => {
    const schema = freshSchema()
    const registry = await node(schema)
    const doc = 'x'.repeat(30_000)
    await Promise.all(many(120).map((_, at) => registry.register('s', freshRecord(undefined, at % 4 === 0 ? { doc } : {}))))
    expect(await registry.versions('s')).toEqual(many(120).map((_, at) => at + 1))
    expect(await journalOf(schema)).toMatchObject({ rows: 120, last: 120 })
  })

  it('on four nodes leave no gap, and no ID has two meanings', async () => {
    const schema = freshSchema()
    const nodes = await Promise.all(many(4).map(() => node(schema)))
    const entries = await Promise.all(many(200).map((_, at) => (nodes[at % 4] as ManagedRegistry).register(`s${at % 3}`, freshRecord())))
    expect(new Set(entries.map(({ id }) => id)).size).toBe(200)
    expect(Math.max(...entries.map(({ id }) => id))).toBe(200)
    expect(await journalOf(schema)).toMatchObject({ rows: 200, last: 200 })
    for (const one of nodes) for (const entry of entries) expect(await one.version(entry.subject, entry.version)).toEqual(entry)
  })

  it('all count when the answer to their commit is lost, and are all made again when there was none', async () => {
    for (const happens of [true, false]) {
      const schema = freshSchema()
      const disturbed = disturbedPool(postgres().url, 'COMMIT', async (run, client) => {
        if (happens) await run()
        cut(client)
        throw new Error('Connection terminated unexpectedly')
      })
      const registry = await node(schema, { pool: disturbed.pool })
      const first = registry.register('s', freshRecord())
      const others = many(20).map(() => registry.register('s', freshRecord()))
      await first
      disturbed.armed = true
      const entries = await Promise.all(others)
      expect(disturbed.armed).toBe(false)
      expect(entries.map(({ version }) => version)).toEqual(entries.map((_, at) => at + 2))
      expect(await journalOf(schema)).toMatchObject({ rows: 21, last: 21 })
      await registry.close()
      await disturbed.pool.end()
    }
  })

  it('are each given up by whoever asked, until they are sent, and the others are made', async () => {
    const schema = freshSchema()
    const registry = await node(schema)
    const controller = new AbortController()
    const { signal } = controller
    const first = registry.register('s', freshRecord())
    const others = many(30).map((_, at) => registry.register('s', freshRecord(), at % 2 === 0 ? { signal } : {}))
    const outcomes = Promise.allSettled(others)
    controller.abort(new Error('enough'))
    await first
    expect((await outcomes).map(({ status }) => status)).toEqual(many(30).map((_, at) => (at % 2 === 0 ? 'rejected' : 'fulfilled')))
    expect(await registry.versions('s')).toHaveLength(16)
  })
})
