import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { type KafkaCluster, type KafkaNode, startKafka } from 'kafka-evolve/broker'
import { type Admin, Kafka, logLevel } from 'kafkajs'
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest'
import { type KafkaRegistryOptions, kafkaRegistry, type ManagedRegistry, type SubjectVersion } from '../src/registry/index.ts'
import { managedCases } from '../src/registry/managed-cases.test-support.ts'
import { expectCode, freshRecord, registryCases } from '../src/registry/registry-cases.test-support.ts'
import { createTopic } from './cases/kit.ts'
import { kafkaNodePrograms } from './registry-kafka-node.ts'
import { moreAnswers, type NodeProcess, type Said } from './registry-node-process.ts'

/** Brokers that were given are somebody else's: these tests kill some. */
const way = inject('kafkaWay') === 'container' ? 'container' : 'process'
let cluster: KafkaCluster
const programs = kafkaNodePrograms()
const open: ManagedRegistry[] = []

beforeAll(async () => {
  cluster = await startKafka({ brokers: 3, way })
})
afterEach(async () => void (await Promise.all(open.splice(0).map((registry) => registry.close()))))
afterAll(async () => {
  await programs.remove()
  await cluster?.stop()
})

const freshTopic = (): string => `_schemas-${randomUUID()}`
/** One that does not wait long for a broker that is away. */
const client = (): Kafka =>
  new Kafka({
    brokers: cluster.brokers,
    logLevel: logLevel.NOTHING,
    connectionTimeout: 1_000,
    requestTimeout: 3_000,
    retry: { retries: 3, initialRetryTime: 100, maxRetryTime: 1_000 },
  })
/** However slow the machine is: nobody gives a change up, or answers from memory before it has seen what is new. */
const patience = { startMs: 120_000, writeMs: 120_000, catchUpMs: 60_000 }

async function node(topic: string, options: Partial<KafkaRegistryOptions> = {}): Promise<ManagedRegistry> {
  const registry = await kafkaRegistry({ kafka: client(), topic, timeouts: patience, ...options })
  open.push(registry)
  return registry
}

const started = (topic: string, names: readonly string[], count: number, more: object = {}): NodeProcess[] =>
  names.map((name) => programs.start({ brokers: cluster.brokers, topic, name, count, subjects: 2, ...more }))
const ready = async (nodes: readonly NodeProcess[]): Promise<void> =>
  void (await Promise.all(nodes.map(({ until }) => until((said) => said.ready === true))))
const answered = (said: readonly Said[]): readonly Said[] => said.filter(({ id }) => id !== undefined)
const refused = (said: readonly Said[]): readonly Said[] =>
  said.filter(({ failed, retryable }) => failed !== undefined && retryable !== true)

/** What was answered is there, no ID has two meanings (also of what was purged), and no version is missing. */
async function expectHistory(registry: ManagedRegistry, said: readonly Said[], gaps = false): Promise<void> {
  const ids = new Map<number, string>()
  const note = (id: number, text: string): void => {
    expect(ids.get(id) ?? text, `ID ${id}`).toBe(text)
    ids.set(id, text)
  }
  for (const { purged, text = '' } of said) {
    if (purged === undefined) continue
    note(purged, text)
    await expectCode(registry.schemaById(purged), 'schema-not-found')
  }
  for (const { id = -1, subject = '', version = -1, text = '' } of answered(said)) {
    note(id, text)
    expect(await registry.schemaById(id)).toMatchObject({ text })
    expect(await registry.version(subject, version)).toMatchObject({ id, text })
  }
  for (const subject of await registry.subjects()) {
    const versions = await registry.versions(subject)
    for (const version of versions) {
      const { id, text } = await registry.version(subject, version)
      note(id, text)
    }
    if (!gaps) expect(versions).toEqual(versions.map((_, at) => at + 1))
  }
}

/** Which broker leads the topic, once one does that is not `gone`: brokers hear of a new leader one after the other. */
function leaderOf(topic: string, gone?: KafkaNode): Promise<KafkaNode> {
  return retried(async () => {
    const admin = client().admin()
    try {
      await admin.connect()
      const { topics } = await admin.fetchTopicMetadata({ topics: [topic] })
      const leader = cluster.nodes.find(({ id }) => id === topics[0]?.partitions[0]?.leader)
      if (leader === undefined || leader === gone) throw new Error('the topic has no new leader')
      return leader
    } finally {
      await admin.disconnect()
    }
  })
}

async function asked<T>(question: (admin: Admin) => Promise<T>): Promise<T> {
  const admin = new Kafka({ brokers: cluster.brokers, logLevel: logLevel.NOTHING, retry: { retries: 30, maxRetryTime: 1_000 } }).admin()
  await admin.connect()
  try {
    return await question(admin)
  } finally {
    await admin.disconnect()
  }
}

