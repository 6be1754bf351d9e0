import avsc from 'avsc'
import { describe, expect, it } from 'vitest'
import { parseSchema, resolve } from '../../../avro.ts'
import { avscFaultIn, avscMisreads, plain, sameAvscLeaf } from './avsc.test-support.ts'
import { genPair } from './evolution.test-support.ts'
import { shownView } from './expectations.test-support.ts'
import { sameJs, toJs } from './javascript.test-support.ts'
import { schemaJson } from './model.test-support.ts'
import { Random } from './random.test-support.ts'
import { encodeRef } from './reference.test-support.ts'
import { Unreadable } from './resolution.test-support.ts'
import { showJs } from './show.test-support.ts'
import { genValue } from './values.test-support.ts'

const seed = 7
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

describe('avsc, where it is right', { timeout: 600_000 }, () => {
  it('sees what the reference and the engine see, with and without a resolver (L0)', () => {
    let compared = 0
    for (let index = 0; index < 600; index++) {
      const pair = genPair(new Random(seed, index))
      if (avscFaultIn(pair) !== undefined) continue
      const [writerText, readerText] = [schemaJson(pair.writer), schemaJson(pair.reader)]
      const [writer, reader] = [writerText, readerText].map((text) => avsc.Type.forSchema(JSON.parse(text), { wrapUnions: true })) as [
        avsc.Type,
        avsc.Type,
      ]
      const resolver = resolverOf(writer, reader)
      if (resolver === undefined) continue
      const [parsedWriter, parsedReader] = [parseSchema(writerText), parseSchema(readerText)]
      const engines = [resolve(parsedWriter, parsedWriter, look), resolve(parsedWriter, parsedReader, look)]
      for (let i = 0; i < 5; i++) {
        const value = genValue(pair.writer, pair.reader, { random: new Random(seed, index, i), safeLongs: true, blocked: false })
        const [whole, view] = [shownView({ ...pair, reader: pair.writer, look }, value), shownView({ ...pair, look }, value)]
        if (whole instanceof Unreadable || view instanceof Unreadable) continue
        const expected = [toJs(whole, pair.writer, look), toJs(view, pair.reader, look)]
        const bytes = encodeRef(pair.writer, value)
        const theirs: readonly unknown[] | undefined = expected.some(avscMisreads) ? undefined : avscViews(bytes, writer, reader, resolver)
        if (theirs === undefined) continue
        const ours = engines.map((engine) => engine.decode(bytes))
        for (const [side, one] of theirs.entries()) {
          const agree = sameJs(one, expected[side], sameAvscLeaf) && sameJs(ours[side], expected[side])
          if (!agree)
            expect.fail(
              `W ${writerText}\nR ${readerText}\navsc   ${showJs(one)}\nengine ${showJs(ours[side])}\nlaws   ${showJs(expected[side])}`,
            )
        }
        compared++
      }
    }
    expect(compared).toBeGreaterThan(250)
  })
})
