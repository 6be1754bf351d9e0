import { controlBatch, placeRecordBatch, type RecordBatch } from './record-batch.ts'

/** A transaction that ended in an abort, as a fetch of committed data names it to the client. */
export interface AbortedTransaction {
  readonly producerId: bigint
  readonly firstOffset: number
  /** Offset of the abort marker. */
  readonly lastOffset: number
}

/** One partition: record batches in the order of their offsets, and the transactions that touch it. */
export class PartitionLog {
  /** Offset of the oldest record that can be read. */
  startOffset = 0
  /** Offset that the next record gets; with one replica also the high watermark. */
  nextOffset = 0
  #batches: RecordBatch[] = []
  readonly #openTransactions = new Map<bigint, number>()
  readonly #aborted: AbortedTransaction[] = []

  /** Copies the batch to the end of the log and gives the offset of its first record. */
  append(batch: Buffer): number {
    const placed = placeRecordBatch(batch, this.nextOffset)
    this.#batches.push(placed)
    this.nextOffset = placed.lastOffset + 1
    if (placed.transactional && !this.#openTransactions.has(placed.producerId)) {
      this.#openTransactions.set(placed.producerId, placed.baseOffset)
    }
    return placed.baseOffset
  }

  /** Ends the producer's transaction here; the marker takes an offset of its own, as in Kafka. */
  endTransaction(producerId: bigint, producerEpoch: number, outcome: 'commit' | 'abort'): void {
    const firstOffset = this.#openTransactions.get(producerId)
    const lastOffset = this.append(controlBatch(producerId, producerEpoch, outcome))
    this.#openTransactions.delete(producerId)
    if (outcome === 'abort' && firstOffset !== undefined) this.#aborted.push({ producerId, firstOffset, lastOffset })
  }

  /** Where readers of committed data stop: the first offset of the oldest open transaction, or the end. */
  get lastStableOffset(): number {
    return Math.min(this.nextOffset, ...this.#openTransactions.values())
  }

  /** Batches from the one that holds `offset`, up to `end` (exclusive) and about `maxBytes`; at least one where there is one. */
  read(offset: number, end: number, maxBytes: number): RecordBatch[] {
    const result: RecordBatch[] = []
    let size = 0
    for (let index = this.#indexOf(offset); index < this.#batches.length; index++) {
      const batch = this.#batches[index]
      if (batch === undefined || batch.baseOffset >= end) break
      if (result.length > 0 && size + batch.bytes.length > maxBytes) break
      result.push(batch)
      size += batch.bytes.length
    }
    return result
  }

  /** Aborted transactions with records at or after `offset` and before `end`, oldest first. */
  abortedBetween(offset: number, end: number): AbortedTransaction[] {
    return this.#aborted
      .filter(({ firstOffset, lastOffset }) => lastOffset >= offset && firstOffset < end)
      .sort((one, other) => one.firstOffset - other.firstOffset)
  }

  /** The first batch with a record at or after the timestamp (milliseconds). */
  batchAtTime(timestamp: bigint): RecordBatch | undefined {
    return this.#batches.find((batch) => batch.maxTimestamp >= timestamp)
  }

  /** Forgets the records before `offset`; batches go as a whole. */
  deleteBefore(offset: number): void {
    this.startOffset = Math.max(this.startOffset, offset)
    this.#batches = this.#batches.filter((batch) => batch.lastOffset >= this.startOffset)
  }

  #indexOf(offset: number): number {
    let low = 0
    let high = this.#batches.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.#batches[middle]?.lastOffset ?? 0) < offset) low = middle + 1
      else high = middle
    }
    return low
  }
}
