import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { seeded } from '../../seeded.test-support.ts'
import type { SubjectVersion } from '../types.ts'
import { HeldVersion } from './held-version.ts'
import { SchemaStore } from './store.ts'

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

const entryOf = (text: string, version: number): SubjectVersion => ({ subject: 's', version, id: version, format: 'PROTOBUF', text })

/** Texts that begin and end alike, of all kinds of characters, halves of pairs included. */
const piece = fc.oneof(
  fc.constantFrom('', 'a', 'aa', '{"name":"x"},', 'ü', '€', '🚀', '\ud83d', '\ude80', '\0', 'x'.repeat(120)),
  fc.string({ unit: 'binary', maxLength: 60 }),
)
const text = fc.tuple(
  fc.constantFrom('', 'head'.repeat(40), '€'.repeat(100)),
  fc.array(piece, { maxLength: 4 }),
  fc.constantFrom('', 'tail'.repeat(40), '🚀'.repeat(50)),
)

describe('a version as it is held', () => {
  it('gives back every text as it was, whatever those before it were', () => {
    fc.assert(
      fc.property(fc.array(text, { minLength: 1, maxLength: 30 }), (all) => {
        const texts = all.map(([head, middle, tail]) => `${head}${middle.join('')}${tail}`)
        let near: HeldVersion | undefined
        const held = texts.map((one, at) => {
          near = new HeldVersion(entryOf(one, at + 1), near)
          return near
        })
        expect(held.map((one) => one.text)).toEqual(texts)
        expect(held.map(({ entry }) => entry)).toEqual(texts.map((one, at) => entryOf(one, at + 1)))
      }),
      { ...seeded, numRuns: 300 },
    )
  })

  it('gives back all that a schema has', () => {
    const references = [{ name: 'A', subject: 'a', version: 1 }]
    const entry: SubjectVersion = {
      ...entryOf('"x"', 3),
      format: 'AVRO',
      references,
      metadata: { properties: { owner: 'π' } },
      ruleSet: { domainRules: [] },
    }
    const held = new HeldVersion(entry, undefined)
    expect(held.entry).toEqual(entry)
    expect(held.schema).toEqual({ id: 3, format: 'AVRO', text: '"x"', references, metadata: entry.metadata, ruleSet: entry.ruleSet })
    expect([held.entry, held.schema].every(Object.isFrozen)).toBe(true)
  })

  it('outlives the version that it was told by', () => {
    const store = new SchemaStore(1)
    const texts = ['a', 'ab', 'abc'].map((end) => `{"type":"enum","name":"E","doc":"${'x'.repeat(200)}","symbols":["${end}"]}`)
    for (const one of texts) store.apply({ type: 'version', entry: store.prepare('s', { format: 'AVRO', text: one }), isNewSchema: true })
    store.apply({ type: 'delete', subject: 's', versions: [1, 2] })
    store.apply({ type: 'purge', subject: 's', versions: [1, 2] })
    expect(store.latest('s').text).toBe(texts[2])
    expect(store.entries('s', true)).toHaveLength(1)
  })

  it('takes little memory for versions that are much the same', () => {
    const big = (version: number): string => `${'x'.repeat(500_000)}${version}${'y'.repeat(500_000)}`
    collectGarbage()
    const before = process.memoryUsage().heapUsed
    const held: HeldVersion[] = []
    for (let version = 1; version <= 200; version += 1) held.push(new HeldVersion(entryOf(big(version), version), held.at(-1)))
    expect(held[150]?.text).toBe(big(151))
    // 200 texts of a million characters; one in nine is held whole.
    collectGarbage()
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(40_000_000)
  })
})
