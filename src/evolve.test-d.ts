import type { Consumer, EachBatchPayload, EachMessagePayload, IHeaders, Kafka, Producer } from 'kafkajs'
import { describe, expectTypeOf, it } from 'vitest'
import { avro } from './avro.ts'
import type { Definition } from './codec/codec.ts'
import { evolve } from './evolve.ts'
import type { Registry } from './registry/types.ts'

interface OrderOut {
  id: string
  status: 'new' | 'paid'
  note: string | null
}
interface OrderIn {
  id: string
  status: 'new' | 'paid'
  note?: string | null
}
interface CustomerOut {
  name: string
}

declare const registry: Registry
declare const kafka: Kafka
declare const Order: Definition<OrderOut, OrderIn>
declare const Customer: Definition<CustomerOut, CustomerOut>
declare const CustomerId: Definition<{ id: number }, { id: number }>

const one = evolve({ registry, topics: { orders: { value: Order } } })
const two = evolve({
  registry,
  topics: { orders: { value: Order }, customers: { key: CustomerId, value: Customer, tombstones: true }, raw: {} },
})

describe('a wrapped producer', () => {
  const producer = one.producer(kafka.producer())

  it('is still a kafkajs Producer', () => {
    expectTypeOf(producer).toExtend<Producer>()
    expectTypeOf(two.producer(kafka.producer())).toExtend<Producer>()
    expectTypeOf(producer.events.CONNECT).toEqualTypeOf<'producer.connect'>()
    expectTypeOf(producer.connect).toEqualTypeOf<Producer['connect']>()
    producer.on('producer.connect', ({ timestamp }) => expectTypeOf(timestamp).toEqualTypeOf<number>())
    producer.logger().info('x')
  })

  it('takes values of the definition', () => {
    void producer.send({ topic: 'orders', messages: [{ value: { id: '1', status: 'new' } }] })
    void producer.send({
      topic: 'orders',
      acks: 1,
      timeout: 5,
      messages: [{ key: 'k', partition: 0, headers: { a: 'b' }, timestamp: '1', value: { id: '1', status: 'paid', note: null } }],
    })
    void producer.send({ topic: 'orders', messages: [{ key: null, value: null }] })
    void producer.send({ topic: 'orders', messages: [{ key: new Uint8Array(1), value: null }] })
    const messages = [{ value: { id: '1', status: 'new' } }] as const
    void producer.send({ topic: 'orders', messages })
  })

  it('refuses other values', () => {
    // @ts-expect-error a field of another type
    void producer.send({ topic: 'orders', messages: [{ value: { id: 1, status: 'new' } }] })
    // @ts-expect-error a missing field
    void producer.send({ topic: 'orders', messages: [{ value: { status: 'new' } }] })
    // @ts-expect-error another symbol
    void producer.send({ topic: 'orders', messages: [{ value: { id: '1', status: 'lost' } }] })
    // @ts-expect-error a field that is not there
    void producer.send({ topic: 'orders', messages: [{ value: { id: '1', status: 'new', colour: 'red' } }] })
    // @ts-expect-error bytes
    void producer.send({ topic: 'orders', messages: [{ value: Buffer.alloc(1) }] })
    // @ts-expect-error text
    void producer.send({ topic: 'orders', messages: [{ value: 'text' }] })
    // @ts-expect-error no value
    void producer.send({ topic: 'orders', messages: [{ key: 'k' }] })
    // @ts-expect-error a property that kafkajs does not know
    void producer.send({ topic: 'orders', messages: [{ value: null, keys: 'k' }] })
  })

  it('takes what kafkajs takes for other topics', () => {
    void producer.send({ topic: 'others', messages: [{ key: 'k', value: 'text' }, { value: Buffer.alloc(1) }, { value: null }] })
    // @ts-expect-error an object is not what kafkajs takes
    void producer.send({ topic: 'others', messages: [{ value: { id: '1' } }] })
    const topic: string = 'orders'
    void producer.send({ topic, messages: [{ value: 'text' }] })
    void producer.send({ topic, messages: [{ value: { id: '1', status: 'new' } }] })
    // @ts-expect-error neither
    void producer.send({ topic, messages: [{ value: { nothing: 1 } }] })
  })

  it('types keys', () => {
    const customers = two.producer(kafka.producer())
    void customers.send({
      topic: 'customers',
      messages: [
        { key: { id: 1 }, value: { name: 'a' } },
        { key: { id: 1 }, value: null },
      ],
    })
    void customers.send({ topic: 'raw', messages: [{ key: 'k', value: 'v' }] })
    // @ts-expect-error the key has a definition
    void customers.send({ topic: 'customers', messages: [{ key: '1', value: null }] })
  })

  it('types each topic of a batch', () => {
    const customers = two.producer(kafka.producer())
    void customers.sendBatch({ acks: -1 })
    void customers.sendBatch({
      topicMessages: [
        { topic: 'orders', messages: [{ value: { id: '1', status: 'new' } }] },
        { topic: 'customers', messages: [{ key: { id: 1 }, value: { name: 'a' } }] },
        { topic: 'others', messages: [{ value: 'text' }] },
      ],
    })
    void customers.sendBatch({
      topicMessages: [
        { topic: 'orders', messages: [{ value: { id: '1', status: 'new' } }] },
        // @ts-expect-error a value of the other topic
        { topic: 'customers', messages: [{ key: { id: 1 }, value: { id: '1', status: 'new' } }] },
      ],
    })
  })

  it('types transactions', async () => {
    const transaction = await producer.transaction()
    await transaction.send({ topic: 'orders', messages: [{ value: { id: '1', status: 'new' } }] })
    // @ts-expect-error a field of another type
    await transaction.send({ topic: 'orders', messages: [{ value: { id: 1, status: 'new' } }] })
    await transaction.sendOffsets({ consumerGroupId: 'g', topics: [] })
    expectTypeOf(transaction.isActive()).toEqualTypeOf<boolean>()
  })
})

