import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type NodeProcess, startNode } from './registry-node-process.ts'

/** What a service is told: `schema` is its own version of the order, `registry` an address that need not answer. */
export interface ServiceTask {
  readonly brokers: readonly string[]
  readonly groupId: string
  readonly subject: string
  readonly input: string
  readonly output: string
  readonly schema: string
  readonly lockfile: string
  readonly registry: string
}

/** A service as its users write one: it reads orders, marks them, and sends them on. It says what it has handed over, what it logs, and stops at SIGTERM. */
const program = `
import { avro, evolve } from 'kafka-evolve'
import { httpRegistry, lockedRegistry } from 'kafka-evolve/registry'
import { Kafka } from 'kafkajs'
const { brokers, groupId, subject, input, output, schema, lockfile, registry: url } = JSON.parse(process.argv[2])
const say = (what) => process.stdout.write(JSON.stringify(what) + '\\n')
const Order = avro(schema)
const kafka = new Kafka({ brokers, logLevel: 0, retry: { retries: 8, initialRetryTime: 100, maxRetryTime: 1000 } })
const registry = lockedRegistry({ lockfile, registry: httpRegistry({ url, timeoutMs: 500, retries: 0 }) })
const schemas = evolve({ registry, topics: { [input]: { value: Order, subject }, [output]: { value: Order, subject } } })
const producer = schemas.producer(kafka.producer())
const consumer = schemas.consumer(kafka.consumer({ groupId, maxWaitTimeInMs: 50, heartbeatInterval: 500, sessionTimeout: 10000 }))
await producer.connect()
await consumer.connect()
await consumer.subscribe({ topics: [input], fromBeginning: true })
await consumer.run({
  eachMessage: async ({ message }) => {
    await producer.send({ topic: output, messages: [{ value: { ...message.value, status: 'seen' } }] })
    say({ at: message.value.id })
  },
})
process.once('SIGTERM', async () => {
  await consumer.disconnect()
  await producer.disconnect()
  await schemas.close()
})
say({ ready: true })
`

/** Starts services on the built package; {@link Services.remove} kills what is left of them. */
export interface Services {
  start(task: ServiceTask): NodeProcess
  remove(): Promise<void>
}

/** A folder with the program, and the packages that it needs as if they were installed there. */
export function services(): Services {
  const folder = mkdtempSync(join(tmpdir(), 'lockfile-service-'))
  const root = fileURLToPath(new URL('../', import.meta.url))
  const packages = join(folder, 'node_modules')
  mkdirSync(packages)
  symlinkSync(root, join(packages, 'kafka-evolve'))
  symlinkSync(join(root, 'node_modules/kafkajs'), join(packages, 'kafkajs'))
  const file = join(folder, 'service.mjs')
  writeFileSync(file, program)
  const running: NodeProcess[] = []
  return {
    start: (task) => {
      const service = startNode(file, task)
      running.push(service)
      return service
    },
    remove: async () => {
      for (const { child, ended } of running) {
        child.kill('SIGKILL')
        await ended()
      }
      rmSync(folder, { recursive: true })
    },
  }
}
