import kafkajs, { type Message } from 'kafkajs'
import { describe, expect, it } from 'vitest'
import { inMemoryKafka } from './in-memory-kafka.ts'

const quiet = { logLevel: kafkajs.logLevel.NOTHING, retry: { retries: 1, initialRetryTime: 10 } }

// What it shares with a real broker is in integration-test/cases; here is what it has alone.
describe('inMemoryKafka', () => {
  it('is a kafkajs Kafka', () => {
    expect(inMemoryKafka()).toBeInstanceOf(kafkajs.Kafka)
  })

  it('has the topics that it was given, and partitions for those that it creates', async () => {
    const kafka = inMemoryKafka({ topics: { orders: 3 }, partitions: 2 })
    const [admin, producer] = [kafka.admin(), kafka.producer()]
    await Promise.all([admin.connect(), producer.connect()])
    await producer.send({ topic: 'new', messages: [{ value: 'x' }] })
    const { topics } = await admin.fetchTopicMetadata()
    expect(topics.map(({ name, partitions }) => [name, partitions.length])).toEqual([
      ['orders', 3],
      ['new', 2],
    ])
    await Promise.all([admin.disconnect(), producer.disconnect()])
  })

  it('creates no topic by itself when told so', async () => {
    const kafka = inMemoryKafka({ autoCreateTopics: false, client: quiet })
    const producer = kafka.producer()
    await producer.connect()
    await expect(producer.send({ topic: 'new', messages: [{ value: 'x' }] })).rejects.toThrow(
      'This server does not host this topic-partition',
    )
    await producer.disconnect()
  })

  it('keeps one Kafka apart from another', async () => {
    const [one, other] = [inMemoryKafka({ topics: { here: 1 } }), inMemoryKafka()]
    const admin = other.admin()
    await admin.connect()
    expect(await admin.listTopics()).toEqual([])
    await admin.disconnect()
    expect(one).not.toBe(other)
  })

  it.each<[string, Message]>([
    ['value', { value: new Uint8Array([1, 2]) as Buffer }],
    ['key', { key: new Uint8Array([1, 2]) as Buffer, value: '' }],
    ['header', { value: '', headers: { h: ['x', new Uint8Array(1) as Buffer] } }],
  ])('refuses a Uint8Array as %s, which kafkajs would corrupt', async (what, message) => {
    const producer = inMemoryKafka().producer({ transactionalId: 'tx' })
    await producer.connect()
    const sent = { topic: 't', messages: [{ value: 'good' }, message] }
    const refusal = {
      code: 'invalid-value',
      message: expect.stringContaining(`a ${what} is a Uint8Array`),
      details: { topic: 't', messageIndex: 1 },
    }
    await expect(producer.send(sent)).rejects.toMatchObject(refusal)
    await expect(producer.sendBatch({ topicMessages: [sent] })).rejects.toMatchObject(refusal)
    const transaction = await producer.transaction()
    await expect(transaction.send(sent)).rejects.toMatchObject(refusal)
    await expect(transaction.sendBatch({ topicMessages: [sent] })).rejects.toMatchObject(refusal)
    await transaction.abort()
    await producer.disconnect()
  })

  it('aborts a transaction that stays open for too long', async () => {
    const kafka = inMemoryKafka({ client: quiet })
    const [producer, consumer] = [kafka.producer({ transactionalId: 'tx', transactionTimeout: 1_500 }), kafka.consumer({ groupId: 'g' })]
    await Promise.all([producer.connect(), consumer.connect()])
    const transaction = await producer.transaction()
    await transaction.send({ topic: 't', messages: [{ value: 'too late' }] })
    await consumer.subscribe({ topic: 't', fromBeginning: true })
    const plain = kafka.producer()
    await plain.connect()
    await plain.send({ topic: 't', messages: [{ value: 'plain' }] })
    const seen = await new Promise<string>((resolve) => {
      void consumer.run({ eachMessage: async ({ message }) => resolve(`${message.value}`) })
    })
    expect(seen).toBe('plain')
    await expect(transaction.commit()).rejects.toThrow('epoch')
    await Promise.all([producer.disconnect(), plain.disconnect(), consumer.disconnect()])
  })

  it('puts a member out that sends no heartbeat for a session, and gives its partitions to another', async () => {
    const kafka = inMemoryKafka({ topics: { t: 1 }, client: quiet })
    const config = { groupId: 'g', sessionTimeout: 150, rebalanceTimeout: 150, heartbeatInterval: 20 }
    const [stuck, spare, producer] = [kafka.consumer(config), kafka.consumer(config), kafka.producer()]
    await Promise.all([stuck.connect(), spare.connect(), producer.connect()])
    await producer.send({ topic: 't', messages: [{ value: 'x' }] })
    let release = (): void => undefined
    const held = new Promise<void>((resolve) => {
      release = resolve
    })
    for (const consumer of [stuck, spare]) await consumer.subscribe({ topic: 't', fromBeginning: true })
    await new Promise<void>((resolve) => {
      void stuck.run({
        eachMessage: async () => {
          resolve()
          await held
        },
      })
    })
    const taken = new Promise<string>((resolve) => {
      void spare.run({ eachMessage: async ({ message }) => resolve(`${message.value}`) })
    })
    expect(await taken).toBe('x')
    release()
    await Promise.all([stuck.disconnect(), spare.disconnect(), producer.disconnect()])
  })

  it('says what it cannot do', async () => {
    const admin = inMemoryKafka({ client: quiet }).admin()
    await admin.connect()
    await expect(admin.describeConfigs({ resources: [{ type: 2, name: 't' }], includeSynonyms: false })).rejects.toThrow(
      'The Kafka server does not support the requested API version',
    )
    await admin.disconnect()
  })

  it.each([{ partitions: 0 }, { partitions: 1.5 }, { topics: { 'no spaces': 1 } }, { topics: { t: 0 } }])('refuses %o', (options) => {
    expect(() => inMemoryKafka(options)).toThrow(expect.objectContaining({ code: 'invalid-options' }))
  })

  it('leaves nothing behind when all is disconnected', async () => {
    const timers = (): string[] => process.getActiveResourcesInfo().filter((name) => name === 'Timeout' || name === 'Immediate')
    const before = timers()
    const kafka = inMemoryKafka()
    const [producer, consumer] = [kafka.producer({ transactionalId: 'tx' }), kafka.consumer({ groupId: 'g' })]
    await Promise.all([producer.connect(), consumer.connect()])
    const transaction = await producer.transaction()
    await transaction.send({ topic: 't', messages: [{ value: 'x' }] })
    await transaction.commit()
    await consumer.subscribe({ topic: 't', fromBeginning: true })
    await new Promise<void>((resolve) => {
      void consumer.run({ eachMessage: async () => resolve() })
    })
    await Promise.all([producer.disconnect(), consumer.disconnect()])
    await expect.poll(() => timers().length).toBeLessThanOrEqual(before.length)
  })
})
