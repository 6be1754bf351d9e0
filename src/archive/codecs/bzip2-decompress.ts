import { EvolveError } from '../../errors.ts'
import { BitReader } from './bit-reader.ts'
import { BLOCK_MAGIC, bzip2Crc, combineCrc, END_MAGIC, LEVEL_BYTES } from './bzip2-format.ts'
import { readSymbols, type Transformed } from './bzip2-symbols.ts'
import { tooLarge } from './refusal.ts'

/**
 * Gives back what bzip2 compressed: one stream, and nothing behind it.
 * @throws EvolveError `malformed-data`, `truncated`, `trailing-bytes`, `limit-exceeded`.
 */
export function decompressBzip2(bytes: Buffer, limit: number): Buffer {
  const level = (bytes[3] ?? 0) - 0x30
  if (bytes.toString('latin1', 0, 3) !== 'BZh' || level < 1 || level > 9) throw new EvolveError('malformed-data', 'the block is not bzip2')
  const bits = new BitReader(bytes, 4)
  const out = new Output(limit)
  let crc = 0
  for (;;) {
    const magic = bits.wide(48)
    if (magic === END_MAGIC) break
    if (magic !== BLOCK_MAGIC) throw new EvolveError('malformed-data', 'the block is not bzip2: a part of it does not begin as it should')
    const expected = bits.wide(32)
    const start = out.length
    unsort(readSymbols(bits, level * LEVEL_BYTES), out)
    if (bzip2Crc(out.buffer, start, out.length) !== expected)
      throw new EvolveError('malformed-data', 'the checksum of the block is not that of its data')
    crc = combineCrc(crc, expected)
  }
  if (bits.wide(32) !== crc) throw new EvolveError('malformed-data', 'the checksum of the block is not that of its data')
  if (bits.left > 0) throw new EvolveError('trailing-bytes', `${bits.left} bytes are left behind the compressed block`)
  return out.buffer.subarray(0, out.length)
}

/** What is decompressed so far, in memory that grows with it. */
class Output {
  buffer: Buffer = Buffer.allocUnsafeSlow(64 * 1024)
  length = 0
  readonly #limit: number

  constructor(limit: number) {
    this.#limit = limit
  }

  repeat(byte: number, times: number): void {
    const end = this.length + times
    if (end > this.#limit) throw tooLarge(this.#limit)
    if (end > this.buffer.length) {
      const larger = Buffer.allocUnsafeSlow(Math.min(this.#limit, Math.max(end, 2 * this.buffer.length)))
      this.buffer.copy(larger, 0, 0, this.length)
      this.buffer = larger
    }
    if (times === 1) this.buffer[this.length] = byte
    else this.buffer.fill(byte, this.length, end)
    this.length = end
  }
}

/** Undoes the Burrows-Wheeler transform, and behind it the first run-length coding: four equal bytes have a count behind them. */
function unsort({ column, length, origin }: Transformed, out: Output): void {
  if (origin >= length) throw new EvolveError('malformed-data', 'the block is not bzip2: it has no beginning')
  const starts = new Uint32Array(257)
  for (let index = 0; index < length; index++) {
    const next = ((column[index] as number) & 0xff) + 1
    starts[next] = (starts[next] as number) + 1
  }
  for (let byte = 0; byte < 256; byte++) starts[byte + 1] = (starts[byte + 1] as number) + (starts[byte] as number)
  // The place of each byte of the last column in the first one goes above the byte itself.
  for (let index = 0; index < length; index++) {
    const byte = (column[index] as number) & 0xff
    const place = starts[byte] as number
    starts[byte] = place + 1
    column[place] = ((column[place] as number) & 0xff) | (index << 8)
  }
  let position = (column[origin] as number) >>> 8
  let previous = -1
  let run = 0
  for (let index = 0; index < length; index++) {
    const entry = column[position] as number
    const byte = entry & 0xff
    position = entry >>> 8
    if (run === 4) {
      if (byte > 0) out.repeat(previous, byte)
      previous = -1
      run = 0
      continue
    }
    run = byte === previous ? run + 1 : 1
    previous = byte
    out.repeat(byte, 1)
  }
}
