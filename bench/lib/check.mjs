import { deepStrictEqual } from 'node:assert'
import avsc from 'avsc'

/** A plain copy without class and without what a value carries: what two libraries must agree on. */
const plain = (value) => JSON.parse(JSON.stringify(value))

/** Runs every operation of every contender once and holds its answer against what is expected. @throws AssertionError */
export async function check(subject, contenders) {
  const { v2, framedV1, framedV2, value, newer, change, idV2 } = subject
  const type2 = avsc.Type.forSchema(v2)
  const body = (bytes, isFramed) => (isFramed ? bytes.subarray(5) : bytes)
  for (const one of contenders) {
    const isFramed = one.name !== 'avsc'
    const equal = (actual, expected, what) => deepStrictEqual(actual, expected, `${one.name}, ${subject.size}: ${what}`)
    equal(plain(await one.decode()), value, 'decode')
    equal(plain(await one.decodeNewer()), value, 'decode a newer message')
    equal(body(await one.encode(), isFramed).toString('hex'), framedV1.subarray(5).toString('hex'), 'encode')
    const written = body(await one.roundTrip(), isFramed)
    equal(plain(type2.fromBuffer(written)), { ...newer, ...change }, 'round trip')
    if (one.firstMessage !== undefined) equal(plain(await one.firstMessage()), value, 'first message')
  }
  const ours = contenders[0]
  deepStrictEqual((await ours.roundTrip()).subarray(0, 5), prefix(idV2), 'the prefix of what is written')
  deepStrictEqual(
    frame(idV2, type2.toBuffer({ ...newer, ...change })),
    await ours.roundTrip(),
    'what is unknown is written back byte for byte',
  )
  return framedV2.length
}

function prefix(id) {
  const bytes = Buffer.alloc(5)
  bytes.writeUInt32BE(id, 1)
  return bytes
}

/** A body behind its 5-byte prefix: 0, then the schema ID, big-endian. */
export function frame(id, body) {
  return Buffer.concat([prefix(id), body])
}
