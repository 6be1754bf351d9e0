import { describe, expect, it } from 'vitest'
import { Random } from '../../codec/avro/laws/random.test-support.ts'
import { isEvolveError } from '../../errors.ts'
import { parseSchema } from '../../schema/parse.ts'
import { runCli } from '../run.test-support.ts'
import { identify } from './identify.ts'
import { messageBytes } from './message-input.ts'
import { leavesOf } from './part.ts'
import { walkMessage } from './walk.ts'

const random = new Random(20261128)
const bytes = (length: number): Buffer => Buffer.from(Array.from({ length }, () => random.below(256)))
const nothing = { stdin: (async function* () {})(), cwd: '/' }

/** A list of itself, and of everything else. */
const schema = parseSchema({
  type: 'record',
  name: 'R',
  fields: [
    { name: 'more', type: ['null', 'R', { type: 'array', items: 'R' }, { type: 'map', values: ['string', 'bytes', 'R'] }] },
    { name: 'nothings', type: { type: 'array', items: 'null' } },
    { name: 'numbers', type: { type: 'map', values: 'double' } },
    { name: 'at', type: { type: 'long', logicalType: 'timestamp-micros' } },
    { name: 'price', type: { type: 'bytes', logicalType: 'decimal', precision: 4, scale: 2 } },
  ],
})

describe('what anybody may hand to explain', () => {
  it('is told apart, whatever the bytes', () => {
    for (let run = 0; run < 3_000; run += 1)
      expect(['confluent', 'single-object', 'other']).toContain(identify(bytes(random.below(40))).kind)
  })

  it('is taken as bytes, or refused with one error, whatever the text', async () => {
    const signs = ['0', 'a', 'F', 'x', '\\', ' ', '\n', ':', '=', '+', '/', '-', 'Z', '00000000: ', '|', 'ü']
    for (let run = 0; run < 2_000; run += 1) {
      const text = Array.from({ length: 1 + random.below(30) }, () => random.pick(signs)).join('')
      const answer = await messageBytes(`${text}~`, 'auto', nothing).catch((error: unknown) => error)
      expect(Buffer.isBuffer(answer) || isEvolveError(answer)).toBe(true)
    }
  })

  it('is covered by its parts, whatever it says of lengths, counts and branches', () => {
    for (let run = 0; run < 3_000; run += 1) {
      const message = bytes(random.below(60))
      const { body, breakage } = walkMessage(schema, message, 0, { items: 10, parts: 100 })
      let at = 0
      for (const leaf of leavesOf(body)) {
        expect(leaf.from).toBe(at)
        at = leaf.to
      }
      expect(at).toBe(message.length)
      if (breakage !== undefined) expect(breakage.at).toBeLessThanOrEqual(message.length)
    }
  })

  it.each<[string, string, string]>([
    ['a string of 2^62 bytes', 'feffffffffffffffff01', 'string'],
    ['an array of 2^62 items', '04feffffffffffffffff01', 'R'],
    ['a million nothings', `0080897a00${'00'.repeat(4)}`, 'R'],
    ['a number that never ends', 'ff'.repeat(40), 'long'],
    ['records inside records', '02'.repeat(5_000), 'R'],
  ])('costs nothing: %s', async (_name, hex, type) => {
    const started = process.memoryUsage().rss
    const bad = parseSchema(type === 'R' ? schema : JSON.stringify(type))
    const { breakage } = walkMessage(bad, Buffer.from(hex, 'hex'), 0, { items: 20, parts: 2_000 })
    expect(breakage).toBeDefined()
    expect(process.memoryUsage().rss - started).toBeLessThan(100 * 1024 * 1024)
  })

  it('never ends in a stack trace', async () => {
    for (let run = 0; run < 200; run += 1) {
      const { code, err } = await runCli(['explain', bytes(1 + random.below(20)).toString('hex')])
      expect([1, 2]).toContain(code)
      expect(err).not.toContain('[internal]')
    }
  })
})
