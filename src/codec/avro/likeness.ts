import type { RecordPlan } from '../../resolution/plan.ts'
import { type Carrier, carrierOf } from './carrier.ts'
import { isBytes, timeOf } from './object.ts'

/** Deeper than any datum: a value that contains itself is like no other. */
const DEEPEST = 600

const plans = new WeakMap<RecordPlan, number>()
let counted = 0

/**
 * Text that two values have in common exactly when they are the same: as `sameValue` has it or, without `carried`, in all that
 * their reader knows. With it equal elements of two long lists are found without comparing each with each.
 */
export function likeness(value: unknown, carried: boolean, depth = 0): string {
  if (depth > DEEPEST) return `deep ${counted++}`
  switch (typeof value) {
    case 'string':
      return JSON.stringify(value)
    case 'number':
      return Object.is(value, -0) ? '-0' : String(value)
    case 'object':
      return value === null ? 'null' : ofObject(value, carried, depth + 1)
    default:
      // A bigint is written as the same number.
      return String(value)
  }
}

function ofObject(value: object, carried: boolean, depth: number): string {
  if (value instanceof Date) return `date ${timeOf(value)}`
  if (isBytes(value)) return `bytes ${value.length} ${latin1(value)}`
  if (Array.isArray(value)) return `[${value.map((item) => likeness(item, carried, depth)).join(',')}]`
  const keys = Object.keys(value).sort()
  const parts = keys.map((key) => `${JSON.stringify(key)}:${likeness(Reflect.get(value, key), carried, depth)}`)
  const own = carried ? carrierOf(value) : undefined
  return `{${parts.join(',')}}${own === undefined ? '' : ofCarrier(own)}`
}

function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1')
}

function ofCarrier(carrier: Carrier): string {
  const parts = Array.from({ length: carrier.plan.slots }, (_, slot) => carrier.source.slice(carrier.startOf(slot), carrier.endOf(slot)))
  let plan = plans.get(carrier.plan)
  if (plan === undefined) plans.set(carrier.plan, (plan = counted++))
  return `carries ${plan} ${parts.map((bytes) => `${bytes.length} ${bytes}`).join(' ')}`
}

/** For each of `to`, in order, the index of the next of `from` that is like it; `undefined` where none is left that is. */
export class NextLike {
  readonly #positions = new Map<string, number[]>()
  readonly #used = new Map<string, number>()
  #next = 0

  constructor(from: readonly string[]) {
    for (const [index, text] of from.entries()) {
      const known = this.#positions.get(text)
      if (known === undefined) this.#positions.set(text, [index])
      else known.push(index)
    }
  }

  /** The first that has not been passed. */
  get next(): number {
    return this.#next
  }

  /** Finds the next like this one, and passes it. */
  find(text: string): number | undefined {
    const positions = this.#positions.get(text)
    if (positions === undefined) return undefined
    let used = this.#used.get(text) ?? 0
    while (used < positions.length && (positions[used] as number) < this.#next) used++
    this.#used.set(text, used)
    const found = positions[used]
    if (found !== undefined) this.#next = found + 1
    return found
  }

  /** Passes one. */
  pass(): void {
    this.#next++
  }
}
