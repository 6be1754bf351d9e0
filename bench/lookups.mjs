// What one slow or missing schema costs the messages whose schemas are known: a registry that answers ID 1 at once, ID 2 after two seconds, and that does
// not know ID 3. Three clients, the same messages. Run: node lookups.mjs [--seconds 2] (after `npm run build` in the project).
import { createServer } from 'node:http'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import { AvroDeserializer, SchemaRegistryClient, SerdeType } from '@confluentinc/schemaregistry'
import { SchemaRegistry } from '@kafkajs/confluent-schema-registry'
import { table } from './lib/report.mjs'

const { values: options } = parseArgs({
  options: {
    seconds: { type: 'string', default: '2' },
    dist: { type: 'string', default: fileURLToPath(new URL('../dist', import.meta.url)) },
  },
})
const slowMs = Number(options.seconds) * 1_000
const at = (file) => import(pathToFileURL(`${options.dist}/${file}`).href)
const { evolve, avro } = await at('index.js')
const { httpRegistry } = await at('registry/index.js')

const schema = '{"type":"record","name":"R","fields":[{"name":"a","type":"int"}]}'
const message = (id) => Buffer.from([0, 0, 0, 0, id, 6])
let asked = []
const server = createServer((request, response) => {
  asked.push(request.url)
  const id = /\/schemas\/ids\/(\d)/.exec(request.url)?.[1]
  const answer = () => {
    response.writeHead(id === '3' ? 404 : 200, { 'content-type': 'application/vnd.schemaregistry.v1+json' })
    response.end(JSON.stringify(id === '3' ? { error_code: 40403, message: 'Schema not found' } : { schema }))
  }
  if (id === '2') setTimeout(answer, slowMs)
  else answer()
})
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
const url = `http://127.0.0.1:${server.address().port}`

const contenders = {
  'kafka-evolve': () => {
    const { deserialize } = evolve({ registry: httpRegistry({ url }), topics: { t: { value: avro(schema) } } }).deserializer('t', 'value')
    return deserialize
  },
  '@confluentinc/schemaregistry': () => {
    const client = new SchemaRegistryClient({ baseURLs: [url], cacheCapacity: 100, cacheLatestTtlSecs: 3600 })
    const deserializer = new AvroDeserializer(client, SerdeType.VALUE, {})
    return (bytes) => deserializer.deserialize('t', bytes)
  },
  '@kafkajs/confluent-schema-registry': () => {
    const client = new SchemaRegistry({ host: url })
    return (bytes) => client.decode(bytes)
  },
}

const microseconds = (value) => (value < 1_000 ? `${value.toFixed(1)} µs` : `${(value / 1_000).toFixed(0)} ms`)

/** Known messages, decoded one after the other for as long as the slow one is under way. */
async function whileSlow(decode) {
  // The known schema is known, and compiled.
  for (let n = 0; n < 5_000; n += 1) await decode(message(1))
  let isUnderWay = true
  const slow = Promise.resolve(decode(message(2))).finally(() => {
    isUnderWay = false
  })
  // The look-up is on its way.
  await new Promise((resolve) => setTimeout(resolve, 100))
  const times = []
  while (isUnderWay) {
    const started = process.hrtime.bigint()
    await decode(message(1))
    times.push(Number(process.hrtime.bigint() - started) / 1_000)
    if (times.length % 100 === 0) await new Promise((resolve) => setImmediate(resolve))
  }
  await slow
  times.sort((a, b) => a - b)
  return { count: times.length, median: times[times.length >> 1], p99: times[Math.floor(times.length * 0.99)], max: times.at(-1) }
}

async function badOnes(decode) {
  asked = []
  for (let n = 0; n < 20; n += 1)
    await Promise.resolve()
      .then(() => decode(message(3)))
      .catch(() => undefined)
  return asked.filter((path) => path.includes('/schemas/ids/3')).length
}

async function atOnce(decode) {
  asked = []
  await Promise.all(Array.from({ length: 200 }, () => decode(message(1))))
  return asked.filter((path) => path.includes('/schemas/ids/1')).length
}

const rows = []
for (const [name, make] of Object.entries(contenders)) {
  const { count, median, p99, max } = await whileSlow(make())
  const [bad, misses] = [await badOnes(make()), await atOnce(make())]
  const times = [median, p99, max].map(microseconds).join(' / ')
  rows.push([name, times, String(count), String(bad), String(misses)])
}
server.closeAllConnections()
server.close()
const head = [
  'client',
  `known, while another takes ${options.seconds} s (median / p99 / longest)`,
  'decoded meanwhile',
  'requests for 20 of a bad ID',
]
console.log(table([...head, 'requests for 200 at once'], rows))
process.exit(0)
