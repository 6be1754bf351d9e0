import { EvolveError, type Registry } from 'kafka-evolve'
import { memoryRegistry } from 'kafka-evolve/registry'
import type { KafkaMessage } from 'kafkajs'
import { expect } from 'vitest'
import { createTopic, type KafkaCase, type Kit } from './cases/kit.ts'
import { Inbox, isOutOfReach, onBothKafkas, schemasFor, V1 } from './kafkajs-kit.ts'

const hex = (text: string): Buffer => Buffer.from(text, 'hex')

/** Every class of message that cannot be decoded, in a topic of schema ID 1. */
const poisons: readonly (readonly [string, Buffer])[] = [
  ['not-framed', Buffer.alloc(0)],
  ['not-framed', Buffer.from('{"id":"json"}')],
  ['truncated-frame', hex('000000')],
  ['schema-not-found', hex('00000003e7026102')],
  ['schema-not-found', hex('00ffffffff026102')],
  ['truncated', hex('0000000001')],
  ['truncated', hex('00000000010861')],
  ['trailing-bytes', hex('00000000010261026200')],
  ['malformed-data', hex('0000000001010162')],
]
const codes = poisons.map(([code]) => code)
/** Good, poison, good, poison, …, good. */
const goodIds = ['first', ...poisons.map((_, index) => `after-${index}`)]

interface Setup {
  readonly topic: string
  readonly schemas: ReturnType<typeof schemasFor<Record<string, { value: typeof V1 }>>>
}

async function poisoned(kit: Kit): Promise<Setup> {
  const topic = await kit.topic()
  const schemas = schemasFor({ [topic]: { value: V1 } })
  const raw = await kit.producer()
  const producer = schemas.producer(raw)
  await producer.send({ topic, messages: [{ value: { id: 'first' } }] })
  for (const [index, [, value]] of poisons.entries()) {
    await raw.send({ topic, messages: [{ key: `k-${index}`, value, headers: { origin: 'test' } }] })
    await producer.send({ topic, messages: [{ value: { id: `after-${index}` } }] })
  }
  return { topic, schemas }
}

/** Consumes until a poison raises an error, steps over it as an operator would, and so on. */
async function throwing(kit: Kit, batches: boolean): Promise<void> {
  const { topic, schemas } = await poisoned(kit)
  const groupId = kit.name('throwing')
  const consumer = schemas.consumer(await kit.consumer({ groupId, retry: { retries: 1, initialRetryTime: 20, maxRetryTime: 40 } }))
  const seen = new Inbox<string>()
  const errors = new Inbox<{ code: string; offset: string; restart: boolean }>()
  const places: object[] = []
  let stopped: string | undefined
  consumer.on(consumer.events.CRASH, ({ payload: { error, restart } }) => {
    const cause = (error as { cause?: unknown }).cause ?? error
    if (isOutOfReach(cause)) return
    // What is thrown here nobody would see.
    if (!(cause instanceof EvolveError)) return errors.put({ code: String(cause), offset: '', restart })
    const { code, details } = cause
    const { offset, ...place } = details
    stopped = offset as string
    places.push(place)
    if (offset !== errors.items.at(-1)?.offset) errors.put({ code, offset: stopped, restart })
  })
  consumer.on(consumer.events.GROUP_JOIN, () => {
    if (stopped !== undefined) consumer.seek({ topic, partition: 0, offset: String(BigInt(stopped) + 1n) })
    stopped = undefined
  })
  await consumer.subscribe({ topics: [topic], fromBeginning: true })
  await consumer.run(
    batches
      ? {
          eachBatch: async ({ batch }) => {
            for (const { value } of batch.messages) seen.put(value.id)
          },
        }
      : { eachMessage: async ({ message }) => seen.put(message.value.id) },
  )
  expect(await seen.upTo(goodIds.length)).toEqual(goodIds)
  expect(errors.items).toEqual(codes.map((code, index) => ({ code, offset: String(1 + 2 * index), restart: true })))
  for (const place of places) expect(place).toMatchObject({ topic, partition: 0, side: 'value' })
}

