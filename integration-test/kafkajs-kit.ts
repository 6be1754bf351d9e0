import { EventEmitter, once } from 'node:events'
import { type AvroDefinition, avro, type EvolveOptions, evolve, type Schemas, type Topics } from 'kafka-evolve'
import { memoryRegistry } from 'kafka-evolve/registry'
import { inMemoryKafka } from 'kafka-evolve/testing'
import { Kafka, logLevel } from 'kafkajs'
import { pino } from 'pino'
import { describe, inject, it } from 'vitest'
import { type KafkaCase, runCase } from './cases/kit.ts'

/** Short waits, and the same ones whatever `NODE_ENV` is; many of them, for a broker that is busy. A handler is tried 5 times, unless its consumer says otherwise. */
const client = { logLevel: logLevel.NOTHING, connectionTimeout: 30_000, retry: { retries: 15, initialRetryTime: 50, maxRetryTime: 300 } }

/** Declares the cases, on the Kafka in memory and on a real one. `concurrent`: several at once, where most of their time is waiting. */
export function onBothKafkas(cases: readonly KafkaCase[], { concurrent = false }: { readonly concurrent?: boolean } = {}): void {
  const kafkas = {
    'on the Kafka in memory': () => inMemoryKafka({ client }),
    'on a real Kafka': () => new Kafka({ brokers: inject('kafkaBrokers'), ...client }),
  }
  for (const [where, kafka] of Object.entries(kafkas)) {
    describe(where, { concurrent }, () => {
      for (const one of cases) it(one.name, () => runCase(kafka(), one))
    })
  }
}

/** Whether a consumer crashed as the broker was out of reach for a moment: kafkajs starts it again, and the cases are about other things. */
export function isOutOfReach(cause: unknown): boolean {
  return cause instanceof Error && cause.name === 'KafkaJSConnectionError'
}

/** What arrived, in order, and a way to wait for it. */
export class Inbox<T> {
  readonly items: T[] = []
  readonly #bell = new EventEmitter()

  put(item: T): void {
    this.items.push(item)
    this.#bell.emit('item')
  }

  /** Waits until `count` items are there; gives them all. */
  async upTo(count: number): Promise<readonly T[]> {
    while (this.items.length < count) await once(this.#bell, 'item', { signal: AbortSignal.timeout(120_000) })
    return this.items
  }
}

const parsed = (fields: readonly object[]): string => JSON.stringify({ type: 'record', name: 'Order', namespace: 'shop', fields })
const base = [
  { name: 'id', type: 'string' },
  { name: 'status', type: 'string', default: 'new' },
]

export interface OrderV1 {
  id: string
  status: string
}
export interface OrderV2 extends OrderV1 {
  channel: string
}

/** An order as the old service knows it. */
export const V1: AvroDefinition<OrderV1, { id: string; status?: string }> = avro(parsed(base)) as never
/** An order as the new service knows it. */
export const V2: AvroDefinition<OrderV2, { id: string; status?: string; channel?: string }> = avro(
  parsed([...base, { name: 'channel', type: 'string', default: 'web' }]),
) as never

/** Schemas on a registry of their own, which registers what is sent; nothing is logged. */
export function schemasFor<const T extends Topics>(topics: T, options: Partial<Omit<EvolveOptions<T>, 'topics'>> = {}): Schemas<T> {
  return evolve({ registry: memoryRegistry(), autoRegister: true, logger: pino({ level: 'silent' }), ...options, topics })
}
