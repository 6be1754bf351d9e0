// The unit test of a service on Kafka: no broker, no container, no registry server; a few hundred milliseconds.
import { evolve, type OutOf } from 'kafka-evolve'
import { memoryRegistry } from 'kafka-evolve/registry'
import { ignoreUnknownFields, inMemoryKafka } from 'kafka-evolve/testing'
import { describe, expect, it } from 'vitest'
import { collect } from './lib/collect.ts'
import { OrderV1, OrderV2 } from './lib/orders.ts'
import { pay, startOrderService } from './order-service.ts'

expect.addEqualityTesters(ignoreUnknownFields) // values of newer writers equal plain literals

describe('the order service', () => {
  it('leaves out items that nobody ordered', () => {
    const items = [
      { sku: 'tea', quantity: 0 },
      { sku: 'mug', quantity: 1 },
    ]
    expect(pay({ id: 'o-1', status: 'placed', items })).toEqual({ id: 'o-1', status: 'paid', items: [{ sku: 'mug', quantity: 1 }] })
  })

  it('pays orders of a newer shop and keeps what it does not know of them', async () => {
    const kafka = inMemoryKafka({ topics: { orders: 3, 'paid-orders': 3 } })
    const registry = memoryRegistry()
    const shop = evolve({ registry, topics: { orders: { value: OrderV2 }, 'paid-orders': { value: OrderV2 } } })
    const older = evolve({ registry, topics: { 'paid-orders': { value: OrderV1 } } })
    await shop.register()
    const service = await startOrderService({ kafka, registry })

    const producer = shop.producer(kafka.producer())
    await producer.connect()
    const items = [
      { sku: 'tea', quantity: 0, warehouse: 'Lyon' },
      { sku: 'mug', quantity: 1, warehouse: 'Porto' },
    ]
    await producer.send({ topic: 'orders', messages: [{ key: 'o-1', value: { id: 'o-1', status: 'placed', currency: 'CHF', items } }] })

    const reader = shop.consumer(kafka.consumer({ groupId: 'reader' }))
    const olderReader = older.consumer(kafka.consumer({ groupId: 'older-reader' }))
    for (const consumer of [reader, olderReader]) await consumer.subscribe({ topics: ['paid-orders'], fromBeginning: true })
    const paid = await collect<OutOf<typeof OrderV2>>(1, (push) => reader.run({ eachMessage: async ({ message }) => push(message.value) }))
    const asOlder = await collect<OutOf<typeof OrderV1>>(1, (push) =>
      olderReader.run({ eachMessage: async ({ message }) => push(message.value) }),
    )

    expect(paid).toEqual([{ id: 'o-1', status: 'paid', currency: 'CHF', items: [{ sku: 'mug', quantity: 1, warehouse: 'Porto' }] }])
    expect(asOlder).toEqual([{ id: 'o-1', status: 'paid', items: [{ sku: 'mug', quantity: 1 }] }])
    await Promise.all([producer, reader, olderReader, { disconnect: () => service.stop() }].map((one) => one.disconnect()))
  })
})
