import type { Kafka } from 'kafkajs'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { inMemoryKafka } from '../../testing/in-memory-kafka.ts'
import { managedCases } from '../managed-cases.test-support.ts'
import { expectCode, freshRecord, freshSubject, registryCases } from '../registry-cases.test-support.ts'
import { serveRegistry } from '../server/serve.ts'
import type { ManagedRegistry } from '../types.ts'
import { kafkaRegistry } from './kafka-registry.ts'
import type { KafkaRegistryOptions } from './options.ts'

const client = { retry: { retries: 5, initialRetryTime: 50, maxRetryTime: 300 }, logLevel: 0 }
const open: ManagedRegistry[] = []

async function start(kafka: Kafka, options: Partial<KafkaRegistryOptions> = {}): Promise<ManagedRegistry> {
  const timeouts = { writeMs: 60_000, catchUpMs: 60_000 }
  const registry = await kafkaRegistry({ kafka, onUnknownRecord: () => undefined, timeouts, ...options })
  open.push(registry)
  return registry
}
const closeAll = async (): Promise<void> => void (await Promise.all(open.splice(0).map((registry) => registry.close())))

describe('kafka, on a Kafka in memory', () => {
  const kafka = inMemoryKafka({ client })
  let registry: ManagedRegistry
  let other: ManagedRegistry
  beforeAll(async () => {
    registry = await start(kafka)
    other = await start(kafka)
  })
  afterAll(closeAll)

  it.each(registryCases)('$name', ({ run }) =>
    run({ registry, traits: { ignoresWhitespace: true, concurrentVersions: 20, oneVersionAtOnce: true } }),
  )

  it.each(managedCases)('$name', ({ run }) => run({ registry, again: async () => other }))
})

describe('nodes on one topic', () => {
  afterEach(closeAll)

  it('give one schema one ID, and each version to one schema, whoever writes', async () => {
    const kafka = inMemoryKafka({ client })
    const nodes = await Promise.all([start(kafka), start(kafka), start(kafka)])
    const [subject, shared] = [freshSubject(), freshRecord()]
    const own = await Promise.all(nodes.flatMap((node) => Array.from({ length: 5 }, () => node.register(subject, freshRecord()))))
    const same = await Promise.all(nodes.map((node) => node.register(subject, shared)))
    expect(new Set(own.map(({ id }) => id)).size).toBe(15)
    expect(new Set(own.map(({ version }) => version)).size).toBe(15)
    expect(new Set(same.map(({ id, version }) => `${id} ${version}`)).size).toBe(1)
    for (const node of [...nodes, await start(kafka)]) {
      for (const { id, version, text } of own) expect(await node.version(subject, version)).toMatchObject({ id, text })
    }
  })

  it('find at once what another one has just answered', async () => {
    const kafka = inMemoryKafka({ client })
    const [a, b] = [await start(kafka), await start(kafka)]
    for (let n = 0; n < 10; n += 1) {
      const { id, subject, text } = await a.register(freshSubject(), freshRecord())
      expect((await b.schemaById(id)).text).toBe(text)
      expect(await b.versions(subject)).toEqual([1])
    }
    await a.setMode(undefined, 'READONLY')
    await expectCode(b.register(freshSubject(), freshRecord()), 'registry-rejected')
    await a.setMode(undefined, 'READWRITE')
    await b.register(freshSubject(), freshRecord())
  })

  it('lose no member of a config that servers on two of them are asked to set at once', async () => {
    const kafka = inMemoryKafka({ client })
    const servers = await Promise.all([1, 2].map(async () => serveRegistry({ registry: await start(kafka) })))
    const parts = [{ normalize: true }, { alias: 'x' }, { compatibilityGroup: 'g' }, { compatibility: 'FULL' }]
    for (const path of ['/config', '/config/s']) {
      const answers = await Promise.all(
        parts.map(async (part, at) =>
          fetch(`${servers[at % 2]?.url}${path}`, {
            method: 'PUT',
            headers: { 'content-type': 'application/json' },
            body: JSON.stringify(part),
          }),
        ),
      )
      expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200])
      const set = await (await fetch(`${servers[0]?.url}${path}`)).json()
      expect(set).toEqual({ normalize: true, alias: 'x', compatibilityGroup: 'g', compatibilityLevel: 'FULL' })
    }
    for (const server of servers) await server.close()
  })

  it('refuse a topic of several partitions, and options that are none', async () => {
    await expectCode(start(inMemoryKafka({ client, topics: { _schemas: 3 } })), 'invalid-options')
    const kafka = inMemoryKafka({ client })
    for (const options of [
      { brokers: ['a:1'] },
      { topic: 'a/b' },
      { firstId: -1 },
      { replicationFactor: 0 },
      { timeouts: { writeMs: -1 } },
    ]) {
      await expectCode(start(kafka, options), 'invalid-options')
    }
    await expectCode(kafkaRegistry({}), 'invalid-options')
    await expectCode(start(kafka, { compatibility: 'full' as 'FULL' }), 'invalid-options')
  })

  it('answer nothing once closed, and close twice', async () => {
    const registry = await start(inMemoryKafka({ client }))
    await registry.register('s', freshRecord())
    await registry.close()
    await registry.close()
    await expectCode(registry.versions('s'), 'registry-rejected')
    await expectCode(registry.register('s', freshRecord()), 'registry-rejected')
  })
})
