import type { DatumLimits } from '../codec/avro/limits.ts'
import { minSize } from '../codec/avro/min-size.ts'
import type { RecordSchema, Schema } from '../schema/types.ts'

/**
 * Finds where a value that begins at `at` ends. On anything out of the ordinary it gives a position behind the end of the bytes, or
 * {@link LOST}: then the value has to be walked with every check. What it gives is checked by reading the value from there to
 * here, so it need not look at anything but lengths.
 */
export type FindEnd = (bytes: Buffer, at: number) => number

/** Greater than every position, and stays so whatever is added to it. */
const LOST: number = Number.POSITIVE_INFINITY

/** Deeper values are left to the walk, which knows the limit. */
const DEEPEST = 64

/** Types inside each other that are looked into when a finder is made. */
const MOST_LEVELS = 500

/** Of the value that is being stepped over: records inside each other, and fields and items that may still come. */
let depth = 0
let budget = 0

const known = new WeakMap<Schema, FindEnd>()

/** The finder of a type, made from closures: stepping over a record takes a fraction of what reading it takes. */
export function endFinder(schema: Schema, { values }: DatumLimits): FindEnd {
  const find = finderOf(schema)
  return (bytes, at) => {
    depth = 0
    budget = values
    return find(bytes, at)
  }
}

function finderOf(schema: Schema, level = 0): FindEnd {
  // A chain of records may be longer than the stack is deep.
  if (level > MOST_LEVELS) return () => LOST
  if (schema.kind !== 'record') return makeFinder(schema, level + 1)
  const made = known.get(schema)
  if (made !== undefined) return made
  let fields: readonly FindEnd[] = []
  const finder: FindEnd = (bytes, start) => {
    // Records of no bytes may be in each other two to the power of many times.
    budget -= fields.length
    if (budget < 0 || ++depth > DEEPEST) return LOST
    let at = start
    for (let index = 0; index < fields.length; index++) at = (fields[index] as FindEnd)(bytes, at)
    depth--
    return at
  }
  // Known before its fields are: one of them may be of this type.
  known.set(schema, finder)
  fields = schema.fields.map((field) => finderOf(field.type, level + 1))
  return finder
}

function makeFinder(schema: Exclude<Schema, RecordSchema>, level: number): FindEnd {
  switch (schema.kind) {
    case 'null':
      return (_bytes, at) => at
    case 'boolean':
      return (_bytes, at) => at + 1
    case 'int':
    case 'long':
    case 'enum':
      return passInteger
    case 'float':
      return (_bytes, at) => at + 4
    case 'double':
      return (_bytes, at) => at + 8
    case 'fixed':
      return (_bytes, at) => at + schema.size
    case 'bytes':
    case 'string':
      return passSized
    case 'union':
      return unionFinder(schema.branches.map((branch) => finderOf(branch, level)))
    case 'array':
      return blockFinder(finderOf(schema.items, level), minSize(schema.items), false)
    case 'map':
      return blockFinder(finderOf(schema.values, level), minSize(schema.values) + 1, true)
  }
}

function passInteger(bytes: Buffer, start: number): number {
  let at = start
  while ((bytes[at] as number) > 127) at++
  return at + 1
}

function passSized(bytes: Buffer, at: number): number {
  const first = bytes[at] as number
  if (first < 128) return (first & 1) === 0 ? at + 1 + (first >>> 1) : LOST
  const length = readLong(bytes, at)
  return length < 0 ? LOST : passInteger(bytes, at) + length
}

/** A long as a number; beyond 2^53 it is rounded, and then it is beyond the end as well. */
function readLong(bytes: Buffer, start: number): number {
  let value = 0
  let weight = 1
  for (let at = start; ; at++) {
    const byte = bytes[at] as number
    value += (byte & 0x7f) * weight
    if (!(byte > 127)) break
    weight *= 128
  }
  return value % 2 === 0 ? value / 2 : -(value + 1) / 2
}

function unionFinder(branches: readonly FindEnd[]): FindEnd {
  return (bytes, at) => {
    const first = bytes[at] as number
    const branch = first < 128 && (first & 1) === 0 ? branches[first >>> 1] : undefined
    return branch === undefined ? LOST : branch(bytes, at + 1)
  }
}

function blockFinder(item: FindEnd, smallest: number, keyed: boolean): FindEnd {
  // Items that take no bytes would be stepped over as often as somebody says.
  if (smallest === 0) return () => LOST
  return (bytes, start) => {
    let at = start
    for (;;) {
      const count = readLong(bytes, at)
      at = passInteger(bytes, at)
      if (count === 0) return at
      if (count < 0) {
        at = passSized(bytes, at)
        if (at > bytes.length) return LOST
        continue
      }
      budget -= count
      if (budget < 0) return LOST
      for (let left = count; left > 0; left--) {
        at = item(bytes, keyed ? passSized(bytes, at) : at)
        if (at > bytes.length) return LOST
      }
    }
  }
}
