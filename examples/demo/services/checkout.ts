import { evolve } from 'kafka-evolve'
import { httpRegistry } from 'kafka-evolve/registry'
import { type OrderV2, orderOf } from '../orders.ts'
import { orderV2 } from '../schemas.ts'
import { topicsOf } from '../topics.ts'
import { serve } from './harness.ts'
import { quietKafka, quietProducer } from './kafka.ts'

/** What checkout can be asked. */
export interface Checkout {
  /** Writes so many orders; gives what it wrote, from its own memory. */
  readonly write: (task: { readonly count: number }) => Promise<readonly OrderV2[]>
}

// checkout was upgraded yesterday: it writes orders in schema v2
serve<Checkout>(async ({ brokers, registryUrl, name, run }) => {
  const topics = topicsOf(run)
  const kafka = quietKafka(name, brokers)
  const schemas = evolve({ registry: httpRegistry({ url: registryUrl }), topics: { [topics.orders]: { value: orderV2 } } })
  const producer = schemas.producer(quietProducer(kafka))
  await producer.connect()
  return {
    methods: {
      write: async ({ count }) => {
        const orders = Array.from({ length: count }, (_, index) => orderOf(`order-${index + 1}`, index + 1))
        await producer.send({ topic: topics.orders, messages: orders.map((order) => ({ key: order.id, value: order })) })
        return orders
      },
    },
    close: async () => {
      await producer.disconnect()
      await schemas.close()
    },
  }
})
