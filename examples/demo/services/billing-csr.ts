import { SchemaRegistry, SchemaType } from '@kafkajs/confluent-schema-registry'
import type { Handling } from '../compare.ts'
import type { OrderV1 } from '../orders.ts'
import { orderV1 } from '../schemas.ts'
import { settle } from '../settle.ts'
import { topicsOf } from '../topics.ts'
import { serve } from './harness.ts'
import { onCrash, promptConsumer, quietKafka, quietProducer } from './kafka.ts'

/** What this billing can be asked: the same. */
export interface BillingCsr {
  readonly handle: (task: { readonly count: number }) => Promise<CsrReport>
}

/** What it did. */
export interface CsrReport {
  readonly handled: readonly Handling[]
  /** Orders that could not be encoded, by topic and reason; normally none. */
  readonly refused: readonly string[]
}

// the same old billing, with @kafkajs/confluent-schema-registry as its library, used the way its documentation shows
serve<BillingCsr>(async ({ brokers, registryUrl, name, run }, alarm) => {
  const topics = topicsOf(run)
  const kafka = quietKafka(name, brokers)
  const registry = new SchemaRegistry({ host: registryUrl, retry: { retries: 3 } })
  const readerSchema = JSON.parse(orderV1.source.text)
  const ownId = await registry.getRegistryIdBySchema(`${topics.billedByCsrOwnId}-value`, {
    type: SchemaType.AVRO,
    schema: orderV1.source.text,
  })
  const latestId = await registry.getLatestSchemaId(`${topics.billedByCsrLatestId}-value`)

  const consumer = promptConsumer(kafka, `${run}.billing-csr`)
  const producer = quietProducer(kafka)
  onCrash(consumer, alarm)
  await Promise.all([consumer.connect(), producer.connect()])
  await consumer.subscribe({ topic: topics.orders, fromBeginning: true })

  const refused: string[] = []
  const republish = async (topic: string, id: number, key: Buffer | null, order: OrderV1): Promise<void> => {
    let value: Buffer
    try {
      value = await registry.encode(id, order)
    } catch (error) {
      refused.push(`${topic}: ${error instanceof Error ? error.message : String(error)}`)
      return
    }
    await producer.send({ topic, messages: [{ key, value }] })
  }

  const handle = (count: number): Promise<CsrReport> =>
    new Promise((resolve, reject) => {
      const handled: Handling[] = []
      consumer
        .run({
          eachMessage: async ({ message }) => {
            if (message.value === null) return
            const order: OrderV1 = await registry.decode(message.value, { [SchemaType.AVRO]: { readerSchema } })
            const settled = settle(order)
            // its users encode under the ID of their own schema, or under the latest one of the subject: here is both
            await republish(topics.billedByCsrOwnId, ownId, message.key, settled)
            await republish(topics.billedByCsrLatestId, latestId, message.key, settled)
            handled.push({ id: order.id, seen: structuredClone(order), sent: structuredClone(settled) })
            if (handled.length === count) resolve({ handled, refused })
          },
        })
        .catch(reject)
    })

  return {
    methods: { handle: ({ count }) => handle(count) },
    close: async () => {
      await Promise.all([consumer.disconnect(), producer.disconnect()])
    },
  }
})
