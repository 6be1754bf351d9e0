import type { Batch } from 'kafkajs'
import { expect } from 'vitest'
import { createTopic, type KafkaCase, type Kit, receive, until } from './kit.ts'

/** A topic of one partition with the messages '0', '1', … */
async function filled(kit: Kit, count: number): Promise<string> {
  const topic = await kit.topic()
  const producer = await kit.producer()
  // One batch each, so that a fetch can stop between any two.
  for (let index = 0; index < count; index++) await producer.send({ topic, messages: [{ value: `${index}` }] })
  return topic
}

/** What a consumer does on its own. */
export const consumerCases: readonly KafkaCase[] = [
  {
    name: 'a group goes on where it stopped',
    async run(kit) {
      const topic = await filled(kit, 3)
      const first = await receive(await kit.consumer(), [topic], 3)
      const producer = await kit.producer()
      await producer.send({ topic, messages: [{ value: '3' }, { value: '4' }] })
      const second = await receive(await kit.consumer(), [topic], 2)
      expect([...first, ...second].map(({ text }) => text)).toEqual(['0', '1', '2', '3', '4'])
    },
  },
  {
    name: 'without fromBeginning a new group starts at the end',
    async run(kit) {
      const topic = await filled(kit, 2)
      const [consumer, producer] = [await kit.consumer(), await kit.producer()]
      const seen: string[] = []
      const fetched = new Promise<void>((resolve) => consumer.on(consumer.events.FETCH, () => resolve()))
      await consumer.subscribe({ topic })
      await consumer.run({ eachMessage: async ({ message }) => void seen.push(`${message.value}`) })
      await fetched
      await producer.send({ topic, messages: [{ value: 'late' }] })
      await until(() => seen.length > 0)
      expect(seen).toEqual(['late'])
    },
  },
  {
    name: 'a regular expression subscribes to the topics that it matches',
    async run(kit) {
      const admin = await kit.admin()
      const names = ['red-1', 'red-2', 'blue'].map((what) => kit.name(what))
      for (const topic of names) await createTopic(admin, topic)
      const producer = await kit.producer()
      await producer.sendBatch({ topicMessages: names.map((topic) => ({ topic, messages: [{ value: topic }] })) })
      const consumer = await kit.consumer()
      const seen: string[] = []
      await consumer.subscribe({ topics: [new RegExp(`^${kit.name('red')}-\\d$`)], fromBeginning: true })
      await consumer.run({ eachMessage: async ({ topic }) => void seen.push(topic) })
      await until(() => seen.length === 2)
      expect(seen.sort()).toEqual(names.slice(0, 2))
    },
  },
  {
    name: 'eachBatch gives a Batch with its methods on the prototype',
    async run(kit) {
      const topic = await filled(kit, 3)
      const consumer = await kit.consumer()
      const batches: Batch[] = []
      await consumer.subscribe({ topics: [topic], fromBeginning: true })
      await consumer.run({ eachBatch: async ({ batch }) => void batches.push(batch) })
      await until(() => batches.flatMap(({ messages }) => messages).length === 3)
      const [batch] = batches
      expect(batch).toMatchObject({ topic, partition: 0, highWatermark: '3' })
      expect(batch?.isEmpty()).toBe(false)
      expect(batch?.firstOffset()).toBe('0')
      expect(batch?.offsetLagLow()).toBe('2')
      expect(Object.hasOwn(batch ?? {}, 'firstOffset')).toBe(false)
      expect(Object.getPrototypeOf(batch).constructor.name).toBe('Batch')
    },
  },
  {
    name: 'eachBatch without auto-resolve commits only what was resolved',
    async run(kit) {
      const topic = await kit.topic()
      const producer = await kit.producer()
      await producer.send({ topic, messages: ['0', '1', '2'].map((value) => ({ value })) })
      const consumer = await kit.consumer()
      let uncommitted: unknown
      await consumer.subscribe({ topics: [topic], fromBeginning: true })
      await new Promise<void>((resolve) => {
        void consumer.run({
          eachBatchAutoResolve: false,
          eachBatch: async ({ resolveOffset, heartbeat, uncommittedOffsets, isRunning, isStale }) => {
            if (uncommitted !== undefined) return
            resolveOffset('0')
            await heartbeat()
            uncommitted = uncommittedOffsets()
            expect([isRunning(), isStale()]).toEqual([true, false])
            resolve()
          },
        })
      })
      await consumer.stop()
      expect(uncommitted).toEqual({ topics: [{ topic, partitions: [{ partition: '0', offset: '1' }] }] })
      const again = await receive(await kit.consumer(), [topic], 2)
      expect(again.map(({ text }) => text)).toEqual(['1', '2'])
    },
  },
  {
    name: 'seek goes back, also past what was committed',
    async run(kit) {
      const topic = await filled(kit, 3)
      const consumer = await kit.consumer()
      const seen: string[] = []
      await consumer.subscribe({ topics: [topic], fromBeginning: true })
      expect(() => consumer.seek({ topic, partition: 0, offset: '1' })).toThrow('consumer#run must be called first')
      await consumer.run({ eachMessage: async ({ message }) => void seen.push(`${message.value}`) })
      await until(() => seen.length === 3)
      consumer.seek({ topic, partition: 0, offset: '1' })
      await until(() => seen.length === 5)
      expect(seen).toEqual(['0', '1', '2', '1', '2'])
    },
  },
  {
    name: 'pause and resume, from outside and from the handler',
    async run(kit) {
      const topic = await filled(kit, 3)
      const consumer = await kit.consumer()
      const seen: string[] = []
      let resume: (() => void) | undefined
      expect(consumer.paused()).toEqual([])
      await consumer.subscribe({ topics: [topic], fromBeginning: true })
      await consumer.run({
        eachMessage: async ({ message, pause }) => {
          seen.push(`${message.value}`)
          if (seen.length === 1) resume = pause()
        },
      })
      await until(() => resume !== undefined)
      expect(consumer.paused()).toEqual([{ topic, partitions: [0] }])
      await new Promise((resolve) => setTimeout(resolve, 200))
      expect(seen).toEqual(['0'])
      resume?.()
      await until(() => seen.length === 3)
      expect(consumer.paused()).toEqual([])
      consumer.pause([{ topic }])
      expect(consumer.paused()).toEqual([{ topic, partitions: [0] }])
      consumer.resume([{ topic }])
      expect(consumer.paused()).toEqual([])
    },
  },
  {
    name: 'with autoCommit off only commitOffsets commits',
    async run(kit) {
      const topic = await filled(kit, 3)
      const [consumer, admin] = [await kit.consumer(), await kit.admin()]
      const groupId = kit.name('group')
      let seen = 0
      await expect(consumer.commitOffsets([{ topic, partition: 0, offset: '1' }])).rejects.toThrow('consumer#run must be called first')
      await consumer.subscribe({ topics: [topic], fromBeginning: true })
      await consumer.run({ autoCommit: false, eachMessage: async () => void seen++ })
      await until(() => seen === 3)
      const committed = async (): Promise<unknown> => (await admin.fetchOffsets({ groupId, topics: [topic] }))[0]?.partitions[0]?.offset
      expect(await committed()).toBe('-1')
      await consumer.commitOffsets([{ topic, partition: 0, offset: '2', metadata: 'note' }])
      expect(await committed()).toBe('2')
      await consumer.stop()
      const rest = await receive(await kit.consumer(), [topic], 1)
      expect(rest.map(({ text }) => text)).toEqual(['2'])
    },
  },
  {
    name: 'a handler that throws a plain error is retried, then the consumer crashes and restarts',
    async run(kit) {
      const topic = await filled(kit, 2)
      const consumer = await kit.consumer({ retry: { retries: 1, initialRetryTime: 20, maxRetryTime: 20 } })
      const seen: string[] = []
      const crashes: { restart: boolean; message: string }[] = []
      consumer.on(consumer.events.CRASH, ({ payload }) => void crashes.push({ restart: payload.restart, message: payload.error.message }))
      await consumer.subscribe({ topics: [topic], fromBeginning: true })
      await consumer.run({
        eachMessage: async ({ message }) => {
          seen.push(`${message.value}`)
          if (`${message.value}` === '1' && crashes.length === 0) throw new Error('not today')
        },
      })
      await until(() => seen.length === 4)
      expect(crashes).toEqual([{ restart: true, message: 'not today' }])
      expect(seen).toEqual(['0', '1', '1', '1'])
    },
  },
  {
    name: 'a handler that throws a TypeError stops the consumer for good',
    async run(kit) {
      const topic = await filled(kit, 1)
      const consumer = await kit.consumer({ retry: { retries: 3, initialRetryTime: 20, maxRetryTime: 20 } })
      let calls = 0
      const crash = new Promise<boolean>((resolve) => consumer.on(consumer.events.CRASH, ({ payload }) => resolve(payload.restart)))
      await consumer.subscribe({ topics: [topic], fromBeginning: true })
      await consumer.run({
        eachMessage: async () => {
          calls++
          throw new TypeError('x is not a function')
        },
      })
      expect(await crash).toBe(false)
      await new Promise((resolve) => setTimeout(resolve, 200))
      expect(calls).toBe(1)
    },
  },
  {
    name: 'events tell what happens, until their listener is removed',
    async run(kit) {
      const topic = await filled(kit, 2)
      const consumer = await kit.consumer()
      const seen: string[] = []
      const { GROUP_JOIN, START_BATCH_PROCESS, END_BATCH_PROCESS, COMMIT_OFFSETS, STOP, DISCONNECT } = consumer.events
      for (const name of [GROUP_JOIN, START_BATCH_PROCESS, END_BATCH_PROCESS, COMMIT_OFFSETS, STOP, DISCONNECT]) {
        consumer.on(name as typeof STOP, ({ type }) => void seen.push(type))
      }
      let joins = 0
      const remove = consumer.on(GROUP_JOIN, ({ payload }) => {
        joins++
        expect(payload).toMatchObject({ groupId: kit.name('group'), isLeader: true, memberAssignment: { [topic]: [0] } })
      })
      await receive(consumer, [topic], 2)
      await consumer.disconnect()
      expect(seen[0]).toBe(GROUP_JOIN)
      expect(seen).toEqual(expect.arrayContaining([START_BATCH_PROCESS, COMMIT_OFFSETS, END_BATCH_PROCESS, STOP]))
      expect(seen.at(-1)).toBe(DISCONNECT)
      expect(joins).toBe(1)
      remove()
      expect(() => consumer.on('nothing' as typeof STOP, () => undefined)).toThrow('Event name should be one of')
    },
  },
  {
    name: 'subscribe is refused while running, and without topics',
    async run(kit) {
      const topic = await filled(kit, 1)
      const consumer = await kit.consumer()
      await expect(consumer.subscribe({} as never)).rejects.toThrow('Missing required argument "topics"')
      await consumer.subscribe({ topics: [topic] })
      await consumer.run({ eachMessage: async () => undefined })
      await expect(consumer.subscribe({ topics: [topic] })).rejects.toThrow('Cannot subscribe to topic while consumer is running')
      expect(() => kit.kafka.consumer({ groupId: '' })).toThrow('Consumer groupId must be a non-empty string.')
    },
  },
]
