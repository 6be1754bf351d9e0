import type { Consumer, EachMessagePayload } from 'kafkajs'
import type { Logger } from 'pino'
import type { PausedPartition } from '../../middleware/outage.ts'
import { type MessageAt, OutageHold, type Stalled } from './outage-hold.ts'
import { keyOf, PartitionPauses, type PausingConsumer } from './partition-pauses.ts'

/** The part of a kafkajs consumer that holds need. */
export type HoldingConsumer = PausingConsumer & Pick<Consumer, 'on' | 'events' | 'seek'>

/** Where holds are told. */
export interface HoldReport {
  readonly logger: Logger
  readonly paused: Set<PausedPartition>
}

/** Limits of waiting, in milliseconds. */
export interface HoldLimits {
  /** How long a look-up may keep the handler, and with it other partitions, before the partition is paused. */
  readonly pauseAfterMs: number
  /** How long a message waits before it fails as without pausing; may be `Infinity`. */
  readonly maxPauseMs: number
}

/**
 * How long kafkajs may take, after the handler, to notice that the partition is paused: a heartbeat and a commit, each with its default
 * request timeout. It says when it did (`END_BATCH_PROCESS`), unless one of the two fails.
 */
const longestLeaving = 60_000

/** The loop over a batch that kafkajs is in. */
interface Loop {
  readonly left: () => void
  readonly isSeen: () => boolean
}

/** The messages of one consumer that wait for the registry: one for each paused partition. */
export class OutageHolds {
  readonly pauses: PartitionPauses
  readonly limits: HoldLimits
  readonly #consumer: HoldingConsumer
  readonly #report: HoldReport
  readonly #holds = new Map<string, OutageHold>()
  /** Holds whose batch kafkajs is still at: it looks whether the partition is paused when it is through with the message. */
  readonly #entered = new Map<OutageHold, Loop>()
  #hasCopies = false
  #isListening = false
  #stopping = new AbortController()

  constructor(consumer: HoldingConsumer, report: HoldReport, limits: HoldLimits) {
    this.#consumer = consumer
    this.#report = report
    this.limits = limits
    this.pauses = new PartitionPauses(consumer)
  }

  /** Aborted when the application stops the consumer: what waits inside of a handler ends at once. */
  get stopping(): AbortSignal {
    return this.#stopping.signal
  }

  /** Whether somebody between kafkajs and us was found to hand on copies of messages. */
  get hasCopies(): boolean {
    return this.#hasCopies
  }

  /** Whether anything is held; says quickly that nothing is. */
  get isEmpty(): boolean {
    return this.#holds.size === 0
  }

  /** The hold of the partition, where this message or one before it waits. */
  over({ topic, partition, offset }: MessageAt): OutageHold | undefined {
    const hold = this.#holds.get(keyOf(topic, partition))
    return hold !== undefined && BigInt(offset) >= BigInt(hold.offset) ? hold : undefined
  }

