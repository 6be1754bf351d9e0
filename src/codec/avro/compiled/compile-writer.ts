import type { Plan, ReadStep, RecordPlan, WriterUnionPlan } from '../../../resolution/plan.ts'
import { lookOf, unionForm } from '../../../resolution/representation.ts'
import type { Field, Schema } from '../../../schema/types.ts'
import { Sink } from '../../../wire/sink.ts'
import { type UnknownFieldPolicy, unknownFields } from '../../codec.ts'
import { defaultValue } from '../defaults.ts'
import { minSize } from '../min-size.ts'
import { getOwn, isPlainObject } from '../object.ts'
import type { Pair } from '../pair.ts'
import { encodedDefault, isDefault } from '../part.ts'
import { write } from '../write.ts'
import { WriteRun } from '../write-run.ts'
import { branchPlan, preferred } from '../write-union.ts'
import { Cost } from './cost.ts'
import { defaultText } from './default-text.ts'
import { literal, range, restorer } from './restorer.ts'
import { functionRecords } from './shape.ts'
import { bail, quote, Source, unlessTooLong } from './source.ts'
import { enumText, leafText } from './write-leaf-text.ts'
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

/** Writes a value behind `headroom` free bytes. Throws anything at all where walking the plan should take over. */
export type CompiledWriter = (value: unknown, headroom: number) => Buffer

/** Compiles the writer of a pair; `undefined` where code may not be made from text. */
export function compileWriter(pair: Pair, policy: UnknownFieldPolicy = 'preserve'): CompiledWriter | undefined {
  warmUpText()
  return unlessTooLong(() => new WriterCompiler(pair, policy).compile())
}

/** Names that every object inherits: a field of such a name is looked up among the value's own. */
const INHERITED: ReadonlySet<string> = new Set(Object.getOwnPropertyNames(Object.prototype))

/** Room that the first message of a pair is given, in bytes. */
const FIRST = 2048

/** Most bytes that a value of fixed or small size takes, or what stands in front of another one. */
const SMALL = 10

class WriterCompiler {
  readonly #pair: Pair
  readonly #policy: UnknownFieldPolicy
  readonly #source = new Source()
  readonly #functions: ReadonlyMap<RecordPlan, string>
  readonly #cost: Cost
  /** How many small values may follow each other: room for them is kept after every value of any length. */
  #small = 0
  /** Levels that are written in place, at most: what a function must leave of the limit when it is called. */
  #inPlace = 0

  constructor(pair: Pair, policy: UnknownFieldPolicy) {
    this.#pair = pair
    this.#policy = policy
    this.#functions = functionRecords(pair.plan)
    this.#cost = new Cost(pair, this.#functions)
  }

  compile(): CompiledWriter | undefined {
    const source = this.#source
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
      this.#record(plan, 'v', 0)
      source.line('W.p = p; W.depth--; }')
    }
    const { limits } = this.#pair
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
    const { plan, box } = this.#pair
    if (plan.kind === 'record' || plan.kind === 'leaf' || plan.kind === 'enum') return this.#write(plan, 'v', 0)
    const carried = this.#source.let('c', "typeof v === 'object' && v !== null ? v[UF] : undefined")
    this.#source.line(`if (${carried} !== undefined && ${carried}.isBox === true) {`)
    if (box === undefined || this.#policy === 'drop') this.#source.line('throw BAIL;')
    else {
      this.#source.bailIf(`${carried}.plan !== ${this.#source.constant(box)}`)
      const again = this.#source.constant(restorer(plan, this.#pair, this.#policy))
      this.#source.line(`p = RAW(B, p, ${again}(v, ${carried}.source, ${carried}.a, ${carried}.b), limit);`)
    }
    this.#source.line('} else {')
    this.#write(plan, 'v', 0)
    this.#source.line('}')
  }

