import type { Plan, RecordPlan, Step } from '../../../resolution/plan.ts'
import { leafForm, unionForm } from '../../../resolution/representation.ts'
import type { Field, Schema } from '../../../schema/types.ts'
import { decodeText, Tap } from '../../../wire/tap.ts'
import { unknownFields } from '../../codec.ts'
import { defaultValue } from '../defaults.ts'
import { minSize } from '../min-size.ts'
import type { Pair } from '../pair.ts'
import { losesSomething, ReadRun } from '../read.ts'
import { skipText } from './compile-skip.ts'
import { defaultText } from './default-text.ts'
import { intText, leafText, stringText } from './read-leaf-text.ts'
import { readerPrelude } from './reader-prelude.ts'
import { functionRecords } from './shape.ts'
import { bail, quote, Source } from './source.ts'

/** Reads the bytes from `start` to the end. Throws anything at all where walking the plan should take over. */
export type CompiledReader = (bytes: Buffer, start: number) => unknown

/** Compiles the reader of a pair; `undefined` where code may not be made from text. */
export function compileReader(pair: Pair): CompiledReader | undefined {
  return new ReaderCompiler(pair).compile()
}

class ReaderCompiler {
  readonly #pair: Pair
  readonly #source = new Source()
  /** Records that become functions: recursive ones, and those that occur more than once. */
  readonly #functions: ReadonlyMap<RecordPlan, string>
  /** Constructors of carriers, written out for each record: one text that many carriers share is several times slower. */
  readonly #carriers: string[] = []

  /** Levels that are written in place, at most: what a function must leave of the limit when it is called. */
  #inPlace = 0

  constructor(pair: Pair) {
    this.#pair = pair
    this.#functions = functionRecords(pair.plan)
  }

