/** The last lines of all brokers of a cluster, and a way to wait for one of them. */
export interface BrokerLog {
  /** Takes output as it comes, in pieces of any size; `source` keeps the lines of two brokers apart. */
  add(source: string, text: string): void
  /** The lines kept, or the last `count` of them. */
  tail(count?: number): string
  /** Calls back for every line from now on, until the returned function is called. */
  onLine(listener: (source: string, line: string) => void): () => void
}

/** Keeps `limit` lines of at most 2,000 characters each. Default 500. */
export function createBrokerLog(limit: number = 500): BrokerLog {
  const lines: string[] = []
  const unfinished = new Map<string, string>()
  const listeners = new Set<(source: string, line: string) => void>()

  const keep = (source: string, line: string): void => {
    lines.push(`${source} ${line.slice(0, 2000)}`)
    if (lines.length > limit) lines.shift()
    for (const listener of listeners) listener(source, line)
  }

  return {
    add(source, text) {
      const parts = ((unfinished.get(source) ?? '') + text).split(/\r?\n/)
      const rest = parts.pop() ?? ''
      unfinished.set(source, rest.slice(-2000))
      for (const line of parts) keep(source, line)
    },
    tail(count = limit) {
      const rest = [...unfinished].filter(([, text]) => text !== '').map(([source, text]) => `${source} ${text}`)
      return [...lines, ...rest].slice(-count).join('\n')
    },
    onLine(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}
