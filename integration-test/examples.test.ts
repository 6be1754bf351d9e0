import { readdirSync } from 'node:fs'
import { ignoreUnknownFields } from 'kafka-evolve/testing'
import { describe, expect, inject, it } from 'vitest'
import { main as archive } from '../examples/archive.ts'
import { main as dropIn } from '../examples/drop-in.ts'
import { main as registryOverHttp } from '../examples/registry-over-http.ts'
import { main as republish } from '../examples/republish.ts'
import { main as transaction } from '../examples/transaction.ts'

// The unit test of an example service is one of the examples.
await import('../examples/order-service.test.ts')

expect.addEqualityTesters(ignoreUnknownFields)

/** On the shared broker; what an example prints is looked at as well. */
function options(): { brokers: string[]; print: (line: string) => void; printed: string[] } {
  const printed: string[] = []
  return { brokers: inject('kafkaBrokers'), print: (line) => void printed.push(line), printed }
}

describe('the examples', () => {
  it('are all run here', () => {
    const examples = readdirSync(new URL('../examples', import.meta.url)).filter(
      (name) => name.endsWith('.ts') && !name.endsWith('.test.ts'),
    )
    expect(examples.sort()).toEqual([
      'archive.ts',
      'drop-in.ts',
      'order-service.ts',
      'registry-over-http.ts',
      'republish.ts',
      'transaction.ts',
    ])
  })

  it('archive: an old program corrects a file of a newer one, and loses nothing', async () => {
    const given = options()
    const { corrected, problems } = await archive(given)
    expect(corrected).toEqual([
      { sensor: 'roof', celsius: 21, takenAt: new Date('2026-06-01T12:00:00Z'), quality: 'good' },
      { sensor: 'cellar', celsius: 10.75, takenAt: new Date('2026-06-01T12:00:01Z'), quality: 'doubtful' },
    ])
    expect(problems).toEqual(['READER_FIELD_MISSING_DEFAULT_VALUE', 'READER_FIELD_MISSING_DEFAULT_VALUE'])
    expect(given.printed).toHaveLength(4)
    expect(given.printed[3]).toMatch(/give quality a default/)
  })

  it('drop-in: typed orders, and a topic without a schema left alone', async () => {
    const given = options()
    const { orders, lines } = await dropIn(given)
    expect(orders).toEqual([
      { id: 'o-1', totalCents: 1999, note: null },
      { id: 'o-2', totalCents: 500, note: 'gift wrap' },
    ])
    expect(lines).toEqual(['two orders placed'])
    expect(given.printed).toEqual(['o-1: 19.99', 'o-2: 5.00, gift wrap'])
  })

  it('republish: what the old service does not know is kept', async () => {
    const { seenByBilling, audited } = await republish(options())
    expect(seenByBilling).toEqual({
      id: 'o-1',
      status: 'placed',
      items: [
        { sku: 'tea', quantity: 2 },
        { sku: 'mug', quantity: 1 },
      ],
    })
    expect(audited).toEqual({
      id: 'o-1',
      status: 'paid',
      currency: 'CHF',
      items: [
        { sku: 'mug', quantity: 1, warehouse: 'Porto' },
        { sku: 'tea', quantity: 2, warehouse: 'Lyon' },
      ],
    })
  })

  it('transaction: an invoice for each order, once, over a failure', async () => {
    const { attempts, invoices } = await transaction(options())
    expect(attempts).toBe(4)
    expect(invoices).toEqual([
      { orderId: 'o-1', totalCents: 1200 },
      { orderId: 'o-2', totalCents: 2400 },
      { orderId: 'o-3', totalCents: 3600 },
    ])
  })

  it('registry over HTTP: two services share one registry, which survives a restart', async () => {
    const { order, versions, versionsAfterRestart } = await registryOverHttp(options())
    expect(order).toEqual({ id: 'o-1', status: 'placed', items: [{ sku: 'tea', quantity: 2 }] })
    expect(versions).toEqual([1, 2])
    expect(versionsAfterRestart).toEqual([1, 2])
  })
})
