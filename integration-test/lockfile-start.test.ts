import { mkdtempSync, rmSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { evolve } from 'kafka-evolve'
import { encode } from 'kafka-evolve/avro'
import {
  httpRegistry,
  lockedRegistry,
  memoryRegistry,
  pullLockfile,
  readLockfile,
  serveRegistry,
  verifyLockfile,
  writeLockfile,
} from 'kafka-evolve/registry'
import type { Kafka } from 'kafkajs'
import { pino } from 'pino'
import { afterAll, describe, expect, inject, it } from 'vitest'
import { freePorts } from '../src/broker/ports.ts'
import { createTopic, type KafkaCase, type Kit, until } from './cases/kit.ts'
import { Inbox, type OrderV1, onBothKafkas, schemasFor, V1, V2 } from './kafkajs-kit.ts'
import { services } from './lockfile-service.ts'
import { type RunningRegistry, startRegistry } from './registry-command-process.ts'
import { QUICK, testKafka, uniqueGroup, uniqueTopic } from './setup/kafka.ts'

/** A service of the old version, as a process that starts has it: nothing in memory but what is in the lock file. */
function restarted(topic: string, lockfile: string, url: string | undefined) {
  const behind = url === undefined ? {} : { registry: httpRegistry({ url, timeoutMs: 60_000, retries: 0 }) }
  return evolve({
    registry: lockedRegistry({ lockfile, ...behind }),
    logger: pino({ level: 'silent' }),
    topics: { [topic]: { value: V1 } },
  })
}

/** A registry and a lock file of it, both gone at the end. */
async function withRegistry(
  play: (given: { url: string; lockfile: string; down(): Promise<void>; up(): Promise<void> }) => Promise<void>,
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'lockfile-start-'))
  const registry = memoryRegistry()
  // One that nobody gets by chance while it is not listened on.
  const [port = 0] = await freePorts(1)
  let server = await serveRegistry({ registry, port })
  const { url } = server
  try {
    await play({
      url,
      lockfile: join(folder, 'schemas.lock'),
      down: () => server.close(),
      up: async () => {
        server = await serveRegistry({ registry, port })
      },
    })
  } finally {
    await server.close()
    await rm(folder, { recursive: true })
  }
}

async function pull(url: string, topic: string, lockfile: string): Promise<void> {
  const registry = httpRegistry({ url })
  await writeLockfile(lockfile, await pullLockfile(registry, [`${topic}-value`]))
  expect(await verifyLockfile(await readLockfile(lockfile), registry)).toEqual([])
  await registry.close()
}

const cases: KafkaCase[] = [true, false].map((hasRegistry) => ({
  name: `a service restarts, reads and republishes while the registry is down, ${hasRegistry ? 'and learns what is new when it is back' : 'and needs none at all'}`,
  run: (kit: Kit) =>
    withRegistry(async ({ url, lockfile, down, up }) => {
      const topic = await kit.topic()
      const online = httpRegistry({ url })
      const [older, newer] = [V1, V2].map((value) => schemasFor({ [topic]: { value } }, { registry: online }))
      const raw = await kit.producer()
      await older?.producer(raw).send({ topic, messages: [{ value: { id: '1' } as never }] })
      await newer?.producer(raw).send({ topic, messages: [{ value: { id: '2', channel: 'shop' } as never }] })
      await pull(url, topic, lockfile)
      // What the lock file does not know.
      if (hasRegistry) {
        const fields = JSON.parse(V2.source.text).fields.concat({ name: 'note', type: 'string', default: 'later' })
        const text = JSON.stringify({ ...JSON.parse(V2.source.text), fields })
        const { id } = await online.register(`${topic}-value`, { format: 'AVRO', text })
        const frame = Buffer.from([0, 0, 0, 0, id, 2, 0x33, 6, 0x6e, 0x65, 0x77, 2, 0x77, 2, 0x6e])
        await raw.send({ topic, messages: [{ value: frame }] })
      }
      await online.close()
      await down()

      const service = restarted(topic, lockfile, hasRegistry ? url : undefined)
      const inbox = new Inbox<OrderV1>()
      const consumer = service.consumer(await kit.consumer())
      await consumer.subscribe({ topics: [topic], fromBeginning: true })
      await consumer.run({ eachMessage: async ({ message }) => inbox.put(message.value as OrderV1) })
      expect(await inbox.upTo(2)).toMatchObject([{ id: '1', status: 'new' }, { id: '2' }])
      if (hasRegistry) {
        // It waits for what it cannot know, and skips nothing.
        await until(() => service.paused().length === 1)
        await up()
        expect(await inbox.upTo(3)).toMatchObject([{ id: '1' }, { id: '2' }, { id: '3' }])
        await down()
      }
      // The newer message goes back under its own ID with what the old service does not know; a fresh one under the service's.
      const [, two] = inbox.items
      const back = Object.assign(two as OrderV1, { status: 'seen' })
      await service.producer(raw).send({ topic, messages: [{ value: back as never }, { value: { id: '4' } as never }] })
      await consumer.stop()
      const bytes = await rawValues(kit, topic, hasRegistry ? 5 : 4)
      expect(bytes.slice(-2).map((value) => value.readUInt32BE(1))).toEqual([2, 1])
      expect(bytes.at(-2)?.toString('latin1')).toContain('shop')
      await service.close()
    }),
}))

