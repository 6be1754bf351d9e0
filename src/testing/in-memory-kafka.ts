import { createRequire } from 'node:module'
import type { Socket } from 'node:net'
import type * as kafkajs from 'kafkajs'
import type { Kafka, KafkaConfig } from 'kafkajs'
import { EvolveError } from '../errors.ts'
import { ERROR } from './memory-broker/error-codes.ts'
import { MemoryBroker } from './memory-broker/memory-broker.ts'
import { refuseRawBytes } from './refuse-raw-bytes.ts'

/** Options of {@link inMemoryKafka}. */
export interface InMemoryKafkaOptions {
  /** Topics that are there from the start, with their numbers of partitions. Default: none. */
  readonly topics?: Readonly<Record<string, number>>
  /** Partitions of a topic whose creator does not say how many. Default: 1, as Kafka's `num.partitions`. */
  readonly partitions?: number
  /** Whether sending to a topic, or subscribing to it, creates it. Default: true, as Kafka's `auto.create.topics.enable`. */
  readonly autoCreateTopics?: boolean
  /** What else kafkajs takes, such as `clientId`, `retry`, `logLevel`. Default: log errors only. */
  readonly client?: Partial<Omit<KafkaConfig, 'brokers' | 'socketFactory' | 'ssl' | 'sasl'>>
}

/**
 * A real kafkajs client on a broker that lives in this process: no port, no container, no files, nothing to stop but the
 * producers and consumers themselves. The client's code is kafkajs' own, so partitioning, batching, retries, crashes, events
 * and error texts are what they are in production; the broker keeps record batches, consumer groups and transactions in memory.
 *
 * Three things differ. A `Uint8Array` that is not a `Buffer` is refused, where kafkajs would write its digits as text. A consumer
 * that does not say otherwise has `heartbeatInterval: 100` and `maxWaitTimeInMs: 50`, so that it notices a rebalance at once and
 * stops at once; the broker lets no fetch wait for longer than these 50 ms. Not there: several brokers, ACLs, configurations,
 * compaction, retention; a request for one of these fails with kafkajs' `KafkaJSServerDoesNotSupportApiKey`.
 *
 * @throws EvolveError `missing-prerequisite` without kafkajs, `invalid-options` for a topic that Kafka would not take.
 */
export function inMemoryKafka(options: InMemoryKafkaOptions = {}): Kafka {
  const { topics = {}, partitions = 1, autoCreateTopics = true, client = {} } = options
  if (!Number.isSafeInteger(partitions) || partitions < 1)
    throw new EvolveError('invalid-options', `${partitions} partitions are not possible`)
  const broker = new MemoryBroker({ partitions, autoCreateTopics })
  for (const [topic, count] of Object.entries(topics)) {
    const error = Number.isSafeInteger(count) && count > 0 ? broker.topics.create(topic, count) : ERROR.invalidPartitions
    if (error !== ERROR.none) throw new EvolveError('invalid-options', `Kafka has no topic '${topic}' with ${count} partitions`, { topic })
  }
  const { Kafka: Client, logLevel } = loadKafkajs()
  const kafka = new Client({
    logLevel: logLevel.ERROR,
    ...client,
    brokers: ['in-memory:9092'],
    socketFactory: ({ onConnect }) => connect(broker, onConnect),
  })
  const { producer, consumer } = kafka
  kafka.producer = (config) => refuseRawBytes(producer.call(kafka, config))
  kafka.consumer = (config) => consumer.call(kafka, { heartbeatInterval: 100, maxWaitTimeInMs: 50, ...config })
  return kafka
}

/** A connection with the parts of a socket that kafkajs uses beyond those of a stream. */
function connect(broker: MemoryBroker, onConnect: () => void): Socket {
  const stream = broker.connect()
  setImmediate(onConnect)
  return Object.assign(stream, { unref: () => stream }) as unknown as Socket
}

/** Loaded when asked for: kafkajs is optional, and the rest of this entry point does without. */
function loadKafkajs(): typeof kafkajs {
  try {
    return createRequire(import.meta.url)('kafkajs') as typeof kafkajs
  } catch (cause) {
    throw new EvolveError('missing-prerequisite', 'kafkajs is not installed', { hint: 'npm install --save-dev kafkajs' }, cause)
  }
}
