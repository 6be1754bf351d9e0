// A service to be tested without a broker: it is given its Kafka and its registry. Its test is order-service.test.ts.
import { evolve, type OutOf, type Registry } from 'kafka-evolve'
import type { Kafka } from 'kafkajs'
import { OrderV1 } from './lib/orders.ts'

/** An order as this service knows it. */
export type Order = OutOf<typeof OrderV1>

/** What the service needs from outside. */
export interface OrderServiceOptions {
  readonly kafka: Kafka
  readonly registry: Registry
}

/** A service that runs. */
export interface OrderService {
  stop(): Promise<void>
}

/** The work itself, plain JavaScript: an order is paid, and items that nobody ordered are left out. */
export function pay(order: Order): Order {
  return { ...order, status: 'paid', items: order.items.filter(({ quantity }) => quantity > 0) }
}

/** Pays every order of `orders` and publishes it to `paid-orders`. */
export async function startOrderService({ kafka, registry }: OrderServiceOptions): Promise<OrderService> {
  const schemas = evolve({ registry, topics: { orders: { value: OrderV1 }, 'paid-orders': { value: OrderV1 } } })
  const consumer = schemas.consumer(kafka.consumer({ groupId: 'order-service' }))
  const producer = schemas.producer(kafka.producer())
  await Promise.all([consumer.connect(), producer.connect()])
  await consumer.subscribe({ topics: ['orders'], fromBeginning: true })
  await consumer.run({
    eachMessage: async ({ message }) => {
      await producer.send({ topic: 'paid-orders', messages: [{ key: message.key, value: pay(message.value) }] })
    },
  })
  return {
    async stop() {
      await Promise.all([consumer.disconnect(), producer.disconnect()])
      await schemas.close()
    },
  }
}
