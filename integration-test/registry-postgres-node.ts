import { type NodePrograms, nodeProgramsOf } from './registry-node-process.ts'

/**
 * A node in a process of its own. It registers one schema after another and says each time what was answered; `shared` ones are registered by other
 * nodes too. With `stopAt` it says so and waits for a line before it sends a statement that begins with that word.
 */
const program = `
import { createInterface } from 'node:readline'
import pg from 'pg'
import { postgresRegistry } from './registry/postgres/postgres-registry.js'
const { url, schema, name, count, subjects, stopAt, options } = JSON.parse(process.argv[2])
const input = createInterface({ input: process.stdin })
const lines = input[Symbol.asyncIterator]()
let isOver = false
input.on('line', (line) => { isOver ||= line === 'stop' })
const say = (what) => process.stdout.write(JSON.stringify(what) + '\\n')
const pool = new pg.Pool({ connectionString: url, max: 3 })
let armed = false
const connect = pool.connect.bind(pool)
pool.connect = async () => {
  const client = await connect()
  const query = Object.getPrototypeOf(client).query
  client.query = async (...args) => {
    const text = args[0].text ?? args[0]
    if (armed && stopAt !== undefined && text.startsWith(stopAt)) {
      armed = false
      say({ at: stopAt })
      await lines.next()
    }
    return query.apply(client, args)
  }
  return client
}
const registry = await postgresRegistry({ pool, schema, ...options })
say({ ready: true })
await lines.next()
armed = true
for (let n = 0; n < count && !isOver; n += 1) {
  const shared = n % 3 === 0
  const subject = (shared ? 'shared' : name) + (n % subjects)
  const text = JSON.stringify({ type: 'record', name: (shared ? 'Shared' : name + '_') + n, fields: [] })
  try {
    const { id, version } = await registry.register(subject, { format: 'AVRO', text })
    say({ id, version, subject, text })
  } catch (error) {
    say({ failed: error.code, message: error.message, retryable: error.retryable, subject, text })
    if (error.retryable !== true) break
    n -= 1
  }
}
say({ done: true })
await registry.close()
await pool.end()
process.stdin.destroy()
`

/** What a node is to do. */
export interface NodeTask {
  readonly url: string
  readonly schema: string
  /** Letters. */
  readonly name: string
  /** Registrations; those that fail for a time are tried again. */
  readonly count: number
  readonly subjects: number
  readonly stopAt?: 'WITH' | 'COMMIT'
  readonly options?: object
}

/** Puts the program into a temporary folder. */
export function nodePrograms(): NodePrograms<NodeTask> {
  return nodeProgramsOf(program, 'registry/postgres/postgres-registry.ts')
}
