import type { Producer } from 'kafkajs'
import { EvolveError } from '../../errors.ts'
import { type Links, letGo, within } from './links.ts'

/** A record to send; its key is a text of one character for each byte. No value: what was there under the key is to go. */
export interface SentRecord {
  readonly key: string
  readonly value: string | null
}

/** Sends records, each time once. */
export class TopicWriter {
  readonly #links: Links
  readonly #topic: string
  readonly #requestMs: number
  #producer: Promise<Producer> | undefined

  constructor(links: Links, topic: string, requestMs: number) {
    this.#links = links
    this.#topic = topic
    this.#requestMs = requestMs
  }

  /** The offset of the first record. When it rejects, the records may be in the topic, now or later. All in-sync replicas have what was acknowledged. */
  async send(records: readonly SentRecord[]): Promise<number> {
    const producer = (this.#producer ??= this.#connect())
    try {
      const timeout = this.#requestMs
      const messages = records.map(({ key, value }) => ({ key: Buffer.from(key, 'latin1'), value, partition: 0 }))
      const sent = producer.then((one) => one.send({ topic: this.#topic, acks: -1, timeout, messages }))
      const [metadata] = await within(this.#requestMs, sent)
      const offset = Number(metadata?.baseOffset ?? Number.NaN)
      if (metadata === undefined || metadata.errorCode !== 0 || !(offset >= 0)) {
        throw new EvolveError('registry-unavailable', 'the broker did not say where the record is', { topic: this.#topic })
      }
      return offset
    } catch (error) {
      // Another one asks anew who leads the partition.
      await this.close()
      throw error
    }
  }

  async close(): Promise<void> {
    const producer = this.#producer
    this.#producer = undefined
    void producer?.then(
      (one) => letGo(one),
      () => undefined,
    )
  }

  async #connect(): Promise<Producer> {
    const producer = this.#links.producer()
    await producer.connect()
    return producer
  }
}
