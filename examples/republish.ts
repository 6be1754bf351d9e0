// An old service consumes a message of a newer one, changes a field, and publishes it again. Nothing that it did not know is lost.
import { evolve, type OutOf } from 'kafka-evolve'
import { memoryRegistry } from 'kafka-evolve/registry'
import { collect } from './lib/collect.ts'
import { type ExampleOptions, onKafka } from './lib/on-kafka.ts'
import { OrderV1, OrderV2 } from './lib/orders.ts'

/** What billing saw, and what came out in the end. */
export interface Republished {
  readonly seenByBilling: OutOf<typeof OrderV1>
  readonly audited: OutOf<typeof OrderV2>
}

export async function main(options: ExampleOptions = {}): Promise<Republished> {
  return onKafka(options, ['example-orders', 'example-billed'], async ({ kafka, print }) => {
    const registry = memoryRegistry()
    const today = evolve({ registry, topics: { 'example-orders': { value: OrderV2 }, 'example-billed': { value: OrderV2 } } })
    const lastYear = evolve({ registry, topics: { 'example-orders': { value: OrderV1 }, 'example-billed': { value: OrderV1 } } })
    await lastYear.register()
    await today.register()

    // checkout is new: it writes fields that billing has never heard of
    const checkout = today.producer(kafka.producer())
    await checkout.connect()
    const items = [
      { sku: 'tea', quantity: 2, warehouse: 'Lyon' },
      { sku: 'mug', quantity: 1, warehouse: 'Porto' },
    ]
    await checkout.send({
      topic: 'example-orders',
      messages: [{ key: 'o-1', value: { id: 'o-1', status: 'placed', currency: 'CHF', items } }],
    })

    // billing is old: it sees its own version of the order, edits it with ordinary JavaScript and sends it on
    const consumer = lastYear.consumer(kafka.consumer({ groupId: 'example-billing', maxWaitTimeInMs: 100 }))
    const producer = lastYear.producer(kafka.producer())
    await Promise.all([consumer.connect(), producer.connect()])
    await consumer.subscribe({ topics: ['example-orders'], fromBeginning: true })
    const [seenByBilling] = await collect<OutOf<typeof OrderV1>>(1, (push) =>
      consumer.run({
        eachMessage: async ({ message }) => {
          const order = message.value
          const paid = { ...order, status: 'paid' as const, items: order.items.toReversed() }
          await producer.send({ topic: 'example-billed', messages: [{ key: message.key, value: paid }] })
          push(order)
        },
      }),
    )

    // audit is new as well
    const audit = today.consumer(kafka.consumer({ groupId: 'example-audit', maxWaitTimeInMs: 100 }))
    await audit.connect()
    await audit.subscribe({ topics: ['example-billed'], fromBeginning: true })
    const [audited] = await collect<OutOf<typeof OrderV2>>(1, (push) =>
      audit.run({ eachMessage: async ({ message }) => push(message.value) }),
    )
    if (seenByBilling === undefined || audited === undefined) throw new Error('collect gives as many as it was asked for')

    print(`billing saw  ${JSON.stringify(seenByBilling)}`)
    print(`audit reads  ${JSON.stringify(audited)}`)
    await Promise.all([checkout, consumer, producer, audit].map((client) => client.disconnect()))
    await Promise.all([today.close(), lastYear.close()])
    return { seenByBilling, audited }
  })
}

if (process.argv[1] === import.meta.filename) await main()
