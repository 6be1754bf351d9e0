import type { EnumPlan, LeafPlan, Plan } from '../../resolution/plan.ts'
import { leafForm } from '../../resolution/representation.ts'
import { fromForm, Misfit, narrow, writeBase } from './leaf-write.ts'
import { isPlainObject } from './object.ts'
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
    case 'array':
      return writeArray(value, run, (item) => write(plan.items, item, run))
    case 'map':
      return writeMap(value, run, (_key, item) => write(plan.values, item, run))
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
  const narrowed = narrow(base, plan.reader, plan.writer)
  if (narrowed === undefined) return run.loss('narrowing', `the value does not fit the writer's ${plan.writer.kind}`)
  writeBase(plan.writer, narrowed, run.sink)
}

function writeEnum(plan: EnumPlan, value: unknown, run: WriteRun): void {
  if (typeof value !== 'string' || !plan.reader.symbols.includes(value)) return run.misfit(`one of the symbols ${plan.reader.symbols.join(', ')}`, value)
  const index = plan.writer.symbols.indexOf(value)
  if (index < 0) return run.loss('enum-symbol', `enum ${plan.writer.name} of the writer has no symbol ${value}`)
  run.sink.long(index)
}

/** Writes the items of an array as one block. */
export function writeArray(value: unknown, run: WriteRun, writeItem: (item: unknown, index: number) => void): void {
  if (!Array.isArray(value)) return run.misfit('an array', value)
  run.enter()
  if (value.length > 0) run.sink.long(value.length)
  for (let index = 0; index < value.length; index++) run.at(index, () => writeItem(value[index], index))
  run.sink.long(0)
  run.leave()
}

/** Writes the entries of a map as one block. */
export function writeMap(value: unknown, run: WriteRun, writeValue: (key: string, item: unknown) => void): void {
  if (!isPlainObject(value)) return run.misfit('an object', value)
  const keys = Object.keys(value)
  run.enter()
  if (keys.length > 0) run.sink.long(keys.length)
  for (const key of keys) {
    run.at(key, () => {
      if (!key.isWellFormed()) run.misfit('a key without lone surrogates', key)
      run.sink.string(key)
      writeValue(key, value[key])
    })
  }
  run.sink.long(0)
  run.leave()
}
