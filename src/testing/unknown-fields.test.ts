import assert from 'node:assert/strict'
import { describe, expect, it } from 'vitest'
import { unknownFields } from '../codec/codec.ts'
import { ignoreUnknownFields, withoutUnknownFields } from './unknown-fields.ts'

const carried = <T extends object>(value: T): T => ({ ...value, [unknownFields]: { byteLength: 3 } })

const plain = { id: 1, items: [{ sku: 'a' }, { sku: 'b' }], byName: { x: { n: 1 } } }
const decoded = carried({ id: 1, items: [carried({ sku: 'a' }), { sku: 'b' }], byName: { x: carried({ n: 1 }) } })

describe('the equality tester', () => {
  it('is needed', () => {
    expect(decoded).not.toEqual(plain)
    expect(decoded).not.toStrictEqual(plain)
  })

  it('makes values equal that differ in unknown fields alone, at every depth, on either side', () => {
    expect.addEqualityTesters(ignoreUnknownFields)
    expect(decoded).toEqual(plain)
    expect(plain).toEqual(decoded)
    expect(decoded).toStrictEqual(plain)
    expect({ payload: [decoded] }).toStrictEqual({ payload: [plain] })
    expect(decoded).toEqual(carried(plain))
  })

  it('still sees every other difference', () => {
    expect(decoded).not.toEqual({ ...plain, id: 2 })
    expect(decoded).not.toEqual({ ...plain, items: [{ sku: 'a' }, { sku: 'c' }] })
    expect(decoded).not.toEqual({ ...plain, byName: { x: { n: 2 } } })
    expect(decoded).not.toEqual({ ...plain, [Symbol('other')]: 1 })
    expect(carried({ a: 1 })).not.toEqual(null)
    expect(carried({ a: 1 })).not.toEqual([])
    expect(carried({ a: 1, b: undefined })).toEqual({ a: 1 })
    expect(carried({ a: 1, b: undefined })).not.toStrictEqual({ a: 1 })
    expect(carried({ a: { b: 1, c: undefined } })).not.toStrictEqual({ a: { b: 1 } })
  })

  it('goes with asymmetric matchers', () => {
    expect(decoded).toEqual({ id: expect.any(Number), items: expect.arrayContaining([{ sku: 'a' }]), byName: expect.anything() })
  })
})

describe('withoutUnknownFields', () => {
  it('copies without the unknown fields', () => {
    const copy = withoutUnknownFields(decoded)
    assert.deepStrictEqual(copy, plain)
    expect(Object.hasOwn(decoded, unknownFields)).toBe(true)
    expect(copy.items).not.toBe(decoded.items)
  })

  it('leaves what is no plain object as it is', () => {
    const value = { date: new Date(0), bytes: Buffer.from('x'), none: null, big: 1n, symbol: { [Symbol.for('mine')]: 1 } }
    const copy = withoutUnknownFields(value)
    assert.deepStrictEqual(copy, value)
    expect(copy.bytes).toBe(value.bytes)
    expect(copy.date).toBe(value.date)
  })

  it('copies __proto__ as data, and values that contain themselves', () => {
    const value = JSON.parse('{"__proto__": {"a": 1}}') as object
    expect(Object.keys(withoutUnknownFields(value))).toEqual(['__proto__'])
    const ring: { self?: object } = {}
    ring.self = ring
    const copy = withoutUnknownFields(ring)
    expect(copy.self).toBe(copy)
    expect(copy).not.toBe(ring)
  })
})
