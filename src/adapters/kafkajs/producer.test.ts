import type { Message, Producer, ProducerBatch, ProducerRecord } from 'kafkajs'
import { describe, expect, it } from 'vitest'
import { frameLength, readFrame } from '../../frame/confluent.ts'
import { whenReady } from '../../middleware/compose.ts'
import type { ProduceMiddleware } from '../../middleware/message.ts'
import { deepFrozen, fakeProducer, schemasOf } from './kafkajs.test-support.ts'

const first = (sent: unknown[]): ProducerRecord => sent[0] as ProducerRecord
const value = { id: 'o-1', count: 2 }
const bytes = Buffer.from('\x06o-1\x04')

describe('send', () => {
  it('frames and encodes, in new objects, and keeps the rest of the record', async () => {
    const { producer, sent } = fakeProducer()
    const record = deepFrozen({
      topic: 'orders' as const,
      acks: 1,
      timeout: 7,
      messages: [{ key: 'k', partition: 4, timestamp: '5', headers: { h: ['1', '2'] }, value }],
    })
    await schemasOf()
      .producer(producer)
      .send(record as never)
    expect(first(sent)).toEqual({
      topic: 'orders',
      acks: 1,
      timeout: 7,
      messages: [
        { key: 'k', partition: 4, timestamp: '5', headers: { h: ['1', '2'] }, value: Buffer.concat([Buffer.from([0, 0, 0, 0, 1]), bytes]) },
      ],
    })
    expect(Buffer.isBuffer(first(sent).messages[0]?.value)).toBe(true)
    expect(record.messages[0]?.value).toBe(value)
  })

  it('encodes keys, keeps tombstones, absent keys and null keys', async () => {
    const { producer, sent } = fakeProducer()
    await schemasOf()
      .producer(producer)
      .send({ topic: 'keyed', messages: [{ key: { id: 'k' }, value: null }, { value }, { key: null, value }] })
    const messages = first(sent).messages
    expect(readFrame(messages[0]?.key as Buffer)).toMatchObject({ kind: 'framed', start: frameLength })
    expect(
      messages.map(({ key, value: written }) => [
        key === undefined ? 'absent' : key === null ? null : 'bytes',
        written === null ? null : 'bytes',
      ]),
    ).toEqual([
      ['bytes', null],
      ['absent', 'bytes'],
      [null, 'bytes'],
    ])
  })

  it.each<[string, ProducerRecord]>([
    [
      'a topic that is not configured',
      { topic: 'others', messages: [{ key: 'k', value: Buffer.alloc(1), headers: { a: 'b' } }, { value: null }] },
    ],
    ['a topic that is not there', { topic: undefined as unknown as string, messages: [{ value: 'x' }] }],
    ['no list of messages', { topic: 'orders', messages: undefined as unknown as Message[] }],
  ])('passes the very record for %s', async (_name, record) => {
    const { producer, sent } = fakeProducer()
    await schemasOf()
      .producer(producer)
      .send(record as never)
    expect(sent[0]).toBe(record)
  })

  it('leaves messages that are none, and values that are not there, for kafkajs to refuse', async () => {
    const { producer, sent } = fakeProducer()
    await schemasOf()
      .producer(producer)
      .send({ topic: 'orders', messages: [null, { key: 'k' }, { value: undefined }] as never })
    expect(first(sent).messages).toEqual([null, { key: 'k', value: undefined }, { value: undefined }])
  })

  it.each(['others', 'bare'])('makes every Uint8Array a Buffer over the same memory, topic %s', async (topic) => {
    const { producer, sent } = fakeProducer()
    const u8 = Uint8Array.from([9, 1, 2, 3]).subarray(1)
    const untouched = { value: 'text' }
    await schemasOf()
      .producer(producer)
      .send(
        deepFrozen({
          topic: topic as string,
          messages: [{ key: u8, value: u8, headers: { one: u8, more: [u8, 'text'], text: 'text', none: undefined } }, untouched],
        }) as never,
      )
    const [message, other] = first(sent).messages
    const buffer = Buffer.from([1, 2, 3])
    expect(message).toEqual({ key: buffer, value: buffer, headers: { one: buffer, more: [buffer, 'text'], text: 'text', none: undefined } })
    for (const found of [message?.key, message?.value, message?.headers?.one]) {
      expect(Buffer.isBuffer(found)).toBe(true)
      expect((found as Buffer).buffer).toBe(u8.buffer)
    }
    if (topic === 'others') expect(other).toBe(untouched)
  })

  it('encodes all before it sends any, and says which message and field', async () => {
    const { producer, sent } = fakeProducer()
    const schemas = schemasOf()
    await schemas.register()
    const wrapped = schemas.producer(producer)
    const messages = [{ value }, { value: { id: 'o-2', count: 'many' } }] as never
    for (let attempt = 0; attempt < 2; attempt++) {
      await expect(wrapped.send({ topic: 'orders', messages })).rejects.toMatchObject({
        name: 'EvolveError',
        code: 'invalid-value',
        details: { topic: 'orders', messageIndex: 1, side: 'value', path: '/count' },
      })
    }
    expect(sent).toEqual([])
    await wrapped.send({ topic: 'orders', messages: [{ value }] })
    expect(sent).toHaveLength(1)
  })

  it('leaves no rejection unheard when one message waits and the next is wrong', async () => {
    const { producer, sent } = fakeProducer()
    const wrapped = schemasOf({ autoRegister: false }).producer(producer)
    await expect(wrapped.send({ topic: 'orders', messages: [{ value }, { value: 5 }] as never })).rejects.toMatchObject({
      name: 'EvolveError',
    })
    await new Promise((resolve) => setImmediate(resolve))
    expect(sent).toEqual([])
  })

  it('sends in the same turn once the schema is known', async () => {
    const { producer, sent } = fakeProducer()
    const schemas = schemasOf()
    const wrapped = schemas.producer(producer)
    await schemas.register()
    await wrapped.send({ topic: 'orders', messages: [{ value }] })
    sent.length = 0
    void wrapped.send({ topic: 'orders', messages: [{ value }, { value }] })
    expect(sent).toHaveLength(1)
  })
})

