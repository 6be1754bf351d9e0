import { describe, expect, it } from 'vitest'
import { avro } from '../avro.ts'
import { countedRegistry, orders, V1 } from './serde.test-support.ts'
import { recordNameStrategy, topicNameStrategy, topicRecordNameStrategy } from './subject.ts'
import type { TopicOptions } from './topics.ts'

describe('subject names', () => {
  it.each([
    [topicNameStrategy('orders', 'key', 'shop.Order'), 'orders-key'],
    [topicNameStrategy('orders', 'value', 'shop.Order'), 'orders-value'],
    [recordNameStrategy('orders', 'value', 'shop.Order'), 'shop.Order'],
    [topicRecordNameStrategy('orders', 'value', 'shop.Order'), 'orders-shop.Order'],
  ])('%s', (name, expected) => expect(name).toBe(expected))

  it.each<[string, TopicOptions['subject'], string]>([
    ['the default', undefined, 'orders-value'],
    ['a name', 'mine', 'mine'],
    ['a strategy', recordNameStrategy, 'shop.Order'],
    ['a name for each side', { key: 'k', value: 'v' }, 'v'],
    ['a strategy for this side', { value: topicRecordNameStrategy }, 'orders-shop.Order'],
    ['a name for the other side', { key: 'k' }, 'orders-value'],
  ])('by %s', (_name, subject, expected) => {
    expect(orders(countedRegistry(), V1, subject === undefined ? {} : { subject }).subject).toBe(expected)
  })

  it('are not shared by two sides', () => {
    const call = (): unknown => orders(countedRegistry(), V1, { key: avro('string'), subject: 'mine' })
    expect(call).toThrow(expect.objectContaining({ code: 'invalid-options' }))
  })
})

describe('a definition', () => {
  it.each([[{}], ['text'], [null]])('is not %o', (definition) => {
    expect(() => orders(countedRegistry(), definition as never)).toThrow(expect.objectContaining({ code: 'invalid-options' }))
  })
})
