import { memoryRegistry } from 'kafka-evolve/registry'
import { expect } from 'vitest'
import type { KafkaCase, Kit } from './cases/kit.ts'
import { Inbox, type OrderV2, onBothKafkas, schemasFor, V1, V2 } from './kafkajs-kit.ts'

/** The orders in a topic that a reader of committed messages sees, up to `count`. */
async function committedOrders(
  kit: Kit,
  topic: string,
  schemas: ReturnType<typeof schemasFor<Record<string, { value: typeof V2 }>>>,
  count: number,
): Promise<readonly OrderV2[]> {
  const inbox = new Inbox<OrderV2>()
  const consumer = schemas.consumer(await kit.consumer({ groupId: kit.name('audit') }))
  await consumer.subscribe({ topics: [topic], fromBeginning: true })
  await consumer.run({ eachMessage: async ({ message }) => inbox.put(message.value) })
  return inbox.upTo(count)
}

const transactional = (kit: Kit): { transactionalId: string; maxInFlightRequests: number; idempotent: boolean } => ({
  transactionalId: kit.name('transactional'),
  maxInFlightRequests: 1,
  idempotent: true,
})

const cases: KafkaCase[] = [
  {
    name: 'what is committed is seen, what is aborted is not',
    async run(kit) {
      const topic = await kit.topic()
      const schemas = schemasFor({ [topic]: { value: V2 } })
      const producer = schemas.producer(await kit.producer(transactional(kit)))
      const aborted = await producer.transaction()
      await aborted.send({ topic, messages: [{ value: { id: 'aborted' } }] })
      expect(aborted.isActive()).toBe(true)
      await aborted.abort()
      expect(aborted.isActive()).toBe(false)
      const committed = await producer.transaction()
      await committed.send({ topic, messages: [{ value: { id: 'a' } }] })
      await committed.sendBatch({ topicMessages: [{ topic, messages: [{ value: { id: 'b' } }] }] })
      await committed.commit()
      await expect(committed.send({ topic, messages: [{ value: { id: 'late' } }] })).rejects.toThrow(
        'Cannot continue to use transaction once ended',
      )
      expect((await committedOrders(kit, topic, schemas, 2)).map(({ id }) => id)).toEqual(['a', 'b'])
    },
  },
  {
    name: 'a message that cannot be encoded leaves the transaction open, with nothing of that send in it',
    async run(kit) {
      const topic = await kit.topic()
      const schemas = schemasFor({ [topic]: { value: V2 } })
      const producer = schemas.producer(await kit.producer(transactional(kit)))
      const transaction = await producer.transaction()
      const wrong = transaction.send({ topic, messages: [{ value: { id: 'lost' } }, { value: { id: 1 } }] } as never)
      await expect(wrong).rejects.toMatchObject({ code: 'invalid-value', details: { messageIndex: 1, path: '/id' } })
      await transaction.send({ topic, messages: [{ value: { id: 'a' } }] })
      await transaction.commit()
      expect((await committedOrders(kit, topic, schemas, 1)).map(({ id }) => id)).toEqual(['a'])
    },
  },
  {
    name: 'consume, change, produce, exactly once: offsets go with the transaction, unknown fields with the message',
    async run(kit) {
      const [orders, billed] = [await kit.topic(), await kit.topic()]
      const registry = memoryRegistry()
      const young = schemasFor({ [orders]: { value: V2 }, [billed]: { value: V2 } }, { registry })
      const old = schemasFor({ [orders]: { value: V1 } as const, [billed]: { value: V1 } as const }, { registry })
      const count = 20
      const orderIds = Array.from({ length: count }, (_, index) => `o-${index}`)
      await young
        .producer(await kit.producer())
        .send({ topic: orders, messages: orderIds.map((id) => ({ value: { id, channel: `shop-${id}` } })) })

      const groupId = kit.name('billing')
      const producer = old.producer(await kit.producer(transactional(kit)))
      const consumer = old.consumer(await kit.consumer({ groupId }))
      await consumer.subscribe({ topics: [orders], fromBeginning: true })
      const failed = new Set<string>()
      const done = new Inbox<string>()
      await consumer.run({
        autoCommit: false,
        eachMessage: async ({ topic, partition, message }) => {
          const transaction = await producer.transaction()
          try {
            await transaction.send({ topic: billed, messages: [{ key: message.key, value: { ...message.value, status: 'paid' } }] })
            const { id } = message.value
            if (id.endsWith('5') && !failed.has(id)) {
              failed.add(id)
              throw new Error('the service fails after it has sent')
            }
            await transaction.sendOffsets({
              consumerGroupId: groupId,
              topics: [{ topic, partitions: [{ partition, offset: String(BigInt(message.offset) + 1n) }] }],
            })
            await transaction.commit()
            done.put(id)
          } catch (error) {
            await transaction.abort()
            throw error
          }
        },
      })
      await done.upTo(count)
      expect(failed.size).toBe(2)
      const admin = await kit.admin()
      // The coordinator of the group hears of the end of a transaction a moment after its caller.
      const committed = async (): Promise<unknown> => (await admin.fetchOffsets({ groupId, topics: [orders] }))[0]?.partitions
      await expect.poll(committed).toMatchObject([{ partition: 0, offset: String(count) }])
      expect(await committedOrders(kit, billed, young, count)).toEqual(
        orderIds.map((id) => ({ id, status: 'paid', channel: `shop-${id}` })),
      )
    },
  },
]

onBothKafkas(cases)
