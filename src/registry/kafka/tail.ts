import { setTimeout as sleep } from 'node:timers/promises'
import type { Batch, Consumer } from 'kafkajs'
import { EvolveError } from '../../errors.ts'
import { type Links, letGo } from './links.ts'
import type { KafkaSettings } from './options.ts'
import { keyId, type Replay } from './replay.ts'

interface Waiting {
  readonly offset: number
  done(): void
  stop(reason: unknown): void
}

interface Watch {
  readonly key: string
  seen: boolean
}

/**
 * Reads the topic from its first record, for as long as it is open. A reader that crashes, or shows no sign of life, is replaced by a new one that goes on where the
 * last one was; nothing that was read is lost meanwhile.
 */
export class TopicTail {
  readonly #links: Links
  readonly #settings: KafkaSettings
  readonly #replay: Replay
  readonly #watches = new Map<number, Watch>()
  readonly #waiting = new Set<Waiting>()
  #consumer: Consumer | undefined
  #over: () => void = () => undefined
  #sign = 0
  #closed = false
  #running: Promise<void> | undefined
  #lost = false

  constructor(links: Links, settings: KafkaSettings, replay: Replay) {
    this.#links = links
    this.#settings = settings
    this.#replay = replay
  }

  /** The offset behind the last record that was read. */
  get position(): number {
    return this.#replay.position
  }

  /** Whether the topic ends before what was read of it once: records that were acknowledged are gone. */
  get lostRecords(): boolean {
    return this.#lost
  }

  start(): void {
    this.#running ??= this.#run()
  }

  async close(): Promise<void> {
    this.#closed = true
    for (const waiting of [...this.#waiting]) waiting.stop(closedError())
    this.#over()
    await this.#running
  }

  /** Resolves when the record at this offset was read, or is known to be gone; rejects with `registry-timeout` after so many milliseconds. */
  passed(offset: number, ms: number): Promise<void> {
    if (this.position > offset) return Promise.resolve()
    return new Promise((resolve, reject) => {
      const settle = (end: () => void): void => {
        clearTimeout(timer)
        this.#waiting.delete(entry)
        end()
      }
      const entry: Waiting = { offset, done: () => settle(resolve), stop: (reason) => settle(() => reject(reason)) }
      const late = (): void =>
        entry.stop(new EvolveError('registry-timeout', 'the topic was not read in time', { topic: this.#settings.topic }))
      const timer = setTimeout(late, Math.max(0, ms))
      this.#waiting.add(entry)
      if (this.#closed) entry.stop(closedError())
    })
  }

  /** From now on it is noted whether the record at this offset has this key. */
  watch(offset: number, key: string): Watch {
    const watch = { key, seen: false }
    this.#watches.set(offset, watch)
    return watch
  }

  async #run(): Promise<void> {
    let pauseMs = 100
    while (!this.#closed) {
      const began = performance.now()
      await this.#readUntilOver().catch((error: unknown) => {
        this.#settings.logger.warn({ err: error, topic: this.#settings.topic }, 'the reader of the registry could not start')
      })
      if (performance.now() - began > 30_000) pauseMs = 100
      if (this.#closed) break
      this.#settings.logger.info({ topic: this.#settings.topic, position: this.position }, 'the reader of the registry is replaced')
      await sleep(pauseMs * (0.5 + Math.random()))
      pauseMs = Math.min(pauseMs * 2, 2_000)
    }
  }

  /** One reader, from start to end. */
  async #readUntilOver(): Promise<void> {
    const { topic, timeouts } = this.#settings
    const consumer = this.#links.consumer()
    this.#consumer = consumer
    this.#sign = performance.now()
    let watchdog: NodeJS.Timeout | undefined
    const over = new Promise<void>((resolve) => {
      this.#over = resolve
      watchdog = setInterval(
        () => {
          if (performance.now() - this.#sign > timeouts.stallMs) resolve()
        },
        Math.min(1_000, timeouts.stallMs / 4),
      )
      watchdog.unref()
    })
    const alive = (): void => {
      if (this.#consumer === consumer) this.#sign = performance.now()
    }
    const ends = [
      consumer.on(consumer.events.CRASH, () => this.#over()),
      consumer.on(consumer.events.FETCH, alive),
      consumer.on(consumer.events.GROUP_JOIN, () => {
        alive()
        // Nothing is committed: a member that joins again would begin at the beginning.
        if (this.position > 0) consumer.seek({ topic, partition: 0, offset: String(this.position) })
      }),
      consumer.on(consumer.events.END_BATCH_PROCESS, ({ payload: { lastOffset } }) => {
        // Behind records that are not shown to readers, as the ends of transactions.
        if (this.#consumer === consumer) this.#advance(Number(lastOffset) + 1)
      }),
    ]
    try {
      const running = (async () => {
        await consumer.connect()
        await consumer.subscribe({ topic, fromBeginning: true })
        await consumer.run({ autoCommit: false, eachBatch: async ({ batch }) => this.#read(consumer, batch) })
      })()
      await Promise.race([over, running.then(() => over)])
    } finally {
      clearInterval(watchdog)
      for (const end of ends) end()
      this.#consumer = undefined
      await letGo(consumer)
    }
  }

  #read(consumer: Consumer, { messages, highWatermark }: Batch): void {
    if (this.#consumer !== consumer) return
    this.#sign = performance.now()
    const last = Number(messages.at(-1)?.offset ?? -1)
    // The client begins again at the beginning when the offset it asks for is behind the end.
    if (last >= 0 && last < this.position && Number(highWatermark) < this.position) this.#lost = true
    if (this.#lost) return
    for (const { offset, key, value } of messages) {
      const at = Number(offset)
      if (at < this.position) continue
      const watch = this.#watches.get(at)
      if (watch !== undefined) watch.seen = watch.key === keyId(key)
      this.#replay.apply({ offset: at, key, value })
    }
    this.#advance(this.position)
  }

  #advance(position: number): void {
    this.#replay.advance(position)
    for (const offset of this.#watches.keys()) if (offset < this.position) this.#watches.delete(offset)
    for (const { offset, done } of [...this.#waiting]) if (offset < this.position) done()
  }
}

/** What whoever still waits is told when the registry is closed. */
export function closedError(): EvolveError {
  return new EvolveError('registry-rejected', 'this registry is closed')
}
