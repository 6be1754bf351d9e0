import { randomUUID } from 'node:crypto'
import { type Admin, type ConsumerConfig, Kafka, type KafkaConfig, logLevel } from 'kafkajs'
import { inject } from 'vitest'
import { createTopic } from '../cases/kit.ts'

/** What a test gives a consumer beside its group: fetches that end at once, so that `disconnect` does too. */
export const QUICK: Pick<ConsumerConfig, 'maxWaitTimeInMs' | 'sessionTimeout' | 'heartbeatInterval'> = {
  maxWaitTimeInMs: 50,
  sessionTimeout: 10_000,
  heartbeatInterval: 500,
}

/** A client of the shared Kafka. It logs nothing, and its retries are set here: kafkajs has others where `NODE_ENV` is `test`. */
export function testKafka(changes: Partial<KafkaConfig> = {}): Kafka {
  return new Kafka({
    clientId: 'integration-test',
    brokers: inject('kafkaBrokers'),
    logLevel: logLevel.NOTHING,
    connectionTimeout: 30_000,
    retry: { retries: 8, initialRetryTime: 100, maxRetryTime: 2000 },
    ...changes,
  })
}

/** A name nobody else has. With an admin client, the topic is made too. */
export async function uniqueTopic(admin?: Admin): Promise<string> {
  const topic = `test-${randomUUID()}`
  if (admin !== undefined) await createTopic(admin, topic)
  return topic
}

/** A group ID nobody else has. */
export function uniqueGroup(): string {
  return `group-${randomUUID()}`
}
