import { checkCompatibility, parseSchema } from '../../../avro.ts'
import { isEvolveError } from '../../../errors.ts'
import { compiled, walking } from '../laws/engine.test-support.ts'
import { genPair, type SchemaPair } from '../laws/evolution.test-support.ts'
import type { Look } from '../laws/javascript.test-support.ts'
import { type Node, schemaJson } from '../laws/model.test-support.ts'
import { Random } from '../laws/random.test-support.ts'
import { encodeRef } from '../laws/reference.test-support.ts'
import { genValue } from '../laws/values.test-support.ts'
import { likeness } from '../likeness.ts'
import type { AvroResolution } from '../resolution.ts'
import { mutateBytes, mutateText, mutateValue } from './mutate.test-support.ts'

/** What a run of the fuzzer did. */
export interface FuzzReport {
  /** Pairs of schemas, and calls of the engine. */
  readonly pairs: number
  readonly executions: number
  /** How often each outcome came: `value`, or the code of the error. */
  readonly outcomes: Readonly<Record<string, number>>
  /** CPU time of the slowest step, in milliseconds. */
  readonly slowest: number
  readonly findings: readonly string[]
}

/** More milliseconds of CPU time than any step takes that has a bound. */
const SLOW = 2000
const MESSAGES = 12

/**
 * Schemas, readers grown from them, messages of them; then all of these damaged. Compiled code and walking must come to the
 * same value or the same error, nothing but errors of ours may be thrown, and what was read must be written and read again
 * as it was. `goesOn` is asked before each pair.
 */
export function fuzz(seed: number, goesOn: (pairs: number) => boolean): FuzzReport {
  const run = new Fuzz()
  let pairs = 0
  for (; goesOn(pairs) && run.findings.length < 20; pairs++) run.pair(seed, pairs)
  return { pairs, executions: run.executions, outcomes: run.outcomes, slowest: run.slowest, findings: run.findings }
}

interface Twins {
  readonly compiled: AvroResolution
  readonly walked: AvroResolution
}

class Fuzz {
  executions = 0
  slowest = 0
  readonly outcomes: Record<string, number> = {}
  readonly findings: string[] = []
  #where = ''
  #random = new Random(0)

  pair(seed: number, index: number): void {
    const random = new Random(seed, index)
    this.#random = random
    const pair = genPair(random)
    const look: Look = { long: random.pick(['number', 'bigint', 'auto']), unions: random.pick(['auto', 'auto', 'wrapped']) }
    this.#where = `seed ${seed}, pair ${index}`
    const start = process.cpuUsage()
    for (const reader of [pair.reader, pair.second, pair.writer]) {
      const twins = twinsOf(schemaJson(pair.writer), schemaJson(reader), look)
      this.#messages(pair.writer, reader, twins, look)
    }
    this.#schemas(pair, look)
    const used = process.cpuUsage(start)
    this.slowest = Math.max(this.slowest, (used.user + used.system) / 1000)
    if ((used.user + used.system) / 1000 > SLOW * 5) this.#find('slow', `${(used.user + used.system) / 1000} ms`)
  }

  #messages(writer: Node, reader: Node, twins: Twins, look: Look): void {
    const random = this.#random
    const options = { random, safeLongs: look.long === 'number', blocked: random.chance(0.5) }
    const pool: Buffer[] = []
    for (let left = 3; left > 0; left--) pool.push(encodeRef(writer, genValue(writer, reader, options)))
    for (const bytes of [...pool]) this.#message(bytes, twins)
    for (let left = MESSAGES; left > 0; left--) {
      const bytes = mutateBytes(random.pick(pool), random.pick(pool), random)
      // What is still a message is a good start for the next.
      if (this.#message(bytes, twins) && pool.length < 10) pool.push(bytes)
    }
  }

