import { setTimeout as sleep } from 'node:timers/promises'
import { evolve } from 'kafka-evolve'
import { startKafka } from 'kafka-evolve/broker'
import { kafkaRegistry, type ManagedRegistry, type Registry, serveRegistry } from 'kafka-evolve/registry'
import type { Admin, KafkaJSAggregateError } from 'kafkajs'
import { untilServed } from '../../lib/served.ts'
import { orderV1, orderV2 } from '../schemas.ts'
import { quietKafka } from '../services/kafka.ts'
import { partitionsOf } from '../topics.ts'
import { DemoFailure } from './failure.ts'
import type { Stage } from './stage.ts'
import { within } from './watchdog.ts'

/** What stands behind the services: one broker, and one registry that keeps its schemas in a topic of that broker. */
export interface Scenery {
  /** How the broker runs, and why so. */
  readonly way: string
  readonly why: string
  /** Schema IDs that the registry gave. */
  readonly ids: { readonly v1: number; readonly v2: number }
  /** What is wrong with the broker, if it does not answer any more; empty when it does. */
  obituary(): Promise<string>
  /** Takes everything down. Never throws; may be called when only a part stands. */
  strike(): Promise<void>
}

const adminSeconds = 20
const linesInObituary = 5
const answerSeconds = 3
const pauseMs = 250

/** Starts broker and registry, makes the topics, registers both schemas (the deployment step), and tells the services. */
export async function buildSet(stage: Stage): Promise<Scenery> {
  const kafka = await startKafka({ say: (line) => stage.story.note(line), signal: stage.signal })
  const strikes: (() => Promise<unknown>)[] = [() => kafka.stop()]
  const strike = async (): Promise<void> => {
    for (const step of strikes.reverse()) await step().catch(() => undefined)
    strikes.length = 0
  }
  try {
    const admin = quietKafka('stage', kafka.brokers).admin()
    strikes.push(() => admin.disconnect())
    let dead = false
    if (kafka.way === 'given') {
      strikes.push(async () => {
        if (!dead) await within('the topics to go', adminSeconds, new AbortController().signal, removeTraces(admin, stage))
      })
    }
    await stage.waitFor('the broker to make the topics', adminSeconds, makeTopics(admin, stage))
    const registry = await stage.waitFor('the registry to read its topic', adminSeconds, openRegistry(kafka.brokers, stage))
    strikes.push(() => registry.close())
    const served = await serveRegistry({ registry })
    strikes.push(() => served.close())
    if (kafka.way !== 'given') await admin.disconnect()
    const ids = await stage.waitFor('the registry to take the schemas', adminSeconds, deploySchemas(registry, stage))
    stage.begin({ brokers: kafka.brokers, registryUrl: served.url })
    return {
      way: kafka.way,
      why: kafka.why,
      ids,
      obituary: async () => {
        dead = !(await answers(kafka.brokers))
        if (!dead) return ''
        const lines = kafka.logs().trim().split('\n').slice(-linesInObituary).join('\n')
        return `The broker at ${kafka.brokers.join(', ')} does not answer any more.${lines === '' ? '' : ` Its last lines:\n${lines}`}`
      },
      strike,
    }
  } catch (error) {
    await strike()
    throw error
  }
}

async function makeTopics(admin: Admin, { topics }: Stage): Promise<void> {
  await admin.connect()
  const wanted = Object.values(topics).map((topic: string) => ({
    topic,
    numPartitions: partitionsOf(topic, topics),
    replicationFactor: -1,
  }))
  try {
    await admin.createTopics({ topics: wanted, waitForLeaders: false })
  } catch (error) {
    // kafkajs says no more than "Topic creation errors"; why, is in the errors inside
    const reasons = isAggregate(error) ? error.errors.map((one) => (one as Error).message) : []
    if (reasons.length === 0) throw error
    throw new DemoFailure(`the broker does not make the topics: ${[...new Set(reasons)].join('; ')}`, { cause: error })
  }
  await untilServed(admin, Object.values(topics), adminSeconds * 1_000)
}

/** By its name: Node does not see this export of kafkajs. */
function isAggregate(error: unknown): error is KafkaJSAggregateError {
  return error instanceof Error && error.name === 'KafkaJSAggregateError'
}

/** On somebody else's broker nothing of this run may stay. */
async function removeTraces(admin: Admin, { run, topics }: Stage): Promise<void> {
  const existing = new Set(await admin.listTopics())
  const made: readonly string[] = [...Object.values(topics), schemaTopic(run)]
  await admin.deleteTopics({ topics: made.filter((topic) => existing.has(topic)) })
  for (;;) {
    const { groups } = await admin.listGroups()
    const mine = groups.map(({ groupId }) => groupId).filter((groupId) => groupId.startsWith(`${run}.`))
    if (mine.length === 0) return
    // a member that was killed belongs to its group until its session ends
    await admin.deleteGroups(mine).catch(() => sleep(pauseMs))
  }
}

/** The topic in which the registry of a run keeps its schemas. */
function schemaTopic(run: string): string {
  return `${run}.schemas`
}

async function openRegistry(brokers: readonly string[], { run }: Stage): Promise<ManagedRegistry> {
  const kafka = quietKafka('registry', brokers)
  return kafkaRegistry({ kafka, topic: schemaTopic(run), groupPrefix: `${run}.registry` })
}

/** The deployment step of each release: v1 a year ago, v2 yesterday. Services themselves register nothing. */
async function deploySchemas(registry: Registry, { topics }: Stage): Promise<{ v1: number; v2: number }> {
  const everyTopic = <D>(value: D): Record<string, { value: D }> =>
    Object.fromEntries(Object.values(topics).map((topic: string) => [topic, { value }]))
  await evolve({ registry, topics: everyTopic(orderV1) }).register()
  await evolve({ registry, topics: everyTopic(orderV2) }).register()
  const subject = `${topics.orders}-value`
  const [v1, v2] = await Promise.all([registry.lookup(subject, orderV1.source), registry.lookup(subject, orderV2.source)])
  return { v1: v1.id, v2: v2.id }
}

/** Whether a broker still answers a question; one that only accepts connections does not count. */
async function answers(brokers: readonly string[]): Promise<boolean> {
  const admin = quietKafka('stage', brokers).admin()
  const question = admin.connect().then(() => admin.describeCluster())
  try {
    await within('an answer', answerSeconds, new AbortController().signal, question)
    return true
  } catch {
    return false
  } finally {
    void admin.disconnect().catch(() => undefined)
  }
}
