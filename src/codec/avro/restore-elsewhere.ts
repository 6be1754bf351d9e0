import { isEvolveError } from '../../errors.ts'
import type { Plan } from '../../resolution/plan.ts'
import { nameOf } from '../../schema/default.ts'
import type { Schema } from '../../schema/types.ts'
import { carrierOf } from './carrier.ts'
import { isPlainObject } from './object.ts'
import { rehome } from './rehome.ts'
import { restore } from './restore.ts'
import type { WriteRun } from './write-run.ts'

/** Whether a value is a list or a map with something in it, of which one part may be edited and another not. */
export function hasParts(value: unknown): boolean {
  return Array.isArray(value) ? value.length > 0 : isPlainObject(value) && Object.keys(value).length > 0
}

/**
 * Writes a value in which something had collapsed under another pair than it was read under: `raw` is what was read, of the type `from`; what
 * still looks as it did keeps its meaning in the type `to`.
 */
export function restoreElsewhere(from: Schema, raw: string, plan: Plan, to: Schema, value: unknown, run: WriteRun): void {
  const there = rehomeOrLose(from, raw, to, run)
  restore(plan, value, there, 0, there.length, run)
}

/** As {@link rehome}; what the type cannot say is a loss at the present place. */
export function rehomeOrLose(from: Schema, raw: string, to: Schema, run: WriteRun): string {
  try {
    return rehome(from, raw, to, run)
  } catch (error) {
    if (!isEvolveError(error)) throw error
    return run.loss('not-in-output-schema', `what is carried for it cannot be written as the schema's ${nameOf(to)}: ${error.problem}`)
  }
}

/** The message that a value was read from, in another schema that says the same. */
export function sourceElsewhere(from: Schema, source: Uint8Array, to: Schema, run: WriteRun): Buffer {
  const text = Buffer.from(source.buffer, source.byteOffset, source.byteLength).toString('latin1')
  return Buffer.from(rehomeOrLose(from, text, to, run), 'latin1')
}

/** Whether a list, a map or a wrapped branch was a whole message, and carries it; records see to what is theirs. */
export function isBoxed(value: unknown): boolean {
  return typeof value === 'object' && value !== null && carrierOf(value)?.isBox === true
}

/** Writes a list, a map or a wrapped branch that was a whole message of another pair; false where it was not, or what it carries is dropped. */
export function writeUnboxed(plan: Plan, value: unknown, run: WriteRun): boolean {
  const carried = isBoxed(value) ? carrierOf(value as object) : undefined
  if (carried === undefined || carried.plan === run.pair.box) return false
  run.report(run.drops ? 'dropped' : 'transplanted', carried.recordName, () => [])
  if (run.drops) return false
  restoreElsewhere(carried.pair.writer, carried.source.slice(carried.startOf(0), carried.endOf(0)), plan, plan.writer, value, run)
  return true
}
