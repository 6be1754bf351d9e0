import type { Plan, RecordPlan } from '../../resolution/plan.ts'
import type { Representation } from '../../resolution/representation.ts'
import type { Schema } from '../../schema/types.ts'
import type { Resolution } from '../codec.ts'
import type { DatumLimits } from './limits.ts'

/** All that reading and writing under one pair of schemas share. */
export interface Pair {
  readonly writer: Schema
  readonly reader: Schema
  readonly plan: Plan
  readonly representation: Representation
  /** The root carries even where it has no bytes to: the message must go back under the writer's schema. */
  readonly rootCarries: boolean
  /** The pair as users see it; absent for a part of a schema, read outside any message. */
  readonly resolution: Resolution | undefined
  readonly limits: DatumLimits
  /** What a root that is no record carries in, where something in it may collapse: a record plan with one slot, the whole. */
  readonly box: RecordPlan | undefined
  /** The carrier class of a record plan of this pair. */
  carrier(plan: RecordPlan): new (source: string, ...ranges: number[]) => object
}
