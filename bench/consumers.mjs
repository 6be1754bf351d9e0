/** Consumers on one core, each reading, changing and writing messages: `node --expose-gc consumers.mjs [--dist <folder>]`. */
import { SchemaRegistry } from '@kafkajs/confluent-schema-registry'
import { median } from './lib/measure.mjs'
import { finish, load } from './lib/part.mjs'
import { startRegistry } from './lib/registry.mjs'
import { table } from './lib/report.mjs'
import { registryContent, subjectsOf } from './lib/subjects.mjs'
import { payloads } from './payloads.mjs'

const COUNTS = [1, 8, 64]
const SAMPLES = 9
const SAMPLE_MS = 60
const [{ avro, evolve }, { httpRegistry }] = await Promise.all([load('index'), load('registry/index')])
const subjects = subjectsOf(payloads.filter(({ size }) => size !== 'L'))
const registry = await startRegistry(registryContent(subjects))

const contenders = subjects.flatMap((subject) => {
  const { size, v1, topicV2, framedV2, idV2, change } = subject
  const schemas = evolve({ registry: httpRegistry({ url: registry.url }), topics: { [topicV2]: { value: avro(v1) } } })
  const [serializer, deserializer] = [schemas.serializer(topicV2, 'value'), schemas.deserializer(topicV2, 'value')]
  const csr = new SchemaRegistry({ host: registry.url })
  return [
    {
      size,
      name: 'kafka-evolve',
      work: async () => serializer.serialize({ ...(await deserializer.deserialize(framedV2)), ...change }),
    },
    { size, name: 'CSR', work: async () => csr.encode(idV2, { ...(await csr.decode(framedV2)), ...change }) },
  ]
})

/** Messages a second of CPU time that `count` consumers get through together. */
async function throughput(work, count) {
  let messages = 0
  const before = process.cpuUsage()
  const end = performance.now() + SAMPLE_MS
  const consumer = async () => {
    while (performance.now() < end) {
      for (let index = 0; index < 16; index++) await work()
      messages += 16
    }
  }
  await Promise.all(Array.from({ length: count }, consumer))
  const { user, system } = process.cpuUsage(before)
  return (messages * 1e6) / (user + system)
}

const results = contenders.flatMap((one) => COUNTS.map((count) => ({ ...one, count, samples: [] })))
for (let round = -2; round < SAMPLES; round++) {
  for (const one of results) {
    const perSecond = await throughput(one.work, one.count)
    if (round >= 0) one.samples.push(perSecond)
  }
}
await registry.close()

const of = (size, count, name) => median(results.find((one) => one.size === size && one.count === count && one.name === name).samples)
const rows = subjects.flatMap(({ size }) =>
  COUNTS.map((count) => ({ size, count, ours: Math.round(of(size, count, 'kafka-evolve')), csr: Math.round(of(size, count, 'CSR')) })),
)
finish(
  rows,
  table(
    ['consumers', 'size', 'kafka-evolve', 'CSR', 'ours / CSR'],
    rows.map(({ size, count, ours, csr }) => [String(count), size, `${ours}/s`, `${csr}/s`, `x${(ours / csr).toFixed(2)}`]),
  ),
)