async function rawValues(kit: Kit, topic: string, count: number): Promise<readonly Buffer[]> {
  const inbox = new Inbox<Buffer>()
  const consumer = await kit.consumer({ groupId: kit.name('raw') })
  await consumer.subscribe({ topics: [topic], fromBeginning: true })
  await consumer.run({ eachMessage: async ({ message }) => inbox.put(message.value as Buffer) })
  const values = await inbox.upTo(count)
  await consumer.stop()
  return values
}

onBothKafkas(cases)

describe('in a process of its own', () => {
  const folder = mkdtempSync(join(tmpdir(), 'lockfile-start-'))
  const programs = services()
  const servers: RunningRegistry[] = []
  afterAll(async () => {
    await programs.remove()
    for (const server of servers) await server.end('SIGKILL')
    rmSync(folder, { recursive: true })
  })

  it('a service that is started again while the registry is dead goes on where it was, and waits only for what nobody has told it', {
    timeout: 120_000,
  }, async () => {
    const [port = 0] = await freePorts(1)
    const serve = async (): Promise<RunningRegistry> => {
      const args = ['--port', String(port), '--store', `file:${join(folder, 'store')}`, '--compatibility', 'NONE', '--log-level', 'silent']
      const server = await startRegistry(args)
      servers.push(server)
      return server
    }
    const kafka = testKafka()
    const admin = kafka.admin()
    const [input, output, subject] = [await uniqueTopic(), await uniqueTopic(), 'orders-value']
    const lockfile = join(folder, 'schemas.lock')
    const producer = kafka.producer()
    try {
      await Promise.all([admin.connect(), producer.connect()])
      for (const topic of [input, output]) await createTopic(admin, topic)
      const first = await serve()
      const online = httpRegistry({ url: first.url })
      for (const { source } of [V1, V2]) await online.register(subject, { format: 'AVRO', text: source.text })
      await writeLockfile(lockfile, await pullLockfile(online, [subject]))
      // A third version comes behind the lock file.
      const third = { ...JSON.parse(V2.source.text), doc: 'the third' } as object
      expect((await online.register(subject, { format: 'AVRO', text: JSON.stringify(third) })).id).toBe(3)
      await online.close()
      /** An order of version `schemaId`, as its writer puts it into the topic. */
      const send = (schemaId: number, id: string): Promise<unknown> => {
        const values = schemaId === 1 ? encode(V1, { id }) : encode(V2, { id, channel: `shop of ${id}` })
        return producer.send({ topic: input, messages: [{ value: Buffer.concat([Buffer.from([0, 0, 0, 0, schemaId]), values]) }] })
      }
      const task = {
        brokers: inject('kafkaBrokers'),
        groupId: uniqueGroup(),
        subject,
        input,
        output,
        schema: V1.source.text,
        lockfile,
        registry: first.url,
      }

      const before = programs.start(task)
      await send(1, 'a')
      await before.until(({ at }) => at === 'a')
      before.child.kill('SIGTERM')
      await before.ended()
      await first.end('SIGKILL')
      await send(1, 'b')
      await send(2, 'c')

      const after = programs.start(task)
      await after.until(({ at }) => at === 'c')
      await send(3, 'd')
      await send(2, 'e')
      await after.until(({ msg }) => msg === 'the registry does not answer: partition paused')
      expect(after.said.flatMap(({ at }) => at ?? [])).toEqual(['b', 'c'])
      await serve()
      await after.until(({ at }) => at === 'e')
      expect(after.said.flatMap(({ at }) => at ?? [])).toEqual(['b', 'c', 'd', 'e'])
      after.child.kill('SIGTERM')
      await after.ended()
      expect(after.child.exitCode).toBe(0)

      expect(await admin.fetchTopicOffsets(output)).toMatchObject([{ high: '5' }])
      // Each went on once, under its writer's ID, with what the service does not know.
      const written = await allValues(kafka, output, 5)
      expect(written.map((value) => value.readUInt32BE(1))).toEqual([1, 1, 2, 3, 2])
      for (const [at, id] of ['c', 'd', 'e'].entries())
        expect(written[at + 2]?.toString('latin1')).toMatch(new RegExp(`seen.*shop of ${id}$`))
    } finally {
      await Promise.all([admin.disconnect(), producer.disconnect()])
    }
  })
})

/** All that is in a topic, which has one partition and this many messages. */
async function allValues(kafka: Kafka, topic: string, count: number): Promise<readonly Buffer[]> {
  const inbox = new Inbox<Buffer>()
  const consumer = kafka.consumer({ groupId: uniqueGroup(), ...QUICK })
  await consumer.connect()
  try {
    await consumer.subscribe({ topics: [topic], fromBeginning: true })
    await consumer.run({ eachMessage: async ({ message }) => inbox.put(message.value as Buffer) })
    return await inbox.upTo(count)
  } finally {
    await consumer.disconnect()
  }
}
