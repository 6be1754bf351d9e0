import type { EachMessagePayload, ProducerRecord } from 'kafkajs'
import { describe, expect, it } from 'vitest'
import { avro } from '../../avro.ts'
import { EvolveError } from '../../errors.ts'
import { evolve } from '../../evolve.ts'
import { memoryRegistry } from '../../registry/memory.ts'
import { batchPayload, fakeConsumer, fakeProducer, kafkaMessage, messagePayload, Order, schemasOf } from './kafkajs.test-support.ts'

const value = { id: 'o-1', count: 2 }
type Given = EachMessagePayload & { message: { evolve?: unknown; value: unknown } }

/** Runs a consumer with these options over one message; gives what the handler was given. */
async function consumed(
  topic: string,
  bytes: Buffer | null,
  setup: { schemas?: ReturnType<typeof schemasOf>; options?: object; key?: Buffer } = {},
): Promise<Given[]> {
  const { schemas = schemasOf(), options = {}, key = null } = setup
  const { consumer, config } = fakeConsumer()
  const given: Given[] = []
  await schemas.consumer(consumer, options).run({ eachMessage: async (payload: unknown) => void given.push(payload as Given) })
  await config()?.eachMessage?.(messagePayload(topic, kafkaMessage('42', bytes, key)))
  return given
}

describe('eachMessage', () => {
  it('replaces the message only, with a new object', async () => {
    const schemas = schemasOf()
    const bytes = (await schemas.serializer('orders', 'value').serialize(value)) as Buffer
    const { consumer, config } = fakeConsumer()
    const given: Given[] = []
    await schemas.consumer(consumer).run({ autoCommit: false, eachMessage: async (payload: unknown) => void given.push(payload as Given) })
    expect(config()).toMatchObject({ autoCommit: false })
    const message = Object.freeze(kafkaMessage('42', bytes, Buffer.from('k')))
    const payload = Object.freeze(messagePayload('orders', message))
    await config()?.eachMessage?.(payload)
    const [{ message: decoded, ...rest }] = given as [Given]
    expect(rest).toEqual({ topic: 'orders', partition: 3, heartbeat: payload.heartbeat, pause: payload.pause })
    expect(decoded).toEqual({ ...message, value, evolve: { raw: { key: Buffer.from('k'), value: bytes }, value: { schemaId: 1 } } })
    expect(message.value).toBe(bytes)
  })

  it('decodes keys, passes tombstones and topics without definitions', async () => {
    const schemas = schemasOf()
    const key = (await schemas.serializer('keyed', 'key').serialize({ id: 'k' })) as Buffer
    const [tombstone] = await consumed('keyed', null, { schemas, key })
    expect(tombstone?.message).toMatchObject({ key: { id: 'k' }, value: null, evolve: { raw: { key, value: null }, key: { schemaId: 1 } } })
    expect(tombstone?.message.evolve).not.toHaveProperty('value')
    const [bare] = await consumed('bare', Buffer.from('x'), { schemas })
    expect(bare?.message.value).toEqual(Buffer.from('x'))
  })

  it('passes the very payload of a topic that is not configured', async () => {
    const { consumer, config } = fakeConsumer()
    let given: unknown
    await schemasOf()
      .consumer(consumer)
      .run({ eachMessage: async (payload: unknown) => void (given = payload) })
    const payload = messagePayload('others', kafkaMessage('1', Buffer.from('x')))
    await config()?.eachMessage?.(payload)
    expect(given).toBe(payload)
  })

  it('does not wait when the schema is known', async () => {
    const schemas = schemasOf()
    const bytes = (await schemas.serializer('orders', 'value').serialize(value)) as Buffer
    await consumed('orders', bytes, { schemas })
    const { consumer, config } = fakeConsumer()
    let calls = 0
    await schemas.consumer(consumer).run({ eachMessage: async () => void calls++ })
    void config()?.eachMessage?.(messagePayload('orders', kafkaMessage('42', bytes)))
    expect(calls).toBe(1)
  })

  it('raises an EvolveError with the place, and does not call the handler', async () => {
    const failed = consumed('orders', Buffer.from('not framed'))
    await expect(failed).rejects.toBeInstanceOf(EvolveError)
    await expect(failed).rejects.toMatchObject({
      code: 'not-framed',
      details: { topic: 'orders', partition: 3, offset: '42', side: 'value' },
    })
  })

  it('passes on the errors of the handler as they are', async () => {
    const { consumer, config } = fakeConsumer()
    const error = new RangeError('of the application')
    await schemasOf()
      .consumer(consumer, { onUndecodable: 'skip' })
      .run({ eachMessage: () => Promise.reject(error) })
    await expect(config()?.eachMessage?.(messagePayload('orders', kafkaMessage('1', null)))).rejects.toBe(error)
  })

  it('beats while a schema is looked up, and stops when the group rebalances', async () => {
    const registry = memoryRegistry()
    await registry.register('orders-value', Order.source)
    let answer = (): void => {}
    const slow = new Promise<void>((resolve) => {
      answer = resolve
    })
    const schemas = schemasOf({ registry: { ...bound(registry), schemaById: (id) => slow.then(() => registry.schemaById(id)) } })
    const { consumer, config } = fakeConsumer()
    let calls = 0
    await schemas.consumer(consumer, { pauseAfterMs: 20_000 }).run({ eachMessage: async () => void calls++ })
    const message = kafkaMessage('1', Buffer.from([0, 0, 0, 0, 1, 2, 0x61, 4]))
    let beats = 0
    let beaten = (): void => {}
    const twice = new Promise<void>((resolve) => {
      beaten = resolve
    })
    const running = config()?.eachMessage?.(messagePayload('orders', message, async () => void (++beats === 2 && beaten())))
    const rebalance = new Error('The group is rebalancing')
    await expect(config()?.eachMessage?.(messagePayload('orders', message, () => Promise.reject(rebalance)))).rejects.toBe(rebalance)
    await twice
    expect(calls).toBe(0)
    answer()
    await running
    expect(calls).toBe(1)
  })
})

