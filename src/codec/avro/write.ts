import { isEvolveError } from '../../errors.ts'
import type { CustomPlan, EnumPlan, LeafPlan, Plan } from '../../resolution/plan.ts'
import { leafForm } from '../../resolution/representation.ts'
import { toBase } from './custom.ts'
import { fromForm, Misfit, narrow, writeBase } from './leaf-write.ts'
import { minSize } from './min-size.ts'
import { writeUnboxed } from './restore-elsewhere.ts'
import { writeArray, writeMap } from './write-blocks.ts'
import { writeRecord } from './write-record.ts'
import type { WriteRun } from './write-run.ts'
import { writeIntoUnion, writeToPlainUnion } from './write-union.ts'

/** Writes the reader's value in the writer's schema: the way back of `read`. @throws EvolveError with the path. */
export function write(plan: Plan, value: unknown, run: WriteRun): void {
  switch (plan.kind) {
    case 'leaf':
      return writeLeaf(plan, value, run)
    case 'enum':
      return writeEnum(plan, value, run)
    case 'custom':
      return writeCustom(plan, value, run)
    case 'array':
      if (writeUnboxed(plan, value, run)) return
      return writeArray(value, minSize(plan.writer.items), run, (item) => run.write(plan.items, item))
    case 'map':
      if (writeUnboxed(plan, value, run)) return
      return writeMap(value, run, (_key, item) => run.write(plan.values, item))
    case 'record':
      return writeRecord(plan, value, run)
    case 'writer-union':
      return writeIntoUnion(plan, value, run)
    case 'reader-union':
      return writeToPlainUnion(plan, value, run)
    case 'unreadable':
      return run.loss('union-branch', plan.problem)
  }
}

function writeLeaf(plan: LeafPlan, value: unknown, run: WriteRun): void {
  const base = fromForm(leafForm(plan.reader, run.pair.representation), plan.reader, value)
  if (base instanceof Misfit) return run.misfit(base.expected, value)
  const narrowed = narrow(base, plan.reader, plan.writer, run.options.narrowing === 'round')
  if (narrowed === undefined) return run.loss('narrowing', `the value does not fit the writer's ${plan.writer.kind}`)
  writeBase(plan.writer, narrowed, run.sink)
}

function writeCustom(plan: CustomPlan, value: unknown, run: WriteRun): void {
  let base: unknown
  try {
    base = toBase(plan, value)
  } catch (error) {
    throw isEvolveError(error) ? error.with({ path: run.pointer }) : error
  }
  if (base === undefined) return run.misfit(`a value of the logical type ${plan.type.name}`, value)
  run.write(plan.base, base)
}

function writeEnum(plan: EnumPlan, value: unknown, run: WriteRun): void {
  if (typeof value !== 'string' || !plan.reader.symbols.includes(value))
    return run.misfit(
      `one of the symbols of ${plan.reader.name}: ${plan.reader.symbols.slice(0, 20).join(', ')}${plan.reader.symbols.length > 20 ? ' …' : ''}`,
      value,
    )
  const index = plan.writer.symbols.indexOf(value)
  if (index < 0) return run.loss('enum-symbol', `enum ${plan.writer.name} of the writer has no symbol ${value}`)
  run.sink.long(index)
}
