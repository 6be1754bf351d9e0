import { EvolveError } from '../../errors.ts'
import { readSingleObject, singleObjectLength, writeSingleObject } from '../../frame/single-object.ts'
import { schemaFingerprint } from '../../schema/fingerprint.ts'
import { remember } from '../../schema/remember.ts'
import type { Schema } from '../../schema/types.ts'
import type { EncodeOptions } from '../codec.ts'
import { carrierOf } from './carrier.ts'
import type { Choices } from './choices.ts'
import { AvroResolution, resolveSchemas } from './resolution.ts'

/** Finds the schema of a fingerprint (CRC-64-AVRO, as an unsigned number); `undefined` where it is not known. */
export type FindSchema = (fingerprint: bigint) => Schema | undefined

/**
 * A value as a single object. One that was read under another writer's schema goes back under that, with all that it carries, and the
 * fingerprint says so.
 */
export function encodeObject(schema: Schema, value: unknown, choices: Choices, options: EncodeOptions): Buffer {
  const carried = typeof value === 'object' && value !== null ? carrierOf(value)?.pair.resolution : undefined
  const isOfReader = carried instanceof AvroResolution && carried.reader === schema
  const resolution = isOfReader ? carried : resolveSchemas(schema, schema, choices)
  const output = options.output ?? (isOfReader ? 'auto' : 'writer')
  const written = resolution.write(value, { ...options, output, headroom: singleObjectLength })
  writeSingleObject(written.bytes, schemaFingerprint(written.schema, 'CRC-64-AVRO'))
  return written.bytes
}

/** The value of a single object, as the reader has it. */
export function decodeObject(reader: Schema, bytes: Uint8Array, choices: Choices, find: FindSchema): unknown {
  const found = readSingleObject(bytes)
  if (found.kind === 'not-framed') throw new EvolveError('not-framed', 'a single object begins with the bytes C3 01, these do not')
  if (found.kind === 'truncated')
    throw new EvolveError('truncated-frame', `${found.length} bytes are there, a single object has ${singleObjectLength} before its value`)
  const writer = found.fingerprint === numberOf(reader) ? reader : find(found.fingerprint)
  if (writer === undefined) {
    const hex = Buffer.from(bytes.buffer, bytes.byteOffset + 2, 8).toString('hex')
    throw new EvolveError('schema-not-found', `no schema with the fingerprint ${hex} (CRC-64-AVRO, as in the message) is known`)
  }
  return resolveSchemas(writer, reader, choices).decode(bytes, found.start)
}

const numbers = new WeakMap<Schema, bigint>()

function numberOf(schema: Schema): bigint {
  return remember(numbers, schema, () => schemaFingerprint(schema, 'CRC-64-AVRO').readBigUInt64LE())
}

const indexes = new WeakMap<object, Map<bigint, Schema>>()

/** Finds schemas in a list. The list is indexed once, and again when a fingerprint is not found: it may have grown. */
export function findIn<T>(list: Iterable<T>, schemaOf: (item: T) => Schema): FindSchema {
  const index = remember(indexes, list, () => new Map<bigint, Schema>())
  return (fingerprint) => {
    const known = index.get(fingerprint)
    if (known !== undefined) return known
    for (const item of list) {
      const schema = schemaOf(item)
      if (!index.has(numberOf(schema))) index.set(numberOf(schema), schema)
    }
    return index.get(fingerprint)
  }
}
