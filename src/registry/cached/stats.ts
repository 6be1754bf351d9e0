import { type Channel, channel } from 'node:diagnostics_channel'

/** What can happen to a question that a cache is asked. */
export type CacheEventType =
  /** Answered from memory. */
  | 'hit'
  /** Asked of the registry. */
  | 'miss'
  /** Refused from memory: it was not there a short while ago. */
  | 'negative-hit'
  /** Joined to a request that was under way for the same question. */
  | 'join'
  /** Answered from memory though it has expired: a new answer is under way, or the registry cannot give one. */
  | 'stale'
  /** Asked of the registry without anybody waiting for it. */
  | 'refresh'
  /** The registry gave no definite answer. */
  | 'failure'

/** What is published on the channel {@link cacheChannel}. */
export interface CacheEvent {
  readonly type: CacheEventType
  readonly question: 'schema-by-id' | 'version' | 'lookup' | 'register' | 'versions' | 'latest'
  readonly subject?: string | undefined
  readonly schemaId?: number | undefined
  /** Of a failure: its error. */
  readonly error?: unknown
}

/** Counts since the cache was made, and how much it holds now. */
export interface CacheStats {
  readonly hits: number
  /** Requests to the registry, registrations among them. */
  readonly misses: number
  readonly negativeHits: number
  readonly joins: number
  readonly stale: number
  readonly refreshes: number
  readonly failures: number
  /** Entries, by what they are. */
  readonly entries: {
    readonly schemas: number
    readonly versions: number
    readonly lookups: number
    readonly lists: number
    readonly latest: number
    readonly refusals: number
  }
}

/** The name of the `node:diagnostics_channel` on which all caches of the process publish a {@link CacheEvent} for each question, where somebody listens. */
export const cacheChannel = 'kafka-evolve:registry-cache'

type Counts = Omit<CacheStats, 'entries'>

const counterOf: Readonly<Record<CacheEventType, keyof Counts>> = {
  hit: 'hits',
  miss: 'misses',
  'negative-hit': 'negativeHits',
  join: 'joins',
  stale: 'stale',
  refresh: 'refreshes',
  failure: 'failures',
}

/** Counts what happens, and tells those who listen. */
export class CacheCounters {
  readonly #counts = { hits: 0, misses: 0, negativeHits: 0, joins: 0, stale: 0, refreshes: 0, failures: 0 }
  readonly #channel: Channel = channel(cacheChannel)

  tell(type: CacheEventType, question: CacheEvent['question'], about: Omit<CacheEvent, 'type' | 'question'>): void {
    this.#counts[counterOf[type]] += 1
    if (this.#channel.hasSubscribers) this.#channel.publish(Object.freeze({ type, question, ...about }))
  }

  get counts(): Counts {
    return { ...this.#counts }
  }
}
