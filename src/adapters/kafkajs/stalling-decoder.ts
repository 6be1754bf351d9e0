import { setTimeout } from 'node:timers/promises'
import type { KafkaMessage } from 'kafkajs'
import { EvolveError } from '../../errors.ts'
import type { Lookup, SchemaLookup } from '../../middleware/lookup.ts'
import { isOutage } from '../../middleware/outage.ts'
import type { Decode } from '../../middleware/pipeline.ts'
import { beatingUntil } from './heartbeat.ts'
import { decodeKafkaMessage } from './incoming.ts'
import type { MessageAt, Stalled } from './outage-hold.ts'
import type { OutageHolds } from './outage-holds.ts'

/** A message, and all behind it in its partition, that is not handed over now. */
export class Halt {
  /** Offset of the message to go on with later. */
  readonly offset: string
  readonly #begin: (isSeen?: () => boolean) => void
  readonly #stalled: Stalled | undefined
  readonly #holds: OutageHolds

  constructor(offset: string, stalled: Stalled | undefined, holds: OutageHolds, begin: (isSeen?: () => boolean) => void) {
    this.offset = offset
    this.#holds = holds
    this.#stalled = stalled
    this.#begin = begin
  }

  /** Pauses the partition. `isSeen` where kafkajs still goes through the messages of its batch; see `OutageHolds.begin`. */
  pause(isSeen?: () => boolean): void {
    this.#begin(isSeen)
  }

  /** Whether it is known that somebody between hands on copies of messages: what is put back is then not seen. */
  get hasCopies(): boolean {
    return this.#holds.hasCopies
  }

  /** What to throw where pausing is not possible. */
  get error(): EvolveError {
    return this.#stalled?.error ?? new EvolveError('registry-timeout', 'the registry takes long to answer')
  }
}

/** What became of a message: decoded, left out (`undefined`), or to wait. */
export type Outcome = KafkaMessage | undefined | Halt

/** Decodes the messages of one topic for one consumer, or says that they have to wait for the registry. Keeps the membership alive meanwhile. */
export type StallingDecoder = (
  topic: string,
  partition: number,
  message: KafkaMessage,
  heartbeat: () => Promise<void>,
) => Outcome | Promise<Outcome>

/** Decoding that waits for however long it takes, and throws what it throws. */
export function waitingDecoder(decode: Decode): StallingDecoder {
  return (topic, partition, message, heartbeat) => {
    const result = decodeKafkaMessage(decode, topic, partition, message)
    return result instanceof Promise ? beatingUntil(result, heartbeat) : result
  }
}

/**
 * Decoding that does not keep other partitions waiting: a look-up that fails for the moment, or takes long, halts its own partition. Every
 * other failure is thrown.
 */
export function stallingDecoder(decode: Decode, lookup: Lookup, holds: OutageHolds): StallingDecoder {
  const plain = waitingDecoder(decode)

  const halted = (at: MessageAt, stalled: Stalled): Halt =>
    new Halt(at.offset, stalled, holds, (isSeen) => holds.begin(at, stalled, isSeen))

  const failed = (at: MessageAt, error: unknown): Halt => {
    if (isOutage(error)) return halted(at, { lookup: undefined, pending: undefined, error })
    if (error instanceof EvolveError) holds.passed(at)
    throw error
  }

  const passed = (topic: string, partition: number, offset: string, outcome: Outcome): Outcome => {
    if (!holds.isEmpty) holds.passed({ topic, partition, offset })
    return outcome
  }

  // Each message comes through here: nothing is made for it that is not needed.
  const decodeNow: StallingDecoder = (topic, partition, message, heartbeat) => {
    const { offset } = message
    try {
      const result = plain(topic, partition, message, heartbeat)
      if (!(result instanceof Promise)) return passed(topic, partition, offset, result)
      return result.then(
        (outcome) => passed(topic, partition, offset, outcome),
        (error: unknown) => failed({ topic, partition, offset }, error),
      )
    } catch (error) {
      return failed({ topic, partition, offset }, error)
    }
  }

  const found = async (needed: SchemaLookup, ...given: Parameters<StallingDecoder>): Promise<Outcome> => {
    const [topic, partition, { offset }, heartbeat] = given
    const pending = needed.run()
    const answer = await beatingUntil(outcomeOf(pending, holds), heartbeat)
    const at = { topic, partition, offset }
    if (answer === 'slow') return halted(at, { lookup: needed, pending, error: undefined })
    if (isOutage(answer.error)) return halted(at, { lookup: needed, pending: undefined, error: answer.error })
    // Also after a refusal for good: decoding says it, with its place.
    return decodeNow(...given)
  }

  return (topic, partition, message, heartbeat) => {
    const { offset } = message
    const hold = holds.isEmpty ? undefined : holds.over({ topic, partition, offset })
    if (hold?.state === 'waiting') return new Halt(hold.offset, undefined, holds, () => holds.holdAgain(hold))
    if (hold?.state === 'expired' && hold.offset === offset) return failing(plain, holds, [topic, partition, message, heartbeat])
    const needed = lookup(message)
    return needed === undefined ? decodeNow(topic, partition, message, heartbeat) : found(needed, topic, partition, message, heartbeat)
  }
}

/** Tries a message that has waited for as long as it may: its failure is thrown. */
async function failing(plain: StallingDecoder, holds: OutageHolds, given: Parameters<StallingDecoder>): Promise<Outcome> {
  const [topic, partition, { offset }] = given
  const outcome = await plain(...given)
  holds.passed({ topic, partition, offset })
  return outcome
}

/** How the look-up ended; `slow` when it took too long, or the consumer is being stopped. */
async function outcomeOf(pending: Promise<void>, { limits, stopping }: OutageHolds): Promise<'slow' | { readonly error: unknown }> {
  const done = new AbortController()
  const signal = AbortSignal.any([done.signal, stopping])
  const slow = setTimeout(limits.pauseAfterMs, undefined, { signal }).then(
    () => 'slow' as const,
    () => 'slow' as const,
  )
  const settled = pending.then(
    () => ({ error: undefined }),
    (error: unknown) => ({ error }),
  )
  try {
    return await Promise.race([settled, slow])
  } finally {
    done.abort()
  }
}
