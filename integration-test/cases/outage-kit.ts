import { createServer, type Server } from 'node:http'
import { Writable } from 'node:stream'
import { evolve, type KafkajsConsumerOptions, type Schemas } from 'kafka-evolve'
import { httpRegistry, memoryRegistry, type RegistryServer, serveRegistry } from 'kafka-evolve/registry'
import type { Consumer, ConsumerRunConfig, EachBatchPayload, KafkaMessage } from 'kafkajs'
import { pino } from 'pino'
import { freePorts } from '../../src/broker/ports.ts'
import { type OrderV1, V1, V2 } from '../kafkajs-kit.ts'
import { type Kit, until } from './kit.ts'

/** A registry on a port of its own that goes away and comes back there, and one that answers late. */
export interface Outage {
  readonly url: string
  /** Takes the server down: connections are refused. */
  down(): Promise<void>
  up(): Promise<void>
  /** Takes the server down, and listens on its port without ever answering. */
  hang(): Promise<void>
  /** How often it was asked something that it did not answer. */
  unanswered(): number
  stop(): Promise<void>
}

async function outage(registry: ReturnType<typeof memoryRegistry>): Promise<Outage> {
  // One that nobody gets by chance while it is not listened on.
  const [port = 0] = await freePorts(1)
  let server: RegistryServer | undefined = await serveRegistry({ registry, port })
  let deaf: Server | undefined
  let unanswered = 0
  const { url } = server
  const down = async (): Promise<void> => {
    await server?.close()
    server = undefined
    const listening = deaf
    deaf = undefined
    if (listening === undefined) return
    await new Promise((resolve) => {
      listening.close(resolve)
      listening.closeAllConnections()
    })
  }
  return {
    url,
    down,
    stop: down,
    up: async () => {
      await down()
      server = await serveRegistry({ registry, port })
    },
    hang: async () => {
      await down()
      deaf = createServer(() => void unanswered++)
      await new Promise<void>((resolve) => deaf?.listen(port, '127.0.0.1', resolve))
    },
    unanswered: () => unanswered,
  }
}

type OutageTopics = Record<string, { readonly value: typeof V1 }>

/** What was handed over: where it lay, and what it is. */
export interface Handed {
  readonly partition: number
  readonly offset: string
  readonly id: string
}

/** A topic of two partitions, a registry that can go away, and a consumer that has seen V1 but not V2. */
export interface Scene {
  readonly topic: string
  readonly groupId: string
  readonly registry: Outage
  readonly schemas: Schemas<OutageTopics>
  readonly consumer: Consumer
  readonly handed: Handed[]
  readonly joins: () => number
  readonly crashes: string[]
  /** What was logged: level and sentence, with what it says of the place. */
  readonly logged: Record<string, unknown>[]
  /** Sends orders of a version to a partition, one record batch for each call. */
  send(partition: number, version: 1 | 2, ...ids: string[]): Promise<void>
  /** The offset that the group has committed for a partition. */
  committed(partition: number): Promise<string | undefined>
  /** IDs handed over from a partition, in order. */
  of(partition: number): string[]
}

/** How a consumer of a scene runs. */
export interface Manner {
  readonly name: string
  readonly config: Omit<ConsumerRunConfig, 'eachMessage' | 'eachBatch'>
  readonly batches: boolean
}

/** The ways to consume that differ in what kafkajs resolves and commits. */
export const manners: readonly Manner[] = [
  { name: 'eachMessage', config: {}, batches: false },
  { name: 'eachMessage, each message committed', config: { autoCommitThreshold: 1 }, batches: false },
  { name: 'eachMessage, partitions at once', config: { partitionsConsumedConcurrently: 2 }, batches: false },
  { name: 'eachMessage, committing itself', config: { autoCommit: false }, batches: false },
  { name: 'eachBatch', config: {}, batches: true },
  { name: 'eachBatch, partitions at once', config: { partitionsConsumedConcurrently: 2 }, batches: true },
  { name: 'eachBatch, resolving itself', config: { eachBatchAutoResolve: false }, batches: true },
]

