import type { Kafka, Producer, ProducerRecord } from 'kafkajs'
import { afterEach, describe, expect, it } from 'vitest'
import { inMemoryKafka } from '../../testing/in-memory-kafka.ts'
import { expectCode, freshRecord } from '../registry-cases.test-support.ts'
import type { ManagedRegistry } from '../types.ts'
import { kafkaRegistry } from './kafka-registry.ts'

/** What happens to a send, which may be made now, later or never, and told truly or not. */
type Fate = (send: () => ReturnType<Producer['send']>, record: ProducerRecord) => ReturnType<Producer['send']>

const open: ManagedRegistry[] = []
afterEach(async () => void (await Promise.all(open.splice(0).map((registry) => registry.close()))))

/** A node whose next sends meet these fates, one after another, and the Kafka below it. It gives a change up after `writeMs`. */
async function fated(
  writeMs = 60_000,
): Promise<{ kafka: Kafka; registry: ManagedRegistry; fates: Fate[]; other(): Promise<ManagedRegistry> }> {
  const kafka = inMemoryKafka({ client: { logLevel: 0, retry: { retries: 3, initialRetryTime: 50, maxRetryTime: 300 } } })
  const fates: Fate[] = []
  const producer: Kafka['producer'] = (config) => {
    const real = kafka.producer(config)
    return { ...real, send: (record) => (fates.shift() ?? ((send) => send()))(() => real.send(record), record) }
  }
  const client = { consumer: kafka.consumer.bind(kafka), admin: kafka.admin.bind(kafka), logger: kafka.logger.bind(kafka), producer }
  const start = async (one: unknown): Promise<ManagedRegistry> => {
    const registry = await kafkaRegistry({ kafka: one as Kafka, timeouts: { writeMs, requestMs: 300, catchUpMs: 60_000 } })
    open.push(registry)
    return registry
  }
  return { kafka, registry: await start(client), fates, other: () => start(kafka) }
}

describe('a change whose acknowledgement does not come', () => {
  it('counts once when it is there', async () => {
    const { registry, fates, other } = await fated()
    fates.push(async (send) => {
      await send()
      throw new Error('the connection is gone')
    })
    expect(await registry.register('s', freshRecord())).toMatchObject({ id: 1, version: 1 })
    expect(await registry.register('s', freshRecord())).toMatchObject({ id: 2, version: 2 })
    expect(await (await other()).versions('s')).toEqual([1, 2])
  })

  it('is decided again when it is not there', async () => {
    const { registry, fates, other } = await fated()
    fates.push(async () => {
      throw new Error('the connection is gone')
    })
    expect(await registry.register('s', freshRecord())).toMatchObject({ id: 1, version: 1 })
    expect(await (await other()).versions('s')).toEqual([1])
  })

  it('never counts when it comes late, whatever was decided since', async () => {
    const { kafka, registry, fates, other } = await fated()
    const late: ProducerRecord[] = []
    const hold: Fate = async (_send, record) => {
      late.push(record)
      throw new Error('no answer')
    }
    fates.push(hold)
    const [first, second] = [freshRecord(), freshRecord()]
    expect(await registry.register('s', first)).toMatchObject({ id: 1, version: 1 })
    fates.push(hold)
    await registry.deleteSubject('s')
    expect(await registry.register('s', second)).toMatchObject({ id: 2, version: 2 })
    const producer = kafka.producer()
    await producer.connect()
    for (const record of late) await producer.send(record)
    await producer.disconnect()
    expect(late).toHaveLength(2)
    for (const node of [registry, await other()]) {
      expect(await node.versions('s')).toEqual([2])
      expect(await node.register('t', freshRecord())).toMatchObject({ version: node === registry ? 1 : 2 })
      expect([(await node.schemaById(1)).text, (await node.schemaById(2)).text]).toEqual([first.text, second.text])
    }
  })

  it('may count while it is not known: the answer says so, and the next one knows', async () => {
    const { registry, fates } = await fated(2_000)
    const schema = freshRecord()
    const fail: Fate = async () => {
      throw new Error('no answer')
    }
    fates.push(
      async (send) => {
        await send()
        throw new Error('no answer')
      },
      ...Array.from({ length: 100 }, () => fail),
    )
    const error = await expectCode(registry.register('s', schema), 'registry-timeout')
    expect(error).toMatchObject({ retryable: true, message: expect.stringContaining('may count or not') })
    fates.splice(0)
    expect(await registry.register('s', schema)).toMatchObject({ id: 1, version: 1 })
    expect(await registry.versions('s')).toEqual([1])
  })

  it('is refused at once, and not tried again, where the broker will not have it', async () => {
    const { registry, fates } = await fated()
    let sends = 0
    fates.push(async () => {
      sends += 1
      throw Object.assign(new Error('The request included a message larger than the max message size'), { type: 'MESSAGE_TOO_LARGE' })
    })
    const error = await expectCode(registry.register('s', freshRecord()), 'limit-exceeded')
    expect(error.message).toContain('max.message.bytes')
    expect(sends).toBe(1)
    expect(await registry.register('s', freshRecord())).toMatchObject({ id: 1 })
  })
})
