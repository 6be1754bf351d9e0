// A kafkajs producer and consumer with schemas: two lines more than without.
import { avro, evolve, type OutOf } from 'kafka-evolve'
import { memoryRegistry } from 'kafka-evolve/registry'
import { collect } from './lib/collect.ts'
import { type ExampleOptions, onKafka } from './lib/on-kafka.ts'

const Order = avro({
  type: 'record',
  name: 'Order',
  namespace: 'shop',
  fields: [
    { name: 'id', type: 'string' },
    { name: 'totalCents', type: 'long' },
    { name: 'note', type: ['null', 'string'], default: null },
  ],
})

/** The type of an order, from its schema. */
export type Order = OutOf<typeof Order>

/** Sends two orders and a line of plain text; gives back what arrived. */
export async function main(options: ExampleOptions = {}): Promise<{ orders: Order[]; lines: string[] }> {
  return onKafka(options, ['example-orders', 'example-log'], async ({ kafka, print }) => {
    const schemas = evolve({ registry: memoryRegistry(), topics: { 'example-orders': { value: Order }, 'example-log': {} } })
    await schemas.register() // the deployment step: nothing is registered by sending

    const producer = schemas.producer(kafka.producer()) // still a kafkajs Producer
    const consumer = schemas.consumer(kafka.consumer({ groupId: 'example-drop-in', maxWaitTimeInMs: 100 })) // still a kafkajs Consumer
    await Promise.all([producer.connect(), consumer.connect()])

    await producer.send({
      topic: 'example-orders',
      messages: [
        { key: 'o-1', value: { id: 'o-1', totalCents: 1999 } }, // `note` has a default; a wrong field would not compile
        { key: 'o-2', value: { id: 'o-2', totalCents: 500, note: 'gift wrap' } },
      ],
    })
    // A topic without a schema is left alone, so topics are adopted one by one.
    await producer.send({ topic: 'example-log', messages: [{ value: 'two orders placed' }] })

    const orders: Order[] = []
    const lines: string[] = []
    await consumer.subscribe({ topics: ['example-orders', 'example-log'], fromBeginning: true })
    await collect<string>(3, (push) =>
      consumer.run({
        eachMessage: async ({ topic, message }) => {
          if (topic === 'example-orders') orders.push(message.value)
          else lines.push(`${message.value}`)
          push(topic)
        },
      }),
    )
    for (const { id, totalCents, note } of orders) print(`${id}: ${(totalCents / 100).toFixed(2)}${note === null ? '' : `, ${note}`}`)

    await Promise.all([producer.disconnect(), consumer.disconnect()])
    await schemas.close()
    return { orders, lines }
  })
}

if (process.argv[1] === import.meta.filename) await main()
