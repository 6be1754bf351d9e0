import { readFrame } from 'kafka-evolve'
import { memoryRegistry } from 'kafka-evolve/registry'
import type { Consumer, KafkaMessage, Producer } from 'kafkajs'
import { expect } from 'vitest'
import type { KafkaCase } from './cases/kit.ts'
import { Inbox, type OrderV1, onBothKafkas, schemasFor, V1, V2 } from './kafkajs-kit.ts'

/** Everything in the topic, as kafkajs gives it. */
async function rawMessages(consumer: Consumer, topic: string, count: number): Promise<readonly KafkaMessage[]> {
  const inbox = new Inbox<KafkaMessage>()
  await consumer.subscribe({ topics: [topic], fromBeginning: true })
  await consumer.run({ eachMessage: async ({ message }) => inbox.put(message) })
  return inbox.upTo(count)
}

const cases: KafkaCase[] = [
  {
    name: 'send: framed values, keys, headers, tombstones arrive; the caller keeps its objects',
    async run(kit) {
      const topic = await kit.topic()
      const schemas = schemasFor({ [topic]: { key: V1, value: V2, tombstones: true } })
      const producer = schemas.producer(await kit.producer())
      const messages = Object.freeze([
        Object.freeze({
          key: Object.freeze({ id: 'k' }),
          value: Object.freeze({ id: 'o-1' }),
          headers: Object.freeze({ a: 'b' }),
          timestamp: '1700000000000',
        }),
        Object.freeze({ key: { id: 'k' }, value: null }),
        Object.freeze({ value: { id: 'o-2', channel: 'shop' } }),
      ])
      const [metadata] = await producer.send(Object.freeze({ topic, messages, acks: -1 }) as never)
      expect(metadata).toMatchObject({ topicName: topic, partition: 0, errorCode: 0 })
      expect(messages[0]).toEqual({ key: { id: 'k' }, value: { id: 'o-1' }, headers: { a: 'b' }, timestamp: '1700000000000' })

      const inbox = new Inbox<unknown>()
      const consumer = schemas.consumer(await kit.consumer())
      await consumer.subscribe({ topics: [topic], fromBeginning: true })
      await consumer.run({
        eachMessage: async ({ message: { offset, key, value, headers, timestamp, evolve } }) =>
          inbox.put({ offset, key, value, headers, timestamp, id: evolve.value?.schemaId }),
      })
      expect(await inbox.upTo(3)).toEqual([
        {
          offset: '0',
          key: { id: 'k', status: 'new' },
          value: { id: 'o-1', status: 'new', channel: 'web' },
          headers: { a: Buffer.from('b') },
          timestamp: '1700000000000',
          id: 2,
        },
        { offset: '1', key: { id: 'k', status: 'new' }, value: null, headers: {}, timestamp: expect.any(String), id: undefined },
        { offset: '2', key: null, value: { id: 'o-2', status: 'new', channel: 'shop' }, headers: {}, timestamp: expect.any(String), id: 2 },
      ])
    },
  },
  {
    name: 'sendBatch: each topic by its own definition; Uint8Arrays and topics without definitions arrive as bytes',
    async run(kit) {
      const [orders, others] = [await kit.topic(), await kit.topic()]
      const schemas = schemasFor({ [orders]: { value: V1 } })
      const producer = schemas.producer(await kit.producer())
      const u8 = Uint8Array.from([0, 1, 2, 3]).subarray(1)
      await producer.sendBatch({
        topicMessages: [
          { topic: orders, messages: [{ key: u8, value: { id: 'o-1' } }] },
          { topic: others, messages: [{ key: 'k', value: u8, headers: { one: u8, two: [u8, 'x'] } }] as never },
          { topic: orders, messages: [{ value: { id: 'o-2' } }] },
        ],
      })
      const [first, second] = await rawMessages(await kit.consumer({ groupId: kit.name('raw') }), orders, 2)
      expect(first?.key).toEqual(Buffer.from([1, 2, 3]))
      expect([first, second].map((message) => readFrame(message?.value as Buffer))).toEqual([
        { kind: 'framed', id: 1, start: 5 },
        { kind: 'framed', id: 1, start: 5 },
      ])
      const [other] = await rawMessages(await kit.consumer(), others, 1)
      expect(other).toMatchObject({
        key: Buffer.from('k'),
        value: Buffer.from([1, 2, 3]),
        headers: { one: Buffer.from([1, 2, 3]), two: [Buffer.from([1, 2, 3]), Buffer.from('x')] },
      })
    },
  },
  {
    name: 'a send with one wrong message sends none, and names message and field',
    async run(kit) {
      const topic = await kit.topic()
      const schemas = schemasFor({ [topic]: { value: V1 } })
      const producer = schemas.producer(await kit.producer())
      await expect(producer.send({ topic, messages: [{ value: { id: 'o-1' } }, { value: { id: 2 } }] } as never)).rejects.toMatchObject({
        code: 'invalid-value',
        details: { topic, messageIndex: 1, side: 'value', path: '/id' },
      })
      const admin = await kit.admin()
      expect(await admin.fetchTopicOffsets(topic)).toMatchObject([{ partition: 0, high: '0' }])
    },
  },
  {
    name: 'eachBatch: typed messages in a batch that still has its methods',
    async run(kit) {
      const topic = await kit.topic()
      const schemas = schemasFor({ [topic]: { value: V1 } })
      const producer = schemas.producer(await kit.producer())
      await producer.send({ topic, messages: ['a', 'b', 'c'].map((id) => ({ value: { id } })) })
      const inbox = new Inbox<string>()
      const consumer = schemas.consumer(await kit.consumer())
      const ended = new Inbox<string>()
      consumer.on(consumer.events.END_BATCH_PROCESS, ({ payload }) => ended.put(payload.lastOffset))
      await consumer.subscribe({ topics: [topic], fromBeginning: true })
      await consumer.run({
        eachBatchAutoResolve: false,
        eachBatch: async ({ batch, resolveOffset, heartbeat, isRunning, isStale, uncommittedOffsets, commitOffsetsIfNecessary }) => {
          expect([batch.isEmpty(), batch.lastOffset(), batch.partition, isRunning(), isStale()]).toEqual([
            false,
            String(Number(batch.firstOffset()) + batch.messages.length - 1),
            0,
            true,
            false,
          ])
          for (const message of batch.messages) {
            resolveOffset(message.offset)
            inbox.put(message.value.id)
          }
          await heartbeat()
          expect(uncommittedOffsets().topics[0]?.topic).toBe(topic)
          await commitOffsetsIfNecessary(uncommittedOffsets())
        },
      })
      expect(await inbox.upTo(3)).toEqual(['a', 'b', 'c'])
      while (ended.items.at(-1) !== '2') await ended.upTo(ended.items.length + 1)
    },
  },
  {
    name: 'events, logger, pause, resume, seek and commitOffsets are those of kafkajs',
    async run(kit) {
      const topic = await kit.topic()
      const schemas = schemasFor({ [topic]: { value: V1 } })
      const producer: Producer = schemas.producer(await kit.producer())
      expect(producer.isIdempotent()).toBe(false)
      producer.logger().debug('the logger is there')
      const requests = new Inbox<string>()
      const remove = producer.on(producer.events.REQUEST, ({ payload }) => requests.put(payload.apiName))
      await producer.send({ topic, messages: [{ value: { id: 'a' } }, { value: { id: 'b' } }] as never })
      await requests.upTo(1)
      remove()

      const inbox = new Inbox<string>()
      const consumer = schemas.consumer(await kit.consumer())
      consumer.logger().debug('the logger is there')
      const joined = new Inbox<string>()
      consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => joined.put(payload.groupId))
      expect(consumer.paused()).toEqual([])
      await consumer.subscribe({ topic, fromBeginning: true })
      let resume: (() => void) | undefined
      await consumer.run({
        autoCommit: false,
        eachMessage: async ({ message, pause }) => {
          if (inbox.items.length === 0) resume = pause()
          inbox.put(message.value.id)
        },
      })
      await joined.upTo(1)
      await inbox.upTo(1)
      expect(consumer.paused()).toEqual([{ topic, partitions: [0] }])
      resume?.()
      expect(await inbox.upTo(2)).toEqual(['a', 'b'])
      consumer.seek({ topic, partition: 0, offset: '1' })
      expect((await inbox.upTo(3))[2]).toBe('b')
      await consumer.commitOffsets([{ topic, partition: 0, offset: '1' }])
      const [committed] = await (await kit.admin()).fetchOffsets({ groupId: joined.items[0] as string, topics: [topic] })
      expect(committed?.partitions).toMatchObject([{ partition: 0, offset: '1' }])
      expect((await consumer.describeGroup()).groupId).toBe(joined.items[0])
    },
  },
  {
    name: 'an old service changes and republishes what a new one wrote, and nothing is lost',
    async run(kit) {
      const [orders, billed] = [await kit.topic(), await kit.topic()]
      const registry = memoryRegistry()
      const old = schemasFor({ [orders]: { value: V1 }, [billed]: { value: V1 } }, { registry })
      const young = schemasFor({ [orders]: { value: V2 }, [billed]: { value: V2 } }, { registry })
      await young.producer(await kit.producer()).send({ topic: orders, messages: [{ key: 'k', value: { id: 'o-1', channel: 'shop' } }] })

      const producer = old.producer(await kit.producer())
      const billing = old.consumer(await kit.consumer({ groupId: kit.name('billing') }))
      await billing.subscribe({ topics: [orders], fromBeginning: true })
      await billing.run({
        eachMessage: async ({ message }) => {
          const order: OrderV1 = message.value
          await producer.send({ topic: billed, messages: [{ key: message.key, value: { ...order, status: 'paid' } }] })
        },
      })

      const inbox = new Inbox<unknown>()
      const audit = young.consumer(await kit.consumer())
      await audit.subscribe({ topics: [billed], fromBeginning: true })
      await audit.run({ eachMessage: async ({ message }) => inbox.put([message.key, message.value]) })
      expect(await inbox.upTo(1)).toEqual([[Buffer.from('k'), { id: 'o-1', status: 'paid', channel: 'shop' }]])
    },
  },
  {
    name: 'a topic that does not exist is kafkajs’ own error',
    async run(kit) {
      const topic = kit.name('absent')
      const schemas = schemasFor({ [topic]: { value: V1 } })
      const producer = schemas.producer(await kit.producer({ allowAutoTopicCreation: false, retry: { retries: 1, initialRetryTime: 10 } }))
      await expect(producer.send({ topic, messages: [{ value: { id: 'a' } }] })).rejects.toMatchObject({
        name: expect.stringMatching(/^KafkaJS/),
      })
    },
  },
  {
    name: 'a message without a value, and a producer that is not connected, are kafkajs’ own errors',
    async run(kit) {
      const topic = await kit.topic()
      const schemas = schemasFor({ [topic]: { value: V1 } })
      const producer = schemas.producer(await kit.producer())
      await expect(producer.send({ topic, messages: [{ key: 'k' }] } as never)).rejects.toThrow(/Invalid message without value/)
      await expect(schemas.producer(kit.kafka.producer()).send({ topic, messages: [{ value: { id: 'a' } }] })).rejects.toThrow(
        /disconnected/,
      )
    },
  },
]

onBothKafkas(cases)
