import { expect } from 'vitest'
import { type KafkaCase, type Kit, until } from './cases/kit.ts'
import { type Handed, handedOver, manners, quiet, type Scene, withOutage } from './cases/outage-kit.ts'
import { onBothKafkas } from './kafkajs-kit.ts'

/** Longer than the session of a scene's consumer. */
const longerThanSession = 7_000
const places = (handed: readonly Handed[]): string[] => handed.map(({ partition, offset }) => `${partition}@${offset}`)
const sentences = ({ logged }: Scene, level: number): unknown[] =>
  logged.filter((line) => line['level'] === level).map((line) => line['msg'])
const [warning, information] = [40, 30]
const isPaused = (scene: Scene): boolean => scene.schemas.paused().length > 0

/** Nothing twice, nothing left out, each partition in order. */
function expectEachOnceInOrder({ handed }: Scene, counts: readonly number[]): void {
  expect(new Set(places(handed)).size).toBe(handed.length)
  for (const [partition, count] of counts.entries()) {
    const offsets = handed.filter((one) => one.partition === partition).map(({ offset }) => Number(offset))
    expect(offsets).toEqual(Array.from({ length: count }, (_, index) => index))
  }
}

const cases: KafkaCase[] = [
  ...manners.map((manner) => ({
    name: `${manner.name}: the partition waits at the message, others go on, nobody leaves the group, and nothing is lost or twice`,
    run: (kit: Kit) =>
      withOutage(kit, { manner }, async (scene) => {
        const { registry, schemas, topic, send, of, committed, joins, crashes } = scene
        await registry.down()
        await send(1, 1, 'known')
        await send(1, 2, 'unknown', 'unknown too')
        await send(1, 1, 'behind')
        await until(() => isPaused(scene))
        await send(0, 1, 'other')
        await until(() => of(0).includes('other'))
        expect(schemas.paused()).toMatchObject([{ topic, partition: 1, offset: '2', schemaId: 2, code: 'registry-unavailable' }])
        await quiet(longerThanSession)
        await send(0, 1, 'late')
        await until(() => of(0).includes('late'))
        expect(of(1)).toEqual(['1:first', 'known'])
        expect(await committed(1)).toBe('2')
        await registry.up()
        await until(() => of(1).length === 5)
        expect(of(1)).toEqual(['1:first', 'known', 'unknown', 'unknown too', 'behind'])
        await until(async () => (await committed(1)) === '5')
        expectEachOnceInOrder(scene, [3, 5])
        expect({ joins: joins(), crashes, paused: schemas.paused() }).toEqual({ joins: 1, crashes: [], paused: [] })
        expect(sentences(scene, warning)).toEqual(['the registry does not answer: partition paused'])
        expect(sentences(scene, information)).toEqual(['the registry answers again: partition goes on'])
      }),
  })),
  ...manners
    .filter(({ config }) => Object.keys(config).length === 0)
    .map((manner) => ({
      name: `${manner.name}: a registry that is silent for longer than the session delays no other partition, and expels nobody`,
      run: (kit: Kit) =>
        withOutage(kit, { manner, timeoutMs: 60_000, options: { pauseAfterMs: 2_000 } }, async (scene) => {
          const { registry, schemas, send, of, joins, crashes } = scene
          await registry.hang()
          await send(1, 2, 'unknown')
          await send(0, 1, 'other')
          await until(() => isPaused(scene) && of(0).includes('other'))
          expect(schemas.paused()).toMatchObject([{ partition: 1, offset: '1', schemaId: 2, failures: 0, code: undefined }])
          await quiet(longerThanSession)
          expect(of(1)).toEqual(['1:first'])
          await registry.up()
          await until(() => of(1).includes('unknown'))
          expectEachOnceInOrder(scene, [2, 2])
          expect({ joins: joins(), crashes }).toEqual({ joins: 1, crashes: [] })
          expect(sentences(scene, warning)).toEqual(['the registry takes long to answer: partition paused'])
        }),
    })),
  ...manners
    .filter(({ config }) => Object.keys(config).length === 0)
    .map((manner) => ({
      name: `${manner.name}: waiting inside of the handler for longer than the session keeps the membership, too`,
      run: (kit: Kit) =>
        withOutage(kit, { manner, timeoutMs: 60_000, options: { pauseAfterMs: 60_000 } }, async (scene) => {
          const { registry, send, of, joins, crashes } = scene
          await registry.hang()
          await send(1, 2, 'unknown')
          await quiet(longerThanSession)
          expect(isPaused(scene)).toBe(false)
          await registry.down()
          await until(() => isPaused(scene))
          await registry.up()
          await until(() => of(1).includes('unknown'))
          expectEachOnceInOrder(scene, [1, 2])
          expect({ joins: joins(), crashes }).toEqual({ joins: 1, crashes: [] })
        }),
    })),
  {
    name: 'two partitions with two unknown schemas wait each on its own',
    run: (kit: Kit) =>
      withOutage(kit, {}, async (scene) => {
        const { registry, send, of, schemas, joins } = scene
        await registry.down()
        for (const partition of [0, 1]) await send(partition, 2, `${partition}:unknown`, `${partition}:next`)
        await until(() => schemas.paused().length === 2)
        await registry.up()
        await until(() => of(0).length === 3 && of(1).length === 3)
        expectEachOnceInOrder(scene, [3, 3])
        expect(joins()).toBe(1)
        expect(sentences(scene, warning)).toHaveLength(2)
      }),
  },
  {
    name: "the application's own pause outlives ours, and its resume does not end ours",
    run: (kit: Kit) =>
      withOutage(kit, {}, async (scene) => {
        const { registry, consumer, topic, send, of } = scene
        await registry.down()
        await send(1, 2, 'unknown')
        await until(() => isPaused(scene))
        consumer.resume([{ topic, partitions: [1] }])
        consumer.resume([{ topic }])
        expect(consumer.paused()).toEqual([{ topic, partitions: [1] }])
        consumer.pause([{ topic }])
        expect(consumer.paused()).toEqual([{ topic, partitions: [0, 1] }])
        consumer.resume([{ topic, partitions: [0, 1] }])
        expect(consumer.paused()).toEqual([{ topic, partitions: [1] }])
        consumer.pause([{ topic, partitions: [1] }])
        await registry.up()
        await quiet(1_500)
        expect(of(1)).toEqual(['1:first'])
        consumer.resume([{ topic, partitions: [1] }])
        await until(() => of(1).includes('unknown'))
        expectEachOnceInOrder(scene, [1, 2])
      }),
  },
  ...[true, false].map((isStop) => ({
    name: `${isStop ? 'stop' : 'disconnect'} ends at once, while paused and while a look-up is waited for; the message comes first after the restart`,
    run: (kit: Kit) =>
      withOutage(kit, { timeoutMs: 60_000, options: { pauseAfterMs: 60_000 } }, async (scene) => {
        const { registry, topic, groupId, send, of, schemas, handed } = scene
        let { consumer } = scene
        const end = async (): Promise<void> => {
          const started = Date.now()
          await (isStop ? consumer.stop() : consumer.disconnect())
          // The look-up itself would take twice as long, and has retries.
          expect(Date.now() - started).toBeLessThan(30_000)
          expect(schemas.paused()).toEqual([])
        }
        const again = async (): Promise<void> => {
          if (!isStop) {
            consumer = schemas.consumer(await kit.consumer({ groupId })) as typeof consumer
            await consumer.subscribe({ topics: [topic], fromBeginning: true })
          }
          await consumer.run({ eachMessage: async ({ partition, message }) => void handed.push(handedOver(partition, message)) })
        }
        await registry.hang()
        await send(1, 2, 'unknown', 'next')
        await until(() => registry.unanswered() > 0)
        await end()
        await registry.down()
        await again()
        await until(() => isPaused(scene))
        await end()
        await registry.up()
        await again()
        await until(() => of(1).length === 3)
        expectEachOnceInOrder(scene, [1, 3])
      }),
  })),
  {
    name: 'a partition that is taken away while it waits is the business of its new owner, and waits for nobody when it comes back',
    run: (kit: Kit) =>
      withOutage(kit, { partitions: 4 }, async (scene) => {
        const { registry, topic, groupId, schemas, handed, send, of, consumer } = scene
        let mine: readonly number[] = []
        consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => {
          mine = payload.memberAssignment[topic] ?? []
        })
        await registry.down()
        for (const partition of [0, 1, 2, 3]) await send(partition, 2, `${partition}:unknown`)
        await until(() => schemas.paused().length === 4)
        const other = schemas.consumer(await kit.consumer({ groupId, sessionTimeout: 6_000, heartbeatInterval: 300 }))
        await other.subscribe({ topics: [topic], fromBeginning: true })
        await other.run({
          eachMessage: async ({ partition, message }) => void handed.push(handedOver(partition, message as never)),
        })
        await until(() => mine.length === 2 && schemas.paused().length === 4)
        await registry.up()
        await until(() => handed.length === 8)
        await other.disconnect()
        await until(() => mine.length === 4)
        for (const partition of [0, 1, 2, 3]) await send(partition, 1, `${partition}:last`)
        await until(() => handed.length === 12)
        for (const partition of [0, 1, 2, 3])
          expect(of(partition)).toEqual([`${partition}:first`, `${partition}:unknown`, `${partition}:last`])
        expectEachOnceInOrder(scene, [3, 3, 3, 3])
      }),
  },
  {
    name: 'seeking elsewhere ends the pause',
    run: (kit: Kit) =>
      withOutage(kit, {}, async (scene) => {
        const { registry, consumer, topic, send, of, schemas } = scene
        await registry.down()
        await send(1, 2, 'unknown')
        await send(1, 1, 'behind')
        await until(() => isPaused(scene))
        consumer.seek({ topic, partition: 1, offset: '2' })
        await until(() => of(1).includes('behind'))
        expect(of(1)).toEqual(['1:first', 'behind'])
        expect(schemas.paused()).toEqual([])
      }),
  },
  {
    name: 'after maxPauseMs the failure is thrown, as with onRetriable: throw; nothing is lost',
    run: (kit: Kit) =>
      withOutage(kit, { options: { maxPauseMs: 500 } }, async (scene) => {
        const { registry, send, of, crashes } = scene
        await registry.down()
        await send(1, 2, 'unknown')
        await until(() => crashes.length > 0)
        expect(crashes[0]).toContain('[registry-unavailable]')
        expect(sentences(scene, warning)).toContain('paused for too long: the message fails')
        await registry.up()
        await until(() => of(1).includes('unknown'))
        expect(of(1)).toEqual(['1:first', 'unknown'])
      }),
  },
  {
    name: 'onRetriable: throw leaves it to the retries of kafkajs',
    run: (kit: Kit) =>
      withOutage(kit, { options: { onRetriable: 'throw' } }, async (scene) => {
        const { registry, send, of, crashes, schemas } = scene
        await registry.down()
        await send(1, 2, 'unknown')
        await until(() => crashes.length > 0)
        expect(schemas.paused()).toEqual([])
        await registry.up()
        await until(() => of(1).includes('unknown'))
        expect(of(1)).toEqual(['1:first', 'unknown'])
      }),
  },
  ...(['skip', 'deadLetter'] as const).map((policy) => ({
    name: `${policy}: an outage makes no message undecodable; one that is refused for good is dealt with when the registry is back`,
    async run(kit: Kit) {
      const letters: unknown[] = []
      const producer = { send: async (record: unknown) => [letters.push(record)] as never }
      const onUndecodable = policy === 'skip' ? policy : { deadLetter: { producer } }
      await withOutage(kit, { options: { onUndecodable } }, async (scene) => {
        const { registry, send, of, schemas, topic } = scene
        await registry.down()
        await send(1, 2, 'unknown')
        const bad = Buffer.from('00000003e7026102', 'hex')
        const raw = await kit.producer()
        await raw.send({ topic, messages: [{ partition: 1, value: bad }] })
        await raw.send({ topic, messages: [{ partition: 0, value: bad }] })
        await send(1, 1, 'behind')
        await until(() => schemas.paused().length === 2)
        expect({ undecodable: schemas.undecodable(), letters }).toEqual({ undecodable: {}, letters: [] })
        await registry.up()
        await until(() => of(1).includes('behind') && schemas.paused().length === 0)
        expect(of(1)).toEqual(['1:first', 'unknown', 'behind'])
        // Each partition goes on by itself; the other one may be behind.
        const dealtWith = (): number => Object.values(schemas.undecodable()[topic] ?? {}).reduce((sum, count) => sum + count, 0)
        await until(() => dealtWith() >= 2)
        const left = schemas.undecodable()[topic]
        expect(left).toEqual(policy === 'skip' ? { skipped: 2, deadLettered: 0 } : { skipped: 0, deadLettered: 2 })
        expect(letters).toHaveLength(policy === 'skip' ? 0 : 2)
      })
    },
  })),
] satisfies KafkaCase[]

onBothKafkas(cases, { concurrent: true })
