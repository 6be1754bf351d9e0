import { expect as jestExpect } from 'expect'
import { describe, it, expect as vitestExpect } from 'vitest'
import { avro, encode, parseSchema, resolve } from '../avro.ts'
import { type EqualityTester, ignoreUnknownFields } from './unknown-fields.ts'

/** What both runners have of `expect`. */
interface Expect {
  (value: unknown): Matchers & { readonly not: Matchers }
  addEqualityTesters(testers: EqualityTester[]): void
  objectContaining(value: object): unknown
  arrayContaining(value: unknown[]): unknown
}
interface Matchers {
  toEqual(expected: unknown): void
  toStrictEqual(expected: unknown): void
  toMatchObject(expected: unknown): void
  toContainEqual(expected: unknown): void
  toHaveProperty(name: string, expected: unknown): void
}

const item = (more: readonly object[]): object => ({ type: 'record', name: 'Item', fields: [{ name: 'sku', type: 'string' }, ...more] })
const order = (more: readonly object[], moreOfItem: readonly object[]): object => ({
  type: 'record',
  name: 'Order',
  fields: [
    { name: 'id', type: 'string' },
    { name: 'main', type: item(moreOfItem) },
    { name: 'items', type: { type: 'array', items: 'Item' } },
    { name: 'byShelf', type: { type: 'map', values: { type: 'array', items: 'Item' } } },
    ...more,
  ],
})
const newer = parseSchema(order([{ name: 'points', type: 'int' }], [{ name: 'gift', type: 'boolean' }]))
const older = avro(JSON.stringify(order([], [])))
const gift = (sku: string): object => ({ sku, gift: true })
const decoded = resolve(newer, older).decode(
  encode(newer, { id: 'o', main: gift('m'), items: [gift('a'), gift('b')], byShelf: { x: [gift('c')] }, points: 7 }),
)
const plain = { id: 'o', main: { sku: 'm' }, items: [{ sku: 'a' }, { sku: 'b' }], byShelf: { x: [{ sku: 'c' }] } }

const runners: readonly (readonly [string, Expect])[] = [
  ['vitest', vitestExpect as unknown as Expect],
  ['jest', jestExpect as unknown as Expect],
]

// One list of testers serves both runners where both are in one process, so this comes first.
it.each(runners)('without the tester decoded values differ from literals in %s', (_runner, expect) => {
  vitestExpect(() => expect(decoded).toEqual(plain)).toThrow()
  vitestExpect(() => expect(decoded).toStrictEqual(plain)).toThrow()
})

describe.each(runners)('decoded values in %s', (_runner, expect) => {
  it('equal literals once it is, at every depth, in lists and in maps, on either side', () => {
    expect.addEqualityTesters(ignoreUnknownFields)
    expect(decoded).toEqual(plain)
    expect(plain).toEqual(decoded)
    expect(decoded).toStrictEqual(plain)
    expect(plain).toStrictEqual(decoded)
    expect([decoded]).toStrictEqual([plain])
    expect(new Map([['k', decoded]])).toEqual(new Map([['k', plain]]))
    expect(decoded).toMatchObject({ items: [{ sku: 'a' }, { sku: 'b' }] })
    expect([decoded]).toContainEqual(plain)
    expect({ value: decoded }).toHaveProperty('value', plain)
    expect({ value: decoded }).toEqual(expect.objectContaining({ value: plain }))
    expect({ items: [1, decoded] }).toEqual({ items: expect.arrayContaining([plain]) })
  })

  it('still differ from everything else', () => {
    for (const other of [
      { ...plain, id: 'p' },
      { ...plain, items: [{ sku: 'a' }] },
      { ...plain, items: [{ sku: 'a' }, { sku: 'c' }] },
      { ...plain, byShelf: { y: [{ sku: 'c' }] } },
      { ...plain, main: { sku: 'm', gift: true } },
      { ...plain, more: 1 },
    ]) {
      expect(decoded).not.toEqual(other)
      expect(decoded).not.toStrictEqual(other)
    }
    expect(decoded).toEqual({ ...plain, more: undefined })
    expect(decoded).not.toStrictEqual({ ...plain, more: undefined })
    expect(decoded).not.toStrictEqual({ ...plain, main: { sku: 'm', gift: undefined } })
  })
})
