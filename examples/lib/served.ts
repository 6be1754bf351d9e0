import { setTimeout as sleep } from 'node:timers/promises'
import type { Admin } from 'kafkajs'

const pauseMs = 20

/**
 * Waits until each partition of these topics is served by its leader. A broker tells of a new topic a moment before it serves all of it: to who sends to
 * several partitions in that moment it refuses some, and kafkajs then sends everything again, what was taken as well.
 * @throws What the brokers say last, where that takes longer than `withinMs` (default: a minute).
 */
export async function untilServed(admin: Admin, topics: readonly string[], withinMs: number = 60_000): Promise<void> {
  const end = performance.now() + withinMs
  for (const topic of topics) {
    while (!(await isServed(admin, topic, end))) await sleep(pauseMs)
  }
}

async function isServed(admin: Admin, topic: string, end: number): Promise<boolean> {
  try {
    await admin.fetchTopicOffsets(topic)
    return true
  } catch (error) {
    if (performance.now() > end) throw error
    return false
  }
}
