/**
 * The 64-bit Rabin fingerprint of Avro, CRC-64-AVRO (Apache Avro 1.12, "Schema Fingerprints"): 8 bytes, the least significant first, as
 * single-object encoding has them. In halves of 32 bits: they are numbers, where 64 bits would be a bigint for each byte.
 */
export function crc64(bytes: Uint8Array): Buffer {
  let high = EMPTY_HIGH
  let low = EMPTY_LOW
  for (const byte of bytes) {
    const index = (low ^ byte) & 0xff
    low = ((low >>> 8) | (high << 24)) ^ (LOW[index] as number)
    high = (high >>> 8) ^ (HIGH[index] as number)
  }
  const result = Buffer.allocUnsafeSlow(8)
  result.writeInt32LE(low | 0, 0)
  result.writeInt32LE(high | 0, 4)
  return result
}

/** The fingerprint of no bytes, and the polynomial. */
const EMPTY_HIGH = 0xc15d213a
const EMPTY_LOW = 0xa4d7a795

const HIGH = new Int32Array(256)
const LOW = new Int32Array(256)
for (let index = 0; index < 256; index++) {
  let high = 0
  let low = index
  for (let bit = 0; bit < 8; bit++) {
    const isOdd = (low & 1) === 1
    low = (low >>> 1) | (high << 31)
    high >>>= 1
    if (isOdd) {
      low ^= EMPTY_LOW
      high ^= EMPTY_HIGH
    }
  }
  HIGH[index] = high
  LOW[index] = low
}
