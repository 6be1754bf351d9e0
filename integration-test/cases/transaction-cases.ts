import type { Message } from 'kafkajs'
import { expect } from 'vitest'
import { type KafkaCase, receive, until } from './kit.ts'

const texts = (...values: string[]): Message[] => values.map((value) => ({ value }))
const exactlyOnce = (transactionalId: string) => ({ transactionalId, idempotent: true, maxInFlightRequests: 1 })

/** What transactions do; consumers of kafkajs read committed data unless told otherwise. */
export const transactionCases: readonly KafkaCase[] = [
  {
    name: 'what was committed is seen, what was aborted is not',
    async run(kit) {
      const topic = await kit.topic()
      const producer = await kit.producer(exactlyOnce(kit.name('tx')))
      for (const [outcome, values] of [
        ['commit', ['1', '2']],
        ['abort', ['no', 'never']],
        ['commit', ['3']],
        ['abort', ['nor this']],
      ] as const) {
        const transaction = await producer.transaction()
        for (const value of values) await transaction.send({ topic, messages: texts(value) })
        expect(transaction.isActive()).toBe(true)
        await transaction[outcome]()
        expect(transaction.isActive()).toBe(false)
      }
      // The broker answers before it has written that the last one was aborted.
      const admin = await kit.admin()
      await until(async () => (await admin.fetchTopicOffsets(topic))[0]?.high === '10')
      await (await kit.producer()).send({ topic, messages: texts('4') })
      const received = await receive(await kit.consumer(), [topic], 4)
      expect(received.map(({ text }) => text)).toEqual(['1', '2', '3', '4'])
      // Each end of a transaction takes an offset of its own.
      expect(received.map(({ message }) => message.offset)).toEqual(['0', '1', '6', '10'])
      const all = await receive(await kit.consumer({ groupId: kit.name('dirty'), readUncommitted: true }), [topic], 7)
      expect(all.map(({ text }) => text)).toEqual(['1', '2', 'no', 'never', '3', 'nor this', '4'])
    },
  },
  {
    name: 'what is not yet committed holds back what comes after it',
    async run(kit) {
      const topic = await kit.topic()
      const [plain, producer] = [await kit.producer(), await kit.producer(exactlyOnce(kit.name('tx')))]
      const transaction = await producer.transaction()
      await transaction.send({ topic, messages: texts('first') })
      await plain.send({ topic, messages: texts('second') })
      const consumer = await kit.consumer()
      const seen: string[] = []
      await consumer.subscribe({ topics: [topic], fromBeginning: true })
      await consumer.run({ eachMessage: async ({ message }) => void seen.push(`${message.value}`) })
      await new Promise((resolve) => setTimeout(resolve, 300))
      expect(seen).toEqual([])
      await transaction.commit()
      await until(() => seen.length === 2)
      expect(seen).toEqual(['first', 'second'])
    },
  },
  {
    name: 'offsets are committed with the transaction or not at all',
    async run(kit) {
      const topic = await kit.topic()
      const [admin, producer] = [await kit.admin(), await kit.producer(exactlyOnce(kit.name('tx')))]
      await (await kit.producer()).send({ topic, messages: texts('1', '2', '3') })
      const groupId = kit.name('group')
      const committed = async (): Promise<unknown> => (await admin.fetchOffsets({ groupId, topics: [topic] }))[0]?.partitions[0]?.offset
      for (const [outcome, offset, expected] of [
        ['abort', '3', '-1'],
        ['commit', '2', '2'],
      ] as const) {
        const transaction = await producer.transaction()
        await transaction.sendOffsets({ consumerGroupId: groupId, topics: [{ topic, partitions: [{ partition: 0, offset }] }] })
        await transaction[outcome]()
        // The coordinator of the group hears of the end of a transaction a moment after its caller.
        await expect.poll(committed).toBe(expected)
      }
    },
  },
  {
    name: 'consume, change, produce: every message once, over an abort',
    async run(kit) {
      const [from, to] = [await kit.topic(), await kit.topic()]
      await (await kit.producer()).send({ topic: from, messages: texts('a', 'b', 'c') })
      const producer = await kit.producer(exactlyOnce(kit.name('tx')))
      const consumer = await kit.consumer({ retry: { retries: 5, initialRetryTime: 20, maxRetryTime: 20 } })
      let failures = 0
      let done = 0
      await consumer.subscribe({ topics: [from], fromBeginning: true })
      await consumer.run({
        autoCommit: false,
        eachMessage: async ({ topic, partition, message }) => {
          const transaction = await producer.transaction()
          try {
            await transaction.send({ topic: to, messages: texts(`${message.value}!`) })
            if (`${message.value}` === 'b' && failures++ === 0) throw new Error('on the way')
            const offset = (BigInt(message.offset) + 1n).toString()
            const topics = [{ topic, partitions: [{ partition, offset }] }]
            await transaction.sendOffsets({ consumerGroupId: kit.name('group'), topics })
            await transaction.commit()
            done++
          } catch (error) {
            await transaction.abort()
            throw error
          }
        },
      })
      await until(() => done === 3)
      await consumer.disconnect()
      const received = await receive(await kit.consumer({ groupId: kit.name('audit') }), [to], 3)
      expect(received.map(({ text }) => text)).toEqual(['a!', 'b!', 'c!'])
    },
  },
  {
    name: 'an ended transaction takes nothing more, and there is one at a time',
    async run(kit) {
      const topic = await kit.topic()
      const producer = await kit.producer(exactlyOnce(kit.name('tx')))
      const transaction = await producer.transaction()
      await expect(producer.transaction()).rejects.toThrow('There is already an ongoing transaction for this producer')
      await transaction.commit()
      const ended = 'Cannot continue to use transaction once ended'
      await expect(transaction.send({ topic, messages: texts('x') })).rejects.toThrow(ended)
      await expect(transaction.abort()).rejects.toThrow(ended)
    },
  },
  {
    name: 'a second producer with the same transactional ID shuts out the first',
    async run(kit) {
      const topic = await kit.topic()
      const config = { ...exactlyOnce(kit.name('tx')), retry: { retries: 3, initialRetryTime: 20 } }
      const [old, young] = [await kit.producer(config), await kit.producer(config)]
      const stale = await old.transaction()
      await stale.send({ topic, messages: texts('stale') })
      const fresh = await young.transaction()
      await fresh.send({ topic, messages: texts('fresh') })
      await fresh.commit()
      await expect(stale.commit()).rejects.toThrow()
      const received = await receive(await kit.consumer(), [topic], 1)
      expect(received.map(({ text }) => text)).toEqual(['fresh'])
    },
  },
]
