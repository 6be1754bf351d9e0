import type { Plan, RecordPlan, Step } from '../../../resolution/plan.ts'
import { leafForm, unionForm } from '../../../resolution/representation.ts'
import type { Field, Schema } from '../../../schema/types.ts'
import { Tap } from '../../../wire/tap.ts'
import { unknownFields } from '../../codec.ts'
import { defaultValue } from '../defaults.ts'
import { heap } from '../footprint.ts'
import { minSize } from '../min-size.ts'
import type { Pair } from '../pair.ts'
import { losesSomething, ReadRun } from '../read.ts'
import { skipText } from './compile-skip.ts'
import { Cost } from './cost.ts'
import { defaultText, isPlainDefault } from './default-text.ts'
import { textReaders } from './intern.ts'
import { cutText } from './long-text.ts'
import { intText, keyText, leafText } from './read-leaf-text.ts'
import {
  passInteger,
  passSized,
  readCount,
  readData,
  readExact,
  readerRun,
  readInt,
  readLong,
  readSize,
  SCRATCH,
  scratch,
  scratchView,
  sourceOf,
} from './reader-run.ts'
import { functionRecords, someRecord } from './shape.ts'
import { bail, quote, Source, unlessTooLong } from './source.ts'

/** Reads the bytes from `start` to the end. Throws anything at all where walking the plan should take over. */
export type CompiledReader = (bytes: Buffer, start: number) => unknown

/** Compiles the reader of a pair; `undefined` where code may not be made from text. */
export function compileReader(pair: Pair): CompiledReader | undefined {
  return textReaders() === undefined ? undefined : unlessTooLong(() => new ReaderCompiler(pair, true).compile())
}

class ReaderCompiler {
  readonly #pair: Pair
  /** Whether messages are copied to the one buffer that the text knows; large ones are read where they are. */
  readonly #copies: boolean
  readonly #source = new Source()
  /** Records that become functions: recursive ones, and those that occur more than once. */
  readonly #functions: ReadonlyMap<RecordPlan, string>
  /** Constructors of carriers, written out for each record: one text that many carriers share is several times slower. */
  readonly #carriers: string[] = []
  /** Some record carries whatever is in it: the message is made one string, and strings are cut from it. */
  readonly #cuts: boolean
  readonly #cost: Cost

  /** Levels that are written in place, at most: what a function must leave of the limit when it is called. */
  #inPlace = 0
  /** The level of the root, which no function has counted. */
  #around = 1

  constructor(pair: Pair, copies: boolean) {
    this.#pair = pair
    this.#copies = copies
    this.#functions = functionRecords(pair.plan)
    this.#cost = new Cost(pair, this.#functions)
    this.#cuts = pair.rootCarries || someRecord(pair.plan, carriesAlways)
  }

