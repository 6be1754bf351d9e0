import { describe, expect, it } from 'vitest'
import { genPair } from './evolution.test-support.ts'
import { readSchema, schemaJson } from './model.test-support.ts'
import { put } from './put.test-support.ts'
import { Random } from './random.test-support.ts'
import { decodeRef, encodeRef, sameRef, varint } from './reference.test-support.ts'
import { get, Unreadable } from './resolution.test-support.ts'
import { genValue } from './values.test-support.ts'

// The instruments of the laws are measured themselves: against the examples of the specification here, and against avsc in avsc.test.ts.
const seed = 7
const pairs = Array.from({ length: 150 }, (_, index) => ({ index, pair: genPair(new Random(seed, index)) }))

describe('the reference encoding', () => {
  it.each([
    [0n, '00'],
    [-1n, '01'],
    [1n, '02'],
    [-64n, '7f'],
    [64n, '8001'],
    [2n ** 63n - 1n, 'feffffffffffffffff01'],
    [-(2n ** 63n), 'ffffffffffffffffff01'],
  ])('writes %d as the specification does', (value, hex) => expect(varint(value).toString('hex')).toBe(hex))

  it('reads back what it wrote, in whatever blocks', () => {
    for (const { index, pair } of pairs) {
      for (let i = 0; i < 5; i++) {
        const value = genValue(pair.writer, undefined, { random: new Random(seed, index, i), safeLongs: false, blocked: true })
        expect(sameRef(decodeRef(pair.writer, encodeRef(pair.writer, value)), value)).toBe(true)
      }
    }
  })

  it('reads its own schema text', () => {
    for (const { pair } of pairs) expect(schemaJson(readSchema(JSON.parse(schemaJson(pair.writer))))).toBe(schemaJson(pair.writer))
  })
})

describe('the lens of the laws', () => {
  it('puts back what it got', () => {
    let looked = 0
    for (const { index, pair } of pairs) {
      const value = genValue(pair.writer, pair.reader, { random: new Random(seed, index, 99), safeLongs: false, blocked: false })
      let view: ReturnType<typeof get>
      try {
        view = get(value, pair.writer, pair.reader)
      } catch (error) {
        expect(error).toBeInstanceOf(Unreadable)
        continue
      }
      const back = put(view, pair.reader, pair.writer, value, () => '')
      expect(back.losses).toEqual([])
      if (!back.loose) expect(sameRef(back.value, value)).toBe(true)
      looked++
    }
    expect(looked).toBeGreaterThan(100)
  })
})
