import { describe, expect, it } from 'vitest'
import { parseSchema } from '../../../avro.ts'
import { choicesOf } from '../choices.ts'
import { schemaJson } from '../laws/model.test-support.ts'
import { holds, lawPairs, type Sample } from '../laws/samples.test-support.ts'
import { makePair } from '../make-pair.ts'
import { AvroResolution } from '../resolution.ts'
import { compileReader } from './compile-reader.ts'
import { compileWriter } from './compile-writer.ts'
import { outcomeOf } from './outcomes.test-support.ts'

interface Twins {
  readonly compiled: AvroResolution
  readonly walked: AvroResolution
}

/** Each pair twice: compiled before its first value, and only ever walked. */
const twins = new Map<number, Twins>()
const pairs = lawPairs()
for (const { index, writer, reader, look } of pairs) {
  const [from, to, representation] = [parseSchema(schemaJson(writer)), parseSchema(schemaJson(reader)), choicesOf(look)]
  const compiled = new AvroResolution(from, to, representation)
  compiled.warmUp()
  twins.set(index, { compiled, walked: new AvroResolution(from, to, representation, Number.MAX_SAFE_INTEGER) })
}

function agree(left: string, right: string): void {
  if (left !== right) throw new Error(`compiled:\n${left}\nwalked:\n${right}`)
}

function edited(value: unknown): unknown {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : value
}

describe('compiled code and a walk over the plan', () => {
  it('read the same from the same bytes, and write the same from the same value', () => {
    holds(
      pairs,
      (sample: Sample) => {
        const { compiled, walked } = twins.get(sample.index) as Twins
        agree(
          outcomeOf(() => compiled.decode(sample.bytes)),
          outcomeOf(() => walked.decode(sample.bytes)),
        )
        agree(
          outcomeOf(() => compiled.encode(edited(compiled.decode(sample.bytes)))),
          outcomeOf(() => walked.encode(edited(walked.decode(sample.bytes)))),
        )
        return true
      },
      1,
    )
  })

  it('say the same of bytes with one bit turned, and of bytes cut short', () => {
    holds(
      pairs,
      (sample: Sample) => {
        const { compiled, walked } = twins.get(sample.index) as Twins
        const damaged = Buffer.from(sample.bytes)
        const at = sample.random.below(Math.max(1, damaged.length))
        if (damaged.length > 0) damaged[at] = (damaged[at] as number) ^ (1 << sample.random.below(8))
        for (const bytes of [damaged, sample.bytes.subarray(0, at)])
          agree(
            outcomeOf(() => compiled.decode(bytes)),
            outcomeOf(() => walked.decode(bytes)),
          )
        return true
      },
      1,
      2,
    )
  })

  it('are both there: the compiled one really runs', () => {
    for (const { compiled, walked } of twins.values()) expect([compiled.isCompiled, walked.isCompiled]).toEqual([true, false])
  })

  it('reads blocks that tell their size, as Go writes them, without walking', () => {
    const writer = parseSchema({
      type: 'record',
      name: 'R',
      fields: [
        { name: 'gone', type: { type: 'array', items: 'string' } },
        { name: 'kept', type: { type: 'map', values: 'int' } },
      ],
    })
    const reader = parseSchema({ type: 'record', name: 'R', fields: [{ name: 'kept', type: { type: 'map', values: 'int' } }] })
    // One item of size 2, end; one entry of size 3, end.
    const bytes = Buffer.from([1, 4, 2, 0x61, 0, 1, 6, 2, 0x62, 14, 0])
    const pair = makePair(writer, reader, choicesOf())
    const value = compileReader(pair)?.(bytes, 0)
    expect(value).toMatchObject({ kept: { b: 7 } })
    expect(compileWriter(pair)?.(value, 0).toString('hex')).toBe('01040261000202620e00')
  })
})
