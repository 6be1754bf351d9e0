import type {
  Batch,
  Consumer,
  ConsumerRunConfig,
  EachBatchPayload,
  EachMessagePayload,
  KafkaMessage,
  Producer,
  ProducerBatch,
  ProducerRecord,
  Transaction,
} from 'kafkajs'
import { pino } from 'pino'
import { type AvroDefinition, avro } from '../../avro.ts'
import { type EvolveOptions, evolve, type Schemas } from '../../evolve.ts'
import { memoryRegistry } from '../../registry/memory.ts'

const record = (name: string, ...fields: object[]): string => JSON.stringify({ type: 'record', name, namespace: 'shop', fields })

/** An order. */
export const Order: AvroDefinition<{ id: string; count: number }, { id: string; count?: number }> = avro(
  record('Order', { name: 'id', type: 'string' }, { name: 'count', type: 'int', default: 1 }),
) as never
/** The key of an order. */
export const OrderKey: AvroDefinition<{ id: string }, { id: string }> = avro(record('OrderKey', { name: 'id', type: 'string' })) as never

type TestTopics = {
  readonly orders: { readonly value: typeof Order }
  readonly keyed: { readonly key: typeof OrderKey; readonly value: typeof Order; readonly tombstones: true }
  readonly bare: Record<never, never>
}
const topics: TestTopics = { orders: { value: Order }, keyed: { key: OrderKey, value: Order, tombstones: true }, bare: {} }

/** Schemas on a registry in memory. */
export function schemasOf(options: Partial<EvolveOptions<TestTopics>> = {}): Schemas<TestTopics> {
  return evolve({ registry: memoryRegistry(), autoRegister: true, logger: pino({ level: 'silent' }), topics, ...options })
}

/** Parts of kafkajs' producer that note what they are given. */
export interface FakeProducer {
  readonly producer: Producer
  readonly sent: (ProducerRecord | ProducerBatch)[]
  readonly transaction: Transaction
}

export function fakeProducer(): FakeProducer {
  const sent: (ProducerRecord | ProducerBatch)[] = []
  const note = async (given: ProducerRecord | ProducerBatch): Promise<[]> => {
    sent.push(given)
    return []
  }
  const transaction = {
    send: note,
    sendBatch: note,
    commit: async () => {},
    abort: async () => {},
    sendOffsets: async () => {},
    isActive: () => true,
  } as Transaction
  const producer = {
    connect: async () => {},
    events: { CONNECT: 'producer.connect' },
    on: () => () => {},
    logger: () => ({}),
    send: note,
    sendBatch: note,
    transaction: async () => transaction,
  }
  return { producer: producer as unknown as Producer, sent, transaction }
}

/** A kafkajs consumer whose handlers the test calls. */
export interface FakeConsumer {
  readonly consumer: Consumer
  readonly config: () => ConsumerRunConfig | undefined
  readonly joined: (groupId: string) => void
  /** Tells those who listen to an event, by the name it has in `consumer.events`. */
  readonly emit: (name: string, payload: object) => void
}

export function fakeConsumer(): FakeConsumer {
  let config: ConsumerRunConfig | undefined
  const listeners: { readonly name: string; readonly told: (event: { payload: object }) => void }[] = []
  const paused = new Set<number>()
  const topics = new Set<string>()
  const mark = (on: boolean, given: { topic: string; partitions?: number[] }[]): void => {
    for (const { topic, partitions = [] } of given) {
      topics.add(topic)
      for (const partition of partitions) on ? paused.add(partition) : paused.delete(partition)
    }
  }
  const consumer = {
    connect: async () => {},
    events: {
      GROUP_JOIN: 'group_join',
      END_BATCH_PROCESS: 'end_batch_process',
      COMMIT_OFFSETS: 'commit_offsets',
      STOP: 'stop',
      CRASH: 'crash',
    },
    on: (name: string, told: (typeof listeners)[number]['told']) => listeners.push({ name, told }),
    run: async (given?: ConsumerRunConfig) => {
      config = given
    },
    pause: (given: { topic: string; partitions?: number[] }[]) => mark(true, given),
    resume: (given: { topic: string; partitions?: number[] }[]) => mark(false, given),
    paused: () => (paused.size === 0 ? [] : [...topics].map((topic) => ({ topic, partitions: [...paused] }))),
    seek: () => {},
    stop: async () => {},
    disconnect: async () => {},
  }
  const emit = (wanted: string, payload: object): void => {
    for (const { name, told } of listeners) if (name === wanted) told({ payload })
  }
  return {
    consumer: consumer as unknown as Consumer,
    config: () => config,
    joined: (groupId) => emit('group_join', { groupId, memberAssignment: {} }),
    emit,
  }
}

export function kafkaMessage(offset: string, value: Buffer | null, key: Buffer | null = null): KafkaMessage {
  return { offset, value, key, timestamp: '1700000000000', attributes: 0, headers: { trace: 'abc' } }
}

export function messagePayload(topic: string, message: KafkaMessage, heartbeat: () => Promise<void> = async () => {}): EachMessagePayload {
  return { topic, partition: 3, message, heartbeat, pause: () => () => {} }
}

/** As kafkajs has it: methods on the prototype, and more offsets than messages. */
class FakeBatch implements Batch {
  readonly topic: string
  readonly partition: number = 3
  readonly highWatermark: string = '100'
  readonly messages: KafkaMessage[]
  constructor(topic: string, messages: KafkaMessage[]) {
    this.topic = topic
    this.messages = messages
  }
  isEmpty(): boolean {
    return this.messages.length === 0
  }
  firstOffset(): string | null {
    return this.messages[0]?.offset ?? null
  }
  lastOffset(): string {
    return '99'
  }
  offsetLag(): string {
    return '0'
  }
  offsetLagLow(): string {
    return '89'
  }
}

/** A batch payload, and the offsets resolved on it. */
export function batchPayload(
  topic: string,
  messages: KafkaMessage[],
  heartbeat: () => Promise<void> = async () => {},
): { payload: EachBatchPayload; resolved: string[] } {
  const resolved: string[] = []
  const payload = {
    batch: new FakeBatch(topic, messages),
    resolveOffset: (offset: string) => void resolved.push(offset),
    heartbeat,
    isRunning: () => true,
    isStale: () => false,
  }
  return { payload: payload as unknown as EachBatchPayload, resolved }
}

/** The object with everything in it frozen, bytes apart. */
export function deepFrozen<T>(value: T): T {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return value
  for (const part of Object.values(value)) deepFrozen(part)
  return Object.freeze(value)
}
