import { startKafka } from 'kafka-evolve/broker'
import { Kafka, logLevel } from 'kafkajs'
import { untilServed } from './served.ts'

/** What every example takes. */
export interface ExampleOptions {
  /** `host:port` of the brokers. Default: those of `KAFKA_BROKERS`, else a Kafka that is started for the example and stopped after it. */
  readonly brokers?: string[]
  /** Gets what the example has to say. Default: the console. */
  readonly print?: (line: string) => void
}

/** What an example works with. */
export interface Stage {
  readonly kafka: Kafka
  readonly print: (line: string) => void
}

/** Runs an example on a Kafka with new topics of these names, and removes them afterwards. */
export async function onKafka<T>(options: ExampleOptions, topics: readonly string[], example: (stage: Stage) => Promise<T>): Promise<T> {
  const { brokers, print = console.log } = options
  const started = brokers === undefined ? await startKafka({ say: print }) : undefined
  const kafka = new Kafka({ clientId: 'examples', brokers: brokers ?? started?.brokers ?? [], logLevel: logLevel.NOTHING })
  const admin = kafka.admin()
  try {
    await admin.connect()
    const created = await admin.createTopics({ topics: topics.map((topic) => ({ topic, numPartitions: 1 })), waitForLeaders: false })
    if (!created) throw new Error(`topics ${topics.join(', ')} exist already; this example makes its own and deletes them`)
    try {
      await untilServed(admin, topics)
      return await example({ kafka, print })
    } finally {
      await admin.deleteTopics({ topics: [...topics] })
    }
  } finally {
    await admin.disconnect()
    await started?.stop()
  }
}
