import { EvolveError } from '../../errors.ts'
import { following } from '../../signals.ts'
import type { CallOptions } from '../types.ts'
import { unusable } from './answers.ts'
import type { Inquiry } from './attempt.ts'
import { type Deadline, exchange } from './exchange.ts'
import type { CheckedOptions } from './manner.ts'
import { checkSameContext } from './same-context.ts'

/** Asks one thing within the time of a call, and reads the answer. */
export type Ask = <T>(inquiry: Inquiry, read: (json: unknown) => T) => Promise<T>

/** The calls of one registry client. */
export class Client {
  readonly #how: CheckedOptions
  readonly #closing = new AbortController()

  constructor(how: CheckedOptions) {
    this.#how = how
  }

  /** Addresses, without credentials. */
  get bases(): string {
    return this.#how.bases
  }

  /** The text without credentials. */
  redact(text: string): string {
    return this.#how.redact(text)
  }

  /** A call of one request. */
  ask<T>(options: CallOptions | undefined, inquiry: Inquiry, read: (json: unknown) => T): Promise<T> {
    return this.call(options, (ask) => ask(inquiry, read))
  }

  /**
   * A call of several requests, which have one deadline between them.
   * @throws EvolveError `registry-timeout` at its end; the caller's reason when it gives up; `registry-rejected` when the client is closed.
   */
  async call<T>(options: CallOptions | undefined, run: (ask: Ask) => Promise<T>): Promise<T> {
    const { deadlineMs } = this.#how
    const { controller, release } = following(options?.signal, this.#closing.signal)
    const { signal } = controller
    const end = performance.now() + deadlineMs
    const timer = setTimeout(() => controller.abort(this.#late()), deadlineMs)
    const deadline: Deadline = { signal, left: () => end - performance.now() }
    try {
      return await run((inquiry, read) => this.#once(inquiry, read, deadline))
    } finally {
      clearTimeout(timer)
      release()
    }
  }

  /** Ends what is under way and all that comes after, and closes idle connections. */
  close(): void {
    this.#closing.abort(new EvolveError('registry-rejected', 'this registry client is closed'))
    this.#how.transport.close()
  }

  async #once<T>(inquiry: Inquiry, read: (json: unknown) => T, deadline: Deadline): Promise<T> {
    try {
      const json = await exchange(this.#how, inquiry, deadline)
      const { subject } = inquiry.details
      // Where the address names the context, every answer names it too.
      if (subject !== undefined && !this.#how.bases.includes('/contexts/')) checkSameContext(subject, json)
      return this.#read(json, read)
    } catch (error) {
      throw error instanceof EvolveError ? error.with(inquiry.details) : error
    }
  }

  #read<T>(json: unknown, read: (json: unknown) => T): T {
    try {
      return read(json)
    } catch (error) {
      throw unusable(this.#how.bases, error)
    }
  }

  #late(): EvolveError {
    return new EvolveError('registry-timeout', `the registry at ${this.#how.bases} did not answer within ${this.#how.deadlineMs} ms in all`)
  }
}
