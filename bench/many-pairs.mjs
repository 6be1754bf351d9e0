/** Ten thousand pairs of schemas in one process: `node --expose-gc many-pairs.mjs [--dist <folder>]`. */
import { median } from './lib/measure.mjs'
import { bytesInUse, finish, load } from './lib/part.mjs'
import { table } from './lib/report.mjs'
import { payloads } from './payloads.mjs'

const PAIRS = 10_000
const SAMPLES = 41
const framed = Object.freeze({ headroom: 5 })
const api = await load('avro')

const hot = payloads
  .filter(({ size }) => size !== 'L')
  .map((payload) => {
    const v1 = api.avro(payload.v1)
    const pair = api.resolve(api.parseSchema(payload.v2), v1)
    const v2 = api.parseSchema(payload.v2)
    const bytes = api.encode(v2, payload.newer)
    return { size: payload.size, work: () => pair.encode({ ...pair.decode(bytes), ...payload.change }, framed) }
  })

/** Median CPU time of one round trip of each hot pair, in nanoseconds. */
function hotTimes() {
  return Object.fromEntries(
    hot.map(({ size, work }) => {
      const iterations = size === 'S' ? 20_000 : 4000
      const times = Array.from({ length: SAMPLES }, () => {
        const before = process.cpuUsage()
        for (let index = 0; index < iterations; index++) work()
        const { user, system } = process.cpuUsage(before)
        return ((user + system) * 1000) / iterations
      })
      return [size, median(times)]
    }),
  )
}

/** A pair like no other, made, compiled and used in both directions. */
function makePair(number) {
  const known = { name: `known${number}`, type: 'string' }
  const record = (fields) => ({ type: 'record', name: `R${number}`, fields })
  const writer = api.parseSchema(
    record([known, { name: 'extra', type: ['null', 'long'], default: null }, { name: 'list', type: { type: 'array', items: 'double' } }]),
  )
  const reader = api.parseSchema(record([known, { name: 'list', type: { type: 'array', items: 'double' } }]))
  const pair = api.resolve(writer, reader)
  pair.warmUp()
  const bytes = api.encode(writer, { [known.name]: 'text', extra: number, list: [1, 2] })
  pair.encode({ ...pair.decode(bytes) }, framed)
  return pair
}

hotTimes()
const before = hotTimes()
const empty = bytesInUse()
const dropped = []
const cpu = process.cpuUsage()
for (let number = 1; number <= PAIRS; number++) {
  makePair(number)
  if (number % (PAIRS / 4) === 0) dropped.push({ pairs: number, bytes: bytesInUse() - empty })
}
const { user, system } = process.cpuUsage(cpu)
const afterDropped = hotTimes()
const start = bytesInUse()
const kept = Array.from({ length: PAIRS }, (_, index) => makePair(PAIRS + index))
const each = Math.round((bytesInUse() - start) / PAIRS)
const afterKept = hotTimes()

const mib = (bytes) => `${(bytes / 2 ** 20).toFixed(1)} MiB`
const rows = hot.map(({ size }) => {
  const cell = (times) => `${(times[size] / 1000).toFixed(2)} µs (x${(times[size] / before[size]).toFixed(2)})`
  return ['round trip v2', size, `${(before[size] / 1000).toFixed(2)} µs`, cell(afterDropped), cell(afterKept)]
})
finish(
  { pairs: kept.length, before, dropped, afterDropped, keptBytesEach: each, afterKept, microsecondsEach: (user + system) / PAIRS },
  `${table(['a hot pair', 'size', 'before', `after ${PAIRS} pairs dropped`, `and ${PAIRS} kept`], rows)}

Memory after ${dropped.map(({ pairs, bytes }) => `${pairs} pairs made, compiled, used and dropped: ${mib(bytes)}`).join('; ')}. A pair that is kept, compiled both ways, takes
${(each / 1024).toFixed(1)} KiB; making, compiling and using one takes ${Math.round((user + system) / PAIRS)} µs.`,
)
