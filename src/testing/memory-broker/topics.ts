import { ERROR } from './error-codes.ts'
import { PartitionLog } from './partition-log.ts'

/** The topics of a broker and what lies in them. */
export class Topics {
  readonly #logs = new Map<string, PartitionLog[]>()
  readonly #waiting = new Set<() => void>()
  readonly #defaultPartitions: number
  readonly #autoCreate: boolean

  /** @param defaultPartitions partitions of a topic whose creator does not say how many. */
  constructor(defaultPartitions: number, autoCreate: boolean) {
    this.#defaultPartitions = defaultPartitions
    this.#autoCreate = autoCreate
  }

  names(): string[] {
    return [...this.#logs.keys()]
  }

  partitions(topic: string): readonly PartitionLog[] | undefined {
    return this.#logs.get(topic)
  }

  partition(topic: string, partition: number): PartitionLog | undefined {
    return this.#logs.get(topic)?.[partition]
  }

  /** Gives the error code that a metadata request answers for the topic; creates the topic where the asker and this broker allow it. */
  lookUp(topic: string, mayCreate: boolean): number {
    if (this.#logs.has(topic)) return ERROR.none
    return mayCreate && this.#autoCreate ? this.create(topic, -1) : ERROR.unknownTopicOrPartition
  }

  /** @param partitions -1 for the default. @returns an error code. */
  create(topic: string, partitions: number, validateOnly = false): number {
    if (!isTopicName(topic)) return ERROR.invalidTopic
    if (this.#logs.has(topic)) return ERROR.topicAlreadyExists
    if (partitions === 0 || partitions < -1) return ERROR.invalidPartitions
    if (validateOnly) return ERROR.none
    const count = partitions === -1 ? this.#defaultPartitions : partitions
    this.#logs.set(
      topic,
      Array.from({ length: count }, () => new PartitionLog()),
    )
    return ERROR.none
  }

  /** Adds partitions until there are `count`. @returns an error code. */
  grow(topic: string, count: number, validateOnly: boolean): number {
    const logs = this.#logs.get(topic)
    if (logs === undefined) return ERROR.unknownTopicOrPartition
    if (count <= logs.length) return ERROR.invalidPartitions
    if (!validateOnly) while (logs.length < count) logs.push(new PartitionLog())
    return ERROR.none
  }

  /** @returns an error code. */
  delete(topic: string): number {
    if (!this.#logs.delete(topic)) return ERROR.unknownTopicOrPartition
    this.wake()
    return ERROR.none
  }

  /** Ends every wait of {@link Topics.change}: there is something new to read. */
  wake(): void {
    for (const ready of [...this.#waiting]) ready()
  }

  /** Resolves when something was written, or after `milliseconds`. */
  change(milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      const ready = (): void => {
        clearTimeout(timer)
        this.#waiting.delete(ready)
        resolve()
      }
      const timer = setTimeout(ready, milliseconds)
      this.#waiting.add(ready)
    })
  }
}

/** The rule of Kafka's `Topic.validate`. */
function isTopicName(name: string): boolean {
  return /^[\w.-]{1,249}$/.test(name) && name !== '.' && name !== '..'
}
