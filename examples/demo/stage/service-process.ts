import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { DemoFailure } from './failure.ts'
import type { ArgumentOf, FromService, Methods, ResultOf, Settings, ToService } from './protocol.ts'

interface Pending {
  readonly resolve: (result: unknown) => void
  readonly reject: (error: Error) => void
}

/** A service has this long to leave its consumer group and close its sockets. */
const graceMs = 3_000
const keptOutput = 2_000

/** One service of the story: a Node process of its own, asked and answered by messages. */
export class ServiceProcess<Api extends Methods<Api>> {
  readonly name: string
  readonly #child: ChildProcess
  readonly #exited: Promise<unknown>
  readonly #pending = new Map<number, Pending>()
  readonly #onTrouble: (error: Error) => void
  #calls = 0
  #stopping = false
  #output = ''

  /** Forks at once, so that the process is up by the time the broker is. `script` is relative to `services/`. */
  constructor(name: string, script: string, args: readonly string[], onTrouble: (error: Error) => void) {
    this.name = name
    this.#onTrouble = onTrouble
    const path = fileURLToPath(new URL(`../services/${script}`, import.meta.url))
    // 'advanced' is structured clone: Dates and bigints stay what they are
    this.#child = fork(path, [...args], { serialization: 'advanced', execArgv: [], stdio: ['ignore', 'pipe', 'pipe', 'ipc'] })
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.#output = (this.#output + text).slice(-keptOutput)
      })
    }
    this.#child.on('message', (message) => this.#heard(message as FromService))
    this.#child.on('error', (error) => this.#fail(new DemoFailure(`${name} could not be started or reached: ${error.message}`)))
    this.#exited = once(this.#child, 'exit').catch(() => undefined)
    this.#child.on('exit', (code, signal) => {
      if (!this.#stopping) this.#fail(new DemoFailure(this.#obituary(code, signal)))
    })
  }

  get pid(): number {
    return this.#child.pid ?? 0
  }

  /** Tells the service where broker and registry are. Calls may follow at once. */
  begin(settings: Omit<Settings, 'name'>): void {
    this.#send({ kind: 'begin', settings: { ...settings, name: this.name } })
  }

  /** @throws DemoFailure what the service says, or that it is gone. */
  ask<Name extends keyof Api & string>(method: Name, argument: ArgumentOf<Api[Name]>): Promise<ResultOf<Api[Name]>> {
    const id = this.#calls++
    return new Promise((resolve, reject) => {
      this.#pending.set(id, { resolve: (result) => resolve(result as ResultOf<Api[Name]>), reject })
      this.#send({ kind: 'call', id, method, argument })
    })
  }

  /** Asks the service to end, waits for it, and insists after three seconds. Never throws. */
  async stop(): Promise<void> {
    this.#stopping = true
    if (this.#child.exitCode !== null || this.#child.signalCode !== null || this.pid === 0) return
    this.#send({ kind: 'stop' })
    const patience = new AbortController()
    await Promise.race([this.#exited, sleep(graceMs, undefined, { signal: patience.signal }).catch(() => undefined)])
    patience.abort()
    if (this.#child.exitCode === null && this.#child.signalCode === null) this.#child.kill('SIGKILL')
    await this.#exited
    this.#rejectPending(new DemoFailure(`${this.name} was stopped`))
  }

  #send(message: ToService): void {
    // a service that is gone is reported by its exit, not by the message that it misses
    if (this.#child.connected) this.#child.send(message, () => undefined)
  }

  #heard(message: FromService): void {
    if (message.kind === 'trouble') {
      if (!this.#stopping) this.#fail(new DemoFailure(`${this.name} cannot go on: ${message.problem}`))
      return
    }
    const pending = this.#pending.get(message.id)
    this.#pending.delete(message.id)
    if (message.kind === 'answer') pending?.resolve(message.result)
    else pending?.reject(new DemoFailure(`${this.name} failed: ${message.problem}`))
  }

  #fail(error: Error): void {
    this.#rejectPending(error)
    this.#onTrouble(error)
  }

  #rejectPending(error: Error): void {
    for (const pending of this.#pending.values()) pending.reject(error)
    this.#pending.clear()
  }

  #obituary(code: number | null, signal: NodeJS.Signals | null): string {
    const how = signal === null ? `with exit code ${code}` : `by ${signal}`
    const said = this.#output.trim()
    return `${this.name} (process ${this.pid}) ended ${how}, unasked${said === '' ? '' : `; its last words:\n${said}`}`
  }
}