/** Sets the scene, runs the play, and takes everything down again. */
export async function withOutage(
  kit: Kit,
  setup: { readonly manner?: Manner; readonly options?: KafkajsConsumerOptions; readonly timeoutMs?: number; readonly partitions?: number },
  play: (scene: Scene) => Promise<void>,
): Promise<void> {
  const { manner = manners[0] as Manner, options = {}, timeoutMs = 60_000, partitions = 2 } = setup
  const topic = await kit.topic(partitions)
  const store = memoryRegistry()
  const registry = await outage(store)
  const logged: Record<string, unknown>[] = []
  const lines = new Writable({
    write: (chunk, _encoding, done) => {
      logged.push(JSON.parse(String(chunk)))
      done()
    },
  })
  const topics: OutageTopics = { [topic]: { value: V1 } }
  const [writer1, writer2] = [V1, V2].map((value) => evolve({ registry: store, autoRegister: true, topics: { [topic]: { value } } })) as [
    Schemas<OutageTopics>,
    Schemas<OutageTopics>,
  ]
  const logger = pino({ level: 'info' }, lines)
  const schemas = evolve({ registry: httpRegistry({ url: registry.url, timeoutMs, retries: 1 }), logger, topics })
  const raw = await kit.producer()
  const groupId = kit.name('outage')
  const admin = await kit.admin()
  const handed: Handed[] = []
  const crashes: string[] = []
  let joins = 0
  // 6 s is the shortest session that a broker takes by default.
  const kafkajs = await kit.consumer({ groupId, sessionTimeout: 6_000, heartbeatInterval: 300 })
  // Where nobody is silent, a slow answer is one that comes, however busy the machine is.
  const consumer = schemas.consumer(kafkajs, { pauseAfterMs: 60_000, ...options })
  consumer.on(consumer.events.GROUP_JOIN, () => void joins++)
  consumer.on(consumer.events.CRASH, ({ payload }) => void crashes.push(payload.error.message))
  const scene: Scene = {
    topic,
    groupId,
    registry,
    schemas,
    consumer: consumer as Consumer,
    handed,
    joins: () => joins,
    crashes,
    logged,
    send: async (partition, version, ...ids) => {
      const producer = (version === 1 ? writer1 : writer2).producer(raw)
      await producer.send({ topic, messages: ids.map((id) => ({ partition, value: { id } })) })
    },
    committed: async (partition) => {
      const [offsets] = await admin.fetchOffsets({ groupId, topics: [topic] })
      return offsets?.partitions.find((one) => one.partition === partition)?.offset
    },
    of: (partition) => handed.filter((one) => one.partition === partition).map(({ id }) => id),
  }
  try {
    for (let partition = 0; partition < partitions; partition++) await scene.send(partition, 1, `${partition}:first`)
    await consumer.subscribe({ topics: [topic], fromBeginning: true })
    await consumer.run(runConfig(scene, manner) as never)
    await until(() => handed.length === partitions)
    await play(scene)
  } finally {
    await consumer.disconnect()
    await schemas.close()
    await registry.stop()
  }
}

function runConfig({ handed, consumer, topic }: Scene, { config, batches }: Manner): ConsumerRunConfig {
  const eachBatch = async ({ batch, resolveOffset, isRunning, isStale }: EachBatchPayload): Promise<void> => {
    for (const message of batch.messages) {
      if (!isRunning() || isStale()) break
      handed.push(handedOver(batch.partition, message))
      if (config.eachBatchAutoResolve === false) resolveOffset(message.offset)
    }
  }
  if (batches) return { ...config, eachBatch }
  return {
    ...config,
    eachMessage: async ({ partition, message }) => {
      handed.push(handedOver(partition, message))
      if (config.autoCommit !== false) return
      await consumer.commitOffsets([{ topic, partition, offset: String(BigInt(message.offset) + 1n) }])
    },
  }
}

/** A consumed order. To kafkajs' types it holds bytes. */
export function handedOver(partition: number, { offset, value }: KafkaMessage): Handed {
  return { partition, offset, id: (value as unknown as OrderV1).id }
}

/** Waits for a time in which something is not to happen. */
export function quiet(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds))
}
