import { EvolveError } from '../../errors.ts'
import { listen } from '../../signals.ts'
import type { Decide } from '../store-registry.ts'

/** When to give up. */
export interface Patience {
  readonly signal: AbortSignal | undefined
  /** Of `performance.now()`. */
  readonly until: number
}

/** For so long after its time the database's own words are waited for. */
const graceMs = 1_000

/** A change that was asked for, and that somebody waits for. */
export class AskedChange {
  /** What it comes to, decided on a state; the answer of the decision is given to whoever waits by calling it. */
  readonly decide: Decide<() => void>
  /** Of `performance.now()`. */
  readonly until: number
  readonly #reject: (reason: unknown) => void
  readonly #letGo: () => void
  #isOver = false
  #isHeld = false
  #wish: { readonly reason: unknown } | undefined

  constructor(decide: Decide<() => void>, { signal, until }: Patience, reject: (reason: unknown) => void) {
    this.decide = decide
    this.until = until
    this.#reject = reject
    const onAbort = (): void => this.#giveUp(signal?.reason)
    const late = (): void => this.#giveUp(tooLate())
    const timer = setTimeout(late, Math.max(0, until - performance.now()) + graceMs)
    if (signal !== undefined) listen(signal, onAbort)
    this.#letGo = () => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', onAbort)
    }
    if (signal?.aborted === true) onAbort()
  }

  /** Whether nobody waits any more. */
  get isOver(): boolean {
    return this.#isOver
  }

  /** From here on it cannot be given up: it may be made. */
  hold(): void {
    this.#isHeld = true
  }

  /** It was not made, and can be given up again. */
  release(): void {
    this.#isHeld = false
    if (this.#wish !== undefined) this.refuse(this.#wish.reason)
  }

  refuse(reason: unknown): void {
    if (this.#end()) this.#reject(reason)
  }

  /** `tell` gives the answer. */
  answer(tell: () => void): void {
    if (this.#end()) tell()
  }

  #giveUp(reason: unknown): void {
    if (this.#isHeld) this.#wish ??= { reason }
    else this.refuse(reason)
  }

  #end(): boolean {
    if (this.#isOver) return false
    this.#isOver = true
    this.#letGo()
    return true
  }
}

/** The change as one that is waited for, and its outcome. */
export function askFor<T>(decide: Decide<T>, patience: Patience): { readonly asked: AskedChange; readonly outcome: Promise<T> } {
  const { promise, resolve, reject } = withResolvers<T>()
  const telling: Decide<() => void> = (store) => {
    const { change, answer } = decide(store)
    return {
      change,
      answer: (after) => {
        const value = answer(after)
        return () => resolve(value)
      },
    }
  }
  return { asked: new AskedChange(telling, patience, reject), outcome: promise }
}

/** What is told when a change was not even tried in its time. */
export function tooLate(): EvolveError {
  return new EvolveError('registry-timeout', 'the changes asked for before took all the time')
}

function withResolvers<T>(): {
  readonly promise: Promise<T>
  readonly resolve: (value: T) => void
  readonly reject: (reason: unknown) => void
} {
  let resolve: (value: T) => void = () => undefined
  let reject: (reason: unknown) => void = () => undefined
  const promise = new Promise<T>((res, rej) => {
    resolve = res
    reject = rej
  })
  return { promise, resolve, reject }
}
