/** How much memory a decoded message keeps: `node --expose-gc heap.mjs [--dist <folder>]`. */
import avsc from 'avsc'
import { bytesInUse, finish, load } from './lib/part.mjs'
import { table } from './lib/report.mjs'
import { payloads } from './payloads.mjs'

const api = await load('avro')
const KEPT = { S: 50_000, M: 10_000, L: 500 }
const FETCHES = 200
const FETCH = 1 << 20

const rows = []
for (const payload of payloads) {
  const [type1, type2] = [avsc.Type.forSchema(payload.v1), avsc.Type.forSchema(payload.v2)]
  const resolver = type1.createResolver(type2)
  const v1 = api.avro(payload.v1)
  const [same, newer] = [api.resolve(v1, v1), api.resolve(api.parseSchema(payload.v2), v1)]
  const old = { type: type1, value: payload.value }
  const young = { type: type2, value: payload.newer }
  const text = (value) => value.items?.[0].title ?? value.id
  const cases = [
    ['decoded, same schema', old, (bytes) => same.decode(bytes), (bytes) => type1.fromBuffer(bytes)],
    ['v2 decoded as v1', young, (bytes) => newer.decode(bytes), (bytes) => type1.fromBuffer(bytes, resolver)],
    ['v2 decoded so that nothing is lost', young, (bytes) => newer.decode(bytes), (bytes) => type2.fromBuffer(bytes)],
    ['one text of it, same schema', old, (bytes) => text(same.decode(bytes)), (bytes) => text(type1.fromBuffer(bytes))],
    ['one text of v2 as v1', young, (bytes) => text(newer.decode(bytes)), (bytes) => text(type1.fromBuffer(bytes, resolver))],
  ]
  for (const [what, { type, value }, ours, theirs] of cases) {
    // The identifier is another in each message, as it is in life.
    const message = (index) => type.toBuffer({ ...value, id: `${String(index).padStart(8, '0')}${value.id.slice(8)}` })
    const measure = (decode) => retained(decode, message, KEPT[payload.size])
    rows.push({ what, size: payload.size, ours: measure(ours), avsc: measure(theirs) })
  }
}
const pinned = payloads.map((payload) => {
  const [v1, v2] = [api.avro(payload.v1), avsc.Type.forSchema(payload.v2)]
  const newer = api.resolve(api.parseSchema(payload.v2), v1)
  const message = v2.toBuffer(payload.newer)
  const decode = () => {
    const fetched = Buffer.alloc(FETCH)
    message.copy(fetched, 1000)
    return newer.decode(fetched.subarray(1000, 1000 + message.length))
  }
  return { size: payload.size, bytes: retained(decode, () => undefined, FETCHES) }
})

function retained(decode, message, count) {
  for (let index = 0; index < 2000; index++) decode(message(index))
  const kept = new Array(count).fill(null)
  const before = bytesInUse()
  for (let index = 0; index < count; index++) kept[index] = decode(message(index))
  const bytes = Math.round((bytesInUse() - before) / count)
  return kept.length === count ? bytes : undefined
}

const body = rows.map(({ what, size, ours, avsc: theirs }) => [what, size, `${ours} B`, `${theirs} B`, (ours / theirs).toFixed(2)])
finish(
  { rows, pinned },
  `${table(['kept', 'size', 'kafka-evolve', 'avsc', 'ours / avsc'], body)}

One message of each of ${FETCHES} fetch buffers of 1 MiB, v2 as v1: ${pinned.map(({ size, bytes }) => `${size} ${bytes} B`).join(', ')} for each kept message.`,
)
