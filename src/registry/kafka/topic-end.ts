import type { Admin } from 'kafkajs'
import { type Links, letGo, within } from './links.ts'

/** Asks how far the topic goes. */
export class TopicEnd {
  readonly #links: Links
  readonly #topic: string
  #admin: Promise<Admin> | undefined

  constructor(links: Links, topic: string) {
    this.#links = links
    this.#topic = topic
  }

  /** The offset behind the last record. Rejects when no leader answers in that time. */
  async ask(ms: number): Promise<number> {
    const admin = (this.#admin ??= this.#connect())
    try {
      const [partition] = await within(
        ms,
        admin.then((one) => one.fetchTopicOffsets(this.#topic)),
      )
      return Number(partition?.high ?? 0)
    } catch (error) {
      this.close()
      throw error
    }
  }

  close(): void {
    const admin = this.#admin
    this.#admin = undefined
    void admin?.then(
      (one) => letGo(one),
      () => undefined,
    )
  }

  async #connect(): Promise<Admin> {
    const admin = this.#links.admin()
    await admin.connect()
    return admin
  }
}