  compile(): CompiledReader | undefined {
    const source = this.#source
    const root = source.aside(() => {
      source.line('function root(B, start) {')
      source.line('b = B; e = B.length; V = 0; E = 0; D = 0; let p = start;')
      const value = this.#read(this.#pair.plan, 0, this.#pair.rootCarries)
      source.line('if (p !== e) throw BAIL;')
      source.line(`return ${value};`)
      source.line('}')
    })
    const functions = [...this.#functions].map(([plan, name]) => source.aside(() => this.#function(plan, name)))
    for (const lines of functions) source.lines(lines)
    const { limits } = this.#pair
    if (this.#inPlace > limits.depth) return undefined
    const needsText = this.#carriers.length > 0 || [root, ...functions].some((lines) => lines.some((line) => line.includes('cut(p)')))
    source.lines(needsText ? root.map((line) => line.replace('let p = start;', 'let p = start; s = B.latin1Slice(0, e);')) : root)
    const names: readonly [string, unknown][] = [
      ['BAIL', bail],
      ['TEXT', decodeText],
      ['COPY', copy],
      ['UF', unknownFields],
      ['DEEPEST', limits.depth - this.#inPlace],
      ['VALUES', limits.values],
      ['EMPTY', limits.emptyItems],
    ]
    const constants = names.map(([name, value]) => `const ${name} = ${source.constant(value)};`).join('\n')
    return source.build(
      [constants, readerPrelude, ...this.#carriers].join('\n'),
      'function (bytes, start) { try { return root(bytes, start); } finally { b = undefined; s = ""; } }',
    )
  }

  #function(plan: RecordPlan, name: string): void {
    this.#source.line(`function ${name}(carries) {`)
    this.#source.line('if (++D > DEEPEST) throw BAIL; let p = P; const B = b;')
    const value = this.#record(plan, 0, 'carries')
    this.#source.line(`P = p; D--; return ${value}; }`)
  }

  /** Writes the lines that read one value at `p`, and gives the expression that is the value. */
  #read(plan: Plan, depth: number, carries = false): string {
    this.#inPlace = Math.max(this.#inPlace, depth)
    switch (plan.kind) {
      case 'leaf':
        return leafText(plan, this.#pair.representation, this.#source)
      case 'enum': {
        const symbols = this.#source.constant(plan.symbols)
        const value = this.#source.let('v', `${symbols}[${intText(this.#source)}]`)
        this.#source.line(`if (${value} === undefined) throw BAIL;`)
        return value
      }
      case 'custom': {
        const { type } = plan
        const base = this.#read(plan.base, depth, carries)
        return this.#source.let('v', `${this.#source.constant((value: unknown) => type.fromBase(value))}(${base})`)
      }
      case 'array':
        return this.#array(plan.items, plan.writer.items, depth)
      case 'map':
        return this.#map(plan.values, plan.writer.values, depth)
      case 'record': {
        const name = this.#functions.get(plan)
        if (name === undefined) return this.#record(plan, depth, carries)
        this.#source.line(`P = p; D += ${depth};`)
        const value = this.#source.let('v', `${name}(${carries})`)
        this.#source.line(`p = P; D -= ${depth};`)
        return value
      }
      case 'writer-union':
        return this.#writerUnion(plan.branches, depth, carries)
      case 'reader-union': {
        const value = this.#read(plan.branch, depth, carries)
        const form = unionForm(plan.reader, this.#pair.representation)
        if (!form.wrapped || plan.reader.branches[plan.index]?.kind === 'null') return value
        return `{ ${key(form.names[plan.index] as string)}: ${value} }`
      }
      case 'unreadable':
        this.#source.line('throw BAIL;')
        return 'undefined'
    }
  }

  #array(items: Plan, writer: Schema, depth: number): string {
    const list = this.#source.let('a', '[]')
    this.#blocks(minSize(writer), () => {
      const value = this.#read(items, depth + 1)
      this.#source.line(`${list}.push(${value});`)
    })
    return list
  }

  #map(values: Plan, writer: Schema, depth: number): string {
    const map = this.#source.let('m', '{}')
    this.#blocks(minSize(writer) + 1, () => {
      const name = stringText(this.#source)
      this.#source.line(`if (${name} === '__proto__') throw BAIL;`)
      const value = this.#read(values, depth + 1)
      this.#source.line(`${map}[${name}] = ${value};`)
    })
    return map
  }

  #blocks(least: number, body: () => void): void {
    const left = this.#source.fresh('n')
    this.#source.line(`for (let ${left} = count(p, ${least}); ; ${left} = count(p, ${least})) { p = P; if (${left} === 0) break; do {`)
    body()
    this.#source.line(`} while (--${left} > 0); }`)
  }

  #writerUnion(branches: readonly Plan[], depth: number, carries: boolean): string {
    const value = this.#source.let('u', 'undefined')
    this.#source.line('switch (B[p++]) {')
    for (const [index, branch] of branches.entries()) {
      if (index > 63) break // two bytes: left to walking
      this.#source.line(`case ${index * 2}: {`)
      const read = this.#read(branch, depth, carries)
      this.#source.line(`${value} = ${read}; break; }`)
    }
    this.#source.line('default: throw BAIL; }')
    return value
  }

  #record(plan: RecordPlan, depth: number, carries: boolean | 'carries'): string {
    if (plan.added.some((field) => field.problem !== undefined)) {
      this.#source.line('throw BAIL;')
      return 'undefined'
    }
    const values: string[] = []
    const ranges: string[] = []
    const always = carries === true || plan.provenance || plan.steps.some((step) => step.kind === 'skip')
    const lost = always || (plan.slots === 0 && carries !== 'carries') ? undefined : this.#source.let('l', String(carries))
    for (const step of plan.steps) this.#step(step, values, ranges, lost, depth)
    for (const { field, index } of plan.added) values[index] = this.#default(field)
    const fields = plan.reader.fields.map((field, index) => `${key(field.name)}: ${values[index]}`)
    const record = this.#source.let('r', `{ ${fields.join(', ')} }`)
    if (always || lost !== undefined) {
      const attach = `${record}[UF] = ${this.#carrier(plan, ranges)};`
      this.#source.line(lost === undefined ? attach : `if (${lost}) ${attach}`)
    }
    return record
  }

  /** An expression that makes the carrier of a record: of the shape and the prototype that the carrier's class would give it. */
  #carrier(plan: RecordPlan, ranges: readonly string[]): string {
    const name = `C${this.#carriers.length}`
    const fields = plan.slots > 2 ? ['ranges'] : ['a', 'b', 'c', 'd'].slice(0, plan.slots * 2)
    const prototype = this.#source.constant(this.#pair.carrier(plan).prototype)
    const sets = fields.map((field) => `this.${field} = ${field};`)
    this.#carriers.push(
      `function ${name}(${['source', ...fields].join(', ')}) { this.source = source; ${sets.join(' ')} }\n${name}.prototype = ${prototype};`,
    )
    return `new ${name}(${['s', ...(plan.slots > 2 ? [`[${ranges.join(', ')}]`] : ranges)].join(', ')})`
  }

  #step(step: Step, values: string[], ranges: string[], lost: string | undefined, depth: number): void {
    if (step.slot >= 0) ranges[step.slot * 2] ??= this.#source.let('x', 'p')
    if (step.kind === 'skip') skipText(step.field.type, this.#source)
    else {
      values[step.index] = this.#read(step.plan, depth + 1)
      if (lost !== undefined && step.slot >= 0) this.#source.line(`${lost} ||= ${this.#loses(step.plan, ranges[step.slot * 2] as string)};`)
    }
    if (step.slot < 0) return
    const end = ranges[step.slot * 2 + 1]
    if (end === undefined) ranges[step.slot * 2 + 1] = this.#source.let('x', 'p')
    else this.#source.line(`${end} = p;`)
  }

  /** An expression: whether what stands at a position really lost something when it was read. */
  #loses(plan: Plan, at: string): string {
    if (plan.kind === 'enum') {
      const lossy = plan.symbols.map((symbol, index) => symbol !== plan.writer.symbols[index])
      return lossy.length > 64 ? 'true' : `${this.#source.constant(lossy)}[B[${at}] >>> 1]`
    }
    if (plan.kind === 'reader-union') return this.#loses(plan.branch, at)
    if (plan.kind === 'custom') {
      const loses = (bytes: Buffer, position: number): boolean => losesSomething(plan, new ReadRun(this.#pair, new Tap(bytes, position)))
      return `${this.#source.constant(loses)}(B, ${at})`
    }
    if (plan.kind === 'writer-union' && plan.branches.length <= 64) {
      const hasRival = (index: number): boolean => plan.sources.some((rivals) => rivals.length > 1 && rivals.includes(index))
      const branches = plan.branches.map(
        (branch, index) => [index * 2, hasRival(index) ? 'true' : this.#loses(branch, `${at} + 1`)] as const,
      )
      const lossy = branches
        .filter(([, expression]) => expression !== 'false')
        .map(([first, expression]) => `(B[${at}] === ${first} && ${expression})`)
      return lossy.length === 0 ? 'false' : `(${lossy.join(' || ')})`
    }
    if (plan.kind === 'leaf') {
      const form = leafForm(plan.reader, this.#pair.representation)
      if (!plan.collapses) return 'false'
      return form.form === 'timestamp' && plan.writer.kind === 'long'
        ? `exact(${at}) % ${form.unit === 'micros' ? '1000' : '1000000'} != 0`
        : 'true'
    }
    if (plan.kind === 'array' || plan.kind === 'map') return `B[${at}] !== 0`
    return plan.kind === 'record' || plan.kind === 'unreadable' ? 'false' : 'true'
  }

  #default(field: Field): string {
    const json = field.default?.json
    const type = field.type
    const text = defaultText(field)
    if (text !== undefined) return text
    if (type.kind === 'array' && (json as unknown[]).length === 0) return '[]'
    if (type.kind === 'string' || type.kind === 'enum') return this.#source.constant(json)
    const make = (): unknown => defaultValue(type, json, this.#pair.representation)
    return `${this.#source.constant(make)}()`
  }
}

/** `__proto__` in braces is the prototype, in brackets a property. */
function key(name: string): string {
  return name === '__proto__' ? '["__proto__"]' : quote(name)
}

function copy(bytes: Buffer, start: number, end: number): Buffer {
  return Buffer.from(bytes.subarray(start, end))
}
