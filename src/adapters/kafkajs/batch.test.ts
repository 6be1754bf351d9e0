import type { EachBatchPayload, KafkaMessage } from 'kafkajs'
import { describe, expect, it } from 'vitest'
import { batchPayload, fakeConsumer, fakeProducer, kafkaMessage, schemasOf } from './kafkajs.test-support.ts'

const bad = (offset: string): KafkaMessage => kafkaMessage(offset, Buffer.from('bad'))
const schemas = schemasOf()
const good = async (offset: string): Promise<KafkaMessage> =>
  kafkaMessage(offset, (await schemas.serializer('orders', 'value').serialize({ id: `o-${offset}` })) as Buffer)

interface Outcome {
  /** What the handler saw, by offset, and what its batch said. */
  readonly seen: string[]
  readonly lastOffset: string | undefined
  readonly lag: string | undefined
  readonly resolved: string[]
  readonly error: unknown
}

async function handled(
  messages: KafkaMessage[],
  options: object = {},
  config: { eachBatchAutoResolve?: boolean } = {},
  topic: string = 'orders',
): Promise<Outcome> {
  const { consumer, config: running } = fakeConsumer()
  const seen: string[] = []
  let [lastOffset, lag]: (string | undefined)[] = []
  const eachBatch = async ({ batch, resolveOffset }: EachBatchPayload): Promise<void> => {
    for (const message of batch.messages) {
      const value = message.value as unknown as { id: string } | null
      seen.push(value === null ? 'tombstone' : value.id)
      if (config.eachBatchAutoResolve === false) resolveOffset(message.offset)
    }
    lastOffset = batch.lastOffset()
    lag = batch.offsetLag()
    expect([batch.topic, batch.partition, batch.highWatermark, batch.isEmpty()]).toEqual([topic, 3, '100', false])
  }
  await schemas.consumer(consumer, options).run({ ...config, eachBatch: eachBatch as never })
  const before = [...messages]
  const { payload, resolved } = batchPayload(topic, messages)
  const error = await running()
    ?.eachBatch?.(payload)
    .then(
      () => undefined,
      (thrown: unknown) => thrown,
    )
  expect(payload.batch.messages, 'the batch of kafkajs is as it was').toEqual(before)
  return { seen, lastOffset, lag, resolved, error }
}

describe('eachBatch', () => {
  it('gives a batch with other messages and the methods it had', async () => {
    const outcome = await handled([await good('10'), kafkaMessage('11', null), await good('12')])
    expect(outcome).toEqual({ seen: ['o-10', 'tombstone', 'o-12'], lastOffset: '99', lag: '0', resolved: ['99'], error: undefined })
  })

  it('gives a batch of the same class with all its fields, also when it is spread', async () => {
    const { consumer, config } = fakeConsumer()
    let given: EachBatchPayload['batch'] | undefined
    await schemas.consumer(consumer).run({ eachBatch: async ({ batch }: { batch: unknown }) => void (given = batch as typeof given) })
    const { payload } = batchPayload('orders', [await good('1')])
    await config()?.eachBatch?.(payload)
    expect(given).toBeInstanceOf(payload.batch.constructor)
    expect({ ...given }).toEqual({
      topic: 'orders',
      partition: 3,
      highWatermark: '100',
      messages: [expect.objectContaining({ offset: '1' })],
    })
  })

  it('hands over a batch that is empty from the start', async () => {
    const { consumer, config } = fakeConsumer()
    let calls = 0
    await schemas.consumer(consumer).run({ eachBatch: async () => void calls++ })
    await config()?.eachBatch?.(batchPayload('orders', []).payload)
    expect(calls).toBe(1)
  })

  it('beats between messages that are each waited for, and ends before the next when the group rebalances', async () => {
    const rebalance = new Error('The group is rebalancing')
    const { producer, sent: letters } = fakeProducer()
    const { consumer, config } = fakeConsumer()
    await schemas.consumer(consumer, { onUndecodable: { deadLetter: { producer } } }).run({ eachBatch: async () => {} })
    let beats = 0
    const heartbeat = async (): Promise<void> => {
      if (++beats === 2) throw rebalance
    }
    const { payload, resolved } = batchPayload('orders', [bad('1'), bad('2'), bad('3')], heartbeat)
    await expect(config()?.eachBatch?.(payload)).rejects.toBe(rebalance)
    expect({ letters: letters.length, resolved }).toEqual({ letters: 2, resolved: ['2'] })
  })

  it('passes the very payload of a topic that is not configured', async () => {
    const { consumer, config } = fakeConsumer()
    let given: unknown
    await schemas.consumer(consumer).run({ eachBatch: async (payload: unknown) => void (given = payload) })
    const { payload } = batchPayload('others', [bad('1')])
    await config()?.eachBatch?.(payload)
    expect(given).toBe(payload)
  })

  it('by default ends before a message that cannot be decoded, then raises its error', async () => {
    const { seen, lastOffset, lag, resolved, error } = await handled([await good('10'), await good('11'), bad('12'), await good('13')])
    expect({ seen, lastOffset, lag, resolved }).toEqual({ seen: ['o-10', 'o-11'], lastOffset: '11', lag: '88', resolved: ['11'] })
    expect(error).toMatchObject({ code: 'not-framed', details: { topic: 'orders', partition: 3, offset: '12' } })
  })

  it('does not resolve for a handler that resolves itself', async () => {
    const { resolved, error } = await handled([await good('10'), await good('11'), bad('12')], {}, { eachBatchAutoResolve: false })
    expect(resolved).toEqual(['10', '11'])
    expect(error).toMatchObject({ code: 'not-framed' })
  })

  it('raises at once when the first message cannot be decoded', async () => {
    const { seen, resolved, error } = await handled([bad('10'), await good('11')])
    expect({ seen, resolved }).toEqual({ seen: [], resolved: [] })
    expect(error).toMatchObject({ details: { offset: '10' } })
  })

  it.each([true, false])('skips, and resolves what is skipped at the end (eachBatchAutoResolve: %s)', async (eachBatchAutoResolve) => {
    const outcome = await handled(
      [bad('10'), await good('11'), bad('12'), await good('13'), bad('14')],
      { onUndecodable: 'skip' },
      { eachBatchAutoResolve },
    )
    expect(outcome).toEqual({
      seen: ['o-11', 'o-13'],
      lastOffset: '99',
      lag: '0',
      resolved: eachBatchAutoResolve ? ['99'] : ['11', '14'],
      error: undefined,
    })
  })

  it('moves on without the handler when nothing is left', async () => {
    const both = [bad('10'), bad('11')]
    expect(await handled(both, { onUndecodable: 'skip' })).toMatchObject({ seen: [], resolved: ['99'], error: undefined })
    const byItself = { eachBatchAutoResolve: false }
    expect(await handled(both, { onUndecodable: 'skip' }, byItself)).toMatchObject({ seen: [], resolved: ['11'], error: undefined })
  })

  it('leaves resolving to kafkajs where a failure is thrown anyway', async () => {
    const outcome = await handled([await good('10'), await good('12')], { onRetriable: 'throw' })
    expect(outcome).toMatchObject({ seen: ['o-10', 'o-12'], resolved: [], error: undefined })
  })

  it('passes on the errors of the handler as they are', async () => {
    const { consumer, config } = fakeConsumer()
    const error = new TypeError('of the application')
    await schemas.consumer(consumer).run({ eachBatch: () => Promise.reject(error) })
    const { payload, resolved } = batchPayload('orders', [await good('1'), bad('2')])
    await expect(config()?.eachBatch?.(payload)).rejects.toBe(error)
    expect(resolved).toEqual([])
  })
})
