import { setTimeout } from 'node:timers/promises'

/** Full jitter (AWS, "Exponential Backoff And Jitter"): anything from 0 to 100 ms, 200 ms, 400 ms … 2 s. Milliseconds. */
export function jitter(attempt: number): number {
  return Math.random() * Math.min(2_000, 100 * 2 ** attempt)
}

/** A `Retry-After` header (RFC 9110) in milliseconds; 0 where there is none or it makes no sense. */
export function retryAfter(headers: Headers, now: number): number {
  const text = headers.get('retry-after')
  if (text === null) return 0
  const wait = /^\d+$/.test(text) ? Number(text) * 1_000 : Date.parse(text) - now
  return Number.isFinite(wait) ? Math.max(0, wait) : 0
}

/** Waits, or rejects with the signal's reason as soon as it is aborted. */
export async function pause(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  try {
    await setTimeout(milliseconds, undefined, signal === undefined ? {} : { signal })
  } catch {
    signal?.throwIfAborted()
  }
}
