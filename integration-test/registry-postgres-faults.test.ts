import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, describe, expect, it } from 'vitest'
import type { ManagedRegistry } from '../src/registry/index.ts'
import { expectCode, freshRecord } from '../src/registry/registry-cases.test-support.ts'
import { moreAnswers, type Said } from './registry-node-process.ts'
import { postgresKit } from './registry-postgres-kit.ts'
import { nodePrograms } from './registry-postgres-node.ts'

const { postgres, sql, schema: freshSchema, node } = postgresKit()
const programs = nodePrograms()
afterAll(() => programs.remove())

const notOurs = 'the server was given to the tests, and is not theirs to crash'

const answered = (said: readonly Said[]): readonly Said[] => said.filter(({ id }) => id !== undefined)

/** What was answered is there, no ID has two meanings, and no version is missing. */
async function expectHistory(registry: ManagedRegistry, said: readonly Said[]): Promise<void> {
  const ids = new Map<number, string>()
  for (const { id = -1, subject = '', version = -1, text = '' } of answered(said)) {
    expect(ids.get(id) ?? text, `ID ${id}`).toBe(text)
    ids.set(id, text)
    expect(await registry.schemaById(id)).toMatchObject({ text })
    expect(await registry.version(subject, version)).toMatchObject({ id, text })
  }
  for (const subject of await registry.subjects()) {
    const versions = await registry.versions(subject)
    expect(versions).toEqual(versions.map((_, at) => at + 1))
  }
}

describe('nodes in processes of their own', () => {
  it('that register at the same time give no ID two meanings, and leave no gap', async () => {
    const schema = freshSchema()
    const nodes = ['A', 'B', 'C'].map((name) => programs.start({ url: postgres().url, schema, name, count: 60, subjects: 2 }))
    await Promise.all(nodes.map(({ until }) => until(({ ready }) => ready === true)))
    for (const { go } of nodes) go()
    await Promise.all(nodes.map(({ ended }) => ended()))
    const said = nodes.flatMap((one) => one.said)
    expect(said.filter(({ failed }) => failed !== undefined)).toEqual([])
    expect(answered(said)).toHaveLength(180)
    // 20 shared schemas, and 40 of each node.
    expect(new Set(said.map(({ id }) => id).filter((id) => id !== undefined)).size).toBe(140)
    await expectHistory(await node(schema), said)
    const rows = await sql(
      `SELECT count(*)::integer AS count, max(seq)::integer AS last, max(schema_id)::integer AS id FROM "${schema}".journal`,
    )
    expect(rows).toEqual([{ count: 140, last: 140, id: 140 }])
  })

  it('that are killed at any moment lose nothing that they answered', async () => {
    const schema = freshSchema()
    const survivor = await node(schema)
    const said: Said[] = []
    for (let round = 0; round < 5; round += 1) {
      const name = `R${'abcde'[round]}`
      const one = programs.start({ url: postgres().url, schema, name, count: 100_000, subjects: 2 })
      await one.until(({ ready }) => ready === true)
      one.go()
      await one.until(({ id }) => id !== undefined)
      const between = Promise.all([survivor.register('shared0', freshRecord()), survivor.register('other', freshRecord())])
      await sleep(Math.random() * 60)
      one.child.kill('SIGKILL')
      await one.ended()
      for (const { id, version, subject, text } of await between) said.push({ id, version, subject, text })
      said.push(...one.said)
      await expectHistory(survivor, said)
    }
    await expectHistory(await node(schema), said)
  })

  it.each(['WITH', 'COMMIT'] as const)('killed just before %s, have changed nothing', async (stopAt) => {
    const schema = freshSchema()
    const survivor = await node(schema)
    const one = programs.start({ url: postgres().url, schema, name: 'A', count: 1, subjects: 1, stopAt })
    await one.until(({ ready }) => ready === true)
    one.go()
    await one.until(({ at }) => at === stopAt)
    const waiting = survivor.register('s', freshRecord())
    await sleep(50)
    one.child.kill('SIGKILL')
    expect(await waiting).toMatchObject({ id: 1, version: 1 })
    expect(await survivor.subjects()).toEqual(['s'])
  })

  it.each(['WITH', 'COMMIT'] as const)(
    'stopped with the lock in hand just before %s, keep others waiting for so long only, and decide again when they wake',
    async (stopAt) => {
      const schema = freshSchema()
      const options = { statementTimeoutMs: 6_000, writeTimeoutMs: 60_000 }
      const other = await node(schema, { ...options, writeTimeoutMs: 2_500 })
      const patient = await node(schema, options)
      const one = programs.start({ url: postgres().url, schema, name: 'A', count: 2, subjects: 1, stopAt, options })
      await one.until(({ ready }) => ready === true)
      one.go()
      await one.until(({ at }) => at === stopAt)
      one.child.kill('SIGSTOP')
      const [locked, registered] = await Promise.all([
        expectCode(other.register('s', freshRecord()), 'registry-locked'),
        patient.register('shared0', freshRecord()),
      ])
      expect(locked).toMatchObject({ retryable: true })
      expect(registered).toMatchObject({ id: 1, version: 1 })
      one.child.kill('SIGCONT')
      one.go()
      await one.ended()
      expect(answered(one.said)).toMatchObject([
        { id: 2, version: 2, subject: 'shared0' },
        { id: 3, version: 1, subject: 'A0' },
      ])
      await expectHistory(patient, [...one.said, registered])
    },
  )
})