describe('send, as kafkajs does it', () => {
  it.each(['orders', 'others'])('takes messages that are instances of a class, topic %s', async (topic) => {
    class Outgoing {
      readonly #id = 'o-1'
      get key(): string {
        return this.#id
      }
      get value(): unknown {
        return topic === 'orders' ? { id: this.#id } : new Uint8Array([1])
      }
      get partition(): number {
        return 4
      }
      get timestamp(): string {
        return '5'
      }
      get headers(): object {
        return { h: '1' }
      }
    }
    const { producer, sent } = fakeProducer()
    await schemasOf()
      .producer(producer)
      .send({ topic, messages: [new Outgoing()] } as never)
    expect(first(sent).messages).toEqual([{ key: 'o-1', value: expect.any(Buffer), partition: 4, timestamp: '5', headers: { h: '1' } }])
  })

  it('puts nothing into a message that is not in it', async () => {
    const { producer, sent } = fakeProducer()
    await schemasOf()
      .producer(producer)
      .send({ topic: 'orders', messages: [{ value }] })
    expect(Object.keys(first(sent).messages[0] as Message)).toEqual(['value'])
  })

  it('sends no key and no headers where middleware took them away', async () => {
    const { producer, sent } = fakeProducer()
    const bare: ProduceMiddleware = (next) => (message) =>
      whenReady(next(message), ({ value }) => ({ key: undefined, value, headers: undefined }))
    await schemasOf({ middleware: { produce: [bare] } })
      .producer(producer)
      .send({ topic: 'orders', messages: [{ key: 'k', value, headers: { h: '1' }, partition: 0 }] })
    expect(first(sent).messages).toStrictEqual([{ value: expect.any(Buffer), partition: 0 }])
  })

  it.each(['send', 'sendBatch'] as const)('leaves a %s of nothing for kafkajs to refuse', async (method) => {
    const { producer } = fakeProducer()
    const refusal = new Error('of kafkajs')
    producer[method] = () => Promise.reject(refusal)
    const call = schemasOf().producer(producer)[method] as (given?: unknown) => Promise<unknown>
    await expect(call()).rejects.toBe(refusal)
    await expect(call(method === 'send' ? null : { topicMessages: [null] })).rejects.toBe(refusal)
  })
})

describe('sendBatch', () => {
  it('encodes each topic by its own definition, also one that appears twice', async () => {
    const { producer, sent } = fakeProducer()
    const other = { topic: 'others', messages: [{ value: 'text' }] }
    const batch = deepFrozen({
      acks: -1,
      topicMessages: [{ topic: 'orders', messages: [{ value }] }, other, { topic: 'orders', messages: [{ value: null }] }],
    })
    await schemasOf()
      .producer(producer)
      .sendBatch(batch as never)
    const { acks, topicMessages = [] } = sent[0] as ProducerBatch
    expect(acks).toBe(-1)
    expect(topicMessages.map(({ topic }) => topic)).toEqual(['orders', 'others', 'orders'])
    expect(topicMessages[0]?.messages[0]?.value).toEqual(Buffer.concat([Buffer.from([0, 0, 0, 0, 1]), bytes]))
    expect(topicMessages[1]?.messages).toBe(other.messages)
    expect(topicMessages[2]?.messages).toEqual([{ value: null }])
  })

  it.each<[string, ProducerBatch]>([
    ['topics that are not configured', { topicMessages: [{ topic: 'others', messages: [{ value: 'x' }] }] }],
    ['no topics', { acks: 1 }],
  ])('passes the very batch for %s', async (_name, batch) => {
    const { producer, sent } = fakeProducer()
    await schemasOf()
      .producer(producer)
      .sendBatch(batch as never)
    expect(sent[0]).toBe(batch)
  })

  it('sends nothing when one message of one topic is wrong', async () => {
    const { producer, sent } = fakeProducer()
    const topicMessages = [
      { topic: 'orders', messages: [{ value }] },
      { topic: 'keyed', messages: [{ value }, { value: { id: 1 } }] },
    ]
    await expect(
      schemasOf()
        .producer(producer)
        .sendBatch({ topicMessages } as never),
    ).rejects.toMatchObject({ details: { topic: 'keyed', messageIndex: 1, path: '/id' } })
    expect(sent).toEqual([])
  })
})

describe('a wrapped producer', () => {
  it('encodes in transactions, and has the rest of them as it is', async () => {
    const { producer, sent, transaction } = fakeProducer()
    const wrapped = await schemasOf().producer(producer).transaction()
    await wrapped.send({ topic: 'orders', messages: [{ value }] })
    await wrapped.sendBatch({ topicMessages: [{ topic: 'orders', messages: [{ value }] }] })
    expect(first(sent).messages[0]?.value).toBeInstanceOf(Buffer)
    expect((sent[1] as ProducerBatch).topicMessages?.[0]?.messages[0]?.value).toBeInstanceOf(Buffer)
    for (const name of ['commit', 'abort', 'sendOffsets', 'isActive'] as const) expect(wrapped[name]).toBe(transaction[name])
  })

  it('has everything else from the producer', () => {
    const { producer } = fakeProducer()
    const wrapped: Producer = schemasOf().producer(producer)
    for (const name of ['connect', 'events', 'on', 'logger'] as const) expect(wrapped[name]).toBe(producer[name])
    expect(Object.keys(wrapped).sort()).toEqual(Object.keys(producer).sort())
  })
})