describe('a wrapped consumer', () => {
  const consumer = one.consumer(kafka.consumer({ groupId: 'g' }), { onUndecodable: 'skip' })

  it('is still a kafkajs Consumer', () => {
    expectTypeOf(consumer).toExtend<Consumer>()
    expectTypeOf(two.consumer(kafka.consumer({ groupId: 'g' }))).toExtend<Consumer>()
    expectTypeOf(consumer.seek).toEqualTypeOf<Consumer['seek']>()
    consumer.on('consumer.crash', ({ payload }) => expectTypeOf(payload.restart).toEqualTypeOf<boolean>())
    void consumer.run()
    void consumer.run({ autoCommit: false })
  })

  it('gives the value of the only topic directly', () => {
    void consumer.run({
      eachMessage: async ({ topic, partition, message, heartbeat, pause }) => {
        expectTypeOf(topic).toEqualTypeOf<'orders'>()
        expectTypeOf(partition).toEqualTypeOf<number>()
        expectTypeOf(message.value).toEqualTypeOf<OrderOut>()
        expectTypeOf(message.key).toEqualTypeOf<Buffer | null>()
        expectTypeOf(message.offset).toEqualTypeOf<string>()
        expectTypeOf(message.headers).toEqualTypeOf<IHeaders | undefined>()
        expectTypeOf(message.evolve.value?.schemaId).toEqualTypeOf<number | undefined>()
        expectTypeOf(message.evolve.raw.value).toEqualTypeOf<Buffer | null>()
        await heartbeat()
        pause()()
      },
    })
  })

  it('tells topics apart', () => {
    void two.consumer(kafka.consumer({ groupId: 'g' })).run({
      eachMessage: async ({ topic, message }) => {
        if (topic === 'orders') {
          expectTypeOf(message.value).toEqualTypeOf<OrderOut>()
        } else if (topic === 'customers') {
          expectTypeOf(message.key).toEqualTypeOf<{ id: number } | null>()
          expectTypeOf(message.value).toEqualTypeOf<CustomerOut | null>()
        } else {
          expectTypeOf(message.value).toEqualTypeOf<Buffer | null>()
        }
      },
    })
  })

  it('types batches', () => {
    void two.consumer(kafka.consumer({ groupId: 'g' })).run({
      eachBatchAutoResolve: false,
      eachBatch: async ({ batch, resolveOffset, isStale }) => {
        expectTypeOf(batch.lastOffset()).toEqualTypeOf<string>()
        expectTypeOf(isStale()).toEqualTypeOf<boolean>()
        if (batch.topic === 'orders') {
          for (const message of batch.messages) {
            expectTypeOf(message.value).toEqualTypeOf<OrderOut>()
            resolveOffset(message.offset)
          }
        }
      },
    })
  })

  it('refuses handlers that were written for bytes', () => {
    const eachMessage = async ({ message }: EachMessagePayload): Promise<void> => void message.value?.toString()
    const eachBatch = async ({ batch }: EachBatchPayload): Promise<void> => void batch.messages[0]?.value?.toString()
    // @ts-expect-error the value is not bytes any more
    void consumer.run({ eachMessage })
    // @ts-expect-error the values are not bytes any more
    void consumer.run({ eachBatch })
    void consumer.run({
      eachMessage: async ({ message }) => {
        // @ts-expect-error a field that is not there
        void message.value.colour
      },
    })
  })
})

describe('serializers', () => {
  it('are typed by topic and side', () => {
    expectTypeOf(two.serializer('customers', 'key').serialize).parameter(0).toEqualTypeOf<{ id: number } | null>()
    expectTypeOf(two.deserializer('orders', 'value').deserialize).returns.toEqualTypeOf<OrderOut | null | Promise<OrderOut | null>>()
    // @ts-expect-error a topic that is not configured
    void two.serializer('others', 'value')
  })
})

describe('the sample of the README', () => {
  it('compiles as it stands', async () => {
    const groupId = 'billing'
    const Order = avro({
      type: 'record',
      name: 'Order',
      namespace: 'shop',
      fields: [
        { name: 'id', type: 'string' },
        { name: 'status', type: { type: 'enum', name: 'Status', symbols: ['new', 'paid'] } },
        {
          name: 'items',
          type: {
            type: 'array',
            items: {
              type: 'record',
              name: 'Item',
              fields: [
                { name: 'sku', type: 'string' },
                { name: 'count', type: 'int', default: 1 },
              ],
            },
          },
        },
      ],
    } as const)

    const schemas = evolve({ registry, topics: { orders: { value: Order } } })

    const producer = schemas.producer(kafka.producer())
    const consumer = schemas.consumer(kafka.consumer({ groupId }))

    await consumer.run({
      eachMessage: async ({ message }) => {
        const order = message.value
        expectTypeOf(order.status).toEqualTypeOf<'new' | 'paid'>()
        await producer.send({ topic: 'orders', messages: [{ key: message.key, value: { ...order, status: 'paid' } }] })
        await producer.send({ topic: 'orders', messages: [{ value: { ...order, items: order.items.filter((item) => item.count > 1) } }] })
        // @ts-expect-error not a symbol of the enum
        await producer.send({ topic: 'orders', messages: [{ value: { ...order, status: 'lost' } }] })
        // @ts-expect-error not a field
        await producer.send({ topic: 'orders', messages: [{ value: { ...order, colour: 'red' } }] })
      },
    })
  })
})