  #write(plan: Plan, value: string, depth: number): void {
    this.#small++
    this.#inPlace = Math.max(this.#inPlace, depth)
    switch (plan.kind) {
      case 'leaf':
        return leafText(plan, value, this.#pair.representation, this.#source)
      case 'enum':
        return enumText(plan, value, this.#source)
      case 'custom': {
        const { type } = plan
        const base = this.#source.let('v', `${this.#source.constant((given: unknown) => type.toBase(given))}(${value})`)
        return this.#write(plan.base, base, depth)
      }
      case 'array':
        return this.#array(plan.items, this.#cost.ofWritten(plan.items, minSize(plan.writer.items) === 0), value, depth)
      case 'map':
        return this.#map(plan.values, this.#cost.ofWritten(plan.values, false), value, depth)
      case 'record': {
        const name = this.#functions.get(plan)
        if (name === undefined) return this.#record(plan, value, depth)
        this.#source.line(`W.p = p; W.depth += ${depth}; ${name}(${value}); W.depth -= ${depth}; p = W.p; if (p > limit) throw FULL;`)
        return
      }
      case 'writer-union':
        return this.#intoUnion(plan, value, depth)
      case 'reader-union': {
        const form = unionForm(plan.reader, this.#pair.representation)
        if (form.wrapped || this.#hasCustom(plan.reader)) return this.#source.line('throw BAIL;')
        this.#source.bailIf(`!(${this.#looks(plan.reader.branches[plan.index] as Schema, value)})`)
        return this.#write(plan.branch, value, depth)
      }
      case 'unreadable':
        return this.#source.line('throw BAIL;')
    }
  }

  #array(items: Plan, each: number, value: string, depth: number): void {
    this.#source.bailIf(`!Array.isArray(${value}) || ${value}[UF] !== undefined`)
    const length = this.#source.let('n', `${value}.length`)
    const index = this.#source.fresh('i')
    this.#source.line(
      `if (${length} > 0) { if ((W.values -= ${length} * ${each}) < 0) throw BAIL; p = INT(B, p, ${length}); for (let ${index} = 0; ${index} < ${length}; ${index}++) { if (p > limit) throw FULL;`,
    )
    this.#write(items, this.#source.let('v', `${value}[${index}]`), depth + 1)
    this.#source.line('} if (p > limit) throw FULL; } B[p++] = 0;')
  }

  #map(values: Plan, each: number, value: string, depth: number): void {
    this.#source.bailIf(`!PLAIN(${value}) || ${value}[UF] !== undefined`)
    const source = this.#source
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
    this.#write(values, source.let('v', `${value}[${name}]`), depth + 1)
    source.line(`if (p > limit) throw FULL; } if (${count} !== 0) throw BAIL; } B[p++] = 0;`)
  }

  #intoUnion(plan: WriterUnionPlan, value: string, depth: number): void {
    if (this.#hasCustom(plan.reader)) return this.#source.line('throw BAIL;')
    const form = plan.reader.kind === 'union' ? unionForm(plan.reader, this.#pair.representation) : undefined
    const inner = this.#source.let('w', value)
    const name = form?.wrapped === true ? this.#source.let('b', `${value} === null ? 'null' : ONLY(${value})`) : undefined
    if (name !== undefined) this.#source.line(`if (${value} !== null) ${inner} = OWN(${value}, ${name});`)
    for (const [index, candidates] of plan.sources.entries()) {
      const branch = plan.reader.kind === 'union' ? (plan.reader.branches[index] as Schema) : plan.reader
      const test =
        plan.reader.kind !== 'union'
          ? 'true'
          : name === undefined
            ? this.#looks(branch, value)
            : `${name} === ${quote(form?.names[index] as string)}`
      this.#source.line(`${index > 0 ? 'else ' : ''}if (${test}) {`)
      this.#branch(plan, candidates, inner, depth)
      this.#source.line('}')
    }
    this.#source.line(plan.sources.length > 0 ? 'else throw BAIL;' : 'throw BAIL;')
  }

  /**
   * Of the writer's branches that may say a value, the one that a record came from, or the likeliest. Where that cannot say it,
   * finding another is left to walking.
   */
  #branch(plan: WriterUnionPlan, candidates: readonly number[], value: string, depth: number): void {
    const [likeliest, ...others] = preferred(plan, candidates, undefined)
    // Beyond 63 an index takes two bytes, which is rare.
    if (likeliest === undefined || candidates.some((index) => index > 63)) return this.#source.line('throw BAIL;')
    const write = (index: number): void => {
      this.#source.line(`B[p++] = ${index * 2};`)
      this.#write(branchPlan(plan, index), value, depth)
    }
    if (!candidates.some((index) => branchPlan(plan, index).kind === 'record') || others.length === 0) return write(likeliest)
    const from = this.#source.let('c', `${value}[UF]?.plan`)
    for (const index of [likeliest, ...others]) {
      const test = `${from} === ${this.#source.constant(branchPlan(plan, index))}`
      this.#source.line(index === likeliest ? `if (${from} === undefined || ${test}) {` : `else if (${test}) {`)
      write(index)
      this.#source.line('}')
    }
    this.#source.line('else throw BAIL;')
  }

