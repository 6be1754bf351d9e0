import { setTimeout } from 'node:timers/promises'
import type { EvolveError } from '../../errors.ts'
import type { SchemaLookup } from '../../middleware/lookup.ts'
import { isOutage, outageBackoff, type PausedPartition } from '../../middleware/outage.ts'

/** Where a message is. */
export interface MessageAt {
  readonly topic: string
  readonly partition: number
  readonly offset: string
}

/** Why a message cannot be decoded yet. */
export interface Stalled {
  /** What it waits for; `undefined` where the failure was not that of a look-up: then decoding is tried again. */
  readonly lookup: SchemaLookup | undefined
  /** A look-up that is under way; `undefined` where it failed. */
  readonly pending: Promise<void> | undefined
  readonly error: EvolveError | undefined
}

/** How waiting ended: the registry answered, whatever it said; the limit was reached; or nobody waits any more. */
export type HoldEnd = 'answered' | 'expired' | 'ended'

/** The longest time that a timer of Node can wait, in milliseconds. */
export const longestTimer: number = 2 ** 31 - 1

/** A message that waits until its schema can be looked up, and keeps its partition paused. */
export class OutageHold implements PausedPartition {
  readonly topic: string
  readonly partition: number
  readonly offset: string
  readonly schemaId: number | undefined
  readonly since: Date = new Date()
  failures = 0
  code: PausedPartition['code']
  /** `waiting`: nothing from this message on is handed over. `ready`: it is tried again. `expired`: it is tried again and may fail. */
  state: 'waiting' | 'ready' | 'expired' = 'waiting'
  readonly #ending = new AbortController()
  #waking = new AbortController()

  constructor({ topic, partition, offset }: MessageAt, { lookup, error }: Stalled) {
    this.topic = topic
    this.partition = partition
    this.offset = offset
    this.schemaId = lookup?.schemaIds[0] ?? error?.details.schemaId
  }

  /** Milliseconds since the message began to wait. */
  get waited(): number {
    return Date.now() - this.since.getTime()
  }

  /**
   * Asks the registry again and again, with pauses between, until it answers; for as long as `maxMs` from the beginning. `sharing` says how many
   * ask at present, so that all together do not ask too often.
   */
  async wait(stalled: Stalled, maxMs: number, sharing: () => number): Promise<HoldEnd> {
    const over = new AbortController()
    const left = Math.min(longestTimer, Math.max(0, maxMs - this.waited))
    const limit = Number.isFinite(maxMs) ? this.#sleep(left, over.signal).then(() => 'expired' as const) : neverEnding
    const ended = new Promise<HoldEnd>((resolve) => this.#ending.signal.addEventListener('abort', () => resolve('ended'), { once: true }))
    try {
      return await Promise.race([this.#ask(stalled, over.signal, sharing), limit, ended])
    } finally {
      over.abort()
    }
  }

  /** Waits, also until the hold has ended. Milliseconds. */
  async pause(milliseconds: number): Promise<void> {
    await this.#sleep(milliseconds, this.#ending.signal)
  }

  /** Asks at once, where it is between two tries: somebody else had an answer. */
  wake(): void {
    this.#waking.abort()
    this.#waking = new AbortController()
  }

  /** Gives up waiting. */
  end(): void {
    this.#ending.abort()
  }

  get isEnded(): boolean {
    return this.#ending.signal.aborted
  }

  async #ask({ lookup, pending, error }: Stalled, over: AbortSignal, sharing: () => number): Promise<HoldEnd> {
    if (error !== undefined) this.#failed(error)
    let asked = pending
    for (;;) {
      if (asked === undefined) {
        await this.#sleep(outageBackoff(this.failures, sharing()), AbortSignal.any([over, this.#waking.signal]))
      }
      if (over.aborted || this.isEnded) return 'ended'
      try {
        await (asked ?? lookup?.run())
        return 'answered'
      } catch (failure) {
        // A refusal for good is an answer: decoding will say it.
        if (!isOutage(failure)) return 'answered'
        this.#failed(failure)
        asked = undefined
      }
    }
  }

  #failed(error: EvolveError): void {
    this.failures += 1
    this.code = error.code
  }

  async #sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
    await setTimeout(milliseconds, undefined, { ref: false, signal }).catch(() => undefined)
  }
}

const neverEnding: Promise<never> = new Promise(() => undefined)
