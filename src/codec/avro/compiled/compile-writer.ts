import type { Plan, RecordPlan } from '../../../resolution/plan.ts'
import { unionForm } from '../../../resolution/representation.ts'
import type { Schema } from '../../../schema/types.ts'
import { type UnknownFieldPolicy, unknownFields } from '../../codec.ts'
import { minSize } from '../min-size.ts'
import { getOwn, isPlainObject } from '../object.ts'
import type { Pair } from '../pair.ts'
import { Cost } from './cost.ts'
import { restorer } from './restorer.ts'
import { functionRecords } from './shape.ts'
import { bail, Source, unlessTooLong } from './source.ts'
import { enumText, leafText } from './write-leaf-text.ts'
import { recordText } from './write-record-text.ts'
import { hasCustom, looksText, unionText } from './write-union-text.ts'
import {
  beginChunk,
  expect,
  full,
  onlyKey,
  warmUpText,
  writeInt,
  writeLong,
  writeRaw,
  writerRun,
  writeSpan,
  writeText,
  written,
} from './writer-run.ts'
import type { WriterText } from './writer-text.ts'

/** Writes a value behind `headroom` free bytes. Throws anything at all where walking the plan should take over. */
export type CompiledWriter = (value: unknown, headroom: number) => Buffer

/** Compiles the writer of a pair; `undefined` where code may not be made from text. */
export function compileWriter(pair: Pair, policy: UnknownFieldPolicy = 'preserve'): CompiledWriter | undefined {
  warmUpText()
  return unlessTooLong(() => new WriterCompiler(pair, policy).compile())
}

/** Room that the first message of a pair is given, in bytes. */
const FIRST = 2048

/** Most bytes that a value of fixed or small size takes, or what stands in front of another one. */
const SMALL = 10

class WriterCompiler implements WriterText {
  readonly pair: Pair
  readonly policy: UnknownFieldPolicy
  readonly source: Source = new Source()
  readonly #functions: ReadonlyMap<RecordPlan, string>
  readonly #cost: Cost
  /** How many small values may follow each other: room for them is kept after every value of any length. */
  #small = 0
  /** Levels that are written in place, at most: what a function must leave of the limit when it is called. */
  #inPlace = 0

  constructor(pair: Pair, policy: UnknownFieldPolicy) {
    this.pair = pair
    this.policy = policy
    this.#functions = functionRecords(pair.plan)
    this.#cost = new Cost(pair, this.#functions)
  }

