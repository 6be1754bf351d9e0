/** Seconds after which an example gives up. */
const LIMIT = 60

/**
 * Starts a consumer and resolves with the first `count` things that its handler pushes.
 * Rejects when the consumer cannot start, or when they are not there after a minute.
 */
export function collect<T>(count: number, start: (push: (item: T) => void) => Promise<void>): Promise<T[]> {
  return new Promise((resolve, reject) => {
    const items: T[] = []
    const limit = setTimeout(() => reject(new Error(`${items.length} of ${count} messages after ${LIMIT} s`)), LIMIT * 1000)
    const push = (item: T): void => {
      items.push(item)
      if (items.length < count) return
      clearTimeout(limit)
      resolve(items)
    }
    start(push).catch((error: unknown) => {
      clearTimeout(limit)
      reject(error)
    })
  })
}
