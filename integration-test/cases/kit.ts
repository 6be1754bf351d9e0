import type {
  Admin,
  AdminConfig,
  Consumer,
  ConsumerConfig,
  EachMessagePayload,
  ITopicConfig,
  Kafka,
  KafkaMessage,
  Producer,
  ProducerConfig,
} from 'kafkajs'
import { untilServed } from '../../examples/lib/served.ts'

/** What a case works with; everything it starts is stopped when it ends. */
export interface Kit {
  /** Creates a topic of this case's own and gives its name. */
  topic(partitions?: number): Promise<string>
  /** A name of this case's own: a group, a transactional ID, a topic that does not exist yet. */
  name(what: string): string
  producer(config?: ProducerConfig): Promise<Producer>
  /** Connected, with short waits. */
  consumer(config?: Partial<ConsumerConfig>): Promise<Consumer>
  admin(): Promise<Admin>
  readonly kafka: Kafka
}

/** One thing that a Kafka does, asserted. */
export interface KafkaCase {
  readonly name: string
  run(kit: Kit): Promise<void>
}

/** Runs a case against a Kafka, whichever it is, and stops what the case started, also when it fails. */
export async function runCase(kafka: Kafka, { run }: KafkaCase): Promise<void> {
  const started: { disconnect(): Promise<void> }[] = []
  const begin = async <T extends { connect(): Promise<void>; disconnect(): Promise<void> }>(client: T): Promise<T> => {
    started.push(client)
    await client.connect()
    return client
  }
  const own = `case-${Date.now().toString(36)}-${Math.random().toString(36).slice(2, 8)}`
  let topics = 0
  const kit: Kit = {
    kafka,
    name: (what) => `${own}-${what}`,
    producer: (config) => begin(kafka.producer(config)),
    consumer: (config) => begin(kafka.consumer({ groupId: `${own}-group`, heartbeatInterval: 100, maxWaitTimeInMs: 50, ...config })),
    admin: (config?: AdminConfig) => begin(kafka.admin(config)),
    async topic(numPartitions = 1) {
      const topic = `${own}-${++topics}`
      await createTopic(await kit.admin(), topic, { numPartitions })
      return topic
    },
  }
  try {
    await run(kit)
  } finally {
    for (const client of started.reverse()) await client.disconnect()
    await deleteTopics(kafka, own)
  }
}

/** With one partition, unless the config says otherwise; each is served when it is there. */
export async function createTopic(admin: Admin, topic: string, config: Omit<ITopicConfig, 'topic'> = {}): Promise<void> {
  // kafkajs itself gives up where the broker that it asks has not heard of the new topic yet.
  await admin.createTopics({ topics: [{ topic, numPartitions: 1, ...config }], waitForLeaders: false })
  await untilServed(admin, [topic])
}

async function deleteTopics(kafka: Kafka, prefix: string): Promise<void> {
  const admin = kafka.admin()
  await admin.connect()
  const topics = (await admin.listTopics()).filter((topic) => topic.startsWith(prefix))
  if (topics.length > 0) await admin.deleteTopics({ topics })
  await admin.disconnect()
}

/** A message with the place where it lay. */
export interface Received extends Pick<EachMessagePayload, 'topic' | 'partition'> {
  readonly message: KafkaMessage
  readonly text: string | null
}

/** Consumes from the beginning until `count` messages are there, then stops. */
export async function receive(consumer: Consumer, topics: string[], count: number): Promise<Received[]> {
  const received: Received[] = []
  await consumer.subscribe({ topics, fromBeginning: true })
  await new Promise<void>((resolve, reject) => {
    consumer
      .run({
        eachMessage: async ({ topic, partition, message }) => {
          received.push({ topic, partition, message, text: message.value?.toString() ?? null })
          if (received.length === count) resolve()
        },
      })
      .catch(reject)
  })
  await consumer.stop()
  return received
}

/** Waits until the condition holds; a case that waits in vain is ended by its test's own limit. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 10))
}
