/** Byte positions in a record batch (Kafka documentation, "Record Batch", magic 2). */
const AT = {
  baseOffset: 0,
  length: 8,
  magic: 16,
  crc: 17,
  attributes: 21,
  lastOffsetDelta: 23,
  firstTimestamp: 27,
  maxTimestamp: 35,
  producerId: 43,
  producerEpoch: 51,
  baseSequence: 53,
  recordCount: 57,
  records: 61,
} as const

/** Bytes in front of what the length of a batch counts: base offset and the length itself. */
const PREFIX = 12
const TRANSACTIONAL = 0x10
const CONTROL = 0x20

/** One record batch as it lies in a log. */
export interface RecordBatch {
  readonly bytes: Buffer
  readonly baseOffset: number
  readonly lastOffset: number
  readonly firstTimestamp: bigint
  readonly maxTimestamp: bigint
  readonly producerId: bigint
  readonly producerEpoch: number
  readonly transactional: boolean
}

/** The batches of a produce request, or `undefined` where the bytes are not sound record batches of magic 2. */
export function splitRecordBatches(recordSet: Buffer): Buffer[] | undefined {
  const batches: Buffer[] = []
  for (let at = 0; at < recordSet.length; ) {
    if (recordSet.length - at < AT.records) return undefined
    const batch = recordSet.subarray(at, at + PREFIX + recordSet.readInt32BE(at + AT.length))
    if (batch.length < AT.records || batch.length !== PREFIX + batch.readInt32BE(AT.length)) return undefined
    if (batch.readInt8(AT.magic) !== 2 || batch.readUInt32BE(AT.crc) !== crc32c(batch.subarray(AT.attributes))) return undefined
    batches.push(batch)
    at += batch.length
  }
  return batches
}

/** A copy of the batch at its place in a log; the checksum does not cover the base offset. */
export function placeRecordBatch(source: Buffer, baseOffset: number): RecordBatch {
  const bytes = Buffer.from(source)
  bytes.writeBigInt64BE(BigInt(baseOffset), AT.baseOffset)
  return {
    bytes,
    baseOffset,
    lastOffset: baseOffset + bytes.readInt32BE(AT.lastOffsetDelta),
    firstTimestamp: bytes.readBigInt64BE(AT.firstTimestamp),
    maxTimestamp: bytes.readBigInt64BE(AT.maxTimestamp),
    producerId: bytes.readBigInt64BE(AT.producerId),
    producerEpoch: bytes.readInt16BE(AT.producerEpoch),
    transactional: (bytes.readInt16BE(AT.attributes) & TRANSACTIONAL) !== 0,
  }
}

/** The marker that ends a transaction in a partition ("Control Batches"). */
export function controlBatch(producerId: bigint, producerEpoch: number, outcome: 'commit' | 'abort'): Buffer {
  const key = Buffer.from([0, 0, 0, outcome === 'commit' ? 1 : 0])
  const value = Buffer.alloc(6)
  // attributes, timestamp delta, offset delta, key, value, no headers; every length is a zigzag varint of one byte
  const body = Buffer.concat([Buffer.from([0, 0, 0, key.length * 2]), key, Buffer.from([value.length * 2]), value, Buffer.from([0])])
  const record = Buffer.concat([Buffer.from([body.length * 2]), body])
  const bytes = Buffer.concat([Buffer.alloc(AT.records), record])
  const now = BigInt(Date.now())
  bytes.writeInt32BE(bytes.length - PREFIX, AT.length)
  bytes.writeInt8(2, AT.magic)
  bytes.writeInt16BE(TRANSACTIONAL | CONTROL, AT.attributes)
  bytes.writeBigInt64BE(now, AT.firstTimestamp)
  bytes.writeBigInt64BE(now, AT.maxTimestamp)
  bytes.writeBigInt64BE(producerId, AT.producerId)
  bytes.writeInt16BE(producerEpoch, AT.producerEpoch)
  bytes.writeInt32BE(-1, AT.baseSequence)
  bytes.writeInt32BE(1, AT.recordCount)
  bytes.writeUInt32BE(crc32c(bytes.subarray(AT.attributes)), AT.crc)
  return bytes
}

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1
  return crc
})

/** CRC-32C (Castagnoli), the checksum of a record batch. */
function crc32c(bytes: Buffer): number {
  let crc = 0xffffffff
  for (const byte of bytes) crc = (crc >>> 8) ^ (CRC_TABLE[(crc ^ byte) & 0xff] ?? 0)
  return (crc ^ 0xffffffff) >>> 0
}
