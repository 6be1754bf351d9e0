import avsc from 'avsc'
import { describe, expect, it } from 'vitest'
import { avscFaultIn, hasProtoKey, plain } from './avsc.test-support.ts'
import { genPair } from './evolution.test-support.ts'
import { sameJs, toJs } from './javascript.test-support.ts'
import { readSchema, schemaJson } from './model.test-support.ts'
import { put } from './put.test-support.ts'
import { Random } from './random.test-support.ts'
import { decodeRef, encodeRef, sameRef, varint } from './reference.test-support.ts'
import { get, Unreadable } from './resolution.test-support.ts'
import { genValue } from './values.test-support.ts'

// The instruments of the laws are measured themselves: against the examples of the specification, and against avsc.
const seed = 7
const pairs = Array.from({ length: 150 }, (_, index) => ({ index, pair: genPair(new Random(seed, index)) }))
const look = { long: 'number', unions: 'wrapped' } as const

/** avsc refuses a pair for one branch or one symbol that cannot be read; then it is no oracle. */
function resolverOf(writer: avsc.Type, reader: avsc.Type): object | undefined {
  try {
    return reader.createResolver(writer)
  } catch {
    return undefined
  }
}

/** What avsc reads, alone and resolved; `undefined` for the safe integers at the very edge, which it refuses. */
function avscViews(bytes: Buffer, writer: avsc.Type, reader: avsc.Type, resolver: object): readonly unknown[] | undefined {
  try {
    return [writer.fromBuffer(bytes), reader.fromBuffer(bytes, resolver)].map(plain)
  } catch (error) {
    if (error instanceof Error && error.message === 'potential precision loss') return undefined
    throw error
  }
}

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

describe('the reference against avsc', () => {
  it('sees the same values, with and without a resolver', () => {
    let compared = 0
    for (const { index, pair } of pairs) {
      const [writerText, readerText] = [schemaJson(pair.writer), schemaJson(pair.reader)]
      if (avscFaultIn(pair) !== undefined) continue
      const writer = avsc.Type.forSchema(JSON.parse(writerText), { wrapUnions: true })
      const reader = avsc.Type.forSchema(JSON.parse(readerText), { wrapUnions: true })
      const resolver = resolverOf(writer, reader)
      if (resolver === undefined) continue
      for (let i = 0; i < 5; i++) {
        const value = genValue(pair.writer, pair.reader, { random: new Random(seed, index, i), safeLongs: true, blocked: false })
        const bytes = encodeRef(pair.writer, value)
        let views: readonly unknown[]
        try {
          views = [toJs(value, pair.writer, look), toJs(get(value, pair.writer, pair.reader), pair.reader, look)]
        } catch (error) {
          expect(error).toBeInstanceOf(Unreadable)
          continue
        }
        if (views.some(hasProtoKey)) continue
        const theirs = avscViews(bytes, writer, reader, resolver)
        if (theirs !== undefined && !theirs.every((one, side) => sameJs(one, views[side]))) expect(theirs, `${writerText}\n${readerText}`).toEqual(views)
        compared++
      }
    }
    expect(compared).toBeGreaterThan(200)
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
