import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { avro, evolve } from 'kafka-evolve'
import { httpRegistry } from 'kafka-evolve/registry'
import type { Admin, Kafka } from 'kafkajs'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { confluentTopic, karapaceTopic, type TopicDump } from '../src/registry/kafka/foreign-topics.test-support.ts'
import { createTopic } from './cases/kit.ts'
import { QUICK, testKafka, uniqueGroup, uniqueTopic } from './setup/kafka.ts'

const main = fileURLToPath(new URL('../dist/cli/main.js', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'kafka-evolve-'))
const children = new Set<ChildProcess>()
let kafka: Kafka
let admin: Admin

beforeAll(async () => {
  kafka = testKafka()
  admin = kafka.admin()
  await admin.connect()
})
afterAll(async () => {
  for (const child of children) child.kill('SIGKILL')
  await admin?.disconnect()
  rmSync(folder, { recursive: true, force: true })
})

interface Ran {
  readonly code: number
  readonly out: string
  readonly err: string
}

/** Runs the built program as a process of its own. */
function run(argv: readonly string[], env: Record<string, string> = {}): Promise<Ran> {
  return new Promise((resolve) => {
    const options = { cwd: folder, env: { PATH: process.env['PATH'], ...env }, encoding: 'utf8' as const }
    const child = execFile(process.execPath, [main, ...argv], options, (error, out, err) => {
      children.delete(child)
      resolve({ code: typeof error?.code === 'number' ? error.code : error === null ? 0 : -1, out, err })
    })
    children.add(child)
  })
}

/** A registry as a process of its own; gives its address. */
async function startRegistry(store: string): Promise<{ readonly url: string; readonly child: ChildProcess }> {
  const child = spawn(process.execPath, [main, 'registry', '--port', '0', '--store', store], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  children.add(child)
  const [first] = (await once(child.stdout as NodeJS.ReadableStream, 'data', { signal: AbortSignal.timeout(120_000) })) as [Buffer]
  return { url: first.toString().trim(), child }
}

describe.each<[string, TopicDump, string[]]>([
  ['Karapace', karapaceTopic, []],
  // One of its schemas refers to a type that is not there.
  ['Confluent', confluentTopic, ['version 1 of refs under ID 41: [invalid-schema] the name N is not defined']],
])('import from the topic of a registry of %s', (name, dump, refused) => {
  it('reads the topic on its brokers and a dump of it alike, and leaves the topic alone', async () => {
    const topic = `_schemas-${randomUUID()}`
    await createTopic(admin, topic, { replicationFactor: 1, configEntries: [{ name: 'cleanup.policy', value: 'compact' }] })
    const producer = kafka.producer()
    await producer.connect()
    await producer.send({ topic, messages: dump.map(([key, value]) => ({ key, value })) })
    await producer.disconnect()
    const lines = dump.map(([key, payload], offset) => JSON.stringify({ topic, partition: 0, offset, key, payload }))
    writeFileSync(join(folder, `${name}.jsonl`), `${lines.join('\n')}\n`)

    const fromTopic = await run([
      'import',
      '--from',
      `kafka:${inject('kafkaBrokers').join(',')}?topic=${topic}`,
      '--to',
      `file:${name}-a`,
      '--json',
    ])
    expect([fromTopic.code, fromTopic.err]).toEqual([refused.length, ''])
    const { done, failures } = JSON.parse(fromTopic.out) as { done: { version: number }; failures: string[] }
    expect([failures, done.version > 0]).toEqual([refused, true])
    const fromDump = await run(['import', '--from', `${name}.jsonl`, '--to', `file:${name}-b`])
    expect(fromDump.code).toBe(refused.length)
    const left = await run(['import', '--from', `file:${name}-a`, '--to', `file:${name}-b`, '--dry-run'])
    expect(left.out).toMatch(/\n0 steps to do, \d+ versions? there already \(dry run\)\n$/)
    expect(await admin.fetchTopicOffsets(topic)).toMatchObject([{ high: String(dump.length) }])
  })
})

describe('a day with the program', () => {
  it('registers, explains a real message, writes a lock file, and explains without the registry', async () => {
    const { url, child } = await startRegistry('file:store')
    const env = { KAFKA_EVOLVE_REGISTRY: url }
    const topic = await uniqueTopic(admin)
    mkdirSync(join(folder, 'schemas'))
    const schema = {
      type: 'record',
      name: 'Order',
      namespace: 'shop',
      fields: [
        { name: 'id', type: 'string' },
        { name: 'amount', type: 'int' },
      ],
    } as const
    writeFileSync(join(folder, 'schemas', `${topic}.avsc`), JSON.stringify(schema))
    expect(await run(['register', 'schemas'], env)).toEqual({
      code: 0,
      err: '',
      out: `+ ${topic}-value v1 (ID 1) registered (schemas/${topic}.avsc)\n`,
    })

    const schemas = evolve({ registry: httpRegistry({ url }), topics: { [topic]: { value: avro(schema) } } })
    const producer = schemas.producer(kafka.producer())
    await producer.connect()
    await producer.send({ topic, messages: [{ value: { id: 'ord-1', amount: 7 } }] } as never)
    await producer.disconnect()
    await schemas.close()
    const bytes = await firstMessage(topic)

    const explained = await run(['explain', bytes.toString('hex')], env)
    expect(explained.code).toBe(0)
    expect(explained.out).toContain(`schema   shop.Order · ${topic}-value v1 · from ${url}`)
    expect(explained.out).toMatch(/\[ 5, 11\) {2}0a 6f 72 64 2d 31 +id +string +"ord-1"\n {2}\[11, 12\) {2}0e +amount +int +7\n/)
    expect((await run(['pull', '--all'], env)).code).toBe(0)
    expect((await run(['pull', '--verify'], env)).code).toBe(0)

    child.kill('SIGTERM')
    const [code] = (await once(child, 'exit')) as [number | null]
    expect(code).toBe(0)
    writeFileSync(join(folder, 'message.bin'), bytes)
    const offline = await run(['explain', 'message.bin', '--lock', 'schemas.lock'])
    expect(offline.out).toBe(explained.out.replace(url, 'schemas.lock'))
    expect((await run(['subjects'], { KAFKA_EVOLVE_REGISTRY: 'file:store' })).out).toBe(`${topic}-value\n`)
    const down = await run(['subjects', '--timeout', '500'], env)
    expect([down.code, down.out, down.err.startsWith('kafka-evolve: [registry-unavailable] ')]).toEqual([2, '', true])
  })
})

async function firstMessage(topic: string): Promise<Buffer> {
  const consumer = kafka.consumer({ groupId: uniqueGroup(), ...QUICK })
  await consumer.connect()
  try {
    await consumer.subscribe({ topic, fromBeginning: true })
    return await new Promise((resolve) => {
      void consumer.run({ eachMessage: async ({ message }) => resolve(message.value as Buffer) })
    })
  } finally {
    await consumer.disconnect()
  }
}
