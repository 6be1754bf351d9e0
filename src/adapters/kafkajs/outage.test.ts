import type { Consumer, KafkaMessage } from 'kafkajs'
import { beforeEach, describe, expect, it } from 'vitest'
import { EvolveError } from '../../errors.ts'
import { evolve } from '../../evolve.ts'
import { memoryRegistry } from '../../registry/memory.ts'
import type { Registry } from '../../registry/types.ts'
import { batchPayload, type FakeConsumer, fakeConsumer, kafkaMessage, messagePayload, Order, schemasOf } from './kafkajs.test-support.ts'

const partition = 3
const framed = (id: string): Buffer => Buffer.from([0, 0, 0, 0, 1, 2 * id.length, ...Buffer.from(id), 4])
const at = (offset: string): KafkaMessage => kafkaMessage(offset, framed('a'))

/** A registry that answers, refuses or is silent, as the test says. */
class Moody {
  readonly #inner = memoryRegistry()
  asked = 0
  mood: 'up' | 'down' | 'silent' = 'up'
  readonly #waiting: (() => void)[] = []

  static async make(): Promise<Moody> {
    const moody = new Moody()
    await moody.#inner.register('orders-value', Order.source)
    return moody
  }

  answer(): void {
    this.mood = 'up'
    for (const go of this.#waiting.splice(0)) go()
  }

  get registry(): Registry {
    const { ...methods } = new Proxy(this.#inner, {
      ownKeys: () => ['register', 'versions', 'version', 'latest', 'lookup', 'close'],
      getOwnPropertyDescriptor: () => ({ enumerable: true, configurable: true }),
      get: (target, name) => (Reflect.get(target, name) as () => unknown).bind(target),
    })
    return {
      ...methods,
      schemaById: async (id) => {
        this.asked += 1
        if (this.mood === 'down') throw new EvolveError('registry-unavailable', 'connection refused')
        if (this.mood === 'silent') await new Promise<void>((resolve) => this.#waiting.push(resolve))
        return this.#inner.schemaById(id)
      },
    }
  }
}

/** As kafkajs: goes on with the offset behind the one that the message has when its handler is through. */
async function consume({ config }: FakeConsumer, message: KafkaMessage, heartbeat?: () => Promise<void>): Promise<string> {
  await config()?.eachMessage?.(messagePayload('orders', message, heartbeat))
  return String(BigInt(message.offset) + 1n)
}

let moody: Moody
let fake: FakeConsumer
let schemas: ReturnType<typeof schemasOf>
const handed: string[] = []

beforeEach(async () => {
  moody = await Moody.make()
  fake = fakeConsumer()
  schemas = schemasOf({ registry: moody.registry })
  handed.length = 0
})

async function running(options: object = {}): Promise<Consumer> {
  const consumer = schemas.consumer(fake.consumer, options)
  await consumer.run({ eachMessage: async ({ message }: { message: { offset: string } }) => void handed.push(message.offset) })
  return consumer as Consumer
}

const until = async (condition: () => boolean): Promise<void> => {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5))
}
const isPaused = (): boolean => fake.consumer.paused().length > 0
const loopLeft = (): void => fake.emit('end_batch_process', { topic: 'orders', partition })

