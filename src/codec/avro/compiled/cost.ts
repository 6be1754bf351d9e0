import type { Plan, RecordPlan } from '../../../resolution/plan.ts'
import type { Schema } from '../../../schema/types.ts'
import { type Footprint, heap, leafMemory, recordFootprint } from '../footprint.ts'
import type { Pair } from '../pair.ts'

const NONE: Footprint = { values: 0, memory: 0 }

/**
 * What values use of the limits, told beforehand for compiled code: it counts one number, and only where a block of items
 * begins or a function is called. It is the most that a value may use, so compiled code gives up a little earlier than
 * walking does, which then decides. Records that are functions count for themselves.
 */
export class Cost {
  readonly #pair: Pair
  readonly #functions: ReadonlyMap<RecordPlan, string>
  /** Bytes of memory that count as much as one value. */
  readonly #unit: number

  constructor(pair: Pair, functions: ReadonlyMap<RecordPlan, string>) {
    this.#pair = pair
    this.#functions = functions
    this.#unit = pair.limits.memory / pair.limits.values
  }

  /** Memory as a number of values. */
  ofMemory(memory: number): number {
    return Math.ceil(memory / this.#unit)
  }

  /** A share of memory for each byte of a message. */
  share(copies: number): number {
    return copies / this.#unit
  }

  /** The value at the root. */
  ofRoot(plan: Plan): number {
    return this.#number(this.#inside(plan))
  }

  /** An element of an array, or an entry of a map. */
  ofItem(plan: Plan, isEntry: boolean): number {
    const { values, memory } = this.#inside(plan)
    return this.#number({ values: values + 1, memory: memory + (isEntry ? heap.entry : heap.item) })
  }

  /** An element or entry that is written: values alone, as it takes no memory. Those that take no bytes use up the limit of their own. */
  ofWritten(plan: Plan, takesNoBytes: boolean): number {
    const { values, emptyItems } = this.#pair.limits
    return Math.max(1 + this.#inside(plan).values, takesNoBytes ? Math.ceil(values / emptyItems) : 1)
  }

  /** A record that is a function. */
  ofFunction(plan: RecordPlan): number {
    return this.#number(this.#record(plan))
  }

  #number({ values, memory }: Footprint): number {
    return Math.max(values, this.ofMemory(memory))
  }

  #inside(plan: Plan): Footprint {
    switch (plan.kind) {
      case 'leaf':
        return { values: 0, memory: leafMemory(plan, this.#pair.representation) }
      case 'custom':
        return add(this.#inside(plan.base), { values: 0, memory: heap.object })
      case 'array':
        return { values: 0, memory: heap.list }
      case 'map':
        return { values: 0, memory: heap.map }
      case 'record':
        return this.#functions.has(plan) ? NONE : this.#record(plan)
      case 'reader-union':
        return add(this.#inside(plan.branch), { values: 0, memory: heap.wrapper })
      case 'writer-union':
        return plan.branches.map((branch) => this.#inside(branch)).reduce(most, NONE)
      case 'enum':
      case 'unreadable':
        return NONE
    }
  }

  #record(plan: RecordPlan): Footprint {
    let sum = recordFootprint(plan)
    for (const step of plan.steps) sum = add(sum, step.kind === 'read' ? this.#inside(step.plan) : skipped(step.field.type))
    return plan.slots > 0 || plan.provenance ? add(sum, { values: 0, memory: heap.carrier + plan.slots * 2 * heap.range }) : sum
  }
}

/** What is stepped over in place; what is stepped over by walking is counted there. */
function skipped(type: Schema): Footprint {
  return type.kind === 'record' ? { values: type.fields.length, memory: 0 } : NONE
}

function add(left: Footprint, right: Footprint): Footprint {
  return { values: left.values + right.values, memory: left.memory + right.memory }
}

function most(left: Footprint, right: Footprint): Footprint {
  return { values: Math.max(left.values, right.values), memory: Math.max(left.memory, right.memory) }
}
