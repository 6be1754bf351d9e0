import type { BrokerLog } from './log.ts'
import type { KafkaNode } from './types.ts'

/** What every way of starting brokers is asked for; the defaults are filled in. */
export interface LaunchOptions {
  readonly count: 1 | 3
  readonly version: string
  readonly timeoutMs: number
  readonly signal: AbortSignal | undefined
  readonly log: BrokerLog
  readonly say: (line: string) => void
}

/** Brokers that are ready. A way that fails has stopped what it had started before it rejects. */
export interface Launched {
  readonly brokers: string[]
  readonly nodes: KafkaNode[]
  stop(): Promise<void>
}