  compile(): CompiledReader | undefined {
    const source = this.#source
    const large = lazily(() => new ReaderCompiler(this.#pair, false).compile() as CompiledReader)
    source.line('function root(bytes, start) {')
    if (this.#copies)
      source.line(`const e = bytes.length; if (e > ${SCRATCH}) return ${source.constant(large)}(bytes, start); B.set(bytes);`)
    else source.line('try { const e = bytes.length; B = bytes; V = new DataView(bytes.buffer, bytes.byteOffset, e);')
    const { box } = this.#pair
    const mayCarry = !this.#cuts && (box !== undefined || someRecord(this.#pair.plan, ({ slots }) => slots > 0))
    // Text and bytes take as much memory as in the message at least, and the message as a string as much again.
    const share = this.#cost.share(mayCarry || this.#cuts ? 2 : 1)
    const left = this.#pair.limits.values - this.#cost.ofRoot(this.#pair.plan)
    const most = Math.ceil(SCRATCH * share)
    // Where messages are small and limits are not, the most that one may take is as good, and costs nothing to tell.
    if (this.#copies && most * 16 < left) source.line(`R.values = ${left - most};`)
    else source.line(`R.values = ${left} - Math.floor(e * ${share}); if (R.values < 0) throw BAIL;`)
    source.line('R.e = e; R.empty = EMPTY; R.depth = 0; const turn = ++R.turn; let p = start;')
    // It may be left from a message that was not finished.
    if (mayCarry) source.line("R.source = '';")
    if (this.#cuts) source.line('const s = bytes.latin1Slice(0, e);')
    const value = this.#read(this.#pair.plan, 0, this.#pair.rootCarries)
    source.line(`const value = ${value};`)
    if (box !== undefined) this.#carryInBox(box)
    // A custom type's function may have read another message meanwhile.
    source.line('if (p !== e || R.turn !== turn) throw BAIL;')
    if (mayCarry) source.line("R.source = '';")
    // Nothing may hold the buffer that the broker's answer came in.
    source.line(this.#copies ? 'return value; }' : 'return value; } finally { B = V = undefined; } }')
    this.#around = 0
    for (const [plan, name] of this.#functions) this.#function(plan, name)
    const { limits } = this.#pair
    if (this.#inPlace > limits.depth) return undefined
    const names: [string, unknown][] = [
      ['BAIL', bail],
      ['UF', unknownFields],
      ['DEEPEST', limits.depth - this.#inPlace],
      ['VALUES', limits.values],
      ['EMPTY', limits.emptyItems],
      ['R', readerRun],
      ['INT', readInt],
      ['LONG', readLong],
      ['EXACT', readExact],
      ['PASS', passInteger],
      ['OVER', passSized],
      ['SIZE', readSize],
      ['COUNT', readCount],
      ['DATA', readData],
      ['TEXT', textReaders()?.text],
      ['KEY', textReaders()?.key],
      ['CUT', cutText],
      ['SOURCE', sourceOf],
    ]
    if (this.#copies) names.push(['B', scratch], ['V', scratchView])
    const constants = names.map(([name, value]) => `const ${name} = ${source.constant(value)};`)
    if (!this.#copies) constants.push('let B, V;')
    return source.build([...constants, ...this.#carriers].join('\n'), 'root')
  }

  /** A root that is no record carries as a whole, where something in it lost something. A record below a union carries what is its own. */
  #carryInBox(box: RecordPlan): void {
    const lost = this.#loses(this.#pair.plan, 'start')
    this.#source.line(`if (typeof value === 'object' && value !== null && value[UF] === undefined && ${lost})`)
    this.#source.line(`value[UF] = ${this.#carrier(box, ['start', 'p'])};`)
  }

  #function(plan: RecordPlan, name: string): void {
    this.#source.line(`function ${name}(carries${this.#cuts ? ', s' : ''}) {`)
    this.#source.line(
      `if (++R.depth > DEEPEST || (R.values -= ${this.#cost.ofFunction(plan)}) < 0) throw BAIL; const e = R.e; let p = R.p;`,
    )
    const value = this.#record(plan, 0, 'carries')
    this.#source.line(`const value = ${value}; R.p = p; R.depth--; return value; }`)
  }

  /** Writes the lines that read one value at `p`, and gives the expression that is the value. */
  #read(plan: Plan, depth: number, carries = false): string {
    this.#inPlace = Math.max(this.#inPlace, depth)
    switch (plan.kind) {
      case 'leaf':
        return leafText(plan, this.#pair.representation, this.#source, this.#cuts && this.#copies)
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
        this.#source.line(`R.p = p; R.depth += ${depth};`)
        const value = this.#source.let('v', `${name}(${carries}${this.#cuts ? ', s' : ''})`)
        this.#source.line(`p = R.p; R.depth -= ${depth};`)
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
    const source = this.#source
    const [left, index, stop] = [source.fresh('n'), source.fresh('i'), source.fresh('j')]
    const next = count(left, minSize(writer), this.#cost.ofItem(items, false), this.#cost.ofMemory(heap.filledList))
    source.line(`let ${left}; ${next}`)
    // As long as the block says, which is within what is left of the message.
    const list = source.let('a', `${left} === 0 ? [] : new Array(${left})`)
    source.line(`for (let ${index} = 0; ${left} !== 0; ) { const ${stop} = ${index} + ${left}; do { if (p > e) throw BAIL;`)
    const value = this.#read(items, depth + 1)
    source.line(`${list}[${index}++] = ${value}; } while (${index} < ${stop});`)
    source.line(`${next} if (${left} !== 0) ${list}.length = ${index} + ${left}; }`)
    return list
  }

  #map(values: Plan, writer: Schema, depth: number): string {
    const source = this.#source
    const left = source.fresh('n')
    const next = count(left, minSize(writer) + 1, this.#cost.ofItem(values, true), 0)
    const map = source.let('m', '{}')
    source.line(`let ${left}; ${next} while (${left} !== 0) { do { if (p > e) throw BAIL;`)
    const name = keyText(source)
    source.line(`if (${name} === '__proto__') throw BAIL;`)
    const value = this.#read(values, depth + 1)
    source.line(`${map}[${name}] = ${value}; } while (--${left} > 0); ${next} }`)
    return map
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
    const always = carries === true || carriesAlways(plan)
    const lost = always || (plan.slots === 0 && carries !== 'carries') ? undefined : this.#source.let('l', String(carries))
    for (const step of plan.steps) this.#step(step, values, ranges, lost, depth)
    for (const { field, index } of plan.added) values[index] = this.#default(field)
    const fields = plan.reader.fields.map((field, index) => `${key(field.name)}: ${values[index]}`)
    // Within the braces, so that the object is made with room for it.
    if (always) fields.push(`[UF]: ${this.#carrier(plan, ranges)}`)
    const record = this.#source.let('r', `{ ${fields.join(', ')} }`)
    if (lost !== undefined) this.#source.line(`if (${lost}) ${record}[UF] = ${this.#carrier(plan, ranges)};`)
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
    return `new ${name}(${[this.#cuts ? 's' : 'SOURCE(B)', ...(plan.slots > 2 ? [`[${ranges.join(', ')}]`] : ranges)].join(', ')})`
  }

  #step(step: Step, values: string[], ranges: string[], lost: string | undefined, depth: number): void {
    if (step.slot >= 0) ranges[step.slot * 2] ??= this.#source.let('x', 'p')
    if (step.kind === 'skip') skipText(step.field.type, this.#source, depth + this.#around)
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
        ? `EXACT(B, ${at}) % ${form.unit === 'micros' ? '1000' : '1000000'} != 0`
        : 'true'
    }
    if (plan.kind === 'array' || plan.kind === 'map') return `B[${at}] !== 0`
    return plan.kind === 'record' || plan.kind === 'unreadable' ? 'false' : 'true'
  }

  #default(field: Field): string {
    const json = field.default?.json
    const type = field.type
    const text = defaultText(field, this.#pair.representation)
    if (text !== undefined) return text
    const isPlain = isPlainDefault(field, this.#pair.representation)
    if (isPlain && type.kind === 'array' && (json as unknown[]).length === 0) return '[]'
    if (isPlain && (type.kind === 'string' || type.kind === 'enum')) return this.#source.constant(json)
    const make = (): unknown => defaultValue(type, json, this.#pair.representation)
    return `${this.#source.constant(make)}()`
  }
}

/** `__proto__` in braces is the prototype, in brackets a property. */
function key(name: string): string {
  return name === '__proto__' ? '["__proto__"]' : quote(name)
}

/** The lines that put the number of items in the next block into a variable: 0 at the end of an array or map. */
function count(left: string, least: number, each: number, once: number): string {
  return `${left} = B[p]; if (${left} === 0) p++; else { ${left} = COUNT(B, p, ${least}, ${each}, ${once}); p = R.p; }`
}

/** A record in which the reader does not know some field, or which must tell where it came from. */
function carriesAlways(plan: RecordPlan): boolean {
  return plan.provenance || plan.steps.some((step) => step.kind === 'skip')
}

function lazily<T extends (...given: never[]) => unknown>(make: () => T): T {
  let made: T | undefined
  return ((...given: never[]) => (made ??= make())(...given)) as T
}
