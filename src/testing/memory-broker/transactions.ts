import { ERROR } from './error-codes.ts'
import type { Groups, OffsetCommit } from './groups.ts'
import type { PartitionLog } from './partition-log.ts'
import type { Topics } from './topics.ts'

/** Who sends: an ID for a producer, and an epoch that grows each time the same transactional ID starts again. */
export interface ProducerIdentity {
  readonly producerId: bigint
  readonly epoch: number
}

interface TransactionalProducer {
  readonly producerId: bigint
  epoch: number
  /** Milliseconds that a transaction may stay open. */
  timeout: number
  deadline: NodeJS.Timeout | undefined
  readonly partitions: Set<PartitionLog>
  /** Offsets to commit with the transaction, by group. */
  readonly offsets: Map<string, OffsetCommit[]>
}

/** The transaction coordinator (KIP-98): what belongs to a transaction is seen by readers of committed data all at once, or never. */
export class Transactions {
  readonly #topics: Topics
  readonly #groups: Groups
  readonly #producers = new Map<string, TransactionalProducer>()
  #nextProducerId = 1n

  constructor(topics: Topics, groups: Groups) {
    this.#topics = topics
    this.#groups = groups
  }

  /** Starts a producer. One with a transactional ID shuts out its predecessor, whose open transaction is aborted. */
  start(transactionalId: string | null, timeout: number): ProducerIdentity {
    if (transactionalId === null) return { producerId: this.#nextProducerId++, epoch: 0 }
    const known = this.#producers.get(transactionalId)
    if (known === undefined) {
      const producerId = this.#nextProducerId++
      this.#producers.set(transactionalId, {
        producerId,
        epoch: 0,
        timeout,
        deadline: undefined,
        partitions: new Set(),
        offsets: new Map(),
      })
      return { producerId, epoch: 0 }
    }
    known.epoch++
    known.timeout = timeout
    this.#finish(known, 'abort')
    return { producerId: known.producerId, epoch: known.epoch }
  }

  /** @returns the error code for each partition, in order; where one is refused none is added. */
  addPartitions(transactionalId: string, who: ProducerIdentity, partitions: readonly { topic: string; partition: number }[]): number[] {
    const [producer, error] = this.#check(transactionalId, who)
    if (producer === undefined) return partitions.map(() => error)
    const logs = partitions.map(({ topic, partition }) => this.#topics.partition(topic, partition))
    if (logs.includes(undefined))
      return logs.map((log) => (log === undefined ? ERROR.unknownTopicOrPartition : ERROR.operationNotAttempted))
    this.#open(producer)
    for (const log of logs) if (log !== undefined) producer.partitions.add(log)
    return logs.map(() => ERROR.none)
  }

  /** @returns an error code. */
  addGroup(transactionalId: string, who: ProducerIdentity, groupId: string): number {
    const [producer, error] = this.#check(transactionalId, who)
    if (producer === undefined) return error
    this.#open(producer)
    producer.offsets.set(groupId, producer.offsets.get(groupId) ?? [])
    return ERROR.none
  }

  /** Keeps offsets for the end of the transaction. @returns an error code. */
  addOffsets(transactionalId: string, who: ProducerIdentity, groupId: string, commits: readonly OffsetCommit[]): number {
    const [producer, error] = this.#check(transactionalId, who)
    if (producer === undefined) return error
    const pending = producer.offsets.get(groupId)
    if (pending === undefined) return ERROR.invalidTransactionState
    pending.push(...commits)
    return ERROR.none
  }

  /** @returns an error code. */
  end(transactionalId: string, who: ProducerIdentity, outcome: 'commit' | 'abort'): number {
    const [producer, error] = this.#check(transactionalId, who)
    if (producer === undefined) return error
    if (producer.deadline === undefined) return ERROR.invalidTransactionState
    this.#finish(producer, outcome)
    return ERROR.none
  }

  /** Whether a transactional batch may be appended to the log. @returns an error code. */
  mayAppend(transactionalId: string | null, who: ProducerIdentity, log: PartitionLog): number {
    const [producer, error] = this.#check(transactionalId ?? '', who)
    if (producer === undefined) return error
    return producer.partitions.has(log) ? ERROR.none : ERROR.invalidTransactionState
  }

  #check(transactionalId: string, who: ProducerIdentity): [TransactionalProducer | undefined, number] {
    const producer = this.#producers.get(transactionalId)
    if (producer?.producerId !== who.producerId) return [undefined, ERROR.invalidProducerIdMapping]
    return producer.epoch === who.epoch ? [producer, ERROR.none] : [undefined, ERROR.invalidProducerEpoch]
  }

  #open(producer: TransactionalProducer): void {
    producer.deadline ??= setTimeout(() => {
      producer.epoch++
      this.#finish(producer, 'abort')
    }, producer.timeout).unref()
  }

  #finish(producer: TransactionalProducer, outcome: 'commit' | 'abort'): void {
    clearTimeout(producer.deadline)
    producer.deadline = undefined
    for (const log of producer.partitions) log.endTransaction(producer.producerId, producer.epoch, outcome)
    if (outcome === 'commit') {
      for (const [groupId, commits] of producer.offsets) for (const commit of commits) this.#groups.get(groupId).commit(commit)
    }
    producer.partitions.clear()
    producer.offsets.clear()
    this.#topics.wake()
  }
}
