import { types } from 'node:util'
import { EvolveError } from '../../errors.ts'
import { isDetached } from './object.ts'
import { kindOf } from './write-run.ts'

/** Bytes as a Buffer on the same memory. @throws EvolveError `invalid-value` for what is no `Uint8Array`, and for one whose memory is gone. */
export function asBuffer(bytes: unknown): Buffer {
  if (!types.isUint8Array(bytes) || isDetached(bytes))
    throw new EvolveError('invalid-value', `expected the bytes of a message as a Uint8Array, got ${kindOf(bytes)}`)
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
