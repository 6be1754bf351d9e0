import type { Consumer } from 'kafkajs'
import { expect, it } from 'vitest'
import { EvolveError } from '../../errors.ts'
import { memoryRegistry } from '../../registry/memory.ts'
import { inMemoryKafka } from '../../testing/index.ts'
import { delegateTo } from './delegate.ts'
import { schemasOf } from './kafkajs.test-support.ts'

/** A wrapper as others write them: it hands on a copy of each message. */
function copying(consumer: Consumer): Consumer {
  return delegateTo(consumer, {
    run: async (config) =>
      consumer.run({ ...config, eachMessage: async (payload) => config?.eachMessage?.({ ...payload, message: { ...payload.message } }) }),
  })
}

it('skips no message behind a wrapper that hands on copies, with kafkajs itself', async () => {
  const kafka = inMemoryKafka()
  const inner = memoryRegistry()
  let isDown = false
  const registry = Object.assign(Object.create(inner) as typeof inner, {
    schemaById: async (id: number) => {
      if (isDown) throw new EvolveError('registry-unavailable', 'connection refused')
      return inner.schemaById(id)
    },
  })
  const producer = schemasOf({ registry: inner }).producer(kafka.producer())
  await producer.connect()
  await producer.send({ topic: 'orders', messages: ['a', 'b', 'c'].map((id) => ({ value: { id } })) })
  isDown = true
  const seen: string[] = []
  const own = kafka.consumer({ groupId: 'copies' })
  const schemas = schemasOf({ registry })
  const consumer = schemas.consumer(copying(own))
  try {
    await consumer.connect()
    await consumer.subscribe({ topic: 'orders', fromBeginning: true })
    const left = new Promise<void>((resolve) => own.on(own.events.END_BATCH_PROCESS, () => resolve()))
    await consumer.run({ eachMessage: async ({ message }) => void seen.push(message.offset) })
    await left
    isDown = false
    await expect.poll(() => seen, { timeout: 30_000 }).toEqual(['0', '1', '2'])
    expect(schemas.paused()).toEqual([])
  } finally {
    await consumer.disconnect()
    await producer.disconnect()
  }
}, 60_000)
