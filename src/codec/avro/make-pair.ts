import type { Plan, RecordPlan } from '../../resolution/plan.ts'
import type { Representation } from '../../resolution/representation.ts'
import { resolvePlan } from '../../resolution/resolve.ts'
import { remember } from '../../schema/remember.ts'
import type { Schema } from '../../schema/types.ts'
import type { Resolution } from '../codec.ts'
import { type CarrierClass, makeCarrierClass } from './carrier.ts'
import type { Pair } from './pair.ts'

/** What a pair is made from besides its schemas: absent for a part of a schema, read or written outside any message. */
export interface Message {
  readonly plan: Plan
  readonly rootCarries: boolean
  readonly resolution: Resolution
}

/** A pair of schemas. Its carrier classes are made when first needed. */
export function makePair(writer: Schema, reader: Schema, representation: Representation, message?: Message): Pair {
  const carriers = new WeakMap<RecordPlan, CarrierClass>()
  const pair: Pair = {
    writer,
    reader,
    representation,
    plan: message?.plan ?? resolvePlan(writer, reader, representation),
    rootCarries: message?.rootCarries ?? false,
    resolution: message?.resolution,
    carrier: (plan) => remember(carriers, plan, () => makeCarrierClass(plan, pair)),
  }
  return pair
}
