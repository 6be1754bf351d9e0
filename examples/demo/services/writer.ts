import { evolve } from 'kafka-evolve'
import { httpRegistry } from 'kafka-evolve/registry'
import { fieldsOf } from '../fields.ts'
import { fingerprint, type Seen } from '../fingerprint.ts'
import { defaultsAdded, olderOrderOf, orderOf } from '../orders.ts'
import { orderV1, orderV2 } from '../schemas.ts'
import { topicsOf } from '../topics.ts'
import { serve } from './harness.ts'
import { quietKafka, quietProducer } from './kafka.ts'

/** What a writer of the rolling upgrade can be asked. */
export interface Writer {
  /** Writes the orders of these numbers in one send; gives what a v2 reader should find of each. */
  readonly write: (task: { readonly from: number; readonly count: number }) => Promise<readonly Seen[]>
}

// the same program in two releases: `node writer.js v1` and `node writer.js v2`
const release = process.argv[2] === 'v1' ? 'v1' : 'v2'

serve<Writer>(async ({ brokers, registryUrl, name, run }) => {
  const { rolling } = topicsOf(run)
  const kafka = quietKafka(name, brokers)
  const registry = httpRegistry({ url: registryUrl })
  const fields = fieldsOf(orderV2.source.text, orderV1.source.text)
  const raw = quietProducer(kafka)

  const v1 = evolve({ registry, topics: { [rolling]: { value: orderV1 } } })
  const v2 = evolve({ registry, topics: { [rolling]: { value: orderV2 } } })
  const producerV1 = v1.producer(raw)
  const producerV2 = v2.producer(raw)
  await raw.connect()

  const write = async (ids: readonly string[], from: number): Promise<readonly Seen[]> => {
    if (ids.length === 0) return []
    if (release === 'v1') {
      const orders = ids.map((id, index) => olderOrderOf(id, from + index))
      await producerV1.send({ topic: rolling, messages: orders.map((order) => ({ key: order.id, value: order })) })
      return orders.map((order) => fingerprint(defaultsAdded(order), fields))
    }
    const orders = ids.map((id, index) => orderOf(id, from + index))
    await producerV2.send({ topic: rolling, messages: orders.map((order) => ({ key: order.id, value: order })) })
    return orders.map((order) => fingerprint(order, fields))
  }

  return {
    methods: {
      write: ({ from, count }) =>
        write(
          Array.from({ length: count }, (_, index) => `rolling-${from + index}`),
          from,
        ),
    },
    close: async () => {
      await raw.disconnect()
      await Promise.all([v1.close(), v2.close()])
    },
  }
})
