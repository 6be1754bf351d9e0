import type { Consumer } from 'kafkajs'
import { expect } from 'vitest'
import { type KafkaCase, type Kit, until } from './kit.ts'

/** A member of the case's group, with what it has seen and which partitions it has. */
interface Member {
  readonly consumer: Consumer
  readonly seen: string[]
  partitions: readonly number[]
}

async function join(kit: Kit, topic: string): Promise<Member> {
  const consumer = await kit.consumer()
  const member: Member = { consumer, seen: [], partitions: [] }
  consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => {
    member.partitions = payload.memberAssignment[topic] ?? []
  })
  await consumer.subscribe({ topics: [topic], fromBeginning: true })
  await consumer.run({ eachMessage: async ({ message }) => void member.seen.push(`${message.value}`) })
  return member
}

/** What the members of a group do together. */
export const groupCases: readonly KafkaCase[] = [
  {
    name: 'two members share the partitions, and one takes over what the other leaves',
    async run(kit) {
      const topic = await kit.topic(4)
      const producer = await kit.producer()
      let sent = 0
      const sendToAll = async (): Promise<void> => {
        const messages = [0, 1, 2, 3].map((partition) => ({ value: `${sent++}`, partition }))
        await producer.send({ topic, messages })
      }
      const one = await join(kit, topic)
      await until(() => one.partitions.length === 4)
      await sendToAll()
      await until(() => one.seen.length === 4)
      const other = await join(kit, topic)
      await until(() => one.partitions.length === 2 && other.partitions.length === 2)
      expect([...one.partitions, ...other.partitions].toSorted()).toEqual([0, 1, 2, 3])
      await sendToAll()
      await until(() => one.seen.length + other.seen.length >= 8)
      expect(other.seen).toHaveLength(2)
      await one.consumer.disconnect()
      await until(() => other.partitions.length === 4)
      await sendToAll()
      await until(() => other.seen.length >= 6)
      expect([...one.seen, ...other.seen].map(Number).toSorted((a, b) => a - b)).toEqual(Array.from({ length: sent }, (_, index) => index))
    },
  },
  {
    name: 'members of different groups each get everything',
    async run(kit) {
      const topic = await kit.topic()
      const producer = await kit.producer()
      await producer.send({ topic, messages: [{ value: 'x' }] })
      const seen: string[] = []
      for (const group of ['one', 'two']) {
        const consumer = await kit.consumer({ groupId: kit.name(group) })
        await consumer.subscribe({ topics: [topic], fromBeginning: true })
        await consumer.run({ eachMessage: async () => void seen.push(group) })
      }
      await until(() => seen.length === 2)
      expect(seen.toSorted()).toEqual(['one', 'two'])
    },
  },
  {
    name: 'a group can be described and, once empty, deleted',
    async run(kit) {
      const topic = await kit.topic()
      const { consumer } = await join(kit, topic)
      const admin = await kit.admin()
      const groupId = kit.name('group')
      const description = await consumer.describeGroup()
      expect(description).toMatchObject({ groupId, protocolType: 'consumer', protocol: 'RoundRobinAssigner', state: 'Stable' })
      expect(description.members).toHaveLength(1)
      expect((await admin.listGroups()).groups).toContainEqual({ groupId, protocolType: 'consumer' })
      await expect(admin.deleteGroups([groupId])).rejects.toThrow('Error in DeleteGroups')
      await consumer.disconnect()
      expect((await admin.describeGroups([groupId])).groups[0]?.state).toBe('Empty')
      await admin.deleteGroups([groupId])
      expect((await admin.listGroups()).groups.map((group) => group.groupId)).not.toContain(groupId)
    },
  },
]