describe('a strict topic', () => {
  const newer = avro({
    type: 'record',
    name: 'Order',
    namespace: 'shop',
    fields: [
      { name: 'id', type: 'string' },
      { name: 'count', type: 'int' },
      { name: 'channel', type: 'string' },
    ],
  })

  it('refuses a record made anew while one with unknown fields is handled, in eachMessage and eachBatch', async () => {
    const registry = memoryRegistry()
    const writing = evolve({ registry, autoRegister: true, topics: { orders: { value: newer } } })
    const bytes = (await writing.serializer('orders', 'value').serialize({ ...value, channel: 'web' })) as Buffer
    const schemas = evolve({ registry, autoRegister: true, topics: { orders: { value: Order, unknownFields: 'strict' } } })
    const send = schemas.serializer('orders', 'value')
    const { consumer, config } = fakeConsumer()
    const outcomes: unknown[] = []
    const tryBoth = async (read: { id: string; count: number }): Promise<void> => {
      outcomes.push(await send.serialize({ ...read, count: 3 }))
      try {
        outcomes.push(await send.serialize({ id: read.id, count: 3 }))
      } catch (error) {
        outcomes.push((error as EvolveError).details.reason)
      }
    }
    const wrapped = schemas.consumer(consumer)
    await wrapped.run({ eachMessage: async ({ message }) => tryBoth(message.value) })
    await config()?.eachMessage?.(messagePayload('orders', kafkaMessage('1', bytes, null)))
    await wrapped.run({ eachBatch: async ({ batch }) => tryBoth(batch.messages[0]?.value as never) })
    await config()?.eachBatch?.(batchPayload('orders', [kafkaMessage('1', bytes, null)]).payload)
    expect(outcomes).toEqual([expect.any(Buffer), 'fresh-value', expect.any(Buffer), 'fresh-value'])
    expect(await send.serialize({ id: 'o-2', count: 3 })).toBeInstanceOf(Buffer)
  })
})

describe('onUndecodable', () => {
  it('skip leaves the message out and counts it', async () => {
    const schemas = schemasOf()
    expect(await consumed('orders', Buffer.from('bad'), { schemas, options: { onUndecodable: 'skip' } })).toEqual([])
    expect(schemas.undecodable()).toEqual({ orders: { skipped: 1, deadLettered: 0 } })
  })

  it('deadLetter sends the bytes as they are, also through a wrapped producer', async () => {
    const schemas = schemasOf()
    const { producer, sent } = fakeProducer()
    const { consumer, config, joined } = fakeConsumer()
    const deadLetter = { producer: schemas.producer(producer), topic: 'orders' }
    await schemas.consumer(consumer, { onUndecodable: { deadLetter } }).run({ eachMessage: async () => {} })
    joined('billing')
    await config()?.eachMessage?.(messagePayload('orders', kafkaMessage('42', Buffer.from('bad'), Buffer.from('k'))))
    const [record] = sent as [ProducerRecord]
    expect(record).toMatchObject({
      topic: 'orders',
      messages: [{ key: Buffer.from('k'), value: Buffer.from('bad'), headers: { trace: 'abc' } }],
    })
    expect(record.messages[0]?.headers?.['kafka_dlt-original-consumer-group']).toEqual(Buffer.from('billing'))
    expect(schemas.undecodable()).toEqual({ orders: { skipped: 0, deadLettered: 1 } })
  })

  it.each(['retry', {}, { deadLetter: {} }, null])('is not %o', (onUndecodable) => {
    expect(() => schemasOf().consumer(fakeConsumer().consumer, { onUndecodable } as never)).toThrow(
      expect.objectContaining({ code: 'invalid-options' }),
    )
  })
})

describe('a wrapped consumer', () => {
  it('leaves it to kafkajs what a handler is that is none', async () => {
    const { consumer, config } = fakeConsumer()
    const eachMessage = async (): Promise<void> => {}
    await schemasOf()
      .consumer(consumer)
      .run({ eachBatch: null, eachMessage } as never)
    expect(config()).toEqual({ eachBatch: null, eachMessage: expect.any(Function) })
  })

  it('has everything but run from the consumer', async () => {
    const { consumer, config } = fakeConsumer()
    const wrapped = schemasOf().consumer(consumer)
    for (const name of ['connect', 'events', 'on'] as const) expect(wrapped[name]).toBe(consumer[name])
    await wrapped.run()
    expect(config()).toBeUndefined()
  })
})

function bound<T extends object>(registry: T): T {
  return new Proxy(registry, {
    ownKeys: () => ['schemaById', 'register', 'versions', 'version', 'latest', 'lookup', 'close'],
    getOwnPropertyDescriptor: () => ({ enumerable: true, configurable: true }),
    get: (target, name) => (Reflect.get(target, name) as () => unknown).bind(target),
  })
}
