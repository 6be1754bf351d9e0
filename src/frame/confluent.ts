import { EvolveError } from '../errors.ts'

/** Bytes in front of a payload: the magic byte `00` and the schema ID, 4 bytes big-endian, unsigned (Confluent wire format, version 0). */
export const frameLength: number = 5

/** The greatest schema ID that a frame holds: 2^32 - 1. */
const maxSchemaId = 0xffff_ffff

/** What the first bytes of a message are. */
export type Frame =
  /** `id` is unsigned: 0 and IDs above 2^31 are IDs like any other. The payload begins at `start`. */
  | { readonly kind: 'framed'; readonly id: number; readonly start: number }
  /** No bytes at all, or a first byte other than `00`. */
  | { readonly kind: 'not-framed'; readonly reason: 'empty' | 'magic-byte' }
  /** The magic byte is there, the ID is not complete. `length` is what there is, in bytes. */
  | { readonly kind: 'truncated'; readonly length: number }

const empty: Frame = Object.freeze({ kind: 'not-framed', reason: 'empty' })
const otherMagic: Frame = Object.freeze({ kind: 'not-framed', reason: 'magic-byte' })

/** Says what the first bytes are. Total: never throws on any bytes, copies nothing. */
export function readFrame(bytes: Uint8Array): Frame {
  if (hasFrame(bytes)) return { kind: 'framed', id: frameId(bytes), start: frameLength }
  if (bytes.length === 0) return empty
  return bytes[0] === 0 ? { kind: 'truncated', length: bytes.length } : otherMagic
}

/** True where {@link readFrame} says `framed`; allocates nothing. */
export function hasFrame(bytes: Uint8Array): boolean {
  return bytes.length >= frameLength && bytes[0] === 0
}

/** The unsigned schema ID of bytes for which {@link hasFrame} is true; allocates nothing. */
export function frameId(bytes: Uint8Array): number {
  return (((bytes[1] as number) << 24) | ((bytes[2] as number) << 16) | ((bytes[3] as number) << 8) | (bytes[4] as number)) >>> 0
}

/**
 * Writes the frame over the first {@link frameLength} bytes.
 * @throws EvolveError `internal` when the ID is not an unsigned 32-bit integer or the buffer is shorter than a frame.
 */
export function writeFrame(buffer: Uint8Array, id: number): void {
  if (!Number.isInteger(id) || id < 0 || id > maxSchemaId) throw new EvolveError('internal', `${id} is not a schema ID`)
  if (buffer.length < frameLength) throw new EvolveError('internal', `a frame does not fit into ${buffer.length} bytes`)
  buffer[0] = 0
  buffer[1] = id >>> 24
  buffer[2] = id >>> 16
  buffer[3] = id >>> 8
  buffer[4] = id
}