describe('eachMessage while the registry is away', () => {
  it('goes on in front of the message, paused, and tells what waits', async () => {
    await running()
    moody.mood = 'down'
    expect(await consume(fake, at('42'))).toBe('42')
    expect(isPaused()).toBe(true)
    expect(schemas.paused()).toMatchObject([{ topic: 'orders', partition, offset: '42', schemaId: 1, code: 'registry-unavailable' }])
    expect(handed).toEqual([])
    moody.answer()
    loopLeft()
    await until(() => !isPaused())
    expect(await consume(fake, at('42'))).toBe('43')
    expect({ handed, paused: schemas.paused() }).toEqual({ handed: ['42'], paused: [] })
  })

  it('does not go on before kafkajs has seen that it is paused, however soon the registry answers', async () => {
    await running()
    moody.mood = 'down'
    await consume(fake, at('42'))
    moody.answer()
    await until(() => moody.asked >= 2)
    await new Promise((resolve) => setTimeout(resolve, 50))
    expect(isPaused()).toBe(true)
    loopLeft()
    await until(() => !isPaused())
  })

  it('hands nothing over that comes behind the message, whoever resumes', async () => {
    await running()
    moody.mood = 'down'
    await consume(fake, at('42'))
    fake.consumer.resume([{ topic: 'orders', partitions: [partition] }])
    expect(await consume(fake, at('43'))).toBe('42')
    expect({ handed, paused: isPaused() }).toEqual({ handed: [], paused: true })
  })

  it('waits for a slow answer no longer than it may, then for the same answer with the partition paused', async () => {
    await running({ pauseAfterMs: 20 })
    moody.mood = 'silent'
    expect(await consume(fake, at('42'))).toBe('42')
    expect(schemas.paused()).toMatchObject([{ offset: '42', failures: 0, code: undefined }])
    loopLeft()
    moody.answer()
    await until(() => !isPaused())
    await consume(fake, at('42'))
    expect({ handed, asked: moody.asked }).toEqual({ handed: ['42'], asked: 1 })
  })

  it('ends a wait at once when the consumer is stopped, and hands nothing over', async () => {
    const consumer = await running({ pauseAfterMs: 60_000 })
    moody.mood = 'silent'
    const waiting = consume(fake, at('42'))
    await until(() => moody.asked === 1)
    await consumer.stop()
    expect(await waiting).toBe('42')
    expect({ handed, paused: schemas.paused() }).toEqual({ handed: [], paused: [] })
    moody.answer()
  })

  it('raises what a heartbeat raises', async () => {
    await running({ pauseAfterMs: 60_000 })
    moody.mood = 'silent'
    const rebalance = new Error('The group is rebalancing')
    await expect(consume(fake, at('42'), () => Promise.reject(rebalance))).rejects.toBe(rebalance)
    expect(isPaused()).toBe(false)
    moody.answer()
  })

  it('lets go of a partition that is taken away, and of all when the consumer stops or crashes', async () => {
    await running()
    moody.mood = 'down'
    await consume(fake, at('42'))
    fake.emit('group_join', { memberAssignment: { orders: [partition] } })
    expect(schemas.paused()).toHaveLength(1)
    fake.emit('group_join', { memberAssignment: { orders: [1] } })
    expect({ paused: schemas.paused(), own: isPaused() }).toEqual({ paused: [], own: false })
    for (const end of ['stop', 'crash']) {
      await consume(fake, at('42'))
      expect(schemas.paused()).toHaveLength(1)
      fake.emit(end, {})
      expect(schemas.paused()).toEqual([])
      fake.consumer.resume([{ topic: 'orders', partitions: [partition] }])
    }
  })

  it('throws where a message cannot be put back', async () => {
    await running()
    moody.mood = 'down'
    await expect(consume(fake, Object.freeze(at('42')))).rejects.toMatchObject({ code: 'registry-unavailable' })
    expect(isPaused()).toBe(false)
  })

  it.each(['end_batch_process', 'commit_offsets'])(
    'goes back to a message of which kafkajs was not told, as one between made a copy (%s)',
    async (event) => {
      const sought: object[] = []
      fake.consumer.seek = (to) => void sought.push(to)
      await running()
      moody.mood = 'down'
      const own = at('42')
      const copy = { ...own }
      await fake.config()?.eachMessage?.(messagePayload('orders', copy))
      if (event === 'commit_offsets') expect(copy.offset).toBe('41')
      fake.emit(event, { topic: 'orders', partition, topics: [{ topic: 'orders', partitions: [{ partition, offset: '43' }] }] })
      expect({ sought, own: own.offset, paused: isPaused() }).toEqual({
        sought: [{ topic: 'orders', partition, offset: '42' }],
        own: '42',
        paused: true,
      })
      moody.answer()
      loopLeft()
      await until(() => !isPaused())
      expect(await consume(fake, at('42'))).toBe('43')
      moody.mood = 'down'
      expect(handed).toEqual(['42'])
      await expect(consume(fake, { ...at('50'), value: Buffer.from([0, 0, 0, 0, 2, 0]) })).rejects.toMatchObject({
        code: 'registry-unavailable',
      })
      expect(isPaused()).toBe(false)
    },
  )

  it('does not seek where kafkajs has seen the message put back, nor for commits in front of it', async () => {
    const sought: object[] = []
    fake.consumer.seek = (to) => void sought.push(to)
    await running()
    moody.mood = 'down'
    await consume(fake, at('42'))
    fake.emit('commit_offsets', { topics: [{ topic: 'orders', partitions: [{ partition, offset: '42' }] }] })
    loopLeft()
    loopLeft()
    expect(sought).toEqual([])
    fake.emit('stop', {})
  })

  it('throws after maxPauseMs, with topic, partition and offset', async () => {
    await running({ maxPauseMs: 30 })
    moody.mood = 'down'
    await consume(fake, at('42'))
    loopLeft()
    await until(() => !isPaused())
    const failed = consume(fake, at('42'))
    await expect(failed).rejects.toMatchObject({ code: 'registry-unavailable', details: { topic: 'orders', partition, offset: '42' } })
    moody.answer()
    expect(await consume(fake, at('42'))).toBe('43')
    expect({ handed, paused: schemas.paused() }).toEqual({ handed: ['42'], paused: [] })
  })

  it('throws at once with onRetriable: throw', async () => {
    const wrapped = await running({ onRetriable: 'throw' })
    moody.mood = 'down'
    await expect(consume(fake, at('42'))).rejects.toMatchObject({ code: 'registry-unavailable' })
    for (const name of ['pause', 'resume', 'seek', 'stop', 'disconnect'] as const) expect(wrapped[name]).toBe(fake.consumer[name])
    expect(isPaused()).toBe(false)
  })

  it('does not pause for what time does not cure', async () => {
    await running()
    await expect(consume(fake, kafkaMessage('42', Buffer.from([0, 0, 0, 3, 231, 0])))).rejects.toMatchObject({ code: 'schema-not-found' })
    await expect(consume(fake, kafkaMessage('43', Buffer.from('bad')))).rejects.toMatchObject({ code: 'not-framed' })
    expect(isPaused()).toBe(false)
  })

  it('pauses for an outage that middleware of the application tells of, and tries the message again', async () => {
    let isOut = true
    const consume1 = (next: (message: never) => unknown) => (message: never) => {
      if (isOut) throw new EvolveError('registry-timeout', 'the key server is slow')
      return next(message)
    }
    schemas = schemasOf({ registry: moody.registry, middleware: { consume: [consume1 as never] } })
    await running()
    expect(await consume(fake, at('42'))).toBe('42')
    for (let tries = 0; tries < 3; tries += 1) {
      loopLeft()
      await until(() => !isPaused())
      if (tries === 2) isOut = false
      await consume(fake, at('42'))
    }
    expect(handed).toEqual(['42'])
  })

  it.each([{ onRetriable: 'retry' }, { pauseAfterMs: -1 }, { pauseAfterMs: '1' }, { maxPauseMs: Number.NaN }])(
    'does not take %o',
    (options) => {
      expect(() => schemas.consumer(fake.consumer, options as never)).toThrow(expect.objectContaining({ code: 'invalid-options' }))
    },
  )
})

