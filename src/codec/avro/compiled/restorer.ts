import type { Plan, RecordPlan } from '../../../resolution/plan.ts'
import type { Representation } from '../../../resolution/representation.ts'
import type { Field } from '../../../schema/types.ts'
import { Sink } from '../../../wire/sink.ts'
import type { UnknownFieldPolicy } from '../../codec.ts'
import type { Pair } from '../pair.ts'
import { restore } from '../restore.ts'
import { write } from '../write.ts'
import { WriteRun } from '../write-run.ts'
import { defaultText, isPlainDefault } from './default-text.ts'
import { quote } from './source.ts'

/** A default that can be compared as it stands; `undefined` compares as absent, which is tested before. */
export function literal(field: Field, representation: Representation): string {
  const json = field.default?.json
  const isText =
    isPlainDefault(field, representation) && (field.type.kind === 'string' || field.type.kind === 'enum') && typeof json === 'string'
  return defaultText(field, representation) ?? (isText ? quote(json) : 'undefined')
}

/** The expressions that are the range which a carrier has for a slot. */
export function range(plan: RecordPlan, slot: number, carried: string): string {
  if (plan.slots > 2) return `${carried}.ranges[${slot * 2}], ${carried}.ranges[${slot * 2 + 1}]`
  return slot === 0 ? `${carried}.a, ${carried}.b` : `${carried}.c, ${carried}.d`
}

/** The bytes of a field in which something collapsed, restored where it is unchanged. */
export function restorer(
  plan: Plan,
  pair: Pair,
  policy: UnknownFieldPolicy,
): (value: unknown, source: string, start: number, end: number) => Buffer {
  const options = { policy }
  return (value, source, start, end) => {
    const sink = new Sink(Math.max(16, end - start))
    const run = new WriteRun(pair, sink, write, options)
    restore(plan, value, source, start, end, run)
    run.finish()
    return sink.buffer.subarray(0, sink.position)
  }
}
