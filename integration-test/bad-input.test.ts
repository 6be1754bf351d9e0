import { avro, readFrame } from 'kafka-evolve'
import { httpRegistry, memoryRegistry, serveRegistry } from 'kafka-evolve/registry'
import type { Consumer } from 'kafkajs'
import { afterEach, expect } from 'vitest'
import { closeFronts, type Mood, moodyRegistry } from './bad-registry.ts'
import { createTopic, type KafkaCase, type Kit } from './cases/kit.ts'
import { Inbox, isOutOfReach, onBothKafkas, schemasFor, V1, V2 } from './kafkajs-kit.ts'

const hex = (text: string): Buffer => Buffer.from(text, 'hex')
/** One try after the first, at once. */
const quickRetry = { retry: { retries: 1, initialRetryTime: 20, maxRetryTime: 40 } }

/** What the consumer's handler raised, by the text that an operator reads in the log. */
function crashesOf(consumer: Consumer): Inbox<{ message: string; code: unknown; details: unknown; restart: boolean }> {
  const crashes = new Inbox<{ message: string; code: unknown; details: unknown; restart: boolean }>()
  consumer.on(consumer.events.CRASH, ({ payload: { error, restart } }) => {
    const cause = (error.cause ?? error) as Error & { code?: unknown; details?: unknown }
    if (isOutOfReach(cause)) return
    crashes.put({ message: cause.message, code: cause.code, details: cause.details, restart })
  })
  return crashes
}

