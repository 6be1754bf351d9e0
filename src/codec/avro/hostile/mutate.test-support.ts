import { setOwn } from '../laws/model.test-support.ts'
import type { Random } from '../laws/random.test-support.ts'
import { long } from './case.test-support.ts'

const bytesOfNote = [0, 1, 2, 3, 0x7e, 0x7f, 0x80, 0x81, 0xfe, 0xff]
const integers = [
  0n,
  1n,
  -1n,
  -2n,
  63n,
  64n,
  100n,
  2n ** 31n - 1n,
  2n ** 31n,
  -(2n ** 31n),
  2n ** 32n,
  2n ** 53n,
  -(2n ** 53n),
  2n ** 60n,
  2n ** 63n - 1n,
  -(2n ** 63n),
]

/** A message with one or a few things done to it; parts of `other` may get into it. */
export function mutateBytes(bytes: Buffer, other: Buffer, random: Random): Buffer {
  let mutated = bytes
  for (let left = random.pick([1, 1, 1, 2, 4]); left > 0; left--) mutated = mutateOnce(mutated, other, random)
  return mutated
}

function mutateOnce(bytes: Buffer, other: Buffer, random: Random): Buffer {
  const at = random.below(bytes.length + 1)
  const to = Math.min(bytes.length, at + random.below(8))
  const changed = Buffer.from(bytes)
  const splice = (insert: Buffer, end: number): Buffer => Buffer.concat([bytes.subarray(0, at), insert, bytes.subarray(end)])
  switch (random.below(9)) {
    case 0:
      if (at < changed.length) changed[at] = (changed[at] as number) ^ (1 << random.below(8))
      return changed
    case 1:
      if (at < changed.length) changed[at] = random.pick(bytesOfNote)
      return changed
    case 2:
      return splice(long(random.pick(integers)), at + 1)
    case 3:
      return splice(long(random.pick(integers)), at)
    case 4:
      return bytes.subarray(0, at)
    case 5:
      return splice(Buffer.alloc(0), to)
    case 6:
      return splice(bytes.subarray(at, to), at)
    case 7: {
      const from = random.below(other.length + 1)
      return splice(other.subarray(from, from + random.below(16)), to)
    }
    default:
      return splice(random.bytes(random.below(6)), to)
  }
}

const tokens = [
  '"',
  '{',
  '}',
  '[',
  ']',
  ',',
  ':',
  'null',
  '"null"',
  '"int"',
  '"long"',
  '"string"',
  '"double"',
  '"bytes"',
  '0',
  '-1',
  '1e9',
  '12345678901234567890',
  '"default":null',
  '"default":{}',
  '"default":[]',
  '\\u0000',
  '"type"',
  '"name"',
  '"fixed"',
  '"size":0',
  '"items"',
  '"logicalType":"decimal","precision":4',
  '"logicalType":"timestamp-micros"',
  '"aliases":["a"]',
  ' ',
]

/** JSON text with something put in, taken out or exchanged. */
export function mutateText(text: string, random: Random): string {
  const words = text.match(/"[^"]*"|[{}[\],:]|[^"{}[\],:]+/g) ?? ['']
  const changed = [...words]
  for (let left = random.between(1, 3); left > 0; left--) {
    const at = random.below(changed.length)
    const other = random.chance(0.5) ? random.pick(words) : random.pick(tokens)
    changed.splice(at, random.below(2), ...(random.chance(0.7) ? [other] : []))
    if (changed.length === 0) changed.push('')
  }
  return changed.join('')
}

const strangers: readonly unknown[] = [
  null,
  undefined,
  0,
  -0,
  1.5,
  2 ** 31,
  2 ** 53,
  Number.NaN,
  5n,
  2n ** 64n,
  true,
  '',
  'x',
  '\ud800',
  '__proto__',
  new Date(5),
  new Date(Number.NaN),
  new Uint8Array(2),
  [],
  {},
  [null],
  { a: 1 },
  Symbol('s'),
  Object.create(null),
]

/** A copy of a value with something in it exchanged. */
export function mutateValue(value: unknown, random: Random): unknown {
  if (random.chance(0.2) || typeof value !== 'object' || value === null || ArrayBuffer.isView(value) || value instanceof Date)
    return random.pick(strangers)
  if (Array.isArray(value)) {
    const copy = [...value]
    const at = random.below(copy.length + 1)
    if (random.chance(0.5)) copy.splice(at, 1)
    else
      copy[Math.min(at, copy.length)] =
        copy.length === 0 ? random.pick(strangers) : mutateValue(copy[Math.min(at, copy.length - 1)], random)
    return copy
  }
  const copy = { ...value }
  const keys = Object.keys(copy)
  const key = keys.length === 0 ? 'x' : random.pick(keys)
  if (random.chance(0.2)) Reflect.deleteProperty(copy, key)
  else setOwn(copy, key, mutateValue(Object.hasOwn(copy, key) ? Reflect.get(copy, key) : undefined, random))
  return copy
}
