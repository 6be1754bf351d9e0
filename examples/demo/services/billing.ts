import { evolve } from 'kafka-evolve'
import { httpRegistry } from 'kafka-evolve/registry'
import type { Handling } from '../compare.ts'
import { orderV1 } from '../schemas.ts'
import { settle } from '../settle.ts'
import { topicsOf } from '../topics.ts'
import { serve } from './harness.ts'
import { onCrash, promptConsumer, quietKafka, quietProducer } from './kafka.ts'

/** What billing can be asked. */
export interface Billing {
  /** Handles so many orders; gives what it saw and what it sent, in its own terms. */
  readonly handle: (task: { readonly count: number }) => Promise<readonly Handling[]>
}

// billing is a year old: it knows schema v1, and nobody has touched its code since
serve<Billing>(async ({ brokers, registryUrl, name, run }, alarm) => {
  const topics = topicsOf(run)
  const kafka = quietKafka(name, brokers)
  const schemas = evolve({
    registry: httpRegistry({ url: registryUrl }),
    topics: { [topics.orders]: { value: orderV1 }, [topics.billed]: { value: orderV1 } },
  })
  const consumer = schemas.consumer(promptConsumer(kafka, `${run}.billing`))
  const producer = schemas.producer(quietProducer(kafka))
  onCrash(consumer, alarm)
  await Promise.all([consumer.connect(), producer.connect()])
  await consumer.subscribe({ topic: topics.orders, fromBeginning: true })

  const handle = (count: number): Promise<readonly Handling[]> =>
    new Promise((resolve, reject) => {
      const handled: Handling[] = []
      consumer
        .run({
          eachMessage: async ({ message }) => {
            const order = message.value
            const settled = settle(order)
            await producer.send({ topic: topics.billed, messages: [{ key: message.key, value: settled }] })
            handled.push({ id: order.id, seen: asSeen(order), sent: asSeen(settled) })
            if (handled.length === count) resolve(handled)
          },
        })
        .catch(reject)
    })

  return {
    methods: { handle: ({ count }) => handle(count) },
    close: async () => {
      await Promise.all([consumer.disconnect(), producer.disconnect()])
      await schemas.close()
    },
  }
})

/** The order as billing's code sees it: just the fields that it knows. */
function asSeen<T>(order: T): T {
  return structuredClone(order)
}
