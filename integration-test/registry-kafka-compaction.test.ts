import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { type KafkaCluster, startKafka } from 'kafka-evolve/broker'
import { type Admin, ConfigResourceTypes, type Kafka } from 'kafkajs'
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest'
import { isEvolveError } from '../src/errors.ts'
import { dumpOf } from '../src/registry/dump.test-support.ts'
import { type KafkaRegistryOptions, kafkaRegistry, type ManagedRegistry, type UnknownTopicRecord } from '../src/registry/index.ts'
import { confluentTopic, karapaceTopic, type TopicDump } from '../src/registry/kafka/foreign-topics.test-support.ts'
import { expectCode, freshRecord } from '../src/registry/registry-cases.test-support.ts'
import { createTopic } from './cases/kit.ts'
import { QUICK, testKafka, uniqueGroup } from './setup/kafka.ts'

/** A topic that is compacted at once, and loses records without a value too. */
const eager = {
  'cleanup.policy': 'compact',
  'segment.ms': '200',
  'min.cleanable.dirty.ratio': '0.001',
  'max.compaction.lag.ms': '1',
  'delete.retention.ms': '1',
}
let kafka: Kafka
let admin: Admin
const open: ManagedRegistry[] = []

let own: KafkaCluster | undefined

beforeAll(async () => {
  // Brokers that were given are not to be configured otherwise.
  if (inject('kafkaWay') === 'given') own = await startKafka({ way: 'process' })
  kafka = testKafka(own === undefined ? {} : { brokers: own.brokers })
  admin = kafka.admin()
  await admin.connect()
  // The cleaner of a broker looks around every 15 s.
  await setCleaner([{ name: 'log.cleaner.backoff.ms', value: '100' }])
})
afterEach(async () => void (await Promise.all(open.splice(0).map((registry) => registry.close()))))
afterAll(async () => {
  await setCleaner([])
  await admin?.disconnect()
  await own?.stop()
})

async function setCleaner(configEntries: { name: string; value: string }[]): Promise<void> {
  const { brokers } = await admin.describeCluster()
  const resources = brokers.map(({ nodeId }) => ({ type: ConfigResourceTypes.BROKER, name: String(nodeId), configEntries }))
  await admin.alterConfigs({ validateOnly: false, resources })
}

async function eagerTopic(records: TopicDump = []): Promise<string> {
  const topic = `_schemas-${randomUUID()}`
  const configEntries = Object.entries(eager).map(([name, value]) => ({ name, value }))
  await createTopic(admin, topic, { replicationFactor: 1, configEntries })
  if (records.length > 0) await send(topic, records)
  return topic
}

async function send(topic: string, records: TopicDump): Promise<void> {
  const producer = kafka.producer()
  await producer.connect()
  await producer.send({ topic, messages: records.map(([key, value]) => ({ key, value })) })
  await producer.disconnect()
}

async function node(topic: string, options: Partial<KafkaRegistryOptions> = {}): Promise<ManagedRegistry> {
  const registry = await kafkaRegistry({ kafka, topic, timeouts: { sweepMs: 100 }, onUnknownRecord: () => undefined, ...options })
  open.push(registry)
  return registry
}

/** What is in the topic now. */
async function recordsOf(topic: string): Promise<readonly { offset: number; key: string; value: string | null }[]> {
  const [partition] = await admin.fetchTopicOffsets(topic)
  const last = Number(partition?.high ?? 0) - 1
  const records: { offset: number; key: string; value: string | null }[] = []
  const consumer = kafka.consumer({ groupId: uniqueGroup(), ...QUICK })
  await consumer.connect()
  await consumer.subscribe({ topic, fromBeginning: true })
  await new Promise<void>((resolve) => {
    void consumer.run({
      autoCommit: false,
      eachMessage: async ({ message }) => {
        records.push({ offset: Number(message.offset), key: String(message.key), value: message.value?.toString() ?? null })
        if (Number(message.offset) >= last) resolve()
      },
    })
  })
  await consumer.disconnect()
  return records
}

/** Lets the broker compact all that is in the topic, until nothing of it says this any more. */
async function compactedUntil(
  topic: string,
  gone: (records: Awaited<ReturnType<typeof recordsOf>>) => boolean,
): Promise<Awaited<ReturnType<typeof recordsOf>>> {
  const end = Date.now() + 150_000
  for (;;) {
    // A segment is closed by the record that comes after its time.
    await sleep(300)
    await send(topic, [['{"keytype":"NOOP","magic":0}', null]])
    const records = await recordsOf(topic)
    if (gone(records)) return records
    if (Date.now() > end) throw new Error(`the topic was not compacted: ${JSON.stringify(records)}`)
  }
}

const texts = (records: Awaited<ReturnType<typeof recordsOf>>): string => records.map(({ value }) => value).join('\n')

