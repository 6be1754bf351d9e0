import { BitWriter } from './bit-writer.ts'
import { BLOCK_MAGIC, bzip2Crc, combineCrc, END_MAGIC, GROUP, LEVEL_BYTES, RUN_A, RUN_B } from './bzip2-format.ts'
import { sortRotations } from './bzip2-sort.ts'
import { codeLengths, codesOf } from './huffman.ts'

/** Bits of the longest code that bzip2 writes. */
const LONGEST = 17
/** Bytes of a block that are left free, as bzip2 leaves them. */
const SPARE = 19

/** One stream of bzip2 blocks; `level` times 100,000 bytes go into each. One Huffman table is used where bzip2 would try up to six. */
export function compressBzip2(bytes: Buffer, level: number): Buffer {
  const bits = new BitWriter(bytes.length / 2)
  for (const byte of Buffer.from(`BZh${level}`)) bits.write(byte, 8)
  let crc = 0
  for (let start = 0; start < bytes.length; ) {
    const block = new Uint8Array(Math.min(level * LEVEL_BYTES - SPARE, Math.ceil((bytes.length - start) * 1.25) + 5))
    const { end, length } = runLengths(bytes, start, block)
    const blockCrc = bzip2Crc(bytes, start, end)
    crc = combineCrc(crc, blockCrc)
    bits.wide(BLOCK_MAGIC, 48)
    bits.wide(blockCrc, 32)
    writeBlock(block.subarray(0, length), bits)
    start = end
  }
  bits.wide(END_MAGIC, 48)
  bits.wide(crc, 32)
  return bits.end()
}

/** The first run-length coding: of four and more equal bytes four are written, and how many more there were. */
function runLengths(bytes: Buffer, start: number, block: Uint8Array): { end: number; length: number } {
  let [at, length] = [start, 0]
  while (at < bytes.length && length + 5 <= block.length) {
    const byte = bytes[at] as number
    let run = 1
    while (run < 259 && bytes[at + run] === byte) run++
    for (let index = Math.min(run, 4); index > 0; index--) block[length++] = byte
    if (run >= 4) block[length++] = run - 4
    at += run
  }
  return { end: at, length }
}

function writeBlock(block: Uint8Array, bits: BitWriter): void {
  const order = sortRotations(block)
  bits.write(0, 1)
  bits.write(order.indexOf(0), 24)
  const used = writeUsedBytes(block, bits)
  const symbols = moveToFront(block, order, used)
  const symbolCount = used.length + 2
  const counts = new Array<number>(symbolCount).fill(0)
  for (const symbol of symbols) counts[symbol] = (counts[symbol] as number) + 1
  const lengths = codeLengths(counts, LONGEST)
  const selectors = Math.ceil(symbols.length / GROUP)
  // The format wants two tables at least: the same one twice.
  bits.write(2, 3)
  bits.write(selectors, 15)
  for (let index = 0; index < selectors; index++) bits.write(0, 1)
  writeTable(lengths, bits)
  writeTable(lengths, bits)
  const codes = codesOf(lengths)
  for (const symbol of symbols) bits.write(codes[symbol] as number, lengths[symbol] as number)
}

function writeUsedBytes(block: Uint8Array, bits: BitWriter): number[] {
  const seen = new Uint8Array(256)
  for (const byte of block) seen[byte] = 1
  const range = (from: number): Uint8Array => seen.subarray(from * 16, from * 16 + 16)
  for (let from = 0; from < 16; from++) bits.write(range(from).includes(1) ? 1 : 0, 1)
  for (let from = 0; from < 16; from++) if (range(from).includes(1)) for (const bit of range(from)) bits.write(bit, 1)
  return [...seen.keys()].filter((byte) => seen[byte] === 1)
}

/** The last column as places in a list that brings each byte to its front, with runs of the first place counted. */
function moveToFront(block: Uint8Array, order: Int32Array, used: readonly number[]): Uint16Array {
  const list = Uint8Array.from(used)
  const symbols = new Uint16Array(block.length + 1)
  let [length, run] = [0, 0]
  const endRun = (): void => {
    for (; run > 0; run = (run - 1) >>> 1) symbols[length++] = (run & 1) === 1 ? RUN_A : RUN_B
  }
  for (const start of order) {
    const byte = block[start === 0 ? block.length - 1 : start - 1] as number
    if (list[0] === byte) {
      run++
      continue
    }
    endRun()
    const place = list.indexOf(byte)
    list.copyWithin(1, 0, place)
    list[0] = byte
    symbols[length++] = place + 1
  }
  endRun()
  symbols[length++] = used.length + 1
  return symbols.subarray(0, length)
}

function writeTable(lengths: readonly number[], bits: BitWriter): void {
  let current = lengths[0] as number
  bits.write(current, 5)
  for (const length of lengths) {
    for (; current < length; current++) bits.write(0b10, 2)
    for (; current > length; current--) bits.write(0b11, 2)
    bits.write(0, 1)
  }
}
