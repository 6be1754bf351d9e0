import { inspect } from 'node:util'
import { isEvolveError } from '../../../errors.ts'
import type { AvroResolution } from '../resolution.ts'
import { compiled, walking } from './engine.test-support.ts'
import { genPair } from './evolution.test-support.ts'
import type { Look } from './javascript.test-support.ts'
import { type Node, schemaJson } from './model.test-support.ts'
import { Random } from './random.test-support.ts'
import { encodeRef, type Ref } from './reference.test-support.ts'
import type { SchemaSource } from './schemas.test-support.ts'
import { count, writeTally } from './tally.test-support.ts'
import { genValue } from './values.test-support.ts'

/** A pair of schemas, compiled. */
export interface LawPair {
  readonly index: number
  readonly writer: Node
  readonly reader: Node
  readonly second: Node
  readonly look: Look
  readonly resolution: AvroResolution
  /** The second reader on the same writer. */
  readonly secondHop: () => AvroResolution
  /** The reader's schema on both sides: what a service writes with that knows nothing of the writer. */
  readonly own: () => AvroResolution
  /** The second reader's schema as the writer's: where a record may be taken to. */
  readonly elsewhere: () => AvroResolution
}

/** One message. */
export interface Sample extends LawPair {
  readonly value: Ref
  readonly bytes: Buffer
  /** Known arrays stand in odd blocks: values can be compared, bytes cannot. */
  readonly blocked: boolean
  /** Another message of the pair. */
  readonly otherValue: Ref
  readonly otherBytes: Buffer
  readonly random: Random
  /** What was done to the value; printed when a law is broken. */
  readonly log: string[]
}

const number = (name: string, fallback: number): number => Number(process.env[name] ?? fallback)
const settings = { pairs: number('LAWS_PAIRS', 200), values: number('LAWS_VALUES', 20), seed: number('LAWS_SEED', 20260131) }
const only = { pair: process.env['LAWS_PAIR'], value: process.env['LAWS_VALUE'] }

/** Broken messages after which a law is not followed any further. */
const enough = 50

/** All pairs of the run. `LAWS_PAIRS`, `LAWS_VALUES` and `LAWS_SEED` make it longer or other; `LAWS_PAIR` picks one. Half of them are compiled. */
export function lawPairs(root?: (source: SchemaSource) => Node): LawPair[] {
  const indexes = only.pair === undefined ? Array.from({ length: settings.pairs }, (_, index) => index) : [Number(only.pair)]
  count({ pairs: indexes.length })
  return indexes.map((index) => {
    const random = new Random(settings.seed, index)
    const pair = genPair(random, root)
    const look: Look = { long: random.pick(['number', 'bigint', 'auto']), unions: random.pick(['auto', 'auto', 'wrapped']) }
    const [writer, reader, second] = [pair.writer, pair.reader, pair.second].map(schemaJson) as [string, string, string]
    const make = index % 2 === 0 ? compiled : walking
    const later = (from: string, to: string): (() => AvroResolution) => {
      let made: AvroResolution | undefined
      return () => (made ??= make(from, to, look))
    }
    return {
      ...pair,
      index,
      look,
      resolution: make(writer, reader, look),
      secondHop: later(writer, second),
      own: later(reader, reader),
      elsewhere: later(second, reader),
    }
  })
}

/** Returns false when the sample has nothing that the law speaks of. */
export type Law = (sample: Sample) => boolean

/**
 * Holds a law to every message of every pair. Goes on after a failure; at the end throws the smallest one, and says how to
 * see it alone. With `every`, looks at every so manieth message only. @throws Error also when the law spoke of fewer than `share` of the messages.
 */
export function holds(pairs: readonly LawPair[], law: Law, share: number, every = 1): void {
  const broken: { readonly text: string; readonly size: number }[] = []
  let [seen, all] = [0, 0]
  for (const pair of pairs) {
    for (let index = 0; index < settings.values && broken.length < enough; index++) {
      if (only.value === undefined ? (pair.index + index) % every !== 0 : index !== Number(only.value)) continue
      const sample = makeSample(pair, index)
      all++
      count({ values: 1 })
      try {
        if (law(sample)) seen++
      } catch (error) {
        seen++
        broken.push(report(sample, index, error))
      }
      count({ edits: sample.log.filter((line) => line.startsWith('edit: ')).length })
    }
  }
  writeTally()
  const [smallest] = broken.sort((left, right) => left.size - right.size)
  if (smallest !== undefined) throw new Error(`broken for ${broken.length} of ${seen} messages; the smallest:\n${smallest.text}`)
  if (only.pair === undefined && seen < all * share) throw new Error(`the law spoke of ${seen} of ${all} messages only`)
}

function makeSample(pair: LawPair, index: number): Sample {
  const random = new Random(settings.seed, pair.index, index)
  const options = { random, safeLongs: pair.look.long === 'number', blocked: index % 5 === 4 }
  const [value, otherValue] = [genValue(pair.writer, pair.reader, options), genValue(pair.writer, pair.reader, options)]
  const [bytes, otherBytes] = [encodeRef(pair.writer, value), encodeRef(pair.writer, otherValue)]
  return { ...pair, value, bytes, otherValue, otherBytes, blocked: options.blocked, random, log: [] }
}

/** The stack is of use only where something broke that was not foreseen. */
function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  if (isEvolveError(error)) return `${error.message} ${inspect(error.details)}`
  return error.constructor === Error ? error.message : (error.stack ?? error.message)
}

function report(sample: Sample, index: number, error: unknown): { text: string; size: number } {
  const [writer, reader, hex] = [schemaJson(sample.writer), schemaJson(sample.reader), sample.bytes.toString('hex')]
  const lines = [
    `LAWS_SEED=${settings.seed} LAWS_PAIR=${sample.index} LAWS_VALUE=${index}`,
    `W ${writer}`,
    `R ${reader}`,
    `look ${inspect(sample.look)}  bytes ${hex.length > 800 ? `${hex.slice(0, 800)}…` : hex}`,
    ...sample.log,
    describe(error),
  ]
  return { text: lines.join('\n'), size: writer.length + reader.length + hex.length * 2 + sample.log.join('').length / 4 }
}