describe('a registry on three brokers', () => {
  const topic = freshTopic()
  let registry: ManagedRegistry
  let other: ManagedRegistry
  beforeAll(async () => {
    ;[registry, other] = await Promise.all([
      kafkaRegistry({ brokers: cluster.brokers, topic, timeouts: patience }),
      kafkaRegistry({ kafka: client(), topic, timeouts: patience }),
    ])
  })
  afterAll(async () => {
    await registry?.close()
    await other?.close()
  })

  it('makes its topic: one partition, compacted, three copies of which two must be in sync', async () => {
    const { topics } = await asked((admin) => admin.fetchTopicMetadata({ topics: [topic] }))
    const resource = { type: 2, name: topic }
    const { resources } = await asked((admin) => admin.describeConfigs({ includeSynonyms: false, resources: [resource] }))
    expect(topics[0]?.partitions.map(({ replicas }) => replicas.length)).toEqual([3])
    const configs = Object.fromEntries(resources[0]?.configEntries.map(({ configName, configValue }) => [configName, configValue]) ?? [])
    expect(configs).toMatchObject({ 'cleanup.policy': 'compact', 'min.insync.replicas': '2', 'unclean.leader.election.enable': 'false' })
  })

  it('takes the largest schema there may be', async () => {
    const frame = freshRecord([{ name: 'a', type: 'int', doc: '' }]).text
    const doc = '\\u0007'.repeat(Math.floor((1024 * 1024 - frame.length) / 6))
    const text = frame.replace('"doc":""', `"doc":"${doc}"`)
    const { id } = await registry.register('largest', { format: 'AVRO', text })
    expect((await other.schemaById(id)).text).toBe(text)
  })

  it.each(registryCases)('$name', ({ run }) =>
    run({ registry, traits: { ignoresWhitespace: true, concurrentVersions: 20, oneVersionAtOnce: true } }),
  )

  it.each(managedCases)('$name', ({ run }) => run({ registry, again: async () => other }))
})

describe('nodes in processes of their own', () => {
  it('that write at the same time give no ID two meanings, and leave no gap', async () => {
    const topic = freshTopic()
    const nodes = started(topic, ['A', 'B', 'C'], 60)
    await ready(nodes)
    for (const { go } of nodes) go()
    await Promise.all(nodes.map(({ ended }) => ended()))
    const said = nodes.flatMap((one) => one.said)
    expect(refused(said)).toEqual([])
    expect(answered(said)).toHaveLength(180)
    expect(new Set(answered(said).map(({ id }) => id)).size).toBe(140)
    await expectHistory(await node(topic), said)
  })

  it('stopped between the decision and the sending, decide again when they wake: what they had decided never counts', async () => {
    const topic = freshTopic()
    const [one] = started(topic, ['A'], 2, { stopAtSend: 1 })
    if (one === undefined) return
    await ready([one])
    one.go()
    await one.until(({ at }) => at === 'send')
    one.child.kill('SIGSTOP')
    const survivor = await node(topic)
    const between: SubjectVersion[] = []
    for (let n = 0; n < 3; n += 1) between.push(await survivor.register('shared0', freshRecord()))
    expect(between.map(({ id }) => id)).toEqual([1, 2, 3])
    one.go()
    one.child.kill('SIGCONT')
    await one.ended()
    expect(answered(one.said)).toMatchObject([
      { id: 4, version: 4, subject: 'shared0' },
      { id: 5, version: 1, subject: 'A1' },
    ])
    await expectHistory(survivor, [...one.said, ...between])
    await expectHistory(await node(topic), [...one.said, ...between])
  })

  it('killed or stopped at any moment, while they register, delete and purge, lose nothing that they answered', async () => {
    const topic = freshTopic()
    const said: Said[] = []
    // The one that is killed has more to do than it can have done by then.
    const nodes = [...started(topic, ['A', 'B'], 150, { deletes: true }), ...started(topic, ['C'], 100_000, { deletes: true })]
    await ready(nodes)
    for (const { go } of nodes) go()
    const [, , killed] = nodes
    for (let round = 0; round < 6; round += 1) {
      const victims = nodes.slice(0, 2).filter(() => Math.random() < 0.7)
      for (const { child } of victims) child.kill('SIGSTOP')
      await sleep(50 + Math.random() * 250)
      for (const { child } of victims) child.kill('SIGCONT')
      await sleep(Math.random() * 200)
      if (round === 2) killed?.child.kill('SIGKILL')
    }
    await Promise.all(nodes.map(({ ended }) => ended()))
    said.push(...nodes.flatMap((one) => one.said))
    expect(refused(said)).toEqual([])
    expect(nodes.map((one) => one.said.at(-1)?.done)).toEqual([true, true, undefined])
    await expectHistory(await node(topic), said, true)
  })
})

