import type { Kafka } from 'kafkajs'
import { afterEach, describe, it } from 'vitest'
import { inMemoryKafka } from '../../testing/in-memory-kafka.ts'
import { type FaultStore, faultsOf } from '../fault-cases.test-support.ts'
import type { ManagedRegistry } from '../types.ts'
import { kafkaRegistry } from './kafka-registry.ts'

const left: ManagedRegistry[] = []
afterEach(async () => {
  for (const registry of left.splice(0)) await registry.close()
})

/** Nodes on one topic, which may have no leader for those who write; they give a change up after `writeMs`. */
function topicStore(writeMs: number): FaultStore {
  const kafka = inMemoryKafka({ client: { logLevel: 0, retry: { retries: 5, initialRetryTime: 50, maxRetryTime: 300 } } })
  let isBroken = false
  const producer: Kafka['producer'] = (config) => {
    const real = kafka.producer(config)
    const send: typeof real.send = async (record) => {
      if (isBroken) throw new Error('there is no leader for this topic-partition')
      return real.send(record)
    }
    return { ...real, send }
  }
  const client = { consumer: kafka.consumer.bind(kafka), admin: kafka.admin.bind(kafka), logger: kafka.logger.bind(kafka), producer }
  const open = async (): Promise<ManagedRegistry> => {
    const registry = await kafkaRegistry({ kafka: client as unknown as Kafka, timeouts: { writeMs, catchUpMs: 60_000 } })
    left.push(registry)
    return registry
  }
  return {
    open,
    beside: open,
    // The connections of a process that was killed are cut by the system; here they stay, and nobody uses them.
    crash: async () => undefined,
    breakWrites: async () => {
      isBroken = true
      return async () => {
        isBroken = false
      }
    },
  }
}

describe('a registry in a topic', () => {
  for (const { name, needs, run } of faultsOf(['kept', 'beside', 'nodes', 'crash', 'breakWrites'])) {
    // Short where it is waited for to the end, again and again.
    const writeMs = needs.includes('breakWrites') ? 500 : 60_000
    it(name, () => run(topicStore(writeMs)))
  }
})