describe('eachBatch while the registry is away', () => {
  it('hands over what comes before the message, resolves that far, and pauses', async () => {
    const inner = memoryRegistry()
    await inner.register('orders-value', Order.source)
    const known = framed('a')
    const unknown = Buffer.from(known)
    unknown[4] = 9
    const out = evolve({
      registry: Object.assign(Object.create(inner) as typeof inner, {
        schemaById: async (id: number) => {
          if (id === 9) throw new EvolveError('registry-unavailable', 'connection refused')
          return inner.schemaById(id)
        },
      }),
      topics: { orders: { value: Order } },
    })
    for (const eachBatchAutoResolve of [true, false]) {
      fake = fakeConsumer()
      const seen: string[] = []
      await out.consumer(fake.consumer).run({
        eachBatchAutoResolve,
        eachBatch: async ({ batch }) => void seen.push(...batch.messages.map(({ offset }) => offset), batch.lastOffset()),
      })
      const messages = [kafkaMessage('10', known), kafkaMessage('11', known), kafkaMessage('12', unknown), kafkaMessage('13', known)]
      const { payload, resolved } = batchPayload('orders', messages)
      await fake.config()?.eachBatch?.(payload)
      expect({ seen, resolved, paused: isPaused() }).toEqual({
        seen: ['10', '11', '11'],
        resolved: eachBatchAutoResolve ? ['11'] : [],
        paused: true,
      })
      fake.emit('stop', {})
    }
  })

  it('does not pause a partition in which the application sought elsewhere', async () => {
    const consumer = schemas.consumer(fake.consumer)
    await consumer.run({ eachBatch: async () => {} })
    moody.mood = 'down'
    const { payload, resolved } = batchPayload('orders', [at('10')])
    await fake.config()?.eachBatch?.({ ...payload, isStale: () => true })
    expect({ resolved, paused: isPaused() }).toEqual({ resolved: [], paused: false })
  })
})
