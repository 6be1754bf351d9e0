import { CompressionTypes, type Message } from 'kafkajs'
import { expect } from 'vitest'
import { type KafkaCase, receive } from './kit.ts'

const texts = (...values: string[]): Message[] => values.map((value) => ({ value }))

/** What a producer does. */
export const producerCases: readonly KafkaCase[] = [
  {
    name: 'a key always goes to the partition that murmur2 names, an explicit partition wins',
    async run(kit) {
      const topic = await kit.topic(7)
      const producer = await kit.producer()
      const partitionOf = async (message: Message): Promise<number | undefined> =>
        (await producer.send({ topic, messages: [message] }))[0]?.partition
      // The vectors of Kafka's own test of murmur2, without the sign bit, modulo 7.
      const expected = { '21': 3, foobar: 0, 'a-little-bit-long-string': 1, 'a-little-bit-longer-string': 0, abc: 4 }
      for (const [key, partition] of Object.entries(expected)) expect(await partitionOf({ key, value: '' })).toBe(partition)
      expect(await partitionOf({ key: Buffer.from('abc'), value: '' })).toBe(4)
      expect(await partitionOf({ key: 'abc', value: '', partition: 6 })).toBe(6)
    },
  },
  {
    name: 'a message arrives as it was sent: bytes, headers, timestamp, offset',
    async run(kit) {
      const topic = await kit.topic()
      const producer = await kit.producer()
      const headers = { one: 'text', bytes: Buffer.from([0, 255]), many: ['a', Buffer.from('b')] }
      const messages = [
        { key: Buffer.from([0, 1]), value: Buffer.from([0, 0, 0, 0, 7]), headers, timestamp: '1700000000123' },
        { key: 'k', value: null, timestamp: '1700000000124' },
        { key: null, value: '', timestamp: '1700000000124' },
        { value: 'ünï', timestamp: '1700000000124' },
      ]
      await producer.send({ topic, messages })
      const received = await receive(await kit.consumer(), [topic], messages.length)
      expect(received.map(({ message }) => message.offset)).toEqual(['0', '1', '2', '3'])
      expect(received.map(({ message }) => message.key)).toEqual([Buffer.from([0, 1]), Buffer.from('k'), null, null])
      expect(received.map(({ message }) => message.value)).toEqual([
        Buffer.from([0, 0, 0, 0, 7]),
        null,
        Buffer.alloc(0),
        Buffer.from('ünï'),
      ])
      expect(received.map(({ message }) => message.timestamp)).toEqual(['1700000000123', '1700000000124', '1700000000124', '1700000000124'])
      expect(received[0]?.message.headers).toEqual({
        one: Buffer.from('text'),
        bytes: Buffer.from([0, 255]),
        many: [Buffer.from('a'), Buffer.from('b')],
      })
      expect(received[1]?.message.headers).toEqual({})
    },
  },
  {
    name: 'send answers one entry for each partition, with the first offset; none with acks 0',
    async run(kit) {
      const topic = await kit.topic(2)
      const producer = await kit.producer()
      await producer.send({ topic, messages: [{ value: 'x', partition: 1 }] })
      const messages = [0, 1, 1].map((partition) => ({ value: 'x', partition }))
      const answer = await producer.send({ topic, messages })
      const entry = { topicName: topic, errorCode: 0, logAppendTime: '-1', logStartOffset: '0' }
      expect(answer.toSorted((one, other) => one.partition - other.partition)).toEqual([
        { ...entry, partition: 0, baseOffset: '0' },
        { ...entry, partition: 1, baseOffset: '1' },
      ])
      expect(await producer.send({ topic, messages: texts('y'), acks: 0 })).toEqual([])
      expect(await producer.send({ topic, messages: [] })).toEqual([])
    },
  },
  {
    name: 'sendBatch writes to several topics, one topic twice',
    async run(kit) {
      const [one, other] = [await kit.topic(), await kit.topic()]
      const producer = await kit.producer()
      const topicMessages = [
        { topic: one, messages: texts('1') },
        { topic: other, messages: texts('2') },
        { topic: one, messages: texts('3') },
      ]
      await producer.sendBatch({ topicMessages })
      const received = await receive(await kit.consumer(), [one, other], 3)
      expect(received.filter(({ topic }) => topic === one).map(({ text }) => text)).toEqual(['1', '3'])
      expect(received.filter(({ topic }) => topic === other).map(({ text }) => text)).toEqual(['2'])
    },
  },
  {
    name: 'compressed messages arrive',
    async run(kit) {
      const topic = await kit.topic()
      const producer = await kit.producer()
      const values = ['a'.repeat(5000), 'b', 'c'.repeat(100)]
      await producer.send({ topic, messages: texts(...values), compression: CompressionTypes.GZIP })
      const received = await receive(await kit.consumer(), [topic], 3)
      expect(received.map(({ text }) => text)).toEqual(values)
    },
  },
  {
    name: 'what cannot be sent is refused with the text of kafkajs',
    async run(kit) {
      const topic = await kit.topic()
      const producer = kit.kafka.producer()
      await expect(producer.send({ topic, messages: texts('x') })).rejects.toThrow('The producer is disconnected')
      await producer.connect()
      await expect(producer.send({ topic, messages: [{ key: 'k' } as Message] })).rejects.toThrow(
        `Invalid message without value for topic "${topic}": {"key":"k"}`,
      )
      await expect(producer.send({ topic, messages: undefined as never })).rejects.toThrow(
        `Invalid messages array [undefined] for topic "${topic}"`,
      )
      await expect(producer.send({ topic: '', messages: texts('x') })).rejects.toThrow('Invalid topic')
      await expect(producer.send({ topic, messages: [{ value: 7 as never }] })).rejects.toThrow('type number')
      await expect(producer.transaction()).rejects.toThrow('Must provide transactional id for transactional producer')
      await producer.disconnect()
      await expect(producer.send({ topic, messages: texts('x') })).rejects.toThrow('The producer is disconnected')
    },
  },
  {
    name: 'a batch may have a megabyte, not more',
    async run(kit) {
      const topic = await kit.topic()
      const producer = await kit.producer()
      await producer.send({ topic, messages: [{ value: Buffer.alloc(1_048_000) }] })
      await expect(producer.send({ topic, messages: [{ value: Buffer.alloc(1_049_000) }] })).rejects.toThrow(
        'larger than the max message size',
      )
      const [large] = await receive(await kit.consumer(), [topic], 1)
      expect(large?.message.value).toHaveLength(1_048_000)
    },
  },
  {
    name: 'a topic is created by sending to it, unless the producer forbids',
    async run(kit) {
      const topic = kit.name('new')
      const admin = await kit.admin()
      const careful = await kit.producer({ allowAutoTopicCreation: false, retry: { retries: 1, initialRetryTime: 10 } })
      await expect(careful.send({ topic, messages: texts('x') })).rejects.toThrow('This server does not host this topic-partition')
      expect(await admin.listTopics()).not.toContain(topic)
      const producer = await kit.producer()
      await producer.send({ topic, messages: texts('x') })
      expect(await admin.listTopics()).toContain(topic)
    },
  },
  {
    name: 'what was sent does not change when the buffer of the sender or of a reader does',
    async run(kit) {
      const topic = await kit.topic()
      const producer = await kit.producer()
      const value = Buffer.from('before')
      await producer.send({ topic, messages: [{ value }] })
      value.write('after!')
      const [first] = await receive(await kit.consumer({ groupId: kit.name('one') }), [topic], 1)
      expect(first?.text).toBe('before')
      first?.message.value?.write('mine!!')
      const [second] = await receive(await kit.consumer({ groupId: kit.name('two') }), [topic], 1)
      expect(second?.text).toBe('before')
    },
  },
  {
    name: 'an idempotent producer says so and sends',
    async run(kit) {
      const topic = await kit.topic()
      const producer = await kit.producer({ idempotent: true })
      expect(producer.isIdempotent()).toBe(true)
      for (const value of ['1', '2', '3']) await producer.send({ topic, messages: texts(value) })
      const received = await receive(await kit.consumer(), [topic], 3)
      expect(received.map(({ text }) => text)).toEqual(['1', '2', '3'])
    },
  },
]
