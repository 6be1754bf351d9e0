import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { EvolveError } from '../../errors.ts'
import type { SchemaValidator } from '../admit.ts'
import { Queue } from '../queue.ts'
import type { StoreStats } from '../server/store-stats.ts'
import type { StoreChange } from '../state/changes.ts'
import type { SchemaStore } from '../state/store.ts'
import { type Decide, type Decision, StoreRegistry } from '../store-registry.ts'
import type { CallOptions } from '../types.ts'
import { changeRecord } from './change-record.ts'
import { isRefusal, kafkaFailure } from './failures.ts'
import { noopKey } from './keys.ts'
import type { KafkaSettings } from './options.ts'
import type { Replay } from './replay.ts'
import { closedError, type TopicTail } from './tail.ts'
import type { TopicEnd } from './topic-end.ts'
import type { TopicWriter } from './writer.ts'

/** How often a change is decided anew when others were faster. */
const maxAttempts = 32
/** For so long after a look at the end of the topic that failed, in milliseconds, no other one is tried. */
const blindMs = 2_000
/** Most records that are taken out of the topic at once. */
const maxSwept = 500

/** What a node works with. */
export interface NodeParts {
  readonly settings: KafkaSettings
  readonly validate: SchemaValidator
  readonly store: SchemaStore
  readonly replay: Replay
  readonly tail: TopicTail
  readonly end: TopicEnd
  readonly writer: TopicWriter
}

/**
 * One of the registries on a topic. A change is one record that names the offset at which it will be; only there does it count. So it is made on just the state that it was
 * decided on, or not at all, whatever happens to the process, the brokers or the connection in between.
 */
export class TopicNode extends StoreRegistry {
  readonly #parts: NodeParts
  readonly #queue = new Queue()
  #closed = false
  #lostRaces = 0
  #lastWriteAt: number | undefined
  #sweeping: NodeJS.Timeout | undefined
  #nextLookAt = 0
  #look: Promise<boolean> | undefined
  #nextLook: Promise<boolean> | undefined

  constructor(parts: NodeParts) {
    super(parts.validate)
    this.#parts = parts
  }

  override async stats(): Promise<StoreStats> {
    return { ...(await super.stats()), lostRaces: this.#lostRaces, lastWriteAt: this.#lastWriteAt }
  }

  async close(): Promise<void> {
    const { tail, writer, end } = this.#parts
    if (this.#closed) return
    this.#closed = true
    clearTimeout(this.#sweeping)
    await tail.close()
    await writer.close()
    end.close()
  }

  /**
   * Writes down the IDs that only records tell of which compaction may take away, as those of a version that another registry has purged. Where it cannot be
   * written, that is logged.
   */
  async pin(): Promise<void> {
    const { replay, settings } = this.#parts
    for (const [context, id] of replay.unpinned()) {
      try {
        await this.commit(() => ({ change: { type: 'reserve', context, id }, answer: () => undefined }), undefined)
      } catch (error) {
        settings.logger.warn({ err: error, topic: settings.topic, context, id }, 'an ID that was used before could not be reserved')
      }
    }
  }

  protected async view(options: CallOptions | undefined): Promise<SchemaStore> {
    options?.signal?.throwIfAborted()
    if (this.#closed) throw closedError()
    return this.#parts.store
  }

  /** What other nodes have answered is seen here, too, as long as the topic has a leader: news are looked for first, but not of what does not change. */
  protected override async read<T>(options: CallOptions | undefined, question: (store: SchemaStore) => T, kind?: 'fixed'): Promise<T> {
    const store = await this.view(options)
    if (kind === 'fixed') {
      const known = outcomeOf(() => question(store))
      if ('value' in known) return known.value
    }
    await this.#catchUp()
    return question(await this.view(options))
  }

  protected async commit<T>(decide: Decide<T>, options: CallOptions | undefined): Promise<T> {
    const store = await this.view(options)
    const first = outcomeOf(() => decide(store))
    // An answer that changes nothing needs no turn, but the newest state: another node may have changed what it rests on.
    if (!isChange(first)) {
      await this.#catchUp()
      const second = outcomeOf(() => decide(store))
      if (!isChange(second)) return answered(second, store)
    }
    return this.#queue.run(() => this.#change(decide, options))
  }

  async #change<T>(decide: Decide<T>, options: CallOptions | undefined): Promise<T> {
    const { tail, settings } = this.#parts
    const deadline = performance.now() + settings.timeouts.writeMs
    for (let attempt = 0; attempt < maxAttempts; attempt += 1) {
      const store = await this.view(options)
      if (tail.lostRecords) throw lostRecords(settings.topic)
      const outcome = outcomeOf(() => decide(store))
      if (!isChange(outcome)) return answered(outcome, store)
      const { change, answer } = outcome.value
      if (await this.#make(change, deadline)) {
        this.#lastWriteAt = Date.now()
        if (change.type === 'purge') await this.#sweep()
        else this.#sweepLater()
        return answer(store)
      }
      this.#lostRaces += 1
      await sleep(Math.random() * Math.min(250, 2 ** attempt))
    }
    this.#sweepLater()
    throw new EvolveError('registry-unavailable', `other nodes were faster ${maxAttempts} times`, {
      topic: settings.topic,
      hint: 'try again; many nodes write at once',
    })
  }

  /**
   * Sends the record of a change, and reads the topic until it is known whether it counts. From the sending on, the call cannot be aborted.
   * @throws EvolveError when it is not known: then it may count, now or never.
   */
  async #make(change: StoreChange, deadline: number): Promise<boolean> {
    const { tail, store, writer, settings } = this.#parts
    const { topic } = settings
    const seq = tail.position
    const record = changeRecord(change, store, { seq, node: randomUUID() })
    const key = Buffer.from(record.key).toString('latin1')
    const watch = tail.watch(seq, key)
    try {
      const sent = await writer.send([{ key, value: record.value }]).then(
        (offset) => ({ offset }),
        (error: unknown) => ({ error }),
      )
      if ('error' in sent && isRefusal(sent.error)) throw sent.error
      const last = 'offset' in sent ? sent.offset : await this.#barrier(deadline, sent.error)
      if (last < seq) throw lostRecords(topic)
      await tail.passed(Math.max(seq, last), deadline - performance.now())
      return watch.seen || ('offset' in sent && sent.offset === seq)
    } catch (error) {
      if (this.#closed) throw closedError()
      if (performance.now() < deadline) throw kafkaFailure(error, 'write to the topic', topic)
      const hint = 'it may count or not: ask again, or do it again, which finds out'
      throw new EvolveError('registry-timeout', 'the topic did not say in time whether the change counts', { topic, hint }, error)
    }
  }

  /**
   * Sends records that say nothing until one is acknowledged; gives its offset. What was sent before is then in front of it, or nowhere where it counts; and as all
   * in-sync replicas have this one, they have that too.
   */
  async #barrier(deadline: number, cause: unknown): Promise<number> {
    let failure = cause
    for (let attempt = 0; ; attempt += 1) {
      await sleep(Math.random() * Math.min(1_000, 50 * 2 ** attempt))
      if (this.#closed || performance.now() > deadline) break
      try {
        return await this.#parts.writer.send([{ key: noopKey, value: null }])
      } catch (error) {
        failure = error
      }
    }
    throw kafkaFailure(failure, 'write to the topic', this.#parts.settings.topic)
  }

  /** Reads what other nodes have written up to now; says whether that came to its end within a short time. Callers at the same time share a look. */
  #catchUp(): Promise<boolean> {
    if (this.#look === undefined) {
      const look = this.#lookAtEnd().finally(() => {
        if (this.#look === look) this.#look = undefined
      })
      this.#look = look
      return look
    }
    // The look that is under way may have begun before what the caller wants to see.
    this.#nextLook ??= this.#look.then(() => {
      this.#nextLook = undefined
      return this.#catchUp()
    })
    return this.#nextLook
  }