describe('a server that crashes', () => {
  it('and starts again under load has everything that was answered', async ({ skip }) => {
    const { server } = postgres()
    if (server === undefined) return skip(notOurs)
    const schema = freshSchema()
    const registry = await node(schema)
    const known = await registry.register('s', freshRecord())
    // They go on until they are told to stop, when all is over.
    const nodes = ['A', 'B'].map((name) => programs.start({ url: postgres().url, schema, name, count: 100_000, subjects: 2 }))
    await Promise.all(nodes.map(({ until }) => until(({ ready }) => ready === true)))
    for (const { go } of nodes) go()
    for (let crash = 0; crash < 3; crash += 1) {
      await sleep(100 + Math.random() * 200)
      await server.kill()
      // While it is away, reads go on.
      expect(await registry.latest('s')).toEqual(known)
      expect(await registry.schemaById(known.id)).toMatchObject({ text: known.text })
      await server.start()
      await Promise.all(nodes.map(moreAnswers))
    }
    for (const { stop } of nodes) stop()
    await Promise.all(nodes.map(({ ended }) => ended()))
    const said = nodes.flatMap((one) => one.said)
    expect(said.filter(({ failed, retryable }) => failed !== undefined && retryable !== true)).toEqual([])
    expect(nodes.map((one) => one.said.at(-1)?.done)).toEqual([true, true])
    await registry.register('s', freshRecord())
    await expectHistory(registry, said)
    await expectHistory(await node(schema), said)
  })

  it('refuses changes in time, in words, while it is away', async ({ skip }) => {
    const { server } = postgres()
    if (server === undefined) return skip(notOurs)
    const schema = freshSchema()
    const patient = await node(schema)
    const known = await patient.register('s', freshRecord())
    const registry = await node(schema, { writeTimeoutMs: 2_000 })
    await server.kill()
    const began = performance.now()
    const refusals = await Promise.all(
      Array.from({ length: 200 }, () => registry.register('s', freshRecord()).catch((error: unknown) => error)),
    )
    // Not 2 s each, one after the other.
    expect(performance.now() - began).toBeLessThan(60_000)
    for (const refusal of refusals)
      expect(refusal).toMatchObject({ retryable: true, code: expect.stringMatching(/registry-(unavailable|timeout)/) })
    expect(refusals.map(String).join()).toContain('ECONNREFUSED')
    expect(await registry.register('s', known)).toEqual(known)
    for (let n = 0; n < 100; n += 1) expect(await registry.latest('s')).toEqual(known)
    await expectCode(node(schema), 'registry-unavailable')
    await server.start()
    expect(await patient.register('s', freshRecord())).toMatchObject({ id: 2, version: 2 })
    await expect.poll(() => registry.register('s', freshRecord())).toMatchObject({ version: expect.any(Number) })
    const versions = await patient.versions('s')
    expect(versions.slice(0, 2)).toEqual([1, 2])
    expect(await registry.versions('s')).toEqual(versions)
  })
})