/** Consumes with a policy that goes on; every good message once and in order, whichever the handler. */
async function goingOn(kit: Kit, options: object, batches: boolean, setup: Setup): Promise<void> {
  const { topic, schemas } = setup
  const groupId = kit.name('going-on')
  const consumer = schemas.consumer(await kit.consumer({ groupId }), options)
  const seen = new Inbox<string>()
  const committed = new Inbox<string | undefined>()
  consumer.on(consumer.events.CRASH, ({ payload }) => seen.put(`crash: ${payload.error.message}`))
  consumer.on(consumer.events.COMMIT_OFFSETS, ({ payload }) => committed.put(payload.topics[0]?.partitions[0]?.offset))
  await consumer.subscribe({ topics: [topic], fromBeginning: true })
  await consumer.run(
    batches
      ? {
          eachBatchAutoResolve: false,
          eachBatch: async ({ batch, resolveOffset }) => {
            for (const { value, offset } of batch.messages) {
              seen.put(value.id)
              resolveOffset(offset)
            }
          },
        }
      : { eachMessage: async ({ message }) => seen.put(message.value.id) },
  )
  expect(await seen.upTo(goodIds.length)).toEqual(goodIds)
  const end = String(goodIds.length + poisons.length)
  while (committed.items.at(-1) !== end) await committed.upTo(committed.items.length + 1)
}

