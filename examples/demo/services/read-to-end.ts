import type { Kafka } from 'kafkajs'

/** A place in a topic: partition by partition, the offset behind the last message. */
export type TopicEnd = ReadonlyMap<number, bigint>

/** Where the topic ends now. */
export async function endOf(kafka: Kafka, topic: string): Promise<TopicEnd> {
  const admin = kafka.admin()
  await admin.connect()
  try {
    const offsets = await admin.fetchTopicOffsets(topic)
    return new Map(offsets.map(({ partition, high }) => [partition, BigInt(high)]))
  } finally {
    await admin.disconnect()
  }
}

/** Follows how far a consumer has come, and says when it has reached an end. */
export class Progress {
  readonly #next = new Map<number, bigint>()
  #waiting: { readonly end: TopicEnd; readonly resolve: () => void } | undefined

  /** The message at this offset is done. */
  passed(partition: number, offset: string): void {
    this.#next.set(partition, BigInt(offset) + 1n)
    this.#check()
  }

  /** Resolves when everything before `end` has passed. */
  reached(end: TopicEnd): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting = { end, resolve }
      this.#check()
    })
  }

  #check(): void {
    const { end, resolve } = this.#waiting ?? {}
    if (end === undefined || resolve === undefined) return
    if ([...end].every(([partition, offset]) => (this.#next.get(partition) ?? 0n) >= offset)) resolve()
  }
}
