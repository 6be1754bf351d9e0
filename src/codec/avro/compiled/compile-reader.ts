import type { Plan, RecordPlan, Step } from '../../../resolution/plan.ts'
import { type LeafForm, leafForm, unionForm } from '../../../resolution/representation.ts'
import type { Field, Schema } from '../../../schema/types.ts'
import { decodeText } from '../../../wire/tap.ts'
import { unknownFields } from '../../codec.ts'
import { defaultValue } from '../defaults.ts'
import { promote, toForm } from '../leaf-read.ts'
import { datumLimits } from '../limits.ts'
import { minSize } from '../min-size.ts'
import type { Pair } from '../pair.ts'
import { defaultText } from './default-text.ts'
import { skipText } from './compile-skip.ts'
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
  #needsText = false

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
    source.lines(this.#needsText ? root.map((line) => line.replace('let p = start;', 'let p = start; s = B.latin1Slice(0, e);')) : root)
    const names: readonly [string, unknown][] = [
      ['BAIL', bail],
      ['TEXT', decodeText],
      ['COPY', copy],
      ['UF', unknownFields],
      ['VALUES', datumLimits.values],
      ['EMPTY', datumLimits.emptyItems],
    ]
    const constants = names.map(([name, value]) => `const ${name} = ${source.constant(value)};`).join('\n')
    return source.build(constants + readerPrelude, 'function (bytes, start) { try { return root(bytes, start); } finally { b = undefined; s = ""; } }')
  }

  #function(plan: RecordPlan, name: string): void {
    this.#source.line(`function ${name}(carries) {`)
    this.#source.line('if (++D > 90) throw BAIL; let p = P; const B = b;')
    const value = this.#record(plan, 0, 'carries')
    this.#source.line(`P = p; D--; return ${value}; }`)
  }

  /** Writes the lines that read one value at `p`, and gives the expression that is the value. */
  #read(plan: Plan, depth: number, carries = false): string {
    switch (plan.kind) {
      case 'leaf':
        return this.#leaf(leafForm(plan.reader, this.#pair.representation), plan.writer.kind, plan.reader.kind, plan.writer.kind === 'fixed' ? plan.writer.size : 0)
      case 'enum': {
        const symbols = this.#source.constant(plan.symbols)
        const value = this.#let('v', `${symbols}[${this.#int()}]`)
        this.#source.line(`if (${value} === undefined) throw BAIL;`)
        return value
      }
      case 'array':
        return this.#array(plan.items, plan.writer.items, depth)
      case 'map':
        return this.#map(plan.values, plan.writer.values, depth)
      case 'record': {
        const name = this.#functions.get(plan)
        if (name === undefined) return this.#record(plan, depth, carries)
        this.#source.line(`P = p; D += ${depth};`)
        const value = this.#let('v', `${name}(${carries})`)
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

  #let(prefix: string, expression: string): string {
    const name = this.#source.fresh(prefix)
    this.#source.line(`let ${name} = ${expression};`)
    return name
  }

  /** A 32-bit varint: its first byte in place, more bytes by a call. */
  #int(): string {
    const name = this.#let('v', 'B[p]')
    this.#source.line(`if (${name} < 128) { p++; ${name} = (${name} >>> 1) ^ -(${name} & 1); } else { ${name} = int(p); p = P; }`)
    return name
  }

  #call(expression: string): string {
    const name = this.#let('v', expression)
    this.#source.line('p = P;')
    return name
  }

  #leaf(form: LeafForm, from: string, to: string, size: number): string {
    if (from === 'null') return 'null'
    const base = this.#base(from, form, size)
    const promoted = from === to || to === 'long' || (to === 'double' && form.form === 'double') ? base : `${this.#source.constant(promote)}(${base}, ${quote(to)})`
    switch (form.form) {
      case 'long':
        return form.as === 'bigint' ? `BigInt(${promoted})` : promoted
      case 'date':
        this.#source.line(`if (${promoted} > 100000000 || ${promoted} < -100000000) throw BAIL;`)
        return `new Date(${promoted} * 86400000)`
      case 'timestamp':
        if (form.unit !== 'millis') return this.#formed(form, promoted)
        this.#source.line(`if (${promoted} > 8.64e15 || ${promoted} < -8.64e15) throw BAIL;`)
        return `new Date(${promoted})`
      case 'decimal':
      case 'uuid-bytes':
      case 'duration':
        return this.#formed(form, promoted)
      default:
        return promoted
    }
  }

  #formed(form: LeafForm, value: string): string {
    return this.#let('v', `${this.#source.constant(toForm)}(${this.#source.constant(form)}, ${value})`)
  }

  #base(kind: string, form: LeafForm, size: number): string {
    switch (kind) {
      case 'boolean': {
        const value = this.#let('v', 'B[p++]')
        this.#source.line(`if (${value} > 1) throw BAIL;`)
        return `(${value} === 1)`
      }
      case 'int':
        return this.#int()
      case 'long':
        return this.#long(form)
      case 'float': {
        const value = this.#let('v', 'f32(p)')
        this.#source.line('p += 4;')
        return value
      }
      case 'double': {
        const value = this.#let('v', 'f64(p)')
        this.#source.line('p += 8;')
        return value
      }
      case 'string':
        return this.#string()
      case 'bytes': {
        const length = this.#call('size(p)')
        const value = this.#let('v', `data(p, ${length})`)
        this.#source.line(`p += ${length};`)
        return value
      }
      default: {
        const value = this.#let('v', `data(p, ${size})`)
        this.#source.line(`p += ${size};`)
        return value
      }
    }
  }

  /** Strings are cut from one string of the whole message: far cheaper than a call into the runtime for each. */
  #string(): string {
    this.#needsText = true
    return this.#call('cut(p)')
  }

  #long(form: LeafForm): string {
    const needsExact = (form.form === 'long' && form.as !== 'number') || (form.form === 'timestamp' && form.unit !== 'millis')
    const name = this.#let('v', 'B[p]')
    this.#source.line(`if (${name} < 128) { p++; ${name} = (${name} >>> 1) ^ -(${name} & 1); } else { ${name} = ${needsExact ? 'exact' : 'long'}(p); p = P; }`)
    return name
  }

  #array(items: Plan, writer: Schema, depth: number): string {
    const list = this.#let('a', '[]')
    this.#blocks(minSize(writer), () => {
      const value = this.#read(items, depth + 1)
      this.#source.line(`${list}.push(${value});`)
    })
    return list
  }

  #map(values: Plan, writer: Schema, depth: number): string {
    const map = this.#let('m', '{}')
    this.#blocks(minSize(writer) + 1, () => {
      const name = this.#string()
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
    const value = this.#let('u', 'undefined')
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
    const lost = always || (plan.slots === 0 && carries !== 'carries') ? undefined : this.#let('l', String(carries))
    for (const step of plan.steps) this.#step(step, values, ranges, lost, depth)
    for (const { field, index } of plan.added) values[index] = this.#default(field)
    const fields = plan.reader.fields.map((field, index) => `${key(field.name)}: ${values[index]}`)
    const record = this.#let('r', `{ ${fields.join(', ')} }`)
    if (always || lost !== undefined) {
      this.#needsText = true
      const carrier = this.#source.constant(this.#pair.carrier(plan))
      const attach = `${record}[UF] = new ${carrier}(${['s', ...ranges].join(', ')});`
      this.#source.line(lost === undefined ? attach : `if (${lost}) ${attach}`)
    }
    return record
  }

  #step(step: Step, values: string[], ranges: string[], lost: string | undefined, depth: number): void {
    if (step.slot >= 0) ranges[step.slot * 2] ??= this.#let('x', 'p')
    if (step.kind === 'skip') skipText(step.field.type, this.#source)
    else {
      values[step.index] = this.#read(step.plan, depth + 1)
      if (lost !== undefined && step.slot >= 0) this.#source.line(`${lost} ||= ${this.#loses(step.plan, ranges[step.slot * 2] as string)};`)
    }
    if (step.slot < 0) return
    const end = ranges[step.slot * 2 + 1]
    if (end === undefined) ranges[step.slot * 2 + 1] = this.#let('x', 'p')
    else this.#source.line(`${end} = p;`)
  }

  /** An expression: whether what stands at a position really lost something when it was read. */
  #loses(plan: Plan, at: string): string {
    if (plan.kind === 'enum') {
      const lossy = plan.symbols.map((symbol, index) => symbol !== plan.writer.symbols[index])
      return lossy.length > 64 ? 'true' : `${this.#source.constant(lossy)}[B[${at}] >>> 1]`
    }
    if (plan.kind === 'reader-union') return this.#loses(plan.branch, at)
    if (plan.kind === 'writer-union' && !plan.collapses) {
      const branches = plan.branches.map((branch, index) => [index * 2, this.#loses(branch, `${at} + 1`)] as const)
      const lossy = branches.filter(([, expression]) => expression !== 'false').map(([first, expression]) => `(B[${at}] === ${first} && ${expression})`)
      return lossy.length === 0 ? 'false' : `(${lossy.join(' || ')})`
    }
    if (plan.kind === 'leaf') {
      const form = leafForm(plan.reader, this.#pair.representation)
      if (!plan.collapses) return 'false'
      return form.form === 'timestamp' && plan.writer.kind === 'long' ? `exact(${at}) % ${form.unit === 'micros' ? '1000' : '1000000'} != 0` : 'true'
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
