import type { Consumer, ConsumerRunConfig, Producer, ProducerRecord, Transaction } from 'kafkajs'
import { describe, expect, it } from 'vitest'
import { fakeConsumer, fakeProducer, schemasOf } from './kafkajs.test-support.ts'

const value = { id: 'o-1', count: 2 }
const record = { topic: 'orders', messages: [{ value }] } as const

/** What other people put around kafkajs: a class with state of its own. */
class TracedProducer {
  readonly #inner: Producer
  readonly spans: string[] = []
  constructor(inner: Producer) {
    this.#inner = inner
  }
  async connect(): Promise<void> {
    this.spans.push('connect')
    await this.#inner.connect()
  }
  send(given: ProducerRecord): ReturnType<Producer['send']> {
    this.spans.push('send')
    return this.#inner.send(given)
  }
  transaction(): Promise<Transaction> {
    return this.#inner.transaction()
  }
  get events(): Producer['events'] {
    return this.#inner.events
  }
}

function traced(): { producer: TracedProducer; sent: unknown[] } {
  const { producer, sent } = fakeProducer()
  return { producer: new TracedProducer(producer), sent }
}

describe('a client that is an instance of a class', () => {
  it('keeps its methods, getters, private fields and class', async () => {
    const { producer, sent } = traced()
    const wrapped = schemasOf().producer(producer as unknown as Producer)
    await wrapped.connect()
    await wrapped.send(record)
    expect(producer.spans).toEqual(['connect', 'send'])
    expect((sent[0] as ProducerRecord).messages[0]?.value).toBeInstanceOf(Buffer)
    expect(wrapped.events).toEqual({ CONNECT: 'producer.connect' })
    expect(wrapped).toBeInstanceOf(TracedProducer)
    expect(wrapped.connect).toBe(wrapped.connect)
  })

  it('keeps them when the wrapped client is spread, as other wrappers do', async () => {
    const { producer } = traced()
    const spread = { ...schemasOf().producer(producer as unknown as Producer) }
    await spread.connect()
    await spread.send(record)
    expect(producer.spans).toEqual(['connect', 'send'])
  })

  it('may be a consumer', async () => {
    const { consumer, config } = fakeConsumer()
    class Traced {
      readonly #inner: Consumer = consumer
      run(given?: ConsumerRunConfig): Promise<void> {
        return this.#inner.run(given)
      }
      get events(): Consumer['events'] {
        return this.#inner.events
      }
      connect(): Promise<void> {
        return this.#inner.connect()
      }
    }
    const wrapped = schemasOf().consumer(new Traced() as unknown as Consumer)
    await wrapped.connect()
    await wrapped.run({ eachMessage: async () => {} })
    expect(config()?.eachMessage).toBeTypeOf('function')
    expect(wrapped.events).toBe(consumer.events)
  })
})

describe('a client that is patched after it was wrapped', () => {
  it('is called by its new methods, those that are replaced too', async () => {
    const { producer, sent } = fakeProducer()
    const wrapped = schemasOf().producer(producer)
    const calls: string[] = []
    const { send } = producer
    producer.send = (given) => {
      calls.push('send')
      return send(given)
    }
    producer.disconnect = async () => void calls.push('disconnect')
    producer.connect = async () => void calls.push('connect')
    await wrapped.connect()
    await wrapped.send(record)
    expect(calls).toEqual(['connect', 'send'])
    expect(sent).toHaveLength(1)
  })

  it('may have the wrapped one patched as well, and the original stays as it is', async () => {
    const { producer } = fakeProducer()
    const { connect, send } = producer
    const wrapped = schemasOf().producer(producer)
    const calls: string[] = []
    wrapped.connect = async () => void calls.push('connect')
    wrapped.send = async () => {
      calls.push('send')
      return []
    }
    await wrapped.connect()
    await { ...wrapped }.send(record)
    expect(calls).toEqual(['connect', 'send'])
    expect([producer.connect, producer.send]).toEqual([connect, send])
  })
})

it('a client wrapped twice encodes with both', async () => {
  const { producer, sent } = fakeProducer()
  const twice = schemasOf().producer(schemasOf({ topics: {} as never }).producer(producer) as unknown as Producer)
  await twice.send(record)
  expect((sent[0] as ProducerRecord).messages[0]?.value).toBeInstanceOf(Buffer)
})
