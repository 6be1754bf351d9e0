import { DemoFailure } from './failure.ts'

/**
 * Waits for the promise, at most so many seconds, and no longer than until the signal aborts (then its reason is thrown).
 * @throws DemoFailure that names what was waited for.
 */
export async function within<T>(what: string, seconds: number, signal: AbortSignal, promise: Promise<T>): Promise<T> {
  // whoever loses the race may still reject; that is no unhandled rejection
  promise.catch(() => undefined)
  signal.throwIfAborted()
  let forget = (): void => undefined
  const interrupted = new Promise<never>((_resolve, reject) => {
    const timer = setTimeout(() => reject(new DemoFailure(`waited ${seconds} seconds for ${what}, in vain`)), seconds * 1000)
    const onAbort = (): void => reject(signal.reason)
    signal.addEventListener('abort', onAbort, { once: true })
    forget = (): void => {
      clearTimeout(timer)
      signal.removeEventListener('abort', onAbort)
    }
  })
  try {
    return await Promise.race([promise, interrupted])
  } finally {
    forget()
  }
}
