import { inspect } from 'node:util'
import type { RecordPlan } from '../../resolution/plan.ts'
import type { Field } from '../../schema/types.ts'
import { Tap } from '../../wire/tap.ts'
import type { Resolution, UnknownFieldSet } from '../codec.ts'
import { unknownFields } from '../codec.ts'
import type { Pair } from './pair.ts'
import { readRaw } from './raw.ts'
import { SkipRun, skip } from './skip.ts'

/** A field carried as the bytes that the writer wrote. */
export interface CarriedField {
  readonly field: Field
  /** Positions in the carrier's source, one byte for each character. */
  readonly start: number
  readonly end: number
}

/**
 * What a decoded record carries: the message it came from as a one-byte string (on the heap, so that no fetch buffer is
 * pinned) and, for each slot of its plan, a range of it. The plan and the pair sit on the prototype, one subclass for
 * each record plan of a pair: a deep clone of a carrier then still has them.
 */
export abstract class Carrier implements UnknownFieldSet {
  declare readonly plan: RecordPlan
  declare readonly pair: Pair
  /** The message, one character for each byte. */
  declare readonly source: string

  abstract startOf(slot: number): number
  abstract endOf(slot: number): number

  /** Whether this is what a root that is no record carries: the whole message. */
  get isBox(): boolean {
    return this.plan === this.pair.box
  }

  get resolution(): Resolution {
    return this.pair.resolution as Resolution
  }

  get recordName(): string {
    return this.plan.reader.name
  }

  get byteLength(): number {
    let sum = 0
    for (let slot = 0; slot < this.plan.slots; slot++) sum += this.endOf(slot) - this.startOf(slot)
    return sum
  }

  fieldNames(): readonly string[] {
    return this.plan.steps.filter((step) => step.kind === 'skip').map((step) => step.field.name)
  }

  get(fieldName: string): unknown {
    const carried = this.find(fieldName)
    if (carried === undefined) return undefined
    return readRaw(carried.field.type, Buffer.from(this.source.slice(carried.start, carried.end), 'latin1'))
  }

  /** The bytes of one field that the reader does not know. */
  find(fieldName: string): CarriedField | undefined {
    return this.unknown().find((carried) => carried.field.name === fieldName)
  }

  /** All fields that the reader does not know, each with its own bytes. */
  unknown(): CarriedField[] {
    const found: CarriedField[] = []
    let tap: Tap | undefined
    let slot = -1
    for (const step of this.plan.steps) {
      if (step.kind !== 'skip') continue
      tap ??= new Tap(Buffer.from(this.source, 'latin1'))
      if (step.slot !== slot) tap.position = this.startOf(step.slot)
      slot = step.slot
      const start = tap.position
      skip(step.field.type, new SkipRun(tap))
      found.push({ field: step.field, start, end: tap.position })
    }
    return found
  }
}
Object.defineProperty(Carrier.prototype, inspect.custom, {
  value(this: Carrier): string {
    return `UnknownFields { ${[...this.fieldNames(), `${this.byteLength} bytes`].join(', ')} }`
  },
})

/** Makes carriers of one record plan of one pair. */
export type CarrierClass = new (source: string, ...ranges: number[]) => Carrier

/** The carrier class of a record plan within a pair: ranges are properties of the object itself up to two of them. */
export function makeCarrierClass(plan: RecordPlan, pair: Pair): CarrierClass {
  const { make, startOf, endOf } = shapes[plan.slots] ?? manySlots
  const carrier = make()
  carrier.prototype = Object.create(Carrier.prototype, {
    constructor: { value: carrier },
    plan: { value: plan },
    pair: { value: pair },
    startOf: { value: startOf },
    endOf: { value: endOf },
  })
  return carrier as unknown as CarrierClass
}

/** What a value carries, or `undefined`; anything else under the key is treated as nothing to rely on. */
export function carrierOf(value: object): Carrier | undefined {
  const carried = (value as { [unknownFields]?: unknown })[unknownFields]
  return carried instanceof Carrier ? carried : undefined
}

/** How carriers with so many slots look. */
interface Shape {
  make(): (...args: never) => unknown
  startOf(this: Slots, slot: number): number
  endOf(this: Slots, slot: number): number
}

interface Slots {
  source: string
  a: number
  b: number
  c: number
  d: number
  ranges: readonly number[]
}

// Plain functions, a new one for each class: what a class with fields and a super call does costs several times as much.
const shapes: readonly Shape[] = [
  {
    make: () =>
      function Carried(this: Slots, source: string): void {
        this.source = source
      },
    startOf: () => 0,
    endOf: () => 0,
  },
  {
    make: () =>
      function Carried(this: Slots, source: string, a: number, b: number): void {
        this.source = source
        this.a = a
        this.b = b
      },
    startOf() {
      return this.a
    },
    endOf() {
      return this.b
    },
  },
  {
    make: () =>
      function Carried(this: Slots, source: string, a: number, b: number, c: number, d: number): void {
        this.source = source
        this.a = a
        this.b = b
        this.c = c
        this.d = d
      },
    startOf(slot) {
      return slot === 0 ? this.a : this.c
    },
    endOf(slot) {
      return slot === 0 ? this.b : this.d
    },
  },
]

const manySlots: Shape = {
  make: () =>
    function Carried(this: Slots, source: string, ...ranges: number[]): void {
      this.source = source
      this.ranges = ranges
    },
  startOf(slot) {
    return this.ranges[slot * 2] as number
  },
  endOf(slot) {
    return this.ranges[slot * 2 + 1] as number
  },
}