const cases: KafkaCase[] = [
  { name: 'throw, eachMessage: each poison stops the partition, the consumer lives on', run: (kit) => throwing(kit, false) },
  { name: 'throw, eachBatch: each poison stops the partition, the consumer lives on', run: (kit) => throwing(kit, true) },
  ...[false, true].map((batches) => ({
    name: `skip, ${batches ? 'eachBatch' : 'eachMessage'}: the good ones arrive, the poison is counted`,
    async run(kit: Kit) {
      const setup = await poisoned(kit)
      await goingOn(kit, { onUndecodable: 'skip' }, batches, setup)
      expect(setup.schemas.undecodable()).toEqual({ [setup.topic]: { skipped: poisons.length, deadLettered: 0 } })
    },
  })),
  ...[false, true].map((batches) => ({
    name: `dead letters, ${batches ? 'eachBatch' : 'eachMessage'}: the poison arrives there as it was, and says where it comes from`,
    async run(kit: Kit) {
      const setup = await poisoned(kit)
      await createTopic(await kit.admin(), `${setup.topic}-dlt`)
      await goingOn(kit, { onUndecodable: { deadLetter: { producer: await kit.producer() } } }, batches, setup)
      const letters = new Inbox<KafkaMessage>()
      const reader = await kit.consumer({ groupId: kit.name('letters') })
      await reader.subscribe({ topics: [`${setup.topic}-dlt`], fromBeginning: true })
      await reader.run({ eachMessage: async ({ message }) => letters.put(message) })
      const found = await letters.upTo(poisons.length)
      expect(found.map(({ value }) => value)).toEqual(poisons.map(([, value]) => value))
      found.forEach(({ key, headers }, index) => {
        expect(key).toEqual(Buffer.from(`k-${index}`))
        expect(headers).toMatchObject({
          origin: Buffer.from('test'),
          'kafka_dlt-original-topic': Buffer.from(setup.topic),
          'kafka_dlt-original-partition': hex('00000000'),
          'kafka_dlt-original-offset': hex((1 + 2 * index).toString(16).padStart(16, '0')),
          'kafka_dlt-original-consumer-group': Buffer.from(kit.name('going-on')),
          'kafka-evolve-error-code': Buffer.from(codes[index] as string),
        })
      })
      expect(setup.schemas.undecodable()).toEqual({ [setup.topic]: { skipped: 0, deadLettered: poisons.length } })
    },
  })),
  ...[true, false].map((eachBatchAutoResolve) => ({
    name: `skip, eachBatch, eachBatchAutoResolve ${eachBatchAutoResolve}: a handler that commits by itself also commits what was skipped at the end`,
    async run(kit: Kit) {
      const topic = await kit.topic()
      const schemas = schemasFor({ [topic]: { value: V1 } })
      const [bad, good] = [Buffer.from('bad'), await schemas.serializer(topic, 'value').serialize({ id: 'good' })]
      await (await kit.producer()).send({ topic, messages: [bad, good, bad, bad].map((value) => ({ value })) })
      const groupId = kit.name('commits')
      const consumer = schemas.consumer(await kit.consumer({ groupId }), { onUndecodable: 'skip' })
      const committed = new Inbox<unknown>()
      await consumer.subscribe({ topics: [topic], fromBeginning: true })
      await consumer.run({
        autoCommit: false,
        eachBatchAutoResolve,
        eachBatch: async ({ batch, resolveOffset, uncommittedOffsets, commitOffsetsIfNecessary }) => {
          expect([batch.messages.length, batch.firstOffset(), batch.lastOffset()]).toEqual([1, '0', '3'])
          for (const { offset } of batch.messages) resolveOffset(offset)
          await commitOffsetsIfNecessary(uncommittedOffsets())
          committed.put(await (await kit.admin()).fetchOffsets({ groupId, topics: [topic] }))
        },
      })
      expect(await committed.upTo(1)).toMatchObject([[{ topic, partitions: [{ partition: 0, offset: '4' }] }]])
    },
  })),
  ...(['throw', 'skip', 'deadLetter'] as const).map((policy) => ({
    name: `${policy}: a registry that is down skips nothing, and the messages arrive when it is up again`,
    async run(kit: Kit) {
      const topic = await kit.topic()
      const inner = memoryRegistry()
      const writer = schemasFor({ [topic]: { value: V1 } }, { registry: inner })
      await writer.producer(await kit.producer()).send({ topic, messages: goodIds.map((id) => ({ value: { id } })) })
      const asked = new Inbox<number>()
      let down = true
      const schemaById: Registry['schemaById'] = async (id, options) => {
        asked.put(id)
        if (down) throw new EvolveError('registry-unavailable', 'connection refused')
        return inner.schemaById(id, options)
      }
      const registry: Registry = {
        schemaById,
        register: inner.register,
        versions: inner.versions,
        version: inner.version,
        latest: inner.latest,
        lookup: async () => Promise.reject(new Error('down')),
        close: async () => {},
      }
      const schemas = schemasFor({ [topic]: { value: V1 } }, { registry })
      const deadLetter = { producer: await kit.producer() }
      const consumer = schemas.consumer(await kit.consumer(), { onUndecodable: policy === 'deadLetter' ? { deadLetter } : policy })
      const seen = new Inbox<string>()
      await consumer.subscribe({ topics: [topic], fromBeginning: true })
      await consumer.run({ eachMessage: async ({ message }) => seen.put(message.value.id) })
      await asked.upTo(2)
      expect(seen.items).toEqual([])
      down = false
      expect(await seen.upTo(goodIds.length)).toEqual(goodIds)
      expect(schemas.undecodable()).toEqual({})
    },
  })),
  {
    name: 'a dead-letter topic that cannot be written to keeps the message until it can',
    async run(kit) {
      const { topic, schemas } = await poisoned(kit)
      const sends = new Inbox<string>()
      const raw = await kit.producer()
      let broken = true
      const producer = {
        send: async (record: Parameters<typeof raw.send>[0]) => {
          sends.put(record.topic)
          if (broken) throw new TypeError('no such topic')
          return raw.send(record)
        },
      }
      const dlt = await kit.topic()
      const consumer = schemas.consumer(await kit.consumer(), { onUndecodable: { deadLetter: { producer, topic: () => dlt } } })
      const seen = new Inbox<string>()
      await consumer.subscribe({ topics: [topic], fromBeginning: true })
      await consumer.run({ eachMessage: async ({ message }) => seen.put(message.value.id) })
      await sends.upTo(2)
      expect(seen.items).toEqual(['first'])
      broken = false
      expect(await seen.upTo(goodIds.length)).toEqual(goodIds)
      expect(sends.items.every((to) => to === dlt)).toBe(true)
      expect(schemas.undecodable()).toEqual({ [topic]: { skipped: 0, deadLettered: poisons.length } })
    },
  },
]

onBothKafkas(cases)
