import { collapsesHere } from '../../resolution/collapse.ts'
import type { Plan, RecordPlan } from '../../resolution/plan.ts'
import type { Representation } from '../../resolution/representation.ts'
import { resolvePlan } from '../../resolution/resolve.ts'
import { nameOf } from '../../schema/default.ts'
import { remember } from '../../schema/remember.ts'
import type { Schema } from '../../schema/types.ts'
import type { Resolution } from '../codec.ts'
import { type CarrierClass, makeCarrierClass } from './carrier.ts'
import { type DatumLimits, datumLimits } from './limits.ts'
import type { Pair } from './pair.ts'

/** What a pair is made from besides its schemas: absent for a part of a schema, read or written outside any message. */
export interface Message {
  readonly plan: Plan
  readonly rootCarries: boolean
  readonly resolution: Resolution
  readonly limits: DatumLimits
}

/** A pair of schemas. Its carrier classes are made when first needed. */
export function makePair(writer: Schema, reader: Schema, representation: Representation, message?: Message): Pair {
  const carriers = new WeakMap<RecordPlan, CarrierClass>()
  const plan = message?.plan ?? resolvePlan(writer, reader, representation)
  const pair: Pair = {
    writer,
    reader,
    representation,
    plan,
    box: message !== undefined && collapsesHere(plan) ? boxOf(nameOf(reader)) : undefined,
    rootCarries: message?.rootCarries ?? false,
    resolution: message?.resolution,
    limits: message?.limits ?? datumLimits,
    carrier: (record) => remember(carriers, record, () => makeCarrierClass(record, pair)),
  }
  return pair
}

function boxOf(name: string): RecordPlan {
  const schema = { kind: 'record', name, aliases: [], fields: [] } as const
  return { kind: 'record', writer: schema, reader: schema, steps: [], added: [], slots: 1, provenance: false }
}