describe('brokers that fail', () => {
  it('one that leads the topic, killed and paused under load: nothing that was answered is lost', async () => {
    const topic = freshTopic()
    const registry = await node(topic, { timeouts: { ...patience, catchUpMs: 500 } })
    const known = await registry.register('s', freshRecord())
    // They go on until they are told to stop, when all is over.
    const nodes = started(topic, ['A', 'B'], 100_000, { deletes: true })
    await ready(nodes)
    for (const { go } of nodes) go()
    await nodes[0]?.until(({ id }) => id !== undefined)
    const leader = await leaderOf(topic)
    await leader.kill()
    expect(await registry.schemaById(known.id)).toMatchObject({ text: known.text })
    const after = await registry.register('after', freshRecord())
    expect(after).toMatchObject({ version: 1 })
    const next = await leaderOf(topic, leader)
    await leader.restart()
    await next.pause()
    await sleep(1_000)
    expect(await registry.latest('after')).toEqual(after)
    await next.resume()
    await Promise.all(nodes.map(moreAnswers))
    for (const { stop } of nodes) stop()
    await Promise.all(nodes.map(({ ended }) => ended()))
    expect(nodes.map((one) => one.said.at(-1)?.done)).toEqual([true, true])
    const said = nodes.flatMap((one) => one.said)
    expect(refused(said)).toEqual([])
    await registry.register('s', freshRecord())
    await expectHistory(registry, [...said, known, after], true)
    await expectHistory(await node(topic), [...said, known, after], true)
  })

  it('all but one: reads go on, changes are refused in words and in time, and all is well once they are back', async () => {
    const topic = freshTopic()
    const known = await (await node(topic)).register('s', freshRecord())
    const registry = await node(topic, { timeouts: { writeMs: 2_000, requestMs: 1_000, catchUpMs: 300 } })
    const [a, b] = cluster.nodes
    await Promise.all([a?.kill(), b?.kill()])
    const began = performance.now()
    const refusals = await Promise.all(
      Array.from({ length: 3 }, () => registry.register('s', freshRecord()).catch((error: unknown) => error)),
    )
    // 2 s each. Nothing that a busy machine adds makes that the 15 s that are usual.
    expect(performance.now() - began).toBeLessThan(3 * 15_000)
    for (const refusal of refusals)
      expect(refusal).toMatchObject({ retryable: true, code: expect.stringMatching(/^registry-(unavailable|timeout)$/) })
    expect(await registry.register('s', { format: 'AVRO', text: known.text })).toEqual(known)
    const reading = performance.now()
    for (let n = 0; n < 1_000; n += 1) expect(await registry.schemaById(known.id)).toMatchObject({ text: known.text })
    for (let n = 0; n < 1_000; n += 1) expect(await registry.latest('s')).toEqual(known)
    // Not 300 ms each: it looks for news once in a while.
    expect(performance.now() - reading).toBeLessThan(60_000)
    await expectCode(registry.schemaById(9_999), 'schema-not-found')
    const opening = await node(topic, { timeouts: { startMs: 1_500 } }).catch((error: unknown) => error)
    expect(opening).toMatchObject({ retryable: true })
    await Promise.all([a?.restart(), b?.restart()])
    const again = await retried(() => registry.register('s', freshRecord()))
    expect(again.id).toBeGreaterThan(known.id)
    const fresh = await node(topic)
    expect(await fresh.versions('s')).toEqual(await registry.versions('s'))
    await expectHistory(fresh, [known, again])
  })
})

describe('a topic in which schemas would not be safe', () => {
  it.each([
    ['several partitions', { numPartitions: 2, configEntries: [{ name: 'cleanup.policy', value: 'compact' }] }, /2 partitions/],
    [
      'records deleted with time',
      { configEntries: [{ name: 'cleanup.policy', value: 'delete' }] },
      /kafka-configs\.sh .*cleanup\.policy=compact/,
    ],
    ['both', { configEntries: [{ name: 'cleanup.policy', value: 'compact,delete' }] }, /cleanup\.policy=compact,delete/],
    [
      'more copies in sync than there are',
      {
        replicationFactor: 1,
        configEntries: [
          { name: 'cleanup.policy', value: 'compact' },
          { name: 'min.insync.replicas', value: '2' },
        ],
      },
      /min\.insync\.replicas=1/,
    ],
  ])('is refused: %s', async (_name, config, words) => {
    const topic = freshTopic()
    await asked((admin) => createTopic(admin, topic, { replicationFactor: 3, ...config }))
    const error = await expectCode(node(topic), 'invalid-options')
    expect(error.message).toMatch(words)
  })

  it('is warned of: one copy', async () => {
    const topic = freshTopic()
    const warnings: string[] = []
    const logger = { info: () => undefined, warn: (_details: object, message: string) => void warnings.push(message) }
    await node(topic, { replicationFactor: 1, logger })
    expect(warnings).toContain('the topic of the registry has fewer than 3 copies')
  })
})

async function retried<T>(action: () => Promise<T>): Promise<T> {
  const end = Date.now() + 120_000
  for (;;) {
    try {
      return await action()
    } catch (error) {
      if (Date.now() > end) throw error
      await sleep(200)
    }
  }
}
