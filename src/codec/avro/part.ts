import type { Representation } from '../../resolution/representation.ts'
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
  let known = pairs.get(type)
  if (known === undefined) {
    known = new Map()
    pairs.set(type, known)
  }
  let pair = known.get(representation)
  if (pair === undefined) {
    pair = makePair(type, type, representation)
    known.set(representation, pair)
  }
  const sink = new Sink(64)
  run.aside(pair, sink).write(pair.plan, value)
  return sink.buffer.subarray(0, sink.position)
}

/** A field's default as bytes of its type. */
export function encodedDefault(field: Field, run: WriteRun, representation: Representation = RAW): Buffer {
  let known = defaults.get(field)
  if (known === undefined) {
    known = new Map()
    defaults.set(field, known)
  }
  let bytes = known.get(representation)
  if (bytes === undefined) {
    bytes = encodePart(field.type, defaultValue(field.type, field.default?.json, representation), representation, run)
    known.set(representation, bytes)
  }
  return bytes
}

/** Whether a value is the default of a field, compared as bytes. */
export function isDefault(value: unknown, field: Field, run: WriteRun): boolean {
  const { representation } = run.pair
  return (
    field.default !== undefined && encodePart(field.type, value, representation, run).equals(encodedDefault(field, run, representation))
  )
}