describe('a topic that the broker compacts', () => {
  it('says the same afterwards, nothing that was purged comes back, and its IDs neither', async () => {
    const topic = await eagerTopic()
    const [one, two] = [await node(topic), await node(topic)]
    const secrets = [freshRecord(), freshRecord(), freshRecord()]
    const all = await Promise.all(
      [...secrets, freshRecord(), freshRecord()].flatMap((schema) => [one.register('s', schema), two.register('s', schema)]),
    )
    for (let n = 0; n < 4; n += 1) await (n % 2 === 0 ? one : two).setConfig('s', { alias: `a${n}` })
    await one.setConfig('later-gone', { compatibility: 'FULL' })
    await two.register('later-gone', secrets[0] ?? freshRecord())
    await one.deleteSubject('later-gone')
    await one.deleteSubject('later-gone', { permanent: true })
    for (const { text } of secrets) {
      const { version } = await two.lookup('s', { format: 'AVRO', text })
      await two.deleteVersion('s', version)
      await one.deleteVersion('s', version, { permanent: true })
    }
    const last = await one.register('last', freshRecord())
    await two.deleteSubject('last')
    await two.deleteSubject('last', { permanent: true })
    const before = await dumpOf(one)
    expect(await dumpOf(two)).toEqual(before)
    const left = await compactedUntil(topic, (records) => {
      const said = texts(records)
      return [...secrets, last].every(({ text }) => !said.includes(JSON.parse(text).name as string)) && !said.includes('a2')
    })
    expect(left.length).toBeLessThan((left.at(-1)?.offset ?? 0) / 2)
    const again = await node(topic)
    expect(await dumpOf(again)).toEqual(before)
    await expectCode(again.schemaById(last.id), 'schema-not-found')
    await again.setMode('back', 'IMPORT')
    await expectCode(again.importVersion('back', freshRecord(), { id: last.id }), 'registry-rejected')
    await again.importVersion('back', { format: 'AVRO', text: last.text }, { id: last.id })
    expect((await again.register('s', freshRecord())).id).toBeGreaterThan(Math.max(last.id, ...all.map(({ id }) => id)))
    expect(await dumpOf(one)).toEqual(await dumpOf(again))
  })

  it('of a Karapace is gone on with in its place, keeps its IDs, and what is purged here goes from it', async () => {
    const topic = await eagerTopic(karapaceTopic)
    const registry = await node(topic)
    expect(await registry.subjects({ deleted: true })).toHaveLength(7)
    expect(await registry.register('orders-value', await registry.version('orders-value', 2))).toMatchObject({ id: 2, version: 2 })
    expect(await registry.register('new', freshRecord())).toMatchObject({ id: 13, version: 1 })
    await registry.deleteSubject('new')
    await registry.deleteSubject('new', { permanent: true })
    await registry.deleteSubject('json-value')
    await registry.deleteSubject('json-value', { permanent: true })
    await registry.deleteVersion('soft-value', 2, { permanent: true })
    await registry.setConfig('orders-value', { compatibility: 'FULL' })
    await registry.setConfig(undefined, { compatibility: 'NONE' })
    const before = await dumpOf(registry)
    await compactedUntil(topic, (records) => !/integer|long|last-value|FORWARD|BACKWARD/.test(texts(records)))
    const again = await node(topic)
    expect(await dumpOf(again)).toEqual(before)
    expect(await again.register('new', freshRecord())).toMatchObject({ id: 14 })
  })

  it("of Confluent's registry too: told of what is passed over, and what it had purged does not come back", async () => {
    const topic = await eagerTopic(confluentTopic)
    const told: UnknownTopicRecord[] = []
    const registry = await node(topic, { onUnknownRecord: (record) => told.push(record) })
    expect(told).toHaveLength(6)
    expect(await registry.subjects({ prefix: ':*:', deleted: true })).toEqual([':.ctx:s', 'contract', 'old', 'refs'])
    await registry.setConfig('old', { compatibility: 'NONE' })
    const { id } = await registry.register('old', freshRecord())
    expect(id).toBe(62)
    const before = await dumpOf(registry)
    await compactedUntil(topic, (records) => !/secret|Secret/.test(texts(records)))
    const again = await node(topic)
    expect(await dumpOf(again)).toEqual(before)
    expect(await again.register('old', freshRecord())).toMatchObject({ id: 63, version: 4 })
    expect((await recordsOf(topic)).some(({ key }) => key.includes('ASSOC'))).toBe(true)
  })
})

describe('a topic whose records are elsewhere than where they were written', () => {
  it('is refused, and what to do about it is said', async () => {
    const topic = await eagerTopic()
    const registry = await node(topic)
    for (let n = 0; n < 6; n += 1) await registry.register('s', freshRecord())
    const records = (await recordsOf(topic)).map(({ key, value }) => [key, value] as const)
    for (const moved of [records.slice(1), [['{"keytype":"NOOP","magic":0}', null] as const, ...records]]) {
      const error = await expectCode(node(await eagerTopic(moved)), 'registry-corrupt')
      expect(error.message).toMatch(/copied.*import/)
    }
    expect(await (await node(await eagerTopic(records))).versions('s')).toEqual([1, 2, 3, 4, 5, 6])
  })

  it('or gone, is noticed: no change is made any more on what was read of it', async () => {
    const topic = await eagerTopic()
    const registry = await node(topic, { timeouts: { writeMs: 4_000, stallMs: 1_000 } })
    const known = await registry.register('s', freshRecord())
    await registry.register('s', freshRecord())
    await admin.deleteTopics({ topics: [topic] })
    await sleep(500)
    await createTopic(admin, topic, { replicationFactor: 1 })
    let outcome: unknown
    do {
      outcome = await registry.register('s', freshRecord()).catch((thrown: unknown) => thrown)
    } while (isEvolveError(outcome) && outcome.retryable)
    expect(outcome).toMatchObject({ code: 'registry-corrupt' })
    expect(await registry.schemaById(known.id)).toMatchObject({ text: known.text })
  })
})
