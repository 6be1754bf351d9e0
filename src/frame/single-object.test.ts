import { describe, expect, it } from 'vitest'
import { isEvolveError } from '../errors.ts'
import { readSingleObject, singleObjectLength, writeSingleObject } from './single-object.ts'

describe('readSingleObject', () => {
  const bytes = (hex: string): Buffer => Buffer.from(hex, 'hex')
  const cases: readonly (readonly [string, Buffer, object])[] = [
    ['nothing', bytes(''), { kind: 'not-framed', reason: 'empty' }],
    ['a schema ID', bytes('0000000001'), { kind: 'not-framed', reason: 'marker' }],
    ['another version', bytes('c302ffffffffffffffff'), { kind: 'not-framed', reason: 'marker' }],
    ['half a marker', bytes('c3'), { kind: 'truncated', length: 1 }],
    ['a marker', bytes('c301'), { kind: 'truncated', length: 2 }],
    ['most of a fingerprint', bytes('c30101020304050607'), { kind: 'truncated', length: 9 }],
    ['a fingerprint', bytes('c3010807060504030201'), { kind: 'framed', fingerprint: 0x0102030405060708n, start: 10 }],
    ['one with the highest bit', bytes('c301ffffffffffffffff00'), { kind: 'framed', fingerprint: 2n ** 64n - 1n, start: 10 }],
  ]
  it.each(cases)('%s', (_name, given, expected) => {
    expect(readSingleObject(given)).toEqual(expected)
    const inside = Buffer.concat([Buffer.from([0xc3, 0x01]), given, Buffer.from([7])])
    expect(readSingleObject(new Uint8Array(inside.buffer, inside.byteOffset + 2, given.length))).toEqual(expected)
  })

  it('reads what was written', () => {
    const buffer = Buffer.alloc(singleObjectLength + 1, 7)
    writeSingleObject(buffer, bytes('0807060504030201'))
    expect(buffer.toString('hex')).toBe('c301080706050403020107')
  })

  it.each([
    [9, 8],
    [10, 7],
  ])('refuses a buffer of %i bytes and a fingerprint of %i', (length, fingerprint) => {
    try {
      writeSingleObject(Buffer.alloc(length), Buffer.alloc(fingerprint))
      expect.unreachable()
    } catch (error) {
      expect(isEvolveError(error) && error.code).toBe('internal')
    }
  })
})
