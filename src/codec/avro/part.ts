import type { Representation } from '../../resolution/representation.ts'
import type { Field, Schema } from '../../schema/types.ts'
import { Sink } from '../../wire/sink.ts'
import { defaultValue } from './defaults.ts'
import { Pair } from './pair.ts'
import { RAW } from './raw.ts'
import { write } from './write.ts'
import { WriteRun } from './write-run.ts'

const pairs = new WeakMap<Schema, Map<Representation, Pair>>()
const defaults = new WeakMap<Field, Map<Representation, Buffer>>()

/** A value of a part of a schema, written under that part. */
export function encodePart(type: Schema, value: unknown, representation: Representation = RAW): Buffer {
  let known = pairs.get(type)
  if (known === undefined) pairs.set(type, (known = new Map()))
  let pair = known.get(representation)
  if (pair === undefined) known.set(representation, (pair = new Pair(type, type, representation)))
  const sink = new Sink(64)
  write(pair.plan, value, new WriteRun(pair, sink))
  return sink.buffer.subarray(0, sink.position)
}

/** A field's default as bytes of its type. */
export function encodedDefault(field: Field, representation: Representation = RAW): Buffer {
  let known = defaults.get(field)
  if (known === undefined) defaults.set(field, (known = new Map()))
  let bytes = known.get(representation)
  if (bytes === undefined) {
    bytes = encodePart(field.type, defaultValue(field.type, field.default?.json, representation), representation)
    known.set(representation, bytes)
  }
  return bytes
}

/** Whether a value is the default of a field, compared as bytes. */
export function isDefault(value: unknown, field: Field, representation: Representation): boolean {
  return field.default !== undefined && encodePart(field.type, value, representation).equals(encodedDefault(field, representation))
}
