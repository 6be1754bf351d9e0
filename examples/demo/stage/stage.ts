import type { Story } from '../print/story.ts'
import { type Topics, topicsOf } from '../topics.ts'
import { DemoFailure } from './failure.ts'
import type { Methods, Settings } from './protocol.ts'
import { ServiceProcess } from './service-process.ts'
import { within } from './watchdog.ts'

/** Where everything plays: the services that are up, and the one place where trouble of any of them arrives. */
export class Stage {
  readonly story: Story
  readonly run: string
  readonly topics: Topics
  readonly #trouble = new AbortController()
  readonly #signal: AbortSignal
  readonly #services = new Set<{ stop(): Promise<void>; begin(settings: Omit<Settings, 'name'>): void }>()
  #settings: Omit<Settings, 'name'> | undefined

  /** `run` goes in front of topics and groups; the signal ends the play. */
  constructor(story: Story, run: string, signal: AbortSignal) {
    this.story = story
    this.run = run
    this.topics = topicsOf(run)
    this.#signal = AbortSignal.any([signal, this.#trouble.signal])
  }

  /** Aborts when somebody interrupts, or when a service is in trouble. */
  get signal(): AbortSignal {
    return this.#signal
  }

  /** Forks a service; it learns where broker and registry are as soon as that is known. */
  launch<Api extends Methods<Api>>(name: string, script: string, ...args: readonly string[]): ServiceProcess<Api> {
    this.#signal.throwIfAborted()
    const service = new ServiceProcess<Api>(name, script, args, (error) => this.#trouble.abort(error))
    this.#services.add(service)
    this.story.note(`${name} is process ${service.pid}`)
    if (this.#settings !== undefined) service.begin(this.#settings)
    return service
  }

  /** Broker and registry are up: tells all services, those to come included. */
  begin(settings: Pick<Settings, 'brokers' | 'registryUrl'>): void {
    this.#settings = { ...settings, run: this.run }
    for (const service of this.#services) service.begin(this.#settings)
  }

  /** Waits at most so many seconds. @throws DemoFailure naming what was waited for, or what went wrong with a service meanwhile. */
  waitFor<T>(what: string, seconds: number, promise: Promise<T>): Promise<T> {
    return within(what, seconds, this.#signal, promise)
  }

  /** Stops one service for good. */
  async retire(service: { stop(): Promise<void>; begin(settings: Omit<Settings, 'name'>): void }): Promise<void> {
    await service.stop()
    this.#services.delete(service)
  }

  /** Stops all services. Never throws. */
  async close(): Promise<void> {
    this.#trouble.abort(new DemoFailure('the play is over'))
    await Promise.all([...this.#services].map((service) => service.stop()))
    this.#services.clear()
  }
}