  async #lookAtEnd(): Promise<boolean> {
    const { tail, end, settings } = this.#parts
    const { catchUpMs } = settings.timeouts
    if (performance.now() < this.#nextLookAt) return false
    try {
      const behind = await end.ask(catchUpMs)
      if (behind > 0) await tail.passed(behind - 1, catchUpMs)
      return true
    } catch {
      // While nobody leads the topic, answers come from memory, and one in a while waits to see whether that is still so.
      this.#nextLookAt = performance.now() + blindMs
      return false
    }
  }

  #sweepLater(): void {
    const { replay, settings } = this.#parts
    if (this.#sweeping !== undefined || replay.keys.spentCount === 0 || this.#closed) return
    const ms = settings.timeouts.sweepMs * (0.5 + Math.random())
    this.#sweeping = setTimeout(() => {
      this.#sweeping = undefined
      void this.#queue.run(() => this.#sweep())
    }, ms)
    this.#sweeping.unref()
  }

  /** Takes records out of the topic that say nothing any more. What cannot be done now is done another time, by whichever node. */
  async #sweep(): Promise<void> {
    const { replay, tail, writer, settings } = this.#parts
    const keys = replay.keys.spent(maxSwept)
    if (keys.length === 0 || tail.lostRecords || this.#closed) return
    try {
      const offset = await writer.send(keys.map((key) => ({ key, value: null })))
      await tail.passed(offset + keys.length - 1, settings.timeouts.requestMs)
    } catch (error) {
      settings.logger.warn({ err: error, topic: settings.topic }, 'records that say nothing any more could not be taken out of the topic')
    }
    this.#sweepLater()
  }
}

type Outcome<T> = { readonly value: T } | { readonly error: unknown }

function outcomeOf<T>(action: () => T): Outcome<T> {
  try {
    return { value: action() }
  } catch (error) {
    return { error }
  }
}

function isChange<T>(outcome: Outcome<Decision<T>>): outcome is { readonly value: Decision<T> & { readonly change: StoreChange } } {
  return 'value' in outcome && outcome.value.change !== undefined
}

function answered<T>(outcome: Outcome<Decision<T>>, store: SchemaStore): T {
  if ('error' in outcome) throw outcome.error
  return outcome.value.answer(store)
}

function lostRecords(topic: string): EvolveError {
  return new EvolveError('registry-corrupt', 'the topic ends before what was read of it: records that were acknowledged are gone', {
    topic,
    hint: 'what was read is still answered; bring the records back, or start the node again on what is left',
  })
}
