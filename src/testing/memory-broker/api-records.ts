import type { Api, BrokerState } from './api.ts'
import { ERROR } from './error-codes.ts'
import type { PartitionLog } from './partition-log.ts'
import { type ProtocolReader, ProtocolWriter } from './protocol-bytes.ts'
import { placeRecordBatch, splitRecordBatches } from './record-batch.ts'

const NO_OFFSET = -1
const READ_COMMITTED = 1
const EARLIEST = -2n
const LATEST = -1n
/** Bytes: the default of Kafka's `message.max.bytes`. */
const LARGEST_BATCH = 1_048_588
/** Milliseconds. kafkajs waits for its open fetch before it stops; it asks for 5 seconds, and a test has no use for that. */
const LONGEST_WAIT = 50

const produce: Api = {
  key: 0,
  version: 7,
  answer(request, broker) {
    const transactionalId = request.nullableString()
    const acks = request.int16()
    request.int32()
    const data = request.array((r) => ({ topic: r.string(), partitions: r.array((p) => ({ partition: p.int32(), records: p.bytes() })) }))
    const answer = new ProtocolWriter().array(data, (w, { topic, partitions }) => {
      w.string(topic).array(partitions, (p, { partition, records }) => {
        const log = broker.topics.partition(topic, partition)
        const { error, baseOffset } = append(broker, log, records, transactionalId)
        // -1: the timestamps of the records are the producer's, not the time of the append
        p.int32(partition)
          .int16(error)
          .int64(baseOffset)
          .int64(-1)
          .int64(log?.startOffset ?? NO_OFFSET)
      })
    })
    broker.topics.wake()
    return acks === 0 ? undefined : answer.int32(0)
  },
}

function append(broker: BrokerState, log: PartitionLog | undefined, records: Buffer, transactionalId: string | null): AppendResult {
  if (log === undefined) return refused(ERROR.unknownTopicOrPartition)
  const batches = splitRecordBatches(records)
  if (batches === undefined || batches.length === 0) return refused(ERROR.corruptMessage)
  if (batches.some(({ length }) => length > LARGEST_BATCH)) return refused(ERROR.messageTooLarge)
  for (const bytes of batches) {
    const { transactional, producerId, producerEpoch } = placeRecordBatch(bytes, 0)
    if (!transactional) continue
    const error = broker.transactions.mayAppend(transactionalId, { producerId, epoch: producerEpoch }, log)
    if (error !== ERROR.none) return refused(error)
  }
  const [first = NO_OFFSET] = batches.map((bytes) => log.append(bytes))
  return { error: ERROR.none, baseOffset: first }
}

interface AppendResult {
  readonly error: number
  readonly baseOffset: number
}

const refused = (error: number): AppendResult => ({ error, baseOffset: NO_OFFSET })

interface FetchRequest {
  readonly minBytes: number
  readonly committedOnly: boolean
  readonly topics: readonly {
    readonly topic: string
    readonly partitions: readonly { readonly partition: number; readonly offset: number; readonly maxBytes: number }[]
  }[]
}

const fetch: Api = {
  key: 1,
  version: 11,
  async answer(request, broker) {
    request.int32()
    const deadline = Date.now() + Math.min(request.int32(), LONGEST_WAIT)
    const minBytes = request.int32()
    request.int32()
    const committedOnly = request.int8() === READ_COMMITTED
    request.int32()
    request.int32()
    const topics = request.array((r) => ({ topic: r.string(), partitions: r.array(fetchPartition) }))
    const wanted: FetchRequest = { minBytes, committedOnly, topics }
    for (;;) {
      const { writer, bytes, failed } = collect(broker, wanted)
      const left = deadline - Date.now()
      if (failed || bytes >= minBytes || left <= 0) return writer
      await broker.topics.change(left)
    }
  },
}

function fetchPartition(request: ProtocolReader): { partition: number; offset: number; maxBytes: number } {
  const partition = request.int32()
  request.int32()
  const offset = Number(request.int64())
  request.int64()
  return { partition, offset, maxBytes: request.int32() }
}

/** The answer as it would be now, with the bytes of records in it. */
function collect(broker: BrokerState, wanted: FetchRequest): { writer: ProtocolWriter; bytes: number; failed: boolean } {
  let bytes = 0
  let failed = false
  const writer = new ProtocolWriter().int32(0).int16(ERROR.none).int32(0)
  writer.array(wanted.topics, (w, { topic, partitions }) => {
    w.string(topic).array(partitions, (p, { partition, offset, maxBytes }) => {
      const log = broker.topics.partition(topic, partition)
      const error = readError(log, offset)
      if (log === undefined || error !== ERROR.none) {
        failed = true
        p.int32(partition).int16(error).int64(NO_OFFSET).int64(NO_OFFSET).int64(NO_OFFSET)
        p.array([], () => undefined)
          .int32(NO_OFFSET)
          .bytes()
        return
      }
      const end = wanted.committedOnly ? log.lastStableOffset : log.nextOffset
      const batches = log.read(offset, end, maxBytes)
      const readEnd = (batches.at(-1)?.lastOffset ?? offset - 1) + 1
      const aborted = wanted.committedOnly ? log.abortedBetween(offset, readEnd) : []
      bytes += batches.reduce((sum, batch) => sum + batch.bytes.length, 0)
      p.int32(partition).int16(ERROR.none).int64(log.nextOffset).int64(log.lastStableOffset).int64(log.startOffset)
      p.array(aborted, (a, { producerId, firstOffset }) => a.int64(producerId).int64(firstOffset))
      p.int32(NO_OFFSET).bytes(...batches.map((batch) => batch.bytes))
    })
  })
  return { writer, bytes, failed }
}

function readError(log: PartitionLog | undefined, offset: number): number {
  if (log === undefined) return ERROR.unknownTopicOrPartition
  return offset < log.startOffset || offset > log.nextOffset ? ERROR.offsetOutOfRange : ERROR.none
}

const listOffsets: Api = {
  key: 2,
  version: 3,
  answer(request, broker) {
    request.int32()
    const committedOnly = request.int8() === READ_COMMITTED
    const topics = request.array((r) => ({
      topic: r.string(),
      partitions: r.array((p) => ({ partition: p.int32(), timestamp: p.int64() })),
    }))
    return new ProtocolWriter().int32(0).array(topics, (w, { topic, partitions }) => {
      w.string(topic).array(partitions, (p, { partition, timestamp }) => {
        const log = broker.topics.partition(topic, partition)
        p.int32(partition).int16(log === undefined ? ERROR.unknownTopicOrPartition : ERROR.none)
        const found = log === undefined ? NOWHERE : offsetAt(log, timestamp, committedOnly)
        p.int64(found.timestamp).int64(found.offset)
      })
    })
  },
}

const NOWHERE = { timestamp: -1n, offset: NO_OFFSET } as const

/** To the batch: within one, the offset of its first record. */
function offsetAt(log: PartitionLog, timestamp: bigint, committedOnly: boolean): { timestamp: bigint; offset: number } {
  if (timestamp === EARLIEST) return { timestamp: -1n, offset: log.startOffset }
  if (timestamp === LATEST) return { timestamp: -1n, offset: committedOnly ? log.lastStableOffset : log.nextOffset }
  const batch = log.batchAtTime(timestamp)
  return batch === undefined ? NOWHERE : { timestamp: batch.firstTimestamp, offset: Math.max(batch.baseOffset, log.startOffset) }
}

/** Requests that write and read records. */
export const RECORD_APIS: readonly Api[] = [produce, fetch, listOffsets]
