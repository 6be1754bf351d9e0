import { EvolveError } from '../errors.ts'

/** Bytes in front of a value in single-object encoding: `C3 01` and the fingerprint (Apache Avro 1.12, "Single-object encoding"). */
export const singleObjectLength: number = 10

/** What the first bytes of a single object are. */
export type SingleObject =
  /** `fingerprint` is the CRC-64-AVRO of the writer's schema, as an unsigned number. The value begins at `start`. */
  | { readonly kind: 'framed'; readonly fingerprint: bigint; readonly start: number }
  /** No bytes at all, or other ones than `C3 01` in front. */
  | { readonly kind: 'not-framed'; readonly reason: 'empty' | 'marker' }
  /** It begins as a single object does, and the fingerprint is not complete. `length` is what there is, in bytes. */
  | { readonly kind: 'truncated'; readonly length: number }

const empty: SingleObject = Object.freeze({ kind: 'not-framed', reason: 'empty' })
const otherMarker: SingleObject = Object.freeze({ kind: 'not-framed', reason: 'marker' })

/** Says what the first bytes are. Total: never throws on any bytes, copies nothing. */
export function readSingleObject(bytes: Uint8Array): SingleObject {
  if (bytes.length === 0) return empty
  if (bytes[0] !== 0xc3 || (bytes.length > 1 && bytes[1] !== 0x01)) return otherMarker
  if (bytes.length < singleObjectLength) return { kind: 'truncated', length: bytes.length }
  const view = new DataView(bytes.buffer, bytes.byteOffset, singleObjectLength)
  return { kind: 'framed', fingerprint: view.getBigUint64(2, true), start: singleObjectLength }
}

/**
 * Writes the marker and the fingerprint, 8 bytes with the least significant first, over the first {@link singleObjectLength} bytes.
 * @throws EvolveError `internal` when the fingerprint has another length or the buffer is shorter.
 */
export function writeSingleObject(buffer: Uint8Array, fingerprint: Uint8Array): void {
  if (fingerprint.length !== 8) throw new EvolveError('internal', `a fingerprint has 8 bytes, not ${fingerprint.length}`)
  if (buffer.length < singleObjectLength) throw new EvolveError('internal', `a single object does not fit into ${buffer.length} bytes`)
  buffer[0] = 0xc3
  buffer[1] = 0x01
  buffer.set(fingerprint, 2)
}
