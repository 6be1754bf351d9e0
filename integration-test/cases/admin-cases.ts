import { expect } from 'vitest'
import type { KafkaCase } from './kit.ts'

/** What an admin client does. */
export const adminCases: readonly KafkaCase[] = [
  {
    name: 'topics are created once, listed, grown and deleted',
    async run(kit) {
      const admin = await kit.admin()
      const topic = kit.name('own')
      expect(await admin.createTopics({ topics: [{ topic, numPartitions: 2 }] })).toBe(true)
      expect(await admin.createTopics({ topics: [{ topic, numPartitions: 2 }] })).toBe(false)
      // A change of topics is answered before every broker knows of it.
      await expect.poll(() => admin.listTopics()).toContain(topic)
      const { topics } = await admin.fetchTopicMetadata({ topics: [topic] })
      expect(topics.map(({ name, partitions }) => [name, partitions.map(({ partitionId }) => partitionId).sort()])).toEqual([
        [topic, [0, 1]],
      ])
      await admin.createPartitions({ topicPartitions: [{ topic, count: 3 }] })
      const count = async (): Promise<number | undefined> =>
        (await admin.fetchTopicMetadata({ topics: [topic] })).topics[0]?.partitions.length
      await expect.poll(count).toBe(3)
      await admin.deleteTopics({ topics: [topic] })
      await expect.poll(() => admin.listTopics()).not.toContain(topic)
    },
  },
  {
    name: 'a topic that cannot be is refused',
    async run(kit) {
      const admin = await kit.admin()
      const create = (topic: string, numPartitions = 1, replicationFactor = 1) =>
        admin.createTopics({ topics: [{ topic, numPartitions, replicationFactor }] })
      await expect(create('no spaces')).rejects.toThrow('Topic creation errors')
      await expect(create(kit.name('none'), 0)).rejects.toThrow('Topic creation errors')
      await expect(create(kit.name('replicas'), 1, 7)).rejects.toThrow('Topic creation errors')
      await expect(admin.createTopics({ topics: [{ topic: kit.name('x') }, { topic: kit.name('x') }] })).rejects.toThrow('multiple entries')
    },
  },
  {
    name: 'offsets of a topic: first, next, by time',
    async run(kit) {
      const topic = await kit.topic(2)
      const [admin, producer] = [await kit.admin(), await kit.producer()]
      for (const timestamp of ['1700000000000', '1700000001000', '1700000002000']) {
        await producer.send({ topic, messages: [{ value: 'x', partition: 1, timestamp }] })
      }
      const sorted = <T extends { partition: number }>(rows: T[]): T[] => rows.toSorted((one, other) => one.partition - other.partition)
      expect(sorted(await admin.fetchTopicOffsets(topic))).toEqual([
        { partition: 0, offset: '0', high: '0', low: '0' },
        { partition: 1, offset: '3', high: '3', low: '0' },
      ])
      expect(sorted(await admin.fetchTopicOffsetsByTimestamp(topic, 1700000000500))).toEqual([
        { partition: 0, offset: '0' },
        { partition: 1, offset: '1' },
      ])
      await admin.deleteTopicRecords({ topic, partitions: [{ partition: 1, offset: '2' }] })
      expect(sorted(await admin.fetchTopicOffsets(topic))[1]).toEqual({ partition: 1, offset: '3', high: '3', low: '2' })
    },
  },
]
