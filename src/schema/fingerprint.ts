import { createHash } from 'node:crypto'
import { EvolveError } from '../errors.ts'
import { canonicalForm } from './canonical.ts'
import { crc64 } from './crc64.ts'
import { remember } from './remember.ts'
import type { Schema } from './types.ts'

/** The fingerprints of the specification, of 8, 16 and 32 bytes. */
export type FingerprintAlgorithm = 'CRC-64-AVRO' | 'MD5' | 'SHA-256'

const HASHES = { MD5: 'md5', 'SHA-256': 'sha256' } as const

const known = new WeakMap<Schema, Map<FingerprintAlgorithm, Buffer>>()

/**
 * The fingerprint of a schema's canonical form (Apache Avro 1.12, "Schema Fingerprints"). That of `'CRC-64-AVRO'` has its least significant
 * byte first, as single-object encoding and Java's `parsingFingerprint` have it; `readBigInt64LE()` gives the number of Java's
 * `parsingFingerprint64`.
 * @throws EvolveError `invalid-options` for another algorithm.
 */
export function schemaFingerprint(schema: Schema, algorithm: FingerprintAlgorithm): Buffer {
  const made = remember(known, schema, () => new Map<FingerprintAlgorithm, Buffer>())
  return Buffer.from(remember(made, algorithm, () => digest(canonicalForm(schema), algorithm)))
}

function digest(text: string, algorithm: FingerprintAlgorithm): Buffer {
  if (algorithm === 'CRC-64-AVRO') return crc64(Buffer.from(text))
  if (!Object.hasOwn(HASHES, algorithm)) throw new EvolveError('invalid-options', 'the algorithm is one of CRC-64-AVRO, MD5, SHA-256')
  return createHash(HASHES[algorithm]).update(text).digest()
}