  /** Reads a message, writes it back, reads that, and writes it with something in it changed. */
  #message(bytes: Buffer, { compiled, walked }: Twins): boolean {
    const hex = bytes.length > 400 ? `${bytes.length} bytes` : bytes.toString('hex')
    const read = this.#both('decode', hex, compiled, walked, (engine) => engine.decode(bytes))
    if (read === undefined) return false
    const [mine, theirs] = read
    // Compared by what they are read as: which of the bits of a NaN come back is up to the runtime.
    const again = this.#both('encode', hex, compiled, walked, (engine) => engine.encode(engine === compiled ? mine : theirs), walked)
    if (again === undefined) this.#find('not written back', hex)
    else if (likeness(compiled.decode(again[0] as Buffer), false) !== likeness(mine, false)) this.#find('other when read again', hex)
    const seed = this.#random.bits()
    this.#both(
      'encode an edit',
      hex,
      compiled,
      walked,
      (engine) => engine.encode(mutateValue(engine === compiled ? mine : theirs, new Random(seed))),
      walked,
    )
    return true
  }

  #schemas({ writer, reader, second }: SchemaPair, look: Look): void {
    const random = this.#random
    const texts = [writer, reader, second].map(schemaJson) as [string, string, string]
    const bytes = encodeRef(writer, genValue(writer, reader, { random, safeLongs: true, blocked: false }))
    for (let left = 3; left > 0; left--) {
      const damaged = mutateText(random.pick(texts), random)
      this.#one('parse', damaged, () => parseSchema(damaged, { invalidDefaults: random.chance(0.5) ? 'drop' : 'refuse' }))
      for (const [from, to] of [
        [damaged, texts[1]],
        [texts[0], damaged],
      ] as const) {
        const twins = this.#one('resolve', damaged, () => twinsOf(from, to, look))
        if (twins === undefined) continue
        this.#one('compare', damaged, () => checkCompatibility(parseSchema(to), parseSchema(from)))
        this.#message(mutateBytes(bytes, bytes, random), twins)
        this.#message(bytes, twins)
      }
    }
    this.#one('compare', texts[0], () => checkCompatibility(parseSchema(texts[1]), parseSchema(texts[0])))
  }

  /** Does the same with both; the results, where there are any. */
  #both<T>(
    what: string,
    input: string,
    compiled: AvroResolution,
    walked: AvroResolution,
    action: (engine: AvroResolution) => T,
    reader?: AvroResolution,
  ): readonly [T, T] | undefined {
    const [left, right] = [this.#outcome(what, input, () => action(compiled)), this.#outcome(what, input, () => action(walked))]
    const same =
      left.text === right.text ||
      (reader !== undefined && 'value' in left && 'value' in right && readsAs(reader, left.value) === readsAs(reader, right.value))
    if (!same) this.#find(`${what} differs`, `${input}\n  compiled ${left.text.slice(0, 300)}\n  walked   ${right.text.slice(0, 300)}`)
    return 'value' in left && 'value' in right ? [left.value, right.value] : undefined
  }

  #one<T>(what: string, input: string, action: () => T): T | undefined {
    const outcome = this.#outcome(what, input, action, false)
    return 'value' in outcome ? outcome.value : undefined
  }

  #outcome<T>(
    what: string,
    input: string,
    action: () => T,
    shows = true,
  ): { readonly text: string } | { readonly text: string; readonly value: T } {
    this.executions++
    const start = process.cpuUsage()
    try {
      const value = action()
      this.#count('value')
      return { text: shows ? likeness(value, false) : 'value', value }
    } catch (error) {
      if (isEvolveError(error) && error.code !== 'internal') {
        this.#count(error.code)
        return { text: `${error.code} at ${error.path ?? '-'}` }
      }
      this.#find(`${what} throws ${error instanceof Error ? (error.stack ?? error.message).slice(0, 400) : String(error)}`, input)
      return { text: 'other' }
    } finally {
      const used = process.cpuUsage(start)
      if ((used.user + used.system) / 1000 > SLOW) this.#find(`${what} is slow`, input)
    }
  }

  #count(outcome: string): void {
    this.outcomes[outcome] = (this.outcomes[outcome] ?? 0) + 1
  }

  #find(what: string, input: string): void {
    if (this.findings.length < 20) this.findings.push(`${what} (${this.#where})\n  ${input}`)
  }
}

function readsAs(reader: AvroResolution, bytes: unknown): string {
  return `${(bytes as Buffer).length} ${likeness(reader.decode(bytes as Buffer), false)}`
}

function twinsOf(writer: string, reader: string, look: Look): Twins {
  return { compiled: compiled(writer, reader, look), walked: walking(writer, reader, look) }
}
