import { type NodePrograms, nodeProgramsOf } from './registry-node-process.ts'

/**
 * A node in a process of its own. It registers one schema after another and says each time what was answered; `shared` ones are registered by other nodes too, and of
 * its own it deletes and purges some. With `stopAtSend` it says so and waits for a line between the decision on that change and its sending.
 */
const program = `
import { createInterface } from 'node:readline'
import { Kafka } from 'kafkajs'
import { kafkaRegistry } from './registry/kafka/kafka-registry.js'
const { brokers, topic, name, count, subjects, stopAtSend, deletes, options } = JSON.parse(process.argv[2])
const input = createInterface({ input: process.stdin })
const lines = input[Symbol.asyncIterator]()
let isOver = false
input.on('line', (line) => { isOver ||= line === 'stop' })
const say = (what) => process.stdout.write(JSON.stringify(what) + '\\n')
const kafka = new Kafka({ brokers, logLevel: 0, connectionTimeout: 1000, requestTimeout: 3000, retry: { retries: 3, initialRetryTime: 100, maxRetryTime: 1000 } })
let sends = 0
const producer = kafka.producer.bind(kafka)
kafka.producer = (config) => {
  const real = producer(config)
  return {
    ...real,
    send: async (record) => {
      sends += 1
      if (sends === stopAtSend) {
        say({ at: 'send' })
        await lines.next()
      }
      return real.send(record)
    },
  }
}
const registry = await kafkaRegistry({ kafka, topic, ...options })
say({ ready: true })
await lines.next()
const insist = async (action, what) => {
  for (;;) {
    try {
      return await action()
    } catch (error) {
      if (error.retryable !== true) throw error
      say({ failed: error.code, message: error.message, retryable: true, ...what })
    }
  }
}
for (let n = 0; n < count && !isOver; n += 1) {
  const shared = n % 3 === 0
  const subject = (shared ? 'shared' : name) + (n % subjects)
  const text = JSON.stringify({ type: 'record', name: (shared ? 'Shared' : name + '_') + n, fields: [] })
  try {
    const { id, version } = await insist(() => registry.register(subject, { format: 'AVRO', text }), { subject, text })
    if (deletes === true && n % 7 === 1) {
      const gone = (error) => { if (!/^(version|subject)-not-found$/.test(error.code) && !/^\\[registry-rejected\\].* soft deleted/.test(error.message)) throw error }
      await insist(() => registry.deleteVersion(subject, version).catch(gone), { subject })
      await insist(() => registry.deleteVersion(subject, version, { permanent: true }).catch(gone), { subject })
      say({ purged: id, subject, text })
    } else say({ id, version, subject, text })
  } catch (error) {
    say({ failed: error.code, message: error.message, retryable: error.retryable, subject, text })
    break
  }
}
say({ done: true })
await registry.close()
process.stdin.destroy()
`

/** What a node is to do. */
export interface KafkaNodeTask {
  readonly brokers: readonly string[]
  readonly topic: string
  /** Letters. */
  readonly name: string
  /** Registrations; those that fail for a time are tried again. */
  readonly count: number
  readonly subjects: number
  readonly stopAtSend?: number
  readonly deletes?: boolean
  readonly options?: object
}

/** Puts the program into a temporary folder. */
export function kafkaNodePrograms(): NodePrograms<KafkaNodeTask> {
  return nodeProgramsOf(program, 'registry/kafka/kafka-registry.ts')
}
