import { Writable } from 'node:stream'
import { pino } from 'pino'
import { describe, expect, it } from 'vitest'
import { type ErrorCode, EvolveError } from '../errors.ts'
import type { DeadLetter, IncomingMessage } from '../transport/message.ts'
import type { ConsumeMiddleware } from './message.ts'
import { deadLetterUndecodable, isUndecodable, skipUndecodable, type UndecodableReport } from './undecodable.ts'

const secret = 'the payload'
const message: IncomingMessage = {
  topic: 'orders',
  partition: 2,
  offset: '9007199254740993',
  timestamp: '1700000000000',
  key: Buffer.from('k'),
  value: Buffer.from(secret),
  headers: { trace: 'abc', twice: ['1', '2'] },
}
const poison = (code: ErrorCode, side: 'key' | 'value' = 'value'): EvolveError => new EvolveError(code, 'no good', { schemaId: 7, side })

function report(): UndecodableReport & { readonly lines: Record<string, unknown>[] } {
  const lines: Record<string, unknown>[] = []
  const stream = new Writable({
    write: (chunk, _encoding, done) => {
      lines.push(JSON.parse(String(chunk)))
      done()
    },
  })
  return { logger: pino({ level: 'info' }, stream), counts: new Map(), lines }
}

const failing = (middleware: ConsumeMiddleware, error: unknown): unknown =>
  middleware(() => {
    throw error
  })(message)

describe('isUndecodable', () => {
  it.each<[ErrorCode, boolean]>([
    ['not-framed', true],
    ['truncated-frame', true],
    ['malformed-data', true],
    ['schema-not-found', true],
    ['incompatible-schemas', true],
    ['registry-unavailable', false],
    ['registry-timeout', false],
    ['registry-rejected', false],
    ['registry-bad-answer', false],
    ['broker-unavailable', false],
  ])('%s: %s', (code, expected) => expect(isUndecodable(poison(code))).toBe(expected))

  it('is not for errors of others', () => expect(isUndecodable(new TypeError('x'))).toBe(false))
})

describe('skipping', () => {
  it('leaves the message out, warns and counts, and logs no payload', () => {
    const to = report()
    for (const skipped of [1, 2]) {
      expect(failing(skipUndecodable(to), poison('truncated'))).toBeUndefined()
      expect(to.counts.get('orders')).toEqual({ skipped, deadLettered: 0 })
      expect(to.lines.at(-1)).toMatchObject({
        level: 40,
        topic: 'orders',
        partition: 2,
        offset: '9007199254740993',
        schemaId: 7,
        code: 'truncated',
        side: 'value',
        skipped,
      })
    }
    expect(JSON.stringify(to.lines)).not.toContain(secret)
  })

  it.each([poison('registry-unavailable'), new TypeError('of a middleware')])('is not for %s', (error) => {
    const to = report()
    expect(() => failing(skipUndecodable(to), error)).toThrow(error)
    expect(to.counts.size).toBe(0)
  })
})

describe('dead letters', () => {
  const sending = (
    to: UndecodableReport,
    options: { topic?: string | ((topic: string) => string) } = {},
  ): { middleware: ConsumeMiddleware; letters: DeadLetter[] } => {
    const letters: DeadLetter[] = []
    const send = async (letter: DeadLetter): Promise<void> => void letters.push(letter)
    return { letters, middleware: deadLetterUndecodable(to, { send, consumerGroup: () => 'billing', ...options }) }
  }

  it('hold the original and say where it comes from, as Spring says it', async () => {
    const to = report()
    const { letters, middleware } = sending(to)
    expect(await failing(middleware, poison('truncated'))).toBeUndefined()
    expect(letters).toHaveLength(1)
    const { headers, ...letter } = letters[0] as DeadLetter
    expect(letter).toEqual({ topic: 'orders-dlt', key: message.key, value: message.value })
    expect(headers).toEqual({
      trace: 'abc',
      twice: ['1', '2'],
      'kafka_dlt-original-topic': Buffer.from('orders'),
      'kafka_dlt-original-partition': Buffer.from('00000002', 'hex'),
      'kafka_dlt-original-offset': Buffer.from('0020000000000001', 'hex'),
      'kafka_dlt-original-timestamp': Buffer.from('0000018bcfe56800', 'hex'),
      'kafka_dlt-original-consumer-group': Buffer.from('billing'),
      'kafka_dlt-exception-fqcn': Buffer.from('kafka-evolve.EvolveError'),
      'kafka_dlt-exception-message': Buffer.from(poison('truncated').message),
      'kafka-evolve-error-code': Buffer.from('truncated'),
    })
    expect(to.counts.get('orders')).toEqual({ skipped: 0, deadLettered: 1 })
    expect(to.lines).toEqual([expect.objectContaining({ level: 40, topic: 'orders', schemaId: 7, deadLetterTopic: 'orders-dlt' })])
    expect(JSON.stringify(to.lines)).not.toContain(secret)
  })

  it('name the error of a key apart, and keep headers of an earlier journey', async () => {
    const { letters, middleware } = sending(report())
    const earlier = { ...message, headers: { 'kafka_dlt-original-topic': Buffer.from('before') } }
    await middleware(() => Promise.reject(poison('truncated', 'key')))(earlier)
    expect(letters[0]?.headers).toMatchObject({
      'kafka_dlt-key-exception-message': expect.any(Buffer),
      'kafka_dlt-original-topic': [Buffer.from('before'), Buffer.from('orders')],
    })
  })

  it.each([
    ['poison', 'poison'],
    [(topic: string) => `dead.${topic}`, 'dead.orders'],
  ])('go to the topic that is named', async (topic, expected) => {
    const { letters, middleware } = sending(report(), { topic })
    await failing(middleware, poison('truncated'))
    expect(letters[0]?.topic).toBe(expected)
  })

  it('that are not acknowledged keep the message', async () => {
    const to = report()
    const cause = Object.assign(new TypeError('leader not available'), { retriable: false })
    const middleware = deadLetterUndecodable(to, { send: () => Promise.reject(cause), consumerGroup: () => undefined })
    const failed = failing(middleware, poison('truncated')) as Promise<unknown>
    await expect(failed).rejects.toMatchObject({ name: 'EvolveError', code: 'broker-unavailable', retryable: true, cause })
    await expect(failed).rejects.toThrow(/orders-dlt: leader not available.*orders\[2\]@9007199254740993/)
    expect(to.counts.size).toBe(0)
  })

  it('are not sent for a registry that is down', async () => {
    const { letters, middleware } = sending(report())
    await expect(Promise.resolve().then(() => failing(middleware, poison('registry-timeout')))).rejects.toMatchObject({
      code: 'registry-timeout',
    })
    expect(letters).toEqual([])
  })
})
