import { types } from 'node:util'
import { EvolveError, type LossReason } from '../../errors.ts'
import type { Plan } from '../../resolution/plan.ts'
import { pointerStep } from '../../schema/names.ts'
import type { Sink } from '../../wire/sink.ts'
import { Tap } from '../../wire/tap.ts'
import type { EncodeOptions, UnknownFieldEvent } from '../codec.ts'
import { isDetached, timeOf } from './object.ts'
import type { Pair } from './pair.ts'

/** Writes a value by a plan. */
export type Write = (plan: Plan, value: unknown, run: WriteRun) => void

/** One value being written by walking its plan, knowing at every moment where it is. */
export class WriteRun {
  readonly pair: Pair
  readonly sink: Sink
  readonly path: (string | number)[] = []
  readonly options: EncodeOptions
  readonly #write: Write
  #depth = 0
  #values = 0
  #emptyItems = 0
  #source: { readonly text: string; readonly bytes: Buffer } | undefined

  /** `write` writes any plan: the files for its kinds come back to it through the run. */
  constructor(pair: Pair, sink: Sink, write: Write, options: EncodeOptions = {}) {
    this.pair = pair
    this.options = options
    this.sink = sink
    this.#write = write
  }

  /** Writes a part of the value. */
  write(plan: Plan, value: unknown): void {
    this.#write(plan, value, this)
  }

  /** A run of the same kind for another value, under another pair. */
  aside(pair: Pair, sink: Sink): WriteRun {
    return new WriteRun(pair, sink, this.#write)
  }

  /** Whether what a value carries is left out on purpose. */
  get drops(): boolean {
    return this.options.policy === 'drop'
  }

  /** Reports what happened at the present place; `names` are asked for only where somebody listens. */
  report(kind: UnknownFieldEvent['kind'], recordName: string, names: () => readonly string[]): void {
    this.options.onEvent?.({ kind, path: this.pointer, recordName, fields: names() })
  }

  /** Refuses, under the policy `strict`, what the other policies let pass. */
  whereStrict(reason: LossReason, problem: string, hint?: string): void {
    if (this.options.policy === 'strict') this.loss(reason, problem, hint)
  }

  /** JSON Pointer of the value being written, in the reader's names. */
  get pointer(): string {
    return this.path.map(pointerStep).join('')
  }

  enter(): void {
    const { depth } = this.pair.limits
    if (++this.#depth > depth) {
      throw new EvolveError('limit-exceeded', `values are nested more than ${depth} deep, or contain themselves`, {
        path: this.pointer,
      })
    }
  }

  leave(): void {
    this.#depth--
  }

  /** Counts values that are about to be written; `emptyItems` of them take no bytes. One object may stand at very many places. */
  count(values: number, emptyItems = 0): void {
    const { limits } = this.pair
    this.#values += values
    this.#emptyItems += emptyItems
    if (this.#values > limits.values) this.#refuse(`more than ${limits.values} values in one datum`)
    if (this.#emptyItems > limits.emptyItems) this.#refuse(`more than ${limits.emptyItems} items that take no bytes in one datum`)
  }

  #refuse(problem: string): never {
    throw new EvolveError('limit-exceeded', problem, { path: this.pointer })
  }

  /** Does something one step further down the path. */
  at<T>(step: string | number, action: () => T): T {
    this.path.push(step)
    const result = action()
    this.path.pop()
    return result
  }

  /** A message that something is carried from, as bytes to read. */
  sourceTap(source: string, start: number, end: number): Tap {
    if (this.#source?.text !== source) this.#source = { text: source, bytes: Buffer.from(source, 'latin1') }
    return new Tap(this.#source.bytes, start, end)
  }

  /** The value is not one of the reader schema's. */
  misfit(expected: string, value: unknown): never {
    throw new EvolveError('invalid-value', `expected ${expected}, got ${kindOf(value)}`, { path: this.pointer })
  }

  /** The value is the reader's, and the writer schema cannot say it, or something carried would be gone. */
  loss(reason: LossReason, problem: string, hint?: string): never {
    throw new EvolveError('unknown-field-loss', problem, { path: this.pointer, reason, hint })
  }
}

/** What a value is, in words; never the value itself, which may be private. */
export function kindOf(value: unknown): string {
  if (value === undefined) return 'nothing'
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'an array'
  if (types.isDate(value)) return Number.isNaN(timeOf(value)) ? 'an invalid Date' : 'a Date'
  if (types.isUint8Array(value)) return isDetached(value) ? 'bytes whose memory is gone' : `${value.length} bytes`
  if (typeof value === 'number') return Number.isInteger(value) ? 'an integer that does not fit' : 'a number that does not fit'
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`
}
