/** The six bytes in front of a block: the digits of pi. */
export const BLOCK_MAGIC: number = 0x314159265359
/** The six bytes behind the last block: the digits of its square root. */
export const END_MAGIC: number = 0x177245385090
/** A level is so many bytes of a block, 1 to 9 times. */
export const LEVEL_BYTES = 100_000
/** Symbols for which one Huffman table is used before the next selector. */
export const GROUP = 50
/** The two symbols that write how often the first symbol of the list is repeated, in base two with digits 1 and 2. */
export const RUN_A = 0
export const RUN_B = 1

/** CRC-32 with the highest bit first, as bzip2 counts it (not the one of zlib). */
const TABLE: Int32Array = Int32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte << 24
  for (let bit = 0; bit < 8; bit++) crc = crc < 0 ? (crc << 1) ^ 0x04c11db7 : crc << 1
  return crc
})

/** The checksum of bytes from `start` to `end`. */
export function bzip2Crc(bytes: Uint8Array, start: number, end: number): number {
  let crc = -1
  for (let at = start; at < end; at++) crc = (crc << 8) ^ (TABLE[(crc >>> 24) ^ (bytes[at] as number)] as number)
  return ~crc >>> 0
}

/** The checksum of a stream with one more block in it. */
export function combineCrc(stream: number, block: number): number {
  return (((stream << 1) | (stream >>> 31)) ^ block) >>> 0
}
