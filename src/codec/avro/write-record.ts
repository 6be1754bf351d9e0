import type { ReadStep, RecordPlan, SkipStep } from '../../resolution/plan.ts'
import { nameOf } from '../../schema/default.ts'
import type { Field } from '../../schema/types.ts'
import { unknownFields } from '../codec.ts'
import { type Carrier, carrierOf } from './carrier.ts'
import { defaultValue } from './defaults.ts'
import { getOwn, isPlainObject } from './object.ts'
import { encodedDefault, isDefault } from './part.ts'
import { restore } from './restore.ts'
import { Transplant } from './transplant.ts'
import type { WriteRun } from './write-run.ts'

/** Writes a record: known fields from the value, unknown ones from what the value carries. */
export function writeRecord(plan: RecordPlan, value: unknown, run: WriteRun): void {
  if (!isPlainObject(value)) return run.misfit(`a record ${plan.reader.name}`, value)
  const carried = carriedFor(plan, value, run)
  run.enter()
  run.count(plan.steps.length)
  if (carried === undefined || carried.plan === plan) writeOwn(plan, value, carried, run)
  else writeForeign(plan, value, carried, run)
  checkAdded(plan, value, run)
  run.leave()
}

/** What a record carries for a record of this name; what another record type carries is not for this one. */
function carriedFor(plan: RecordPlan, value: object, run: WriteRun): Carrier | undefined {
  const carried = carrierOf(value)
  if (carried !== undefined) return recognised(plan, carried, run)
  if ((value as { [unknownFields]?: unknown })[unknownFields] === undefined) return undefined
  return run.loss(
    'foreign-source',
    'the record carries unknown fields of a form that this version does not understand',
    'use one version of kafka-evolve in a process',
  )
}

function recognised(plan: RecordPlan, carried: Carrier, run: WriteRun): Carrier | undefined {
  const names = (): readonly string[] => carried.fieldNames()
  if (run.drops) {
    run.report('dropped', plan.reader.name, names)
    return undefined
  }
  if (carried.recordName === plan.reader.name) {
    run.report(carried.plan === plan ? 'preserved' : 'transplanted', plan.reader.name, names)
    return carried
  }
  run.report('foreign', plan.reader.name, names)
  const problem = `the record carries unknown fields of a ${carried.recordName}, and is written as a ${plan.reader.name}`
  run.whereStrict('foreign-source', problem, 'build the record from known fields alone, or take what it carries off with discard()')
  return undefined
}

function writeOwn(plan: RecordPlan, value: object, carried: Carrier | undefined, run: WriteRun): void {
  let spliced = -1
  for (const step of plan.steps) {
    if (step.kind === 'read') writeKnown(step, value, carried, run)
    else if (carried === undefined) writeFresh(plan, step, run)
    else if (step.slot !== spliced) {
      run.sink.latin1(carried.source.slice(carried.startOf(step.slot), carried.endOf(step.slot)))
      spliced = step.slot
    }
  }
}

function writeForeign(plan: RecordPlan, value: object, carried: Carrier, run: WriteRun): void {
  const transplant = new Transplant(carried, run)
  for (const step of plan.steps) {
    if (step.kind === 'skip') {
      if (!transplant.unknown(step.field)) writeFresh(plan, step, run)
    } else if (!transplant.known(step, value)) writeKnown(step, value, undefined, run)
  }
  transplant.finish()
}

function writeKnown(step: ReadStep, value: object, carried: Carrier | undefined, run: WriteRun): void {
  const item = fieldValue(step.target, value, run)
  run.path.push(step.target.name)
  if (step.slot >= 0 && carried !== undefined)
    restore(step.plan, item, carried.source, carried.startOf(step.slot), carried.endOf(step.slot), run)
  else run.write(step.plan, item)
  run.path.pop()
}

/** A field of the value, or the reader's default where it is absent. */
export function fieldValue(field: Field, value: object, run: WriteRun): unknown {
  const given = getOwn(value, field.name)
  if (given !== undefined) return given
  if (field.default !== undefined) return defaultValue(field.type, field.default.json, run.pair.representation)
  run.path.push(field.name)
  const { type } = field
  const expected = type.kind === 'union' ? type.branches.map(nameOf).join(' or ') : nameOf(type)
  return run.misfit(`${expected}, as the field has no default`, given)
}

/** A record made anew has nothing for a field that only the writer knows but the writer's default. */
function writeFresh(plan: RecordPlan, step: SkipStep, run: WriteRun): void {
  const hint = 'copy the record that was read ({ ...record }), or write under a schema of your own'
  if (!run.drops) {
    run.whereStrict('fresh-value', `the record was made anew, and the writer's field ${step.field.name} would take its default`, hint)
    run.report('defaulted', plan.reader.name, () => [step.field.name])
  }
  run.path.push(step.field.name)
  if (step.field.default === undefined) {
    run.loss('no-source', `the record was made anew, and the writer's field ${step.field.name} has no default`, hint)
  }
  run.sink.raw(encodedDefault(step.field, run))
  run.path.pop()
}

/** The writer's schema cannot say a field that only the reader has, unless it holds the reader's default. */
function checkAdded(plan: RecordPlan, value: object, run: WriteRun): void {
  for (const { field } of plan.added) {
    const given = getOwn(value, field.name)
    if (given === undefined) continue
    run.path.push(field.name)
    if (!isDefault(given, field, run)) {
      run.loss(
        'reader-only-field',
        `the writer's schema has no field ${field.name}`,
        "leave the reader's default in it, or write under a schema that has the field",
      )
    }
    run.path.pop()
  }
}
