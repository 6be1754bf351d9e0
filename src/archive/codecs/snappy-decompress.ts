import { EvolveError } from '../../errors.ts'
import { tooLarge } from './refusal.ts'

/** A copy of 64 bytes takes 3, and nothing says more with less: a longer claim is a lie, and is not allocated. */
const MOST_FOR_A_BYTE = 22

/**
 * Raw Snappy: a length, then literals and copies of what is already there (google/snappy, `format_description.txt`).
 * @throws EvolveError `malformed-data`, `limit-exceeded`.
 */
export function decompressSnappy(bytes: Buffer, limit: number): Buffer {
  let at = 0
  let length = 0
  for (let shift = 0; ; shift += 7) {
    const byte = bytes[at++]
    if (byte === undefined || shift > 28) throw damaged('its length is cut off or too long')
    length += (byte & 0x7f) * 2 ** shift
    if (byte < 0x80) break
  }
  if (length > limit) throw tooLarge(limit)
  if (length > bytes.length * MOST_FOR_A_BYTE) throw damaged(`${bytes.length} bytes cannot stand for ${length}`)
  const out = Buffer.allocUnsafeSlow(length)
  let filled = 0

  /** A little-endian number of `width` bytes at `at`. */
  const number = (width: number): number => {
    if (at + width > bytes.length) throw damaged('it ends early')
    at += width
    return bytes.readUIntLE(at - width, width)
  }

  while (at < bytes.length) {
    const tag = bytes[at++] as number
    if ((tag & 3) === 0) {
      const size = (tag >>> 2 < 60 ? tag >>> 2 : number((tag >>> 2) - 59)) + 1
      if (size > bytes.length - at || size > length - filled) throw damaged('a literal is longer than it can be')
      bytes.copy(out, filled, at, at + size)
      at += size
      filled += size
      continue
    }
    const near = (tag & 3) === 1
    const size = near ? ((tag >>> 2) & 7) + 4 : (tag >>> 2) + 1
    const offset = near ? ((tag >>> 5) << 8) | number(1) : number((tag & 3) === 2 ? 2 : 4)
    if (offset === 0 || offset > filled || size > length - filled) throw damaged('a copy reaches outside the data')
    if (offset >= size) out.copy(out, filled, filled - offset, filled - offset + size)
    else for (let index = 0; index < size; index++) out[filled + index] = out[filled + index - offset] as number
    filled += size
  }
  if (filled !== length) throw damaged(`${filled} of ${length} bytes are there`)
  return out
}

function damaged(problem: string): EvolveError {
  return new EvolveError('malformed-data', `the block is not Snappy: ${problem}`)
}