  compile(): CompiledWriter | undefined {
    const source = this.source
    // Room that a message of this pair is expected to take.
    source.line(`let need = ${FIRST};`)
    source.line('function root(v, headroom) {')
    source.line('if (W.busy) throw BAIL;')
    source.line('if (W.used + need + RESERVE > W.chunk.length) BEGIN(need + RESERVE);')
    source.line('W.busy = true; try {')
    source.line('const B = W.chunk, V = W.view, O = W.used, limit = W.limit = B.length - RESERVE; W.depth = 0; W.values = VALUES;')
    source.line('let p = O + headroom; if (p > limit) throw FULL;')
    this.#root()
    source.line('if (p - O - headroom > BYTES) throw BAIL;')
    source.line('W.busy = false; need = EXPECT(need, p - O); return WRITTEN(O, p);')
    source.line('} catch (thrown) { W.busy = false; if (thrown !== FULL) throw thrown; return again(v, headroom); } }')
    source.line(
      `function again(v, headroom) { need = 2 * Math.max(need, W.chunk.length - W.used, headroom); if (need > 4 * BYTES + headroom) { need = ${FIRST}; throw BAIL; } BEGIN(need + RESERVE); return root(v, headroom); }`,
    )
    for (const [plan, name] of this.#functions) {
      source.line(`function ${name}(v) {`)
      source.line(
        `if (++W.depth > DEEPEST || (W.values -= ${plan.steps.length}) < 0) throw BAIL; const B = W.chunk, V = W.view, limit = W.limit; let p = W.p; if (p > limit) throw FULL;`,
      )
      recordText(this, plan, 'v', 0)
      source.line('W.p = p; W.depth--; }')
    }
    const { limits } = this.pair
    if (this.#inPlace > limits.depth) return undefined
    const names: readonly [string, unknown][] = [
      ['BAIL', bail],
      ['DEEPEST', limits.depth - this.#inPlace],
      ['VALUES', limits.values],
      ['BYTES', limits.bytes],
      ['RESERVE', SMALL * (this.#small + 2)],
      ['W', writerRun],
      ['FULL', full],
      ['BEGIN', beginChunk],
      ['EXPECT', expect],
      ['WRITTEN', written],
      ['INT', writeInt],
      ['LONG', writeLong],
      ['TEXT', writeText],
      ['RAW', writeRaw],
      ['SPAN', writeSpan],
      ['ONLY', onlyKey],
      ['NOTHING', {}],
      ['PROTOTYPE', Object.prototype],
      ['PLAIN', isPlainObject],
      ['OWN', getOwn],
      ['UF', unknownFields],
    ]
    const constants = names.map(([name, value]) => `const ${name} = ${source.constant(value)};`).join('\n')
    return source.build(constants, 'root')
  }

  /** A root that is no record and carries its original is restored from it; one from another pair is left to walking. */
  #root(): void {
    const { plan, box } = this.pair
    if (plan.kind === 'record' || plan.kind === 'leaf' || plan.kind === 'enum') return this.write(plan, 'v', 0)
    const carried = this.source.let('c', "typeof v === 'object' && v !== null ? v[UF] : undefined")
    this.source.line(`if (${carried} !== undefined && ${carried}.isBox === true) {`)
    if (box === undefined || this.policy === 'drop') this.source.line('throw BAIL;')
    else {
      this.source.bailIf(`${carried}.plan !== ${this.source.constant(box)}`)
      const again = this.source.constant(restorer(plan, this.pair, this.policy))
      this.source.line(`p = RAW(B, p, ${again}(v, ${carried}.source, ${carried}.a, ${carried}.b), limit);`)
    }
    this.source.line('} else {')
    this.write(plan, 'v', 0)
    this.source.line('}')
  }

  write(plan: Plan, value: string, depth: number): void {
    this.#small++
    this.#inPlace = Math.max(this.#inPlace, depth)
    switch (plan.kind) {
      case 'leaf':
        return leafText(plan, value, this.pair.representation, this.source)
      case 'enum':
        return enumText(plan, value, this.source)
      case 'custom': {
        const { type } = plan
        const base = this.source.let('v', `${this.source.constant((given: unknown) => type.toBase(given))}(${value})`)
        return this.write(plan.base, base, depth)
      }
      case 'array':
        return this.#array(plan.items, this.#cost.ofWritten(plan.items, minSize(plan.writer.items) === 0), value, depth)
      case 'map':
        return this.#map(plan.values, this.#cost.ofWritten(plan.values, false), value, depth)
      case 'record': {
        const name = this.#functions.get(plan)
        if (name === undefined) return recordText(this, plan, value, depth)
        this.source.line(`W.p = p; W.depth += ${depth}; ${name}(${value}); W.depth -= ${depth}; p = W.p; if (p > limit) throw FULL;`)
        return
      }
      case 'writer-union':
        return unionText(this, plan, value, depth)
      case 'reader-union': {
        const form = unionForm(plan.reader, this.pair.representation)
        if (form.wrapped || hasCustom(this.pair, plan.reader)) return this.source.line('throw BAIL;')
        this.source.bailIf(`!(${looksText(this.pair, plan.reader.branches[plan.index] as Schema, value)})`)
        return this.write(plan.branch, value, depth)
      }
      case 'unreadable':
        return this.source.line('throw BAIL;')
    }
  }

  #array(items: Plan, each: number, value: string, depth: number): void {
    this.source.bailIf(`!Array.isArray(${value}) || ${value}[UF] !== undefined`)
    const length = this.source.let('n', `${value}.length`)
    const index = this.source.fresh('i')
    this.source.line(
      `if (${length} > 0) { if ((W.values -= ${length} * ${each}) < 0) throw BAIL; p = INT(B, p, ${length}); for (let ${index} = 0; ${index} < ${length}; ${index}++) { if (p > limit) throw FULL;`,
    )
    this.write(items, this.source.let('v', `${value}[${index}]`), depth + 1)
    this.source.line('} if (p > limit) throw FULL; } B[p++] = 0;')
  }

  #map(values: Plan, each: number, value: string, depth: number): void {
    this.source.bailIf(`!PLAIN(${value}) || ${value}[UF] !== undefined`)
    const source = this.source
    const [count, name] = [source.let('n', '0'), source.fresh('y')]
    // The runtime goes through a map's keys without an array of them. What every object would inherit is nobody's key.
    source.line(`for (const ${name} in NOTHING) throw BAIL;`)
    const prototype = source.let('o', `Object.getPrototypeOf(${value})`)
    source.bailIf(`${prototype} !== PROTOTYPE && ${prototype} !== null`)
    source.line(`for (const ${name} in ${value}) ${count}++;`)
    source.line(
      `if (${count} > 0) { if ((W.values -= ${count} * ${each}) < 0) throw BAIL; p = INT(B, p, ${count}); for (const ${name} in ${value}) { if (${count}-- === 0) throw BAIL;`,
    )
    source.line(`p = TEXT(B, p, ${name}, limit);`)
    this.write(values, source.let('v', `${value}[${name}]`), depth + 1)
    source.line(`if (p > limit) throw FULL; } if (${count} !== 0) throw BAIL; } B[p++] = 0;`)
  }
}
