import { describe, expect, it } from 'vitest'
import { avro, carriedBy, decodeSingleObject, encode, encodeSingleObject, fingerprint, parseSchema } from '../../avro.ts'
import { isEvolveError } from '../../errors.ts'

const v1 = avro({ type: 'record', name: 'Order', fields: [{ name: 'id', type: 'string' }] })
const v2 = avro({
  type: 'record',
  name: 'Order',
  fields: [
    { name: 'id', type: 'string' },
    { name: 'points', type: 'long', default: 0 },
  ],
})

function codeOf(action: () => unknown): string {
  try {
    action()
  } catch (error) {
    if (isEvolveError(error)) return error.code
    throw error
  }
  return 'no error'
}

describe('single objects', () => {
  const message = encodeSingleObject(v2, { id: 'a', points: 7 })

  it('are the marker, the fingerprint and the value', () => {
    expect(message).toEqual(Buffer.concat([Buffer.from([0xc3, 0x01]), fingerprint(v2), encode(v2, { id: 'a', points: 7 })]))
    // As Java's BinaryMessageEncoder writes it.
    expect(encodeSingleObject(parseSchema('int'), 5).toString('hex')).toBe('c3018f5c393f1ad575720a')
  })

  it('are read under the schema of their fingerprint, from a list or a function', () => {
    expect(decodeSingleObject(v2, message)).toEqual({ id: 'a', points: 7 })
    expect(decodeSingleObject(v1, message, { schemas: [v1, v2] })).toMatchObject({ id: 'a' })
    const asked: bigint[] = []
    const find = (number: bigint): typeof v2 => {
      asked.push(number)
      return v2
    }
    expect(decodeSingleObject(v1, new Uint8Array(message), { schemas: find })).toMatchObject({ id: 'a' })
    expect(asked).toEqual([fingerprint(v2).readBigUInt64LE()])
  })

  it('find a schema that was added to the list later', () => {
    const schemas = [v1.schema]
    expect(codeOf(() => decodeSingleObject(v1, message, { schemas }))).toBe('schema-not-found')
    schemas.push(v2.schema)
    expect(decodeSingleObject(v1, message, { schemas })).toMatchObject({ id: 'a' })
  })

  it('go back under the schema of their writer, with all that they carry', () => {
    const order = decodeSingleObject(v1, message, { schemas: [v2] })
    expect(carriedBy(order)?.fieldNames()).toEqual(['points'])
    expect(encodeSingleObject(v1, order)).toEqual(message)
    expect(decodeSingleObject(v2, encodeSingleObject(v1, { ...order, id: 'b' }))).toEqual({ id: 'b', points: 7 })
    expect(decodeSingleObject(v1, encodeSingleObject(v1, { id: 'c' }))).toEqual({ id: 'c' })
  })

  it('keep the choices of a definition', () => {
    const big = avro('long', { long: 'bigint' })
    expect(decodeSingleObject(big, encodeSingleObject(big, 5n))).toBe(5n)
    expect(decodeSingleObject(parseSchema('long'), encodeSingleObject(big, 5n), { long: 'bigint' })).toBe(5n)
  })

  const bad: readonly (readonly [string, Buffer, string])[] = [
    ['nothing', Buffer.alloc(0), 'not-framed'],
    ['another frame', Buffer.from([0, 0, 0, 0, 1, 2]), 'not-framed'],
    ['half a fingerprint', message.subarray(0, 6), 'truncated-frame'],
    ['an unknown fingerprint', Buffer.concat([message.subarray(0, 2), Buffer.alloc(8), message.subarray(10)]), 'schema-not-found'],
    ['half a value', message.subarray(0, 11), 'truncated'],
    ['more than a value', Buffer.concat([message, Buffer.alloc(1)]), 'trailing-bytes'],
  ]
  it.each(bad)('%s is refused', (_name, bytes, code) => {
    expect(codeOf(() => decodeSingleObject(v1, bytes, { schemas: [v1, v2] }))).toBe(code)
  })
})
