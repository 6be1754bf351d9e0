import { randomUUID } from 'node:crypto'
import type { Admin, Consumer, Kafka, Producer } from 'kafkajs'
import { EvolveError } from '../../errors.ts'
import type { KafkaRegistryOptions, KafkaSettings } from './options.ts'

/** Longest that a fetch waits for records, and so a reader that is stopped, in milliseconds. */
const maxWaitTimeInMs = 250
/** A client that is told of a new leader only by an error may wait for that error; so leaders are asked for this often. */
const metadataMaxAge = 10_000

/** Connections to the brokers, each made anew: whoever meets an error gets another one. */
export interface Links {
  /** A reader in a consumer group of its own, which waits for no other member and leaves nothing behind. */
  consumer(): Consumer
  /** Sends what it is given once or not at all, never twice. */
  producer(): Producer
  admin(): Admin
}

/** @throws EvolveError `missing-prerequisite` where kafkajs is not installed. */
export async function linksTo({ brokers = [], kafka }: KafkaRegistryOptions, settings: KafkaSettings): Promise<Links> {
  const client = kafka ?? (await ownClient(brokers, settings))
  return {
    consumer: () =>
      client.consumer({
        groupId: `${settings.groupPrefix}-${randomUUID()}`,
        sessionTimeout: 10_000,
        heartbeatInterval: 3_000,
        maxWaitTimeInMs,
        metadataMaxAge,
        allowAutoTopicCreation: false,
        // What counts must not depend on whether somebody's transaction is still open.
        readUncommitted: true,
        retry: { retries: 2, initialRetryTime: 100, maxRetryTime: 1_000, restartOnFailure: async () => false },
      }),
    producer: () =>
      client.producer({
        idempotent: false,
        maxInFlightRequests: 1,
        metadataMaxAge,
        allowAutoTopicCreation: false,
        createPartitioner: () => () => 0,
        // A record sent twice would be compacted to its second copy, which is not where it says.
        retry: { retries: 0 },
      }),
    admin: () => client.admin({ retry: { retries: 2, initialRetryTime: 50, maxRetryTime: 300 } }),
  }
}

async function ownClient(brokers: readonly string[], { timeouts }: KafkaSettings): Promise<Kafka> {
  const { Kafka: Client, logLevel } = await import('kafkajs').catch((error: unknown) => {
    throw new EvolveError('missing-prerequisite', 'the package kafkajs is not installed', { hint: 'npm install kafkajs' }, error)
  })
  return new Client({
    clientId: 'kafka-evolve-registry',
    brokers: [...brokers],
    connectionTimeout: 2_000,
    requestTimeout: timeouts.requestMs,
    retry: { retries: 3, initialRetryTime: 100, maxRetryTime: 1_000 },
    logLevel: logLevel.NOTHING,
  })
}

/** Lets go of a connection, which may be one that no longer answers: nobody waits for long. */
export async function letGo(link: { disconnect(): Promise<void> } | undefined, waitMs = 2_000): Promise<void> {
  if (link === undefined) return
  await within(waitMs, link.disconnect()).catch(() => undefined)
}

/** What the promise gives; rejects with `registry-timeout` when it takes longer. */
export async function within<T>(ms: number, promise: Promise<T>, what = 'the brokers did not answer in time'): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new EvolveError('registry-timeout', what)), ms)
  })
  try {
    return await Promise.race([promise, late])
  } finally {
    clearTimeout(timer)
  }
}
