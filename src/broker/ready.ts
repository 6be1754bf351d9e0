import { setTimeout as sleep } from 'node:timers/promises'
import type { Admin, Kafka } from 'kafkajs'
import { EvolveError } from '../errors.ts'
import { loadOptional } from './optional.ts'

/** What to wait for. */
export interface ReadinessOptions {
  readonly brokers: readonly string[]
  /** Number of brokers that must be registered. */
  readonly count: number
  readonly timeoutMs: number
  readonly signal?: AbortSignal | undefined
}

const OFFSETS = '__consumer_offsets'
const TRANSACTIONS = '__transaction_state'

/**
 * Waits until brokers answer, the cluster has as many as it should, and its group coordinators do not say "loading" any more. Only asks.
 * @throws EvolveError `broker-unavailable` after the time-out.
 */
export async function waitForBrokers(options: ReadinessOptions): Promise<void> {
  await withAdmin(options, async (_kafka, admin, until) => {
    await until('the brokers to register', () => allRegistered(admin, options.count))
    await until('the group coordinators', async () => {
      await groupsServe(admin).catch((error: unknown) => {
        // Somebody else's brokers may not let everybody ask; what does not pass by itself is not waited for.
        if (isPassing(error)) throw error
      })
    })
  })
}

/**
 * Waits until every group and transaction coordinator serves. A new broker makes its internal topics when the first client asks, and answers
 * "not available" and "loading" meanwhile, which clients log as errors; so ask once for each partition of both topics.
 * @throws EvolveError `broker-unavailable` after the time-out.
 */
export async function waitForCoordinators(options: ReadinessOptions): Promise<void> {
  await withAdmin(options, async (kafka, admin, until) => {
    await until('the brokers to register', () => allRegistered(admin, options.count))
    await until('the group coordinators', () => groupsServe(admin))
    await until('the transaction coordinators', async () => {
      await beginAndAbort(kafka, 'kafka-evolve-readiness')
      for (const id of oneKeyForEach(await partitionsOf(admin, TRANSACTIONS))) await beginAndAbort(kafka, id)
    })
  })
}

type Until = (what: string, attempt: () => Promise<void>) => Promise<void>

async function withAdmin(options: ReadinessOptions, work: (kafka: Kafka, admin: Admin, until: Until) => Promise<void>): Promise<void> {
  const { Kafka, logLevel } = await loadOptional(
    'kafkajs',
    'the launcher asks the brokers through it whether they are ready',
    () => import('kafkajs'),
  )
  const kafka = new Kafka({
    clientId: 'kafka-evolve-launcher',
    brokers: [...options.brokers],
    logLevel: logLevel.NOTHING,
    connectionTimeout: 2000,
    requestTimeout: 10_000,
    retry: { retries: 1, initialRetryTime: 50, maxRetryTime: 100, multiplier: 1.5, factor: 0 },
  })
  const deadline = Date.now() + options.timeoutMs
  const until: Until = async (what, attempt) => {
    for (;;) {
      options.signal?.throwIfAborted()
      try {
        return await attempt()
      } catch (error) {
        const said = error instanceof Error ? error.message : String(error)
        if (Date.now() > deadline) {
          throw new EvolveError(
            'broker-unavailable',
            `waited ${options.timeoutMs} ms for ${what} of ${options.brokers.join(', ')}: ${said}`,
            {},
            error,
          )
        }
      }
      await sleep(100)
    }
  }
  const admin = kafka.admin()
  try {
    await until('an answer', () => admin.connect())
    await work(kafka, admin, until)
  } finally {
    await admin.disconnect().catch(() => undefined)
  }
}

async function groupsServe(admin: Admin): Promise<void> {
  await admin.describeGroups(['kafka-evolve-readiness'])
  await admin.describeGroups(oneKeyForEach(await partitionsOf(admin, OFFSETS)))
}

/** Whether kafkajs says of an error that it may be gone the next time. */
function isPassing(error: unknown): boolean {
  const root = error instanceof Error && error.cause instanceof Error ? error.cause : error
  return root instanceof Error && 'retriable' in root && root.retriable === true
}

async function allRegistered(admin: Admin, count: number): Promise<void> {
  const { brokers } = await admin.describeCluster()
  if (brokers.length < count) throw new Error(`${brokers.length} of ${count} brokers are there`)
}

async function partitionsOf(admin: Admin, topic: string): Promise<number> {
  const { topics } = await admin.fetchTopicMetadata({ topics: [topic] })
  const partitions = topics[0]?.partitions ?? []
  if (partitions.length === 0 || partitions.some(({ leader }) => leader < 0)) throw new Error(`${topic} has partitions without a leader`)
  return partitions.length
}

async function beginAndAbort(kafka: Kafka, transactionalId: string): Promise<void> {
  const producer = kafka.producer({ transactionalId, maxInFlightRequests: 1, idempotent: true })
  await producer.connect()
  try {
    const transaction = await producer.transaction()
    await transaction.abort()
  } finally {
    await producer.disconnect()
  }
}

/** One group or transactional ID that lands on each of `partitions` partitions. */
export function oneKeyForEach(partitions: number): string[] {
  const keys = new Map<number, string>()
  for (let index = 0; keys.size < partitions; index += 1) {
    const key = `kafka-evolve-readiness-${index}`
    const partition = (javaHash(key) & 0x7fffffff) % partitions
    if (!keys.has(partition)) keys.set(partition, key)
  }
  return [...keys.values()]
}

/** `String.hashCode` of Java, by which Kafka finds the partition of a group (`Utils.abs(groupId.hashCode) % partitions`). */
export function javaHash(text: string): number {
  let hash = 0
  for (let index = 0; index < text.length; index += 1) hash = (Math.imul(31, hash) + text.charCodeAt(index)) | 0
  return hash
}
