import type { Representation } from '../../resolution/representation.ts'
import { remember } from '../../schema/remember.ts'
import type { Field, Schema } from '../../schema/types.ts'
import { Sink } from '../../wire/sink.ts'
import { defaultValue } from './defaults.ts'
import { makePair } from './make-pair.ts'
import type { Pair } from './pair.ts'
import { RAW } from './raw.ts'
import type { WriteRun } from './write-run.ts'

const pairs = new WeakMap<Schema, Map<Representation, Pair>>()
const defaults = new WeakMap<Field, Map<Representation, Buffer>>()

/** A value of a part of a schema, written under that part, beside the run of the whole. */
export function encodePart(type: Schema, value: unknown, representation: Representation, run: WriteRun): Buffer {
  const byRepresentation = remember(pairs, type, () => new Map<Representation, Pair>())
  const pair = remember(byRepresentation, representation, () => makePair(type, type, representation))
  const sink = new Sink(64)
  sink.limit = run.pair.limits.bytes
  run.aside(pair, sink).write(pair.plan, value)
  return sink.buffer.subarray(0, sink.position)
}

/** A field's default as bytes of its type. */
export function encodedDefault(field: Field, run: WriteRun, representation: Representation = RAW): Buffer {
  const byRepresentation = remember(defaults, field, () => new Map<Representation, Buffer>())
  return remember(byRepresentation, representation, () =>
    encodePart(field.type, defaultValue(field.type, field.default?.json, representation), representation, run),
  )
}

/** Whether a value is the default of a field, compared as bytes. */
export function isDefault(value: unknown, field: Field, run: WriteRun): boolean {
  const { representation } = run.pair
  return (
    field.default !== undefined && encodePart(field.type, value, representation, run).equals(encodedDefault(field, run, representation))
  )
}
