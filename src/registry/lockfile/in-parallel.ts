/** What the action gives for each item, in the order of the items; `limit` of them under way at a time. The first failure ends it all. */
export async function inParallel<T, R>(items: readonly T[], limit: number, action: (item: T) => Promise<R>): Promise<readonly R[]> {
  const results: R[] = []
  let next = 0
  let failed = false
  const work = async (): Promise<void> => {
    while (next < items.length && !failed) {
      const at = next
      next += 1
      // In bounds: only as many as there are items are begun.
      results[at] = await action(items[at] as T)
    }
  }
  const workers = Array.from({ length: Math.min(limit, items.length) }, () =>
    work().catch((error: unknown) => {
      failed = true
      throw error
    }),
  )
  await Promise.all(workers)
  return results
}
