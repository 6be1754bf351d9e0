import { evolve } from 'kafka-evolve'
import { httpRegistry } from 'kafka-evolve/registry'
import { orderV1, orderV2 } from '../schemas.ts'
import { topicsOf } from '../topics.ts'
import { serve } from './harness.ts'
import { onCrash, promptConsumer, quietKafka, quietProducer } from './kafka.ts'

/** What a republisher of the rolling upgrade can be asked. */
export interface Republisher {
  /** Joins the group and republishes what comes, until it is stopped. */
  readonly start: () => Promise<void>
}

// the same program in two releases: `node republisher.js v1` and `node republisher.js v2`; the release is the schema that it knows
const release = process.argv[2] === 'v1' ? orderV1 : orderV2

serve<Republisher>(async ({ brokers, registryUrl, name, run }, alarm) => {
  const { rolling, rollingBilled } = topicsOf(run)
  const kafka = quietKafka(name, brokers)
  const schemas = evolve({
    registry: httpRegistry({ url: registryUrl }),
    topics: { [rolling]: { value: release }, [rollingBilled]: { value: release } },
  })
  const consumer = schemas.consumer(promptConsumer(kafka, `${run}.republishers`))
  const producer = schemas.producer(quietProducer(kafka))
  onCrash(consumer, alarm)
  await Promise.all([consumer.connect(), producer.connect()])
  await consumer.subscribe({ topic: rolling, fromBeginning: true })

  return {
    methods: {
      start: () =>
        consumer.run({
          eachBatch: async ({ batch }) => {
            const messages = batch.messages.map(({ key, value: order }) => ({
              key,
              value: { ...order, status: 'paid' as const, items: [...order.items].reverse() },
            }))
            // the offsets are committed after this send, so a republisher that stops in between repeats, and never skips
            await producer.send({ topic: rollingBilled, messages })
          },
        }),
    },
    close: async () => {
      await consumer.disconnect()
      await producer.disconnect()
      await schemas.close()
    },
  }
})