  /**
   * Pauses the partition until the message can be decoded. Where kafkajs is still going through the batch, it goes on only after kafkajs has left
   * it; `isSeen` then says whether kafkajs has seen where it is to go on. If not, the consumer seeks there.
   */
  begin(at: MessageAt, stalled: Stalled, isSeen?: () => boolean): void {
    // The pause ends the batch, and goes with the membership.
    if (this.stopping.aborted) return this.pauses.hold(at.topic, at.partition)
    this.#listen()
    const key = keyOf(at.topic, at.partition)
    const before = this.#holds.get(key)
    const again = before?.offset === at.offset && before.state !== 'waiting' ? before : undefined
    if (again === undefined) before?.end()
    const hold = again ?? new OutageHold(at, stalled)
    hold.state = 'waiting'
    this.#holds.set(key, hold)
    this.#report.paused.add(hold)
    this.pauses.hold(at.topic, at.partition)
    const left = isSeen && new Promise<void>((resolve) => this.#entered.set(hold, { left: resolve, isSeen }))
    if (again === undefined) this.#log(hold).warn({ code: stalled.error?.code }, `${saidOf(stalled)}: partition paused`)
    void this.#outlast(hold, stalled, left)
  }

  /** Pauses again what somebody resumed before its time. */
  holdAgain({ topic, partition }: OutageHold): void {
    this.pauses.hold(topic, partition)
  }

  /** The message was decoded, or failed for good: its partition has no need to wait. */
  passed(at: MessageAt): void {
    const hold = this.over(at)
    if (hold === undefined) return
    this.#drop(hold)
    this.#log(hold).info({ pausedMs: hold.waited, failures: hold.failures }, 'the registry answers again: partition goes on')
  }

  /** Lets go of a partition: the application went elsewhere in it. */
  drop(topic: string, partition: number): void {
    const hold = this.#holds.get(keyOf(topic, partition))
    if (hold !== undefined) this.#drop(hold)
  }

  /** The application stops the consumer. */
  stop(): void {
    this.#stopping.abort()
    this.#clear()
  }

  /** The application starts the consumer. */
  start(): void {
    if (!this.#stopping.signal.aborted) return
    this.#stopping = new AbortController()
    this.pauses.clear()
  }

  async #outlast(hold: OutageHold, stalled: Stalled, left: Promise<void> | undefined): Promise<void> {
    const end = await hold.wait(stalled, this.limits.maxPauseMs, () => this.#holds.size)
    // An answer, whatever it says, is one that others may have, too.
    if (end === 'answered' && stalled.lookup !== undefined) for (const other of this.#holds.values()) other.wake()
    if (left !== undefined) await Promise.race([left, hold.pause(longestLeaving - hold.waited)])
    this.#entered.delete(hold)
    if (end === 'ended' || hold.isEnded) return
    hold.state = end === 'expired' ? 'expired' : 'ready'
    if (end === 'expired')
      this.#log(hold).warn({ pausedMs: hold.waited, failures: hold.failures }, 'paused for too long: the message fails')
    this.#resume(hold)
  }

  #drop(hold: OutageHold): void {
    hold.end()
    this.#entered.delete(hold)
    this.#holds.delete(keyOf(hold.topic, hold.partition))
    this.#report.paused.delete(hold)
    this.#resume(hold)
  }

  #resume({ topic, partition }: OutageHold): void {
    try {
      this.pauses.release(topic, partition)
    } catch {
      // A consumer that has stopped has nothing paused.
    }
  }

  #clear(): void {
    for (const hold of this.#holds.values()) {
      hold.end()
      this.#report.paused.delete(hold)
    }
    this.#holds.clear()
    this.#entered.clear()
    this.pauses.clear()
  }

  #listen(): void {
    if (this.#isListening) return
    this.#isListening = true
    const { GROUP_JOIN, END_BATCH_PROCESS, COMMIT_OFFSETS, STOP, CRASH } = this.#consumer.events
    this.#consumer.on(COMMIT_OFFSETS, ({ payload }) => {
      for (const { topic, partitions } of payload.topics) {
        for (const { partition, offset } of partitions) {
          const hold = this.#holds.get(keyOf(topic, partition))
          if (hold !== undefined && this.#entered.has(hold) && BigInt(offset) > BigInt(hold.offset)) this.#goBack(hold)
        }
      }
    })
    this.#consumer.on(END_BATCH_PROCESS, ({ payload }) => {
      const hold = this.#holds.get(keyOf(payload.topic, payload.partition))
      if (hold !== undefined) this.#left(hold)
    })
    this.#consumer.on(GROUP_JOIN, ({ payload }) => {
      for (const hold of [...this.#holds.values()]) {
        // kafkajs keeps the mark of a partition that is taken away, and finds it again when it comes back; what is sought in it as well.
        if (payload.memberAssignment[hold.topic]?.includes(hold.partition) === true) this.#left(hold)
        else this.#drop(hold)
      }
    })
    for (const ended of [STOP, CRASH]) this.#consumer.on(ended as typeof STOP, () => this.#clear())
  }

  #left(hold: OutageHold): void {
    const loop = this.#entered.get(hold)
    if (loop === undefined) return
    this.#entered.delete(hold)
    if (!loop.isSeen()) this.#goBack(hold)
    loop.left()
  }

  /** kafkajs has taken the message for handled: before it fetches anything, also while all is paused, it commits where it is to go on. */
  #goBack(hold: OutageHold): void {
    const { topic, partition, offset } = hold
    this.#consumer.seek({ topic, partition, offset })
    if (this.#hasCopies) return
    this.#hasCopies = true
    this.#log(hold).error('a wrapper around eachMessage hands on copies of messages: outages of the registry throw from now on')
  }

  #log({ topic, partition, offset, schemaId }: OutageHold): Logger {
    return this.#report.logger.child({ topic, partition, offset, schemaId })
  }
}

function saidOf({ error }: Stalled): string {
  return error === undefined ? 'the registry takes long to answer' : 'the registry does not answer'
}

/** The pause of a handler's payload, as the application's own. */
export function pauseOf(holds: OutageHolds, topic: string, partition: number): EachMessagePayload['pause'] {
  const one = [{ topic, partitions: [partition] }]
  return () => {
    holds.pauses.pause(one)
    return () => holds.pauses.resume(one)
  }
}
