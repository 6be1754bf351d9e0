import type { Republisher } from '../services/republisher.ts'
import type { Writer } from '../services/writer.ts'
import type { ServiceProcess } from '../stage/service-process.ts'
import type { Stage } from '../stage/stage.ts'

const writers = ['writer-1', 'writer-2', 'writer-3'] as const
const republishers = ['republisher-1', 'republisher-2'] as const
const startSeconds = 30

/** Who can be upgraded. */
export type Member = (typeof writers)[number] | (typeof republishers)[number]

/** The processes of the rolling upgrade. The new release of one is up before the old one goes. */
export class Fleet {
  readonly #stage: Stage
  readonly #writers = new Map<string, ServiceProcess<Writer>>()
  readonly #republishers = new Map<string, ServiceProcess<Republisher>>()
  /** Sends under way, by writer: a writer is retired when its last one is done. */
  readonly #sending = new Map<string, Promise<unknown>>()

  constructor(stage: Stage) {
    this.#stage = stage
  }

  /** Starts all of them on v1. */
  async start(): Promise<void> {
    for (const name of writers) this.#writers.set(name, this.#stage.launch<Writer>(`${name} v1`, 'writer.js', 'v1'))
    await Promise.all(republishers.map(async (name) => this.#republishers.set(name, await this.#republisher(name, 'v1'))))
  }

  /** The writers' names, in their order. */
  get writers(): readonly string[] {
    return writers
  }

  /** Lets a writer write, in one send. */
  write(name: string, from: number, count: number): ReturnType<Writer['write']> {
    const writer = this.#writers.get(name)
    if (writer === undefined) throw new Error(`no writer ${name}`)
    const sending = this.#stage.waitFor(`${writer.name} to write ${count} orders`, startSeconds, writer.ask('write', { from, count }))
    this.#sending.set(
      name,
      sending.catch(() => undefined),
    )
    return sending
  }

  /** Moves one process to v2. */
  async upgrade(name: Member): Promise<void> {
    const writer = this.#writers.get(name)
    if (writer !== undefined) {
      const next = this.#stage.launch<Writer>(`${name} v2`, 'writer.js', 'v2')
      await this.#stage.waitFor(`${next.name} to be ready`, startSeconds, next.ask('write', { from: 0, count: 0 }))
      this.#writers.set(name, next)
      await this.#sending.get(name)
      await this.#stage.retire(writer)
      return
    }
    const republisher = this.#republishers.get(name)
    this.#republishers.set(name, await this.#republisher(name, 'v2'))
    if (republisher !== undefined) await this.#stage.retire(republisher)
  }

  /** Each finishes the batch at hand, commits and leaves. */
  async stopRepublishers(): Promise<void> {
    await Promise.all([...this.#republishers.values()].map((service) => this.#stage.retire(service)))
  }

  /** The writers go. */
  async stopWriters(): Promise<void> {
    await Promise.all([...this.#writers.values()].map((service) => this.#stage.retire(service)))
  }

  async #republisher(name: string, release: 'v1' | 'v2'): Promise<ServiceProcess<Republisher>> {
    const service = this.#stage.launch<Republisher>(`${name} ${release}`, 'republisher.js', release)
    await this.#stage.waitFor(`${service.name} to join its group`, startSeconds, service.ask('start', undefined))
    return service
  }
}