/** Messages that cannot be decoded, and what the error says besides where the message lies. */
const undecodable: readonly (readonly [what: string, bytes: Buffer, message: RegExp])[] = [
  ['empty', Buffer.alloc(0), /^\[not-framed\] the message is empty /],
  [
    'unframed',
    Buffer.from('{"id":"a"}'),
    /^\[not-framed\] the message starts with byte 123, not with the magic byte 0 .*take the topic out/,
  ],
  ['another magic byte', hex('01000000010261066e6577'), /^\[not-framed\] the message starts with byte 1, /],
  ['cut off in the frame', hex('0000'), /^\[truncated-frame\] .*2 of 5 bytes/],
  ['cut off behind the frame', hex('0000000001'), /^\[truncated\] .*schema ID 1\b/],
  ['cut off in a field', hex('00000000010261066e'), /^\[truncated\] .*\(at \/status, .*schema ID 1\b/],
  ['an ID that nobody knows', hex('00fffffff0026102'), /^\[schema-not-found\] .*schema ID 4294967280.*another registry/],
  ['an ID of a text that is no JSON', hex('0000000007026102'), /^\[invalid-schema\] the schema text is not JSON .*schema ID 7\b/],
  ['an ID of JSON that is no schema', hex('0000000008026102'), /^\[invalid-schema\] .*schema ID 8\b/],
  ['an ID of another schema language', hex('0000000009026102'), /^\[incompatible-schemas\] .*PROTOBUF.*schema ID 9\b/],
  ['an ID of a schema that does not fit', hex('000000000a02'), /^\[incompatible-schemas\] .*schema ID 10\b/],
]

/** Values that cannot be encoded, where, and why. */
const wrongValues: readonly (readonly [value: unknown, path: string])[] = [
  [{}, '/id'],
  [{ id: 7 }, '/id'],
  [{ id: 'a', status: null }, '/status'],
  [{ id: 'a', lines: [{ count: 1 }, { count: 2 ** 31 }] }, '/lines/1/count'],
  [{ id: 'a', lines: [{ count: 1.5 }] }, '/lines/0/count'],
  [{ id: 'a', lines: [{ count: Number.NaN }] }, '/lines/0/count'],
  [{ id: 'a', lines: [{}] }, '/lines/0/count'],
  [{ id: 'a', lines: {} }, '/lines'],
  [{ id: 'a', marks: { 'a/b~c': 'x', constructor: 1 } }, '/marks/constructor'],
  [{ id: 'a', marks: { 'a/b~c': 2 } }, '/marks/a~1b~0c'],
  [JSON.parse('{"id":"a","marks":{"__proto__":1}}'), '/marks/__proto__'],
  ['a', ''],
]

const bigOrder = JSON.stringify({
  type: 'record',
  name: 'Order',
  namespace: 'shop',
  fields: [
    { name: 'id', type: 'string' },
    { name: 'status', type: 'string', default: 'new' },
    {
      name: 'lines',
      type: { type: 'array', items: { type: 'record', name: 'Line', fields: [{ name: 'count', type: 'int' }] } },
      default: [],
    },
    { name: 'marks', type: { type: 'map', values: 'string' }, default: {} },
  ],
})

/** With the time that an answer may take: enough for a well one on a busy machine, and short only where it runs out. */
const moods: readonly (readonly [mood: Mood, code: string, timeoutMs: number])[] = [
  ['down', 'registry-unavailable', 60_000],
  ['slow', 'registry-timeout', 1_500],
  ['a web page', 'registry-bad-answer', 60_000],
  ['endless', 'registry-bad-answer', 60_000],
  ['dripping', 'registry-timeout', 1_500],
]

const cases: KafkaCase[] = [
  {
    name: 'messages that cannot be decoded: each error says where, by which ID and why, and the consumer lives on',
    async run(kit) {
      const topic = await kit.topic()
      const front = await moodyRegistry()
      front.answers.set('/schemas/ids/7', '{"schema":"<html>"}')
      front.answers.set('/schemas/ids/8', '{"schema":"{\\"type\\":\\"record\\",\\"name\\":\\"Order\\"}"}')
      front.answers.set('/schemas/ids/9', '{"schema":"syntax = \\"proto3\\";","schemaType":"PROTOBUF"}')
      front.answers.set('/schemas/ids/10', '{"schema":"\\"int\\""}')
      const schemas = schemasFor({ [topic]: { value: V1 } }, { registry: httpRegistry({ url: front.url }) })
      const raw = await kit.producer()
      const producer = schemas.producer(raw)
      for (const [what, value] of undecodable) {
        await producer.send({ topic, messages: [{ value: { id: `before ${what}` } }] })
        await raw.send({ topic, messages: [{ value }] })
      }
      await producer.send({ topic, messages: [{ value: { id: 'last' } }] })

      const consumer = schemas.consumer(await kit.consumer(quickRetry))
      const crashes = crashesOf(consumer)
      const last = (): string | undefined => (crashes.items.at(-1)?.details as { offset?: string } | undefined)?.offset
      // What an operator does: step over the message that the error names.
      consumer.on(consumer.events.GROUP_JOIN, () => {
        const offset = last()
        if (offset !== undefined) consumer.seek({ topic, partition: 0, offset: String(BigInt(offset) + 1n) })
      })
      const seen = new Inbox<string>()
      await consumer.subscribe({ topics: [topic], fromBeginning: true })
      await consumer.run({ eachMessage: async ({ message }) => seen.put(message.value.id) })
      expect(await seen.upTo(undecodable.length + 1)).toEqual([...undecodable.map(([what]) => `before ${what}`), 'last'])
      expect(crashes.items).toHaveLength(undecodable.length)
      undecodable.forEach(([, , message], index) => {
        const crash = crashes.items[index]
        expect(crash?.message).toMatch(message)
        expect(crash?.message).toContain(`topic ${topic}[0]@${2 * index + 1}, value`)
        expect(crash?.message).not.toMatch(/before|"id"/)
        expect(crash?.restart).toBe(true)
      })
    },
  },
  {
    name: 'values that cannot be encoded: each error has the JSON Pointer, and nothing is sent',
    async run(kit) {
      const topic = await kit.topic()
      const before = Object.getOwnPropertyNames(Object.prototype)
      const schemas = schemasFor({ [topic]: { value: avro(bigOrder) } })
      const producer = schemas.producer(await kit.producer())
      for (const [value, path] of wrongValues) {
        const messages = [{ value: { id: 'fine' } }, { value }] as never
        const error: unknown = await producer.send({ topic, messages }).catch((thrown: unknown) => thrown)
        expect(error, JSON.stringify(value)).toMatchObject({
          name: 'EvolveError',
          code: 'invalid-value',
          details: { topic, messageIndex: 1, side: 'value', path },
        })
      }
      const admin = await kit.admin()
      expect(await admin.fetchTopicOffsets(topic)).toMatchObject([{ high: '0' }])
      expect(Object.getOwnPropertyNames(Object.prototype)).toEqual(before)
    },
  },
  {
    name: '__proto__ as a map key and as the name of a topic: data like any other',
    async run(kit) {
      const topic = await kit.topic()
      const schemas = schemasFor(
        JSON.parse(`{"${topic}":0,"__proto__":0}`, (key, value) => (key === '' ? value : { value: avro(bigOrder) })),
      )
      const value = JSON.parse('{"id":"a","status":"new","lines":[],"marks":{"__proto__":"x","constructor":"y"}}')
      await schemas.producer(await kit.producer()).send({ topic, messages: [{ value }] } as never)
      const consumer = schemas.consumer(await kit.consumer())
      const seen = new Inbox<string>()
      await consumer.subscribe({ topics: [topic], fromBeginning: true })
      await consumer.run({ eachMessage: async ({ message }) => seen.put(JSON.stringify(message.value)) })
      expect(await seen.upTo(1)).toEqual([JSON.stringify(value)])
      expect(Object.hasOwn(Object.prototype, 'x')).toBe(false)
      expect(({} as { value?: unknown }).value).toBeUndefined()
    },
  },
  ...moods.map(([mood, code, timeoutMs]) => ({
    name: `a registry that is ${mood}: producing fails in time and sends nothing, and works when it is well again`,
    async run(kit: Kit) {
      const topic = await kit.topic()
      const front = await moodyRegistry()
      front.mood = mood
      const registry = httpRegistry({ url: front.url, timeoutMs, retries: 1, maxAnswerBytes: 100_000 })
      const schemas = schemasFor({ [topic]: { value: V1 } }, { registry })
      const producer = schemas.producer(await kit.producer())
      const began = performance.now()
      const error: unknown = await producer.send({ topic, messages: [{ value: { id: 'a' } }] }).catch((thrown: unknown) => thrown)
      expect(performance.now() - began).toBeLessThan(60_000)
      expect(error).toMatchObject({ name: 'EvolveError', code, details: { topic, side: 'value', subject: `${topic}-value` } })
      expect(String(error)).toContain(front.url)
      const admin = await kit.admin()
      expect(await admin.fetchTopicOffsets(topic)).toMatchObject([{ high: '0' }])
      front.mood = 'well'
      await producer.send({ topic, messages: [{ value: { id: 'a' } }] })
      expect(await admin.fetchTopicOffsets(topic)).toMatchObject([{ high: '1' }])
    },
  })),
  ...moods.map(([mood, code, timeoutMs]) => ({
    name: `a registry that is ${mood}: consuming without pauses fails with an error that names the message, skips nothing, and goes on`,
    async run(kit: Kit) {
      const topic = await kit.topic()
      const front = await moodyRegistry()
      const options = { url: front.url, timeoutMs, retries: 0, maxAnswerBytes: 100_000 }
      const writer = schemasFor({ [topic]: { value: V1 } }, { registry: httpRegistry({ ...options, timeoutMs: 60_000 }) })
      await writer.producer(await kit.producer()).send({ topic, messages: ['a', 'b'].map((id) => ({ value: { id } })) })
      front.mood = mood
      const schemas = schemasFor({ [topic]: { value: V1 } }, { registry: httpRegistry(options) })
      const consumer = schemas.consumer(await kit.consumer(quickRetry), { onUndecodable: 'skip', onRetriable: 'throw' })
      const crashes = crashesOf(consumer)
      const seen = new Inbox<string>()
      await consumer.subscribe({ topics: [topic], fromBeginning: true })
      await consumer.run({ eachMessage: async ({ message }) => seen.put(message.value.id) })
      const [crash] = await crashes.upTo(1)
      expect(crash).toMatchObject({ code, details: { topic, partition: 0, offset: '0', schemaId: 1, side: 'value' }, restart: true })
      expect(crash?.message).toContain(front.url)
      expect(seen.items).toEqual([])
      front.mood = 'well'
      expect(await seen.upTo(2)).toEqual(['a', 'b'])
      expect(schemas.undecodable()).toEqual({})
    },
  })),
  {
    name: 'services that register at once through one server: one ID for each schema, and every message is read',
    async run(kit) {
      const topic = await kit.topic()
      const inner = memoryRegistry()
      const server = await serveRegistry({ registry: inner })
      try {
        const services = Array.from({ length: 8 }, (_, index) =>
          schemasFor({ [topic]: { value: index % 2 === 0 ? V1 : V2 } }, { registry: httpRegistry({ url: server.url }) }),
        )
        const raw = await kit.producer()
        await Promise.all(
          services.map((service, index) => service.producer(raw).send({ topic, messages: [{ value: { id: `from ${index}` } }] })),
        )
        expect(await inner.versions(`${topic}-value`)).toEqual([1, 2])
        const reader = schemasFor({ [topic]: { value: V1 } }, { registry: httpRegistry({ url: server.url }) })
        const consumer = reader.consumer(await kit.consumer())
        const seen = new Inbox<string>()
        const ids = new Set<number>()
        await consumer.subscribe({ topics: [topic], fromBeginning: true })
        await consumer.run({
          eachMessage: async ({ message }) => {
            const frame = readFrame(message.evolve.raw.value as Buffer)
            if (frame.kind === 'framed') ids.add(frame.id)
            seen.put(message.value.id)
          },
        })
        expect([...(await seen.upTo(8))].sort()).toEqual(services.map((_, index) => `from ${index}`))
        expect(ids.size).toBe(2)
      } finally {
        await server.close()
      }
    },
  },
  {
    name: 'a topic that does not exist: producing and consuming fail with an error that says so',
    async run(kit) {
      const topic = kit.name('nowhere')
      const schemas = schemasFor({ [topic]: { value: V1 } })
      const producer = schemas.producer(await kit.producer({ allowAutoTopicCreation: false, retry: { retries: 2, initialRetryTime: 20 } }))
      const missing = /does not host this topic-partition/
      await expect(producer.send({ topic, messages: [{ value: { id: 'a' } }] })).rejects.toThrow(missing)
      const consumer = schemas.consumer(await kit.consumer({ allowAutoTopicCreation: false, ...quickRetry }))
      const consuming = async (): Promise<void> => {
        await consumer.subscribe({ topics: [topic] })
        await consumer.run({ eachMessage: async () => undefined })
      }
      await expect(consuming()).rejects.toThrow(missing)
    },
  },
  {
    name: 'a dead-letter topic that does not exist: the message is kept, the error names both topics, and it goes on once it is there',
    async run(kit) {
      const topic = await kit.topic()
      const schemas = schemasFor({ [topic]: { value: V1 } })
      const raw = await kit.producer({ allowAutoTopicCreation: false, retry: { retries: 1, initialRetryTime: 20 } })
      await raw.send({ topic, messages: [{ value: 'no frame' }] })
      await schemas.producer(raw).send({ topic, messages: [{ value: { id: 'a' } }] })
      const consumer = schemas.consumer(await kit.consumer(quickRetry), { onUndecodable: { deadLetter: { producer: raw } } })
      const crashes = crashesOf(consumer)
      const seen = new Inbox<string>()
      await consumer.subscribe({ topics: [topic], fromBeginning: true })
      await consumer.run({ eachMessage: async ({ message }) => seen.put(message.value.id) })
      const [crash] = await crashes.upTo(1)
      expect(crash).toMatchObject({ code: 'broker-unavailable', details: { topic, partition: 0, offset: '0' }, restart: true })
      expect(crash?.message).toContain(`the dead letter could not be sent to topic ${topic}-dlt: `)
      expect(seen.items).toEqual([])
      await createTopic(await kit.admin(), `${topic}-dlt`)
      expect(await seen.upTo(1)).toEqual(['a'])
      expect(schemas.undecodable()).toEqual({ [topic]: { skipped: 0, deadLettered: 1 } })
    },
  },
]

afterEach(closeFronts)

onBothKafkas(cases)
