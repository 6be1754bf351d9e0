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

/** A place to come back to. */
export interface Mark {
  readonly position: number
  readonly steps: number
  readonly depth: number
  readonly events: number
  readonly refusals: number
}

/** One value being written by walking its plan, knowing at every moment where it is. */
export class WriteRun {
  readonly pair: Pair
  readonly sink: Sink
  readonly path: (string | number)[] = []
  readonly options: EncodeOptions
  readonly #write: Write
  readonly #events: UnknownFieldEvent[] = []
  readonly #refusals: EvolveError[] = []
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
    const run = new WriteRun(pair, sink, this.#write)
    run.path.push(...this.path)
    return run
  }

  /** Whether what a value carries is left out on purpose. */
  get drops(): boolean {
    return this.options.policy === 'drop'
  }

  /** Reports what happened at the present place; `names` are asked for only where somebody listens. */
  report(kind: UnknownFieldEvent['kind'], recordName: string, names: () => readonly string[]): void {
    if (this.options.onEvent !== undefined) this.#events.push({ kind, path: this.pointer, recordName, fields: names() })
  }

  /**
   * Refuses, under the policy `strict`, what the other policies let pass. Not at once: a branch of a union may be tried in vain, and the
   * branch taken is the same under every policy.
   */
  whereStrict(reason: LossReason, problem: string, hint?: string): void {
    if (this.options.policy === 'strict') this.#refusals.push(this.#lost(reason, problem, hint))
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

  /** Where writing stands, to come back to when a branch turns out not to hold the value. */
  mark(): Mark {
    const [events, refusals] = [this.#events.length, this.#refusals.length]
    return { position: this.sink.position, steps: this.path.length, depth: this.#depth, events, refusals }
  }

  /** Takes back all that was written since. */
  backTo({ position, steps, depth, events, refusals }: Mark): void {
    this.sink.position = position
    this.path.length = steps
    this.#depth = depth
    this.#events.length = events
    this.#refusals.length = refusals
  }

  /** Once all is written: refuses what a policy forbids, or tells what happened. */
  finish(): void {
    const [refusal] = this.#refusals
    if (refusal !== undefined) throw refusal
    for (const event of this.#events) this.options.onEvent?.(event)
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
    throw new EvolveError('invalid-value', `expected ${expected}, got ${kindOf(value, NUMERIC.test(expected))}`, { path: this.pointer })
  }

  /** The value is the reader's, and the writer schema cannot say it, or something carried would be gone. */
  loss(reason: LossReason, problem: string, hint?: string): never {
    throw this.#lost(reason, problem, hint)
  }

  #lost(reason: LossReason, problem: string, hint: string | undefined): EvolveError {
    return new EvolveError('unknown-field-loss', problem, { path: this.pointer, reason, hint })
  }
}

/** What is expected where a number may be wrong by its value alone. */
const NUMERIC = /\b(?:integer|number)\b/

/** What a value is, in words; never the value itself, which may be private. */
export function kindOf(value: unknown, asNumber: boolean = false): string {
  if (value === undefined) return 'nothing'
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'an array'
  if (types.isDate(value)) return Number.isNaN(timeOf(value)) ? 'an invalid Date' : 'a Date'
  if (types.isUint8Array(value)) return isDetached(value) ? 'bytes whose memory is gone' : `${value.length} bytes`
  if (typeof value === 'number') return `${Number.isInteger(value) ? 'an integer' : 'a number'}${asNumber ? ' that does not fit' : ''}`
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`
}
