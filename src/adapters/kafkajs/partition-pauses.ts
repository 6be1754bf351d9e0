import type { Consumer } from 'kafkajs'

/** What kafkajs takes to pause and resume: topics, or some of their partitions. */
type TopicPartitions = Parameters<Consumer['pause']>[0]

/** The part of a kafkajs consumer that pauses. */
export type PausingConsumer = Pick<Consumer, 'pause' | 'resume' | 'paused'>

interface Held {
  readonly topic: string
  readonly partition: number
  /** Whether the application wants it paused, too. */
  byApplication: boolean
}

/**
 * The pauses of one consumer: ours and the application's on the same partitions, where kafkajs keeps one mark for each. A partition goes on
 * when neither wants it paused.
 */
export class PartitionPauses {
  readonly #consumer: PausingConsumer
  readonly #held = new Map<string, Held>()

  constructor(consumer: PausingConsumer) {
    this.#consumer = consumer
  }

  /** Pauses the partition for us. */
  hold(topic: string, partition: number): void {
    const isPaused = this.#isPaused(topic, partition)
    const key = keyOf(topic, partition)
    // What was paused before we came is the application's doing.
    if (!this.#held.has(key)) this.#held.set(key, { topic, partition, byApplication: isPaused })
    // Pausing one partition makes kafkajs forget that all of the topic were paused: not where that is so.
    if (!isPaused) this.#consumer.pause([{ topic, partitions: [partition] }])
  }

  /** Ends our pause; the partition goes on unless the application wants it paused. */
  release(topic: string, partition: number): void {
    const held = this.#held.get(keyOf(topic, partition))
    if (held === undefined) return
    this.#held.delete(keyOf(topic, partition))
    if (!held.byApplication) this.#consumer.resume([{ topic, partitions: [partition] }])
  }

  /** The consumer's `pause`, for the application. */
  pause(topics: TopicPartitions = []): void {
    this.#consumer.pause(topics)
    this.#note(topics, true)
    this.#holdAgain()
  }

  /** The consumer's `resume`, for the application: what we hold goes on when we let go. */
  resume(topics: Parameters<Consumer['resume']>[0] = []): void {
    this.#consumer.resume(
      topics.map((entry) =>
        Array.isArray(entry?.partitions)
          ? { ...entry, partitions: entry.partitions.filter((partition) => !this.#held.has(keyOf(entry.topic, partition))) }
          : entry,
      ),
    )
    this.#note(topics, false)
    this.#holdAgain()
  }

  /** Forgets all pauses, without resuming: those of kafkajs ended with its membership. */
  clear(): void {
    this.#held.clear()
  }

  #note(topics: TopicPartitions, byApplication: boolean): void {
    for (const { topic, partitions } of topics) {
      for (const held of this.#held.values()) {
        if (held.topic === topic && (partitions === undefined || partitions.includes(held.partition))) held.byApplication = byApplication
      }
    }
  }

  #holdAgain(): void {
    for (const { topic, partition } of this.#held.values()) {
      if (!this.#isPaused(topic, partition)) this.#consumer.pause([{ topic, partitions: [partition] }])
    }
  }

  #isPaused(topic: string, partition: number): boolean {
    return this.#consumer.paused().some((entry) => entry.topic === topic && entry.partitions.includes(partition))
  }
}

/** One key for a partition of a topic. */
export function keyOf(topic: string, partition: number): string {
  return `${partition}/${topic}`
}
