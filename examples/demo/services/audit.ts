import { evolve } from 'kafka-evolve'
import { httpRegistry } from 'kafka-evolve/registry'
import { type AnyOrder, type Comparison, compareOrders, type Handling } from '../compare.ts'
import { fieldsOf } from '../fields.ts'
import { fingerprint, type Seen } from '../fingerprint.ts'
import { orderV1, orderV2 } from '../schemas.ts'
import { topicsOf } from '../topics.ts'
import { serve } from './harness.ts'
import { onCrash, promptConsumer, quietKafka } from './kafka.ts'
import { endOf, Progress } from './read-to-end.ts'

/** What audit can be asked. */
export interface Audit {
  /** Reads a topic to its end and compares with what was written and with what billing says it changed. */
  readonly compare: (task: CompareTask) => Promise<AuditReport>
  /** Starts to read the orders of the rolling upgrade. */
  readonly follow: () => Promise<void>
  /** What it has seen of them since the last call. */
  readonly drain: () => Promise<readonly Seen[]>
  /** Reads on to where the topic ends now; gives what it has seen since the last call. */
  readonly finish: () => Promise<readonly Seen[]>
}

/** What came of it, and the IDs of the schemas under which the messages came. */
export interface AuditReport extends Comparison {
  readonly schemaIds: readonly number[]
}

/** Which topic, against which accounts. */
export interface CompareTask {
  readonly topic: string
  readonly written: readonly AnyOrder[]
  readonly handled: readonly Handling[]
}

// audit reads everything in schema v2, whoever wrote it
serve<Audit>(async ({ brokers, registryUrl, name, run }, alarm) => {
  const topics = topicsOf(run)
  const kafka = quietKafka(name, brokers)
  const value = { value: orderV2 }
  const schemas = evolve({
    registry: httpRegistry({ url: registryUrl }),
    topics: {
      [topics.billed]: value,
      [topics.billedByCsrOwnId]: value,
      [topics.billedByCsrLatestId]: value,
      [topics.rollingBilled]: value,
    },
  })
  const fields = fieldsOf(orderV2.source.text, orderV1.source.text)

  /** A consumer of its own for each topic, so that all of it is read. */
  const read = async (
    topic: string,
    see: (order: AnyOrder, schemaId: number) => void,
  ): Promise<{ progress: Progress; stop: () => Promise<void> }> => {
    const consumer = schemas.consumer(promptConsumer(kafka, `${run}.audit.${topic}`))
    const progress = new Progress()
    onCrash(consumer, alarm)
    await consumer.connect()
    await consumer.subscribe({ topic, fromBeginning: true })
    await consumer.run({
      eachBatch: async ({ batch }) => {
        for (const message of batch.messages) {
          see(message.value, message.evolve.value?.schemaId ?? -1)
          progress.passed(batch.partition, message.offset)
        }
      },
    })
    return { progress, stop: () => consumer.disconnect() }
  }

  let seen: Seen[] = []
  const drain = (): readonly Seen[] => {
    const taken = seen
    seen = []
    return taken
  }
  let following: Awaited<ReturnType<typeof read>> | undefined

  return {
    methods: {
      compare: async ({ topic, written, handled }) => {
        const audited: AnyOrder[] = []
        const schemaIds = new Set<number>()
        const reading = await read(topic, (order, schemaId) => {
          audited.push(structuredClone(order))
          schemaIds.add(schemaId)
        })
        await reading.progress.reached(await endOf(kafka, topic))
        await reading.stop()
        return { ...compareOrders({ fields, written, handled, audited }), schemaIds: [...schemaIds] }
      },
      follow: async () => {
        following = await read(topics.rollingBilled, (order) => seen.push(fingerprint(order, fields)))
      },
      drain: async () => drain(),
      finish: async () => {
        await following?.progress.reached(await endOf(kafka, topics.rollingBilled))
        return drain()
      },
    },
    close: async () => {
      await following?.stop()
      await schemas.close()
    },
  }
})
