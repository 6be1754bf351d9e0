/** Milliseconds between heartbeats while something is waited for; kafkajs itself leaves out those that come before its `heartbeatInterval`. */
const interval = 500

/**
 * The result, with the consumer's membership of its group kept alive until it is there.
 * Rejects at once with what a heartbeat rejects with (a rebalance): the message will then be consumed again.
 */
export async function beatingUntil<T>(result: Promise<T>, heartbeat: () => Promise<void>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const expelled = new Promise<never>((_, reject) => {
    timer = setInterval(() => void heartbeat().catch(reject), interval)
  })
  try {
    return await Promise.race([result, expelled])
  } finally {
    clearInterval(timer)
    // Whichever lost the race may still reject.
    result.catch(() => undefined)
    expelled.catch(() => undefined)
  }
}
