import { EvolveError } from '../../errors.ts'
import { tooLarge } from './refusal.ts'

const FRAME = 0xfd2fb528
const SKIPPABLE = 0x184d2a50
/** The most bytes that one block of a frame can stand for ("Block_Maximum_Size"). */
const LARGEST_BLOCK = 128 * 1024
/** A writer makes one. */
const MOST_FRAMES = 1024

/** One frame: where it is, and how many bytes it can stand for at most. */
export interface ZstandardFrame {
  readonly bytes: Buffer
  readonly most: number
}

/**
 * Walks the frames and blocks of Zstandard data without decompressing them (RFC 8878, section 3.1), so that nothing is
 * allocated for a window or a content size that is out of bounds, and that nothing is behind the last frame.
 * @throws EvolveError `malformed-data`, `truncated`, `limit-exceeded`.
 */
export function zstandardFrames(bytes: Buffer, limit: number): ZstandardFrame[] {
  const frames: ZstandardFrame[] = []
  let at = 0
  if (bytes.length === 0) throw early()
  while (at < bytes.length) {
    need(bytes, at, 4)
    const magic = bytes.readUInt32LE(at)
    if (magic === FRAME) {
      if (frames.length === MOST_FRAMES) throw new EvolveError('limit-exceeded', `the block has more than ${MOST_FRAMES} Zstandard frames`)
      const frame = readFrame(bytes, at, limit)
      frames.push(frame)
      at += frame.bytes.length
    } else if ((magic & 0xfffffff0) === SKIPPABLE) {
      need(bytes, at, 8)
      at += 8 + bytes.readUInt32LE(at + 4)
      if (at > bytes.length) throw early()
    } else throw new EvolveError('malformed-data', 'the block is not Zstandard')
  }
  return frames
}

function readFrame(bytes: Buffer, start: number, limit: number): ZstandardFrame {
  need(bytes, start, 6)
  const descriptor = bytes[start + 4] as number
  const single = (descriptor & 0x20) !== 0
  if ((descriptor & 3) !== 0)
    throw new EvolveError('malformed-data', 'the block needs a Zstandard dictionary, which a container cannot name')
  const width = [single ? 1 : 0, 2, 4, 8][descriptor >>> 6] as number
  let at = start + 5
  if (!single) {
    const byte = bytes[at++] as number
    const base = 2 ** (10 + (byte >>> 3))
    // Compressors choose a window of up to 8 MiB for their usual levels, however short the data is.
    if (base + (base / 8) * (byte & 7) > Math.max(limit, 8 * 1024 * 1024)) throw tooLarge(limit)
  }
  need(bytes, at, width)
  const claimed = width === 0 ? 0 : contentSize(bytes, at, width)
  if (claimed > limit) throw tooLarge(limit)
  at += width
  let most = 0
  // Blocks that are not compressed, and runs of one byte, say how long they are.
  let least = 0
  for (let last = false; !last; ) {
    need(bytes, at, 3)
    const header = bytes.readUIntLE(at, 3)
    const [kind, size] = [(header >>> 1) & 3, header >>> 3]
    if (size > LARGEST_BLOCK) throw new EvolveError('malformed-data', 'the block is not Zstandard: a part of it is too long')
    last = (header & 1) === 1
    most += kind === 2 ? LARGEST_BLOCK : size
    least += kind === 2 ? 0 : size
    at += 3 + (kind === 1 ? 1 : size)
  }
  if ((descriptor & 4) !== 0) at += 4
  if (at > bytes.length) throw early()
  if (least > limit) throw tooLarge(limit)
  if (claimed > most)
    throw new EvolveError('malformed-data', `the block is not Zstandard: it says it stands for ${claimed} bytes, and cannot`)
  return { bytes: bytes.subarray(start, at), most: Math.min(most, limit) }
}

function contentSize(bytes: Buffer, at: number, width: number): number {
  if (width === 8) return Number(bytes.readBigUInt64LE(at))
  return bytes.readUIntLE(at, width) + (width === 2 ? 256 : 0)
}

function need(bytes: Buffer, at: number, count: number): void {
  if (at + count > bytes.length) throw early()
}

function early(): EvolveError {
  return new EvolveError('truncated', 'the compressed block ends early')
}
