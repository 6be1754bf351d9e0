import { EvolveError } from '../../errors.ts'
import { tooLarge } from './refusal.ts'

const MAGIC: Buffer = Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00])
const FOOTER_MAGIC: Buffer = Buffer.from('YZ')
const HEADER_LENGTH = 12
const FOOTER_LENGTH = 12
const LZMA2 = 0x21n
/** Bytes of the check behind a block, for each of its 16 types (The .xz File Format 1.2.1, section 2.1.1.2). */
const CHECKS: readonly number[] = [0, 4, 4, 4, 8, 8, 8, 16, 16, 16, 32, 32, 32, 64, 64, 64]
/** The dictionary of the highest level; more is not allocated on a file's word. */
const LARGEST_DICTIONARY = 64 * 1024 * 1024

/**
 * Walks a .xz stream without decompressing it. Each chunk of LZMA2 says how many bytes it stands for, and the decompressor makes
 * that many or fails: their sum is exact, so that a bomb is refused before it goes off. What is behind the stream is refused.
 * @throws EvolveError `malformed-data`, `truncated`, `limit-exceeded`.
 */
export function checkXz(bytes: Buffer, limit: number): void {
  if (bytes.length < HEADER_LENGTH + FOOTER_LENGTH) throw early()
  if (!bytes.subarray(0, 6).equals(MAGIC)) throw new EvolveError('malformed-data', 'the block is not xz')
  const check = CHECKS[(bytes[7] as number) & 15] as number
  const walk = new Walk(bytes, HEADER_LENGTH)
  let total = 0
  while (walk.peek() !== 0) {
    const end = walk.at + (walk.peek() + 1) * 4
    checkFilters(walk, end)
    walk.at = end
    const start = walk.at
    total = passChunks(walk, total, limit)
    walk.at += (4 - ((walk.at - start) % 4)) % 4
    walk.at += check
  }
  passIndex(walk)
  if (walk.at + FOOTER_LENGTH > bytes.length) throw early()
  if (walk.at + FOOTER_LENGTH < bytes.length)
    throw new EvolveError('trailing-bytes', `${bytes.length - walk.at - FOOTER_LENGTH} bytes are left behind the compressed block`)
  if (!bytes.subarray(-2).equals(FOOTER_MAGIC)) throw new EvolveError('malformed-data', 'the block is not xz: its footer is damaged')
}

class Walk {
  readonly bytes: Buffer
  at: number

  constructor(bytes: Buffer, at: number) {
    this.bytes = bytes
    this.at = at
  }

  peek(): number {
    const byte = this.bytes[this.at]
    if (byte === undefined) throw early()
    return byte
  }

  byte(): number {
    const byte = this.peek()
    this.at++
    return byte
  }

  /** A "multibyte integer": seven bits a byte, the lowest first. */
  integer(): bigint {
    let value = 0n
    for (let shift = 0n; shift < 63n; shift += 7n) {
      const byte = this.byte()
      value |= BigInt(byte & 0x7f) << shift
      if (byte < 0x80) return value
    }
    throw new EvolveError('malformed-data', 'the block is not xz: a number in it is too long')
  }

  pass(count: number): void {
    this.at += count
    if (this.at > this.bytes.length) throw early()
  }
}

/** The one filter that Avro's writers use (section 3.1). Others would change nothing about the size, but nobody needs them. */
function checkFilters(walk: Walk, end: number): void {
  walk.byte()
  const flags = walk.byte()
  if ((flags & 0x40) !== 0) walk.integer()
  if ((flags & 0x80) !== 0) walk.integer()
  if ((flags & 0x3f) !== 0 || walk.integer() !== LZMA2 || walk.integer() !== 1n)
    throw new EvolveError('malformed-data', 'the block is xz with a filter other than LZMA2')
  const size = walk.byte()
  const dictionary = size === 40 ? 2 ** 32 - 1 : (2 | (size & 1)) * 2 ** (11 + (size >>> 1))
  if (dictionary > LARGEST_DICTIONARY)
    throw new EvolveError('limit-exceeded', `the block asks for a dictionary of ${dictionary} bytes, ${LARGEST_DICTIONARY} are allowed`)
  if (walk.at > end) throw early()
}

/** The chunks of LZMA2 up to their end mark; gives the bytes they stand for, added to `before`. */
function passChunks(walk: Walk, before: number, limit: number): number {
  let total = before
  for (;;) {
    const control = walk.byte()
    if (control === 0) return total
    if (control > 2 && control < 0x80) throw new EvolveError('malformed-data', 'the block is not xz: a chunk of it has no known kind')
    const low = walk.byte() * 256 + walk.byte() + 1
    if (control < 0x80) {
      total += low
      walk.pass(low)
    } else {
      total += (control & 0x1f) * 65_536 + low
      const stored = walk.byte() * 256 + walk.byte() + 1
      walk.pass(stored + (control >= 0xc0 ? 1 : 0))
    }
    if (total > limit) throw tooLarge(limit)
  }
}

/** The index (section 4): its records are checked by the decompressor. */
function passIndex(walk: Walk): void {
  const start = walk.at
  walk.byte()
  const records = walk.integer()
  if (records > BigInt(walk.bytes.length)) throw early()
  for (let left = Number(records) * 2; left > 0; left--) walk.integer()
  walk.at += (4 - ((walk.at - start) % 4)) % 4
  walk.pass(4)
}

function early(): EvolveError {
  return new EvolveError('truncated', 'the compressed block ends early')
}