  /** Whether a union has values that only functions of the application can tell: left to walking. */
  #hasCustom(reader: Schema): boolean {
    const { custom } = this.#pair.representation
    return custom !== undefined && reader.kind === 'union' && reader.branches.some((branch) => custom.bind(branch) !== undefined)
  }

  #looks(branch: Schema, value: string): string {
    const look = lookOf(branch, this.#pair.representation)
    switch (look) {
      case 'null':
        return `${value} === null`
      case 'boolean':
      case 'string':
        return `typeof ${value} === '${look}'`
      case 'number':
        return `typeof ${value} === 'number' || typeof ${value} === 'bigint'`
      case 'bytes':
        return `${value} instanceof Uint8Array`
      case 'date':
        return `${value} instanceof Date`
      case 'array':
        return `Array.isArray(${value})`
      case 'object':
        return `PLAIN(${value})`
    }
  }

  #record(plan: RecordPlan, value: string, depth: number): void {
    this.#source.bailIf(`typeof ${value} !== 'object' || ${value} === null || Array.isArray(${value})`)
    if (plan.reader.fields.every((field) => field.default !== undefined)) this.#source.bailIf(`!PLAIN(${value})`)
    const carried = this.#source.let('c', `${value}[UF]`)
    this.#source.bailIf(`${carried} !== undefined && ${carried}.plan !== ${this.#source.constant(plan)}`)
    // What a policy has to say about a record is said by walking.
    if (this.#policy === 'drop') this.#source.bailIf(`${carried} !== undefined`)
    if (this.#policy === 'strict' && plan.steps.some((step) => step.kind === 'skip')) this.#source.bailIf(`${carried} === undefined`)
    let run = -1
    for (const step of plan.steps) {
      if (step.kind === 'read') this.#known(step, plan, value, carried, depth)
      else if (step.slot !== run) {
        run = step.slot
        this.#source.line(
          `if (${carried} !== undefined) p = SPAN(B, p, ${carried}.source, ${range(plan, step.slot, carried)}, limit); else {`,
        )
        for (const fresh of plan.steps) if (fresh.kind === 'skip' && fresh.slot === run) this.#fresh(fresh.field)
        this.#source.line('}')
      }
    }
    for (const { field } of plan.added) this.#added(field, value)
  }

  #property(value: string, name: string): string {
    return INHERITED.has(name) ? `OWN(${value}, ${quote(name)})` : `${value}[${quote(name)}]`
  }

  #known(step: ReadStep, plan: RecordPlan, value: string, carried: string, depth: number): void {
    const item = this.#source.let('v', this.#property(value, step.target.name))
    if (step.target.default !== undefined) this.#source.line(`if (${item} === undefined) ${item} = ${this.#default(step.target)};`)
    if (step.slot < 0) return this.#write(step.plan, item, depth + 1)
    this.#source.line(`if (${carried} !== undefined) {`)
    const [start, end] = range(plan, step.slot, carried).split(', ') as [string, string]
    const again = this.#source.constant(restorer(step.plan, this.#pair, this.#policy))
    if (step.plan.kind === 'enum') {
      const symbols = this.#source.constant(step.plan.symbols)
      this.#source.line(
        `if (${end} - ${start} === 1 && ${symbols}[${carried}.source.charCodeAt(${start}) >>> 1] === ${item}) B[p++] = ${carried}.source.charCodeAt(${start}); else {`,
      )
    }
    this.#source.line(`p = RAW(B, p, ${again}(${item}, ${carried}.source, ${start}, ${end}), limit);`)
    this.#source.line(`${step.plan.kind === 'enum' ? '} ' : ''}} else {`)
    this.#write(step.plan, item, depth + 1)
    this.#source.line('}')
  }

  #fresh(field: Field): void {
    if (field.default === undefined) this.#source.line('throw BAIL;')
    else this.#source.line(`p = RAW(B, p, ${this.#source.constant(encodedDefault(field, this.#aside()))}, limit);`)
  }

  #added(field: Field, value: string): void {
    const item = this.#source.let('v', this.#property(value, field.name))
    const isDefaultOf = (given: unknown): boolean => isDefault(given, field, this.#aside())
    this.#source.bailIf(
      `${item} !== undefined && ${item} !== ${literal(field, this.#pair.representation)} && !${this.#source.constant(isDefaultOf)}(${item})`,
    )
  }

  /** What walks where the compiled code does not go. */
  #aside(): WriteRun {
    return new WriteRun(this.#pair, new Sink(16), write)
  }

  #default(field: Field): string {
    const text = defaultText(field, this.#pair.representation)
    if (text !== undefined) return text
    const make = (): unknown => defaultValue(field.type, field.default?.json, this.#pair.representation)
    return `${this.#source.constant(make)}()`
  }
}
