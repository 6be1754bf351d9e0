import { ConsumerGroup } from './consumer-group.ts'
import { ERROR } from './error-codes.ts'

/** An offset that a group committed. */
export interface CommittedOffset {
  readonly offset: bigint
  readonly metadata: string | null
}

/** One partition in a commit. */
export interface OffsetCommit extends CommittedOffset {
  readonly topic: string
  readonly partition: number
}

/** A group: who is in it and how far it has come. */
export class Group {
  readonly membership: ConsumerGroup = new ConsumerGroup()
  readonly #offsets = new Map<string, Map<number, CommittedOffset>>()

  commit({ topic, partition, offset, metadata }: OffsetCommit): void {
    const partitions = this.#offsets.get(topic) ?? new Map<number, CommittedOffset>()
    this.#offsets.set(topic, partitions.set(partition, { offset, metadata }))
  }

  committed(topic: string, partition: number): CommittedOffset | undefined {
    return this.#offsets.get(topic)?.get(partition)
  }

  /** Every partition with a committed offset, by topic. */
  allCommitted(): { topic: string; partitions: number[] }[] {
    return [...this.#offsets].map(([topic, partitions]) => ({ topic, partitions: [...partitions.keys()] }))
  }

  forgetTopic(topic: string): void {
    this.#offsets.delete(topic)
  }
}

/** All consumer groups of a broker. */
export class Groups {
  readonly #groups = new Map<string, Group>()

  ids(): string[] {
    return [...this.#groups.keys()]
  }

  find(groupId: string): Group | undefined {
    return this.#groups.get(groupId)
  }

  /** Finds the group or starts an empty one. */
  get(groupId: string): Group {
    const group = this.#groups.get(groupId) ?? new Group()
    this.#groups.set(groupId, group)
    return group
  }

  /** @returns an error code; a group with members is not deleted. */
  delete(groupId: string): number {
    const group = this.#groups.get(groupId)
    if (group === undefined) return ERROR.groupIdNotFound
    if (group.membership.state !== 'Empty') return ERROR.nonEmptyGroup
    this.#groups.delete(groupId)
    return ERROR.none
  }

  forgetTopic(topic: string): void {
    for (const group of this.#groups.values()) group.forgetTopic(topic)
  }
}
