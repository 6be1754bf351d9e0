import { type Representation, unionForm } from '../../resolution/representation.ts'
import type { Schema } from '../../schema/types.ts'
import { Tap } from '../../wire/tap.ts'
import { heap } from './footprint.ts'
import { readBase } from './leaf-read.ts'
import { setOwn } from './object.ts'
import { SkipRun } from './skip.ts'

/** The representation for looking at a writer's data without a reader: base types, longs exact. */
export const RAW: Representation = Object.freeze({ long: 'auto', logicalTypes: 'none', unions: 'auto' })

/** Reads a value under the schema that wrote it: for a look at what is carried, not for the path of messages. */
export function readRaw(schema: Schema, bytes: Buffer): unknown {
  return read(schema, new SkipRun(new Tap(bytes)))
}

function read(schema: Schema, run: SkipRun): unknown {
  const { tap } = run
  switch (schema.kind) {
    case 'enum':
      return schema.symbols[tap.int()]
    case 'union': {
      const index = run.branch(schema.branches)
      const branch = schema.branches[index] as Schema
      const value = read(branch, run)
      const form = unionForm(schema, RAW)
      return form.wrapped && branch.kind !== 'null' ? { [form.names[index] as string]: value } : value
    }
    case 'array': {
      const items: unknown[] = []
      run.enter()
      for (let count = run.blockCount(0); count > 0; count = run.blockCount(0))
        for (let index = 0; index < count; index++) items.push(read(schema.items, run))
      run.leave()
      return items
    }
    case 'map': {
      const map = {}
      run.enter()
      for (let count = run.blockCount(1); count > 0; count = run.blockCount(1)) {
        for (let index = 0; index < count; index++) {
          const key = tap.string()
          setOwn(map, key, read(schema.values, run))
        }
      }
      run.leave()
      return map
    }
    case 'record': {
      const record = {}
      run.enter()
      run.count(schema.fields.length)
      run.use(heap.record + schema.fields.length * heap.field)
      for (const field of schema.fields) setOwn(record, field.name, read(field.type, run))
      run.leave()
      return record
    }
    default:
      return readBase(schema, tap)
  }
}
