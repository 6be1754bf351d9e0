import { Writable } from 'node:stream'
import { pino } from 'pino'
import { describe, expect, it } from 'vitest'
import { avro } from './avro.ts'
import { evolve } from './evolve.ts'
import { whenReady } from './middleware/compose.ts'
import type { ConsumeMiddleware, ProduceMiddleware } from './middleware/message.ts'
import { memoryRegistry } from './registry/memory.ts'
import { inMemoryKafka } from './testing/in-memory-kafka.ts'

const Order = avro({ type: 'record', name: 'Order', namespace: 'shop', fields: [{ name: 'id', type: 'string' }] })
const OrderKey = avro({ type: 'record', name: 'OrderKey', namespace: 'shop', fields: [{ name: 'id', type: 'string' }] })
const logger = pino({ level: 'silent' })

describe('evolve', () => {
  it('registers every definition under its subject, in order, and again without harm', async () => {
    const registry = memoryRegistry()
    const schemas = evolve({ registry, logger, topics: { orders: { key: OrderKey, value: Order }, billed: { value: Order }, bare: {} } })
    const registered = await schemas.register()
    expect(registered.map(({ subject, version, id }) => [subject, version, id])).toEqual([
      ['orders-key', 1, 1],
      ['orders-value', 1, 2],
      ['billed-value', 1, 2],
    ])
    expect(await schemas.register()).toEqual(registered)
    expect(schemas.serializer('orders', 'value').serialize({ id: 'a' }), 'what is registered needs no look-up').toBeInstanceOf(Buffer)
  })

  it.each(['register', 'autoRegister'])('says what it registered by %s', async (way) => {
    const lines: unknown[] = []
    const stream = new Writable({
      write: (chunk, _encoding, done) => {
        lines.push(JSON.parse(String(chunk)))
        done()
      },
    })
    const topics = { orders: { value: Order } }
    const schemas = evolve({ registry: memoryRegistry(), logger: pino({ level: 'info' }, stream), autoRegister: true, topics })
    if (way === 'register') await schemas.register()
    const { serialize } = schemas.serializer('orders', 'value')
    await Promise.all([serialize({ id: 'a' }), serialize({ id: 'b' })])
    expect(lines).toEqual([
      expect.objectContaining({ level: 30, msg: 'schema registered', subject: 'orders-value', version: 1, schemaId: 1 }),
    ])
  })

  it('decodes at once what was written with a schema that was registered or looked up here', async () => {
    const schemas = evolve({ registry: memoryRegistry(), logger, topics: { orders: { value: Order } } })
    await schemas.register()
    const bytes = (await schemas.serializer('orders', 'value').serialize({ id: 'a' })) as Buffer
    expect(schemas.deserializer('orders', 'value').deserialize(bytes)).toEqual({ id: 'a' })
  })

  it('has serializers and deserializers without a client', async () => {
    const schemas = evolve({ registry: memoryRegistry(), autoRegister: true, logger, topics: { orders: { value: Order } } })
    const bytes = await schemas.serializer('orders', 'value').serialize({ id: 'a' })
    expect(await schemas.deserializer('orders', 'value').deserialize(bytes)).toEqual({ id: 'a' })
    expect(() => schemas.serializer('orders', 'key')).toThrow(expect.objectContaining({ code: 'invalid-options' }))
  })

  it.each([
    [undefined],
    [{}],
    [{ registry: memoryRegistry() }],
    [{ registry: memoryRegistry(), topics: null }],
    [{ registry: memoryRegistry(), topics: { a: { value: {} } } }],
  ])('refuses %o', (options) => {
    expect(() => evolve(options as never)).toThrow(expect.objectContaining({ code: 'invalid-options' }))
  })

  it('closes the registry', async () => {
    let closed = 0
    const registry = Object.assign(memoryRegistry(), { close: async () => void closed++ })
    await evolve({ registry, logger, topics: {} }).close()
    expect(closed).toBe(1)
  })

  it('puts middleware around every message of a configured topic', async () => {
    const trace: string[] = []
    const stamp: ProduceMiddleware = (next) => (message) =>
      whenReady(next(message), (encoded) => ({ ...encoded, headers: { ...encoded.headers, stamp: `${message.topic}/${message.index}` } }))
    const noted: ConsumeMiddleware = (next) => (message) => {
      trace.push(`${message.offset} ${String(message.headers?.stamp)}`)
      return message.offset === '1' ? undefined : next(message)
    }
    const kafka = inMemoryKafka()
    const schemas = evolve({
      registry: memoryRegistry(),
      autoRegister: true,
      logger,
      topics: { orders: { value: Order } },
      middleware: { produce: [stamp], consume: [noted] },
    })
    const producer = schemas.producer(kafka.producer())
    const consumer = schemas.consumer(kafka.consumer({ groupId: 'g' }))
    try {
      await Promise.all([producer.connect(), consumer.connect()])
      await producer.send({ topic: 'orders', messages: [{ value: { id: 'a' } }, { value: { id: 'b' } }, { value: { id: 'c' } }] })
      await consumer.subscribe({ topics: ['orders'], fromBeginning: true })
      const seen: string[] = []
      await new Promise<void>((resolve) => {
        void consumer.run({ eachMessage: async ({ message }) => void (seen.push(message.value.id) === 2 && resolve()) })
      })
      expect(seen).toEqual(['a', 'c'])
      expect(trace).toEqual(['0 orders/0', '1 orders/1', '2 orders/2'])
    } finally {
      await Promise.all([producer.disconnect(), consumer.disconnect()])
    }
  })
})
