import { describe, expect, test } from 'vitest'
import { isEvolveError } from '../../errors.ts'
import { parseSchema } from '../../schema/parse.ts'
import { choicesOf } from './choices.ts'
import { type AvroResolution, resolveSchemas } from './resolution.ts'

function pairOf(schema: object): AvroResolution {
  const parsed = parseSchema(schema)
  return resolveSchemas(parsed, parsed, choicesOf())
}

const bytes = pairOf({ type: 'bytes', logicalType: 'decimal', precision: 4, scale: 2 })
const fixed = pairOf({ type: 'fixed', name: 'F', size: 6, logicalType: 'decimal', precision: 4, scale: 2 })

describe('a decimal of more digits than its precision', () => {
  test.each([
    ['06008778', '346.80'],
    ['06ff7888', '-346.80'],
    ['048000', '-327.68'],
  ])('is read, as in Java: %s', (message, text) => {
    expect(bytes.decode(Buffer.from(message, 'hex'))).toBe(text)
  })

  test('is read from a fixed', () => {
    expect(fixed.decode(Buffer.from('000000008778', 'hex'))).toBe('346.80')
    expect(fixed.decode(Buffer.from('ffffffff7888', 'hex'))).toBe('-346.80')
  })

  test.each([bytes, fixed])('is not written', (pair) => {
    expect(pair.encode('46.80').length).toBeGreaterThan(0)
    expect(() => pair.encode('346.80')).toThrow('at most 4 digits')
  })

  test('is read up to 100 digits', () => {
    const read = (digits: number): unknown => {
      const hex = BigInt(`1${'0'.repeat(digits - 1)}`).toString(16)
      const data = Buffer.from(`00${hex.length % 2 === 1 ? '0' : ''}${hex}`, 'hex')
      return bytes.decode(Buffer.concat([Buffer.from([data.length * 2]), data]))
    }
    expect(read(100)).toBe(`1${'0'.repeat(97)}.00`)
    expect(() => read(101)).toThrow(expect.toSatisfy((error: unknown) => isEvolveError(error) && error.code === 'malformed-data'))
  })
})
