import type { ErrorCode } from '../../../errors.ts'
import type { MakePair } from '../laws/engine.test-support.ts'

/** What a hostile input may come to: `value`, or an error with one of these codes. */
export type Outcome = ErrorCode | 'value'

/** One hostile input. It is run on each engine: walked, compiled. */
export interface HostileCase {
  readonly name: string
  /** Where several are right, the engines must still agree. */
  readonly outcomes: readonly Outcome[]
  /** Makes what is needed; what it returns is what is measured, and may be run again. */
  prepare(make: MakePair): () => unknown
}

type Json = string | object

/** A 64-bit integer as Avro writes it (Apache Avro 1.12, "Binary Encoding"). */
export function long(value: bigint | number): Buffer {
  const signed = BigInt(value)
  let zigzag = BigInt.asUintN(64, (signed << 1n) ^ (signed >> 63n))
  const bytes: number[] = []
  while (zigzag > 127n) {
    bytes.push(Number(zigzag & 127n) | 128)
    zigzag >>= 7n
  }
  return Buffer.from([...bytes, Number(zigzag)])
}

export const cat = (...parts: readonly (Buffer | number)[]): Buffer =>
  Buffer.concat(parts.map((part) => (typeof part === 'number' ? Buffer.from([part]) : part)))

/** `count` items, all alike, as one block and the end. */
export const block = (count: number, item: Buffer | number = Buffer.alloc(0)): Buffer => {
  const bytes = typeof item === 'number' ? Buffer.from([item]) : item
  return cat(long(count), bytes.length === 0 ? bytes : Buffer.alloc(bytes.length * count, bytes), long(0))
}

export const text = (value: string | Buffer): Buffer => {
  const bytes = Buffer.from(value)
  return cat(long(bytes.length), bytes)
}

export const field = (name: string, type: unknown, rest: object = {}): object => ({ name, type, ...rest })
export const record = (name: string, ...fields: readonly object[]): object => ({ type: 'record', name, fields })
export const array = (items: unknown): object => ({ type: 'array', items })
export const map = (values: unknown): object => ({ type: 'map', values })

/** `levels` record types of which each has the next one twice: two to that power records, and not one byte. */
export function doubling(levels: number, defaults = false): object {
  const rest = defaults ? { default: {} } : {}
  let type = record(`D${levels}`)
  for (let level = levels - 1; level >= 0; level--) type = record(`D${level}`, field('a', type, rest), field('b', `D${level + 1}`, rest))
  return type
}

interface Data {
  readonly writer: Json
  readonly message: Buffer | (() => Buffer)
}

const data = new WeakMap<HostileCase, Data>()

/** The schema and the bytes of a case that {@link reading} made. */
export function dataOf(one: HostileCase): Data {
  return data.get(one) as Data
}

/** A case: bytes read under a pair of schemas; the reader is the writer where none is given. Large messages are made when they are needed. */
export function reading(
  name: string,
  writer: Json,
  message: Buffer | (() => Buffer),
  outcomes: Outcome | readonly Outcome[],
  reader: Json = writer,
): HostileCase {
  const bytes = typeof message === 'function' ? message : () => message
  const made: HostileCase = {
    name,
    outcomes: typeof outcomes === 'string' ? [outcomes] : outcomes,
    prepare(make) {
      const pair = make(schemaOf(writer), schemaOf(reader))
      const input = bytes()
      return () => pair.decode(input)
    },
  }
  data.set(made, { writer, message })
  return made
}

/** A case: a value written under a schema. What is written must be read again. */
export function writing(name: string, schema: Json, value: () => unknown, outcomes: Outcome | readonly Outcome[]): HostileCase {
  return {
    name,
    outcomes: typeof outcomes === 'string' ? [outcomes] : outcomes,
    prepare(make) {
      const pair = make(schemaOf(schema), schemaOf(schema))
      const given = value()
      return () => pair.decode(pair.encode(given))
    },
  }
}

/** A case: something else is done. */
export function acting(name: string, action: () => unknown, ...outcomes: readonly Outcome[]): HostileCase {
  return { name, outcomes, prepare: () => action }
}

function schemaOf(json: Json): Json {
  return typeof json === 'string' ? JSON.stringify(json) : json
}
