// Consume, change, produce, exactly once: what goes out and how far was read are committed together, or not at all.
import { avro, evolve } from 'kafka-evolve'
import { memoryRegistry } from 'kafka-evolve/registry'
import { collect } from './lib/collect.ts'
import { type ExampleOptions, onKafka } from './lib/on-kafka.ts'

const Order = avro({
  type: 'record',
  name: 'Order',
  fields: [
    { name: 'id', type: 'string' },
    { name: 'netCents', type: 'long' },
  ],
})

const Invoice = avro({
  type: 'record',
  name: 'Invoice',
  fields: [
    { name: 'orderId', type: 'string' },
    { name: 'totalCents', type: 'long' },
  ],
})

const groupId = 'example-invoicing'

/** Makes an invoice of each of three orders; the second attempt fails halfway. Gives the invoices as a reader sees them. */
export async function main(
  options: ExampleOptions = {},
): Promise<{ attempts: number; invoices: { orderId: string; totalCents: number }[] }> {
  return onKafka(options, ['example-orders', 'example-invoices'], async ({ kafka, print }) => {
    const topics = { 'example-orders': { value: Order }, 'example-invoices': { value: Invoice } }
    const schemas = evolve({ registry: memoryRegistry(), topics })
    await schemas.register()

    const shop = schemas.producer(kafka.producer())
    const producer = schemas.producer(kafka.producer({ transactionalId: 'example-invoicing', idempotent: true, maxInFlightRequests: 1 }))
    const consumer = schemas.consumer(kafka.consumer({ groupId, maxWaitTimeInMs: 100 }))
    const reader = schemas.consumer(kafka.consumer({ groupId: 'example-reader', maxWaitTimeInMs: 100 }))
    const clients = [shop, producer, consumer, reader]
    await Promise.all(clients.map((client) => client.connect()))

    const orders = [1000, 2000, 3000].map((netCents, index) => ({ value: { id: `o-${index + 1}`, netCents } }))
    await shop.send({ topic: 'example-orders', messages: orders })

    let attempts = 0
    await consumer.subscribe({ topics: ['example-orders'], fromBeginning: true })
    await collect<string>(3, (push) =>
      consumer.run({
        autoCommit: false, // the transaction commits the offset
        eachMessage: async ({ topic, partition, message }) => {
          if (topic !== 'example-orders') return
          const { id, netCents } = message.value
          const transaction = await producer.transaction()
          try {
            const invoice = { orderId: id, totalCents: Math.round(netCents * 1.2) }
            await transaction.send({ topic: 'example-invoices', messages: [{ key: id, value: invoice }] })
            if (++attempts === 2) throw new Error('the power fails after the invoice was sent')
            const next = (BigInt(message.offset) + 1n).toString()
            await transaction.sendOffsets({ consumerGroupId: groupId, topics: [{ topic, partitions: [{ partition, offset: next }] }] })
            await transaction.commit()
          } catch (error) {
            if (transaction.isActive()) await transaction.abort()
            throw error // kafkajs hands the order over again
          }
          push(id)
        },
      }),
    )

    await reader.subscribe({ topics: ['example-invoices'], fromBeginning: true })
    const invoices = await collect<{ orderId: string; totalCents: number }>(3, (push) =>
      reader.run({
        eachMessage: async ({ topic, message }) => {
          if (topic === 'example-invoices') push(message.value)
        },
      }),
    )
    print(`${attempts} attempts, ${invoices.length} invoices: ${invoices.map(({ orderId }) => orderId).join(', ')}`)

    await Promise.all(clients.map((client) => client.disconnect()))
    await schemas.close()
    return { attempts, invoices }
  })
}

if (process.argv[1] === import.meta.filename) await main()
