import type { Plan, RecordPlan } from '../../resolution/plan.ts'
import type { Representation } from '../../resolution/representation.ts'
import { resolvePlan } from '../../resolution/resolve.ts'
import type { Schema } from '../../schema/types.ts'
import type { Resolution } from '../codec.ts'
import { type CarrierClass, makeCarrierClass } from './carrier.ts'

/** All that reading and writing under one pair of schemas share. */
export class Pair {
  readonly writer: Schema
  readonly reader: Schema
  readonly plan: Plan
  readonly representation: Representation
  /** The root carries even where it has no bytes to: the message must go back under the writer's schema. */
  readonly rootCarries: boolean
  /** The pair as users see it; absent for a part of a schema, read outside any message. */
  readonly resolution: Resolution | undefined
  readonly #carriers = new WeakMap<RecordPlan, CarrierClass>()

  constructor(writer: Schema, reader: Schema, representation: Representation, plan?: Plan, rootCarries = false, resolution?: Resolution) {
    this.writer = writer
    this.reader = reader
    this.representation = representation
    this.plan = plan ?? resolvePlan(writer, reader, representation)
    this.rootCarries = rootCarries
    this.resolution = resolution
  }

  /** The carrier class of a record plan of this pair, made when first needed. */
  carrier(plan: RecordPlan): CarrierClass {
    let known = this.#carriers.get(plan)
    if (known === undefined) this.#carriers.set(plan, (known = makeCarrierClass(plan, this)))
    return known
  }
}
