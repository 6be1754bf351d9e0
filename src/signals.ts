import { getMaxListeners, setMaxListeners } from 'node:events'

/** A controller that follows others until it is released. */
export interface FollowingController {
  readonly controller: AbortController
  /** Lets go of the signals followed; those may live as long as the process, and would keep every follower. */
  release(): void
}

/** A controller that aborts, for the same reason, as soon as one of the signals does. (`AbortSignal.any` cannot be released.) */
export function following(...signals: readonly (AbortSignal | undefined)[]): FollowingController {
  const controller = new AbortController()
  const links: (() => void)[] = []
  for (const signal of signals) {
    if (signal === undefined) continue
    if (signal.aborted) controller.abort(signal.reason)
    const onAbort = (): void => controller.abort(signal.reason)
    listen(signal, onAbort)
    links.push(() => signal.removeEventListener('abort', onAbort))
  }
  return {
    controller,
    release: () => {
      for (const unlink of links) unlink()
    },
  }
}

/** The promise, or a rejection with the signal's reason if that comes first. What the promise does afterwards is ignored. */
export function orAborted<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return promise
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(signal.reason)
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort))
    if (signal.aborted) onAbort()
    else listen(signal, onAbort)
  })
}

/** Listens once. One signal for many calls at once is no leak: Node warns of more than 10 listeners. (Its own `fetch` raises the limit in the same way.) */
export function listen(signal: AbortSignal, onAbort: () => void): void {
  if (getMaxListeners(signal) < 1_500) setMaxListeners(1_500, signal)
  signal.addEventListener('abort', onAbort, { once: true })
}
