import { describe, expect, it } from 'vitest'
import { avro } from '../avro.ts'
import type { Codec, Definition } from '../codec/codec.ts'
import { EvolveError } from '../errors.ts'
import { frameId } from '../frame/confluent.ts'
import type { RegisteredSchema } from '../registry/types.ts'
import { countedRegistry, failureOf, orders, V1, V2 } from './serde.test-support.ts'

const value = { id: 'o-1', status: 'new', channel: 'shop' }

async function written(registry = countedRegistry()): Promise<{ registry: typeof registry; bytes: Buffer }> {
  const writer = orders(registry, V2, { autoRegister: true })
  const bytes = (await writer.serializer.serialize(value as never)) as Buffer
  registry.calls.length = 0
  return { registry, bytes }
}

describe('a deserializer', () => {
  it('reads what a newer writer wrote as its own version', async () => {
    const { registry, bytes } = await written()
    expect(await orders(registry, V1).deserializer.deserialize(bytes)).toMatchObject({ id: 'o-1', status: 'new' })
    expect(await orders(registry, V2).deserializer.deserialize(bytes)).toEqual(value)
  })

  it('waits for an unknown ID only, and asks for it once', async () => {
    const { registry, bytes } = await written()
    const { deserializer } = orders(registry, V2)
    const first = [deserializer.deserialize(bytes), deserializer.deserialize(bytes), deserializer.deserialize(bytes)]
    expect(first.every((result) => result instanceof Promise)).toBe(true)
    expect(await Promise.all(first)).toEqual([value, value, value])
    expect(deserializer.deserialize(bytes)).toEqual(value)
    expect(registry.calls).toEqual(['schemaById 1'])
  })

  it.each([0, 1, 2_147_483_648, 4_294_967_295])('takes %d for an ID', async (id) => {
    const { registry, bytes } = await written(countedRegistry(id))
    expect(frameId(bytes)).toBe(id)
    expect(await orders(registry, V2).deserializer.deserialize(bytes)).toEqual(value)
  })

  it('leaves null alone, without a question', () => {
    const registry = countedRegistry()
    expect(orders(registry, V1).deserializer.deserialize(null)).toBeNull()
    expect(registry.calls).toEqual([])
  })

  it.each<[string, string, RegExp]>([
    ['', 'not-framed', /empty/],
    ['7b7d', 'not-framed', /byte 123/],
    ['01000000010a', 'not-framed', /byte 1,/],
    ['00', 'truncated-frame', /1 of 5/],
    ['00000001', 'truncated-frame', /4 of 5/],
  ])('refuses %s at once, without a question', (bytes, code, message) => {
    const registry = countedRegistry()
    const call = (): unknown => orders(registry, V1).deserializer.deserialize(Buffer.from(bytes, 'hex'), { partition: 3, offset: '77' })
    expect(call).toThrow(expect.objectContaining({ code, message: expect.stringMatching(message) }))
    expect(call).toThrow(
      expect.objectContaining({ details: expect.objectContaining({ topic: 'orders', partition: 3, offset: '77', side: 'value' }) }),
    )
    expect(registry.calls).toEqual([])
  })

  it.each<[string, (bytes: Buffer) => Buffer, string]>([
    ['a truncated value', (bytes) => bytes.subarray(0, bytes.length - 1), 'truncated'],
    ['a frame and nothing more', (bytes) => bytes.subarray(0, 5), 'truncated'],
    ['bytes behind the value', (bytes) => Buffer.concat([bytes, Buffer.from([0])]), 'trailing-bytes'],
    ['a length below zero', (bytes) => Buffer.concat([bytes.subarray(0, 5), Buffer.from([1])]), 'malformed-data'],
  ])('names place, ID and both versions of %s', async (_name, broken, code) => {
    const { registry, bytes } = await written()
    await registry.register('orders-value', V1.source)
    const { deserializer } = orders(registry, V1)
    const call = (): unknown => deserializer.deserialize(broken(bytes), { partition: 0, offset: '5' })
    for (const attempt of ['first', 'second']) {
      const error = await failureOf(call)
      expect(error, attempt).toBeInstanceOf(EvolveError)
      expect(error.code).toBe(code)
      expect(error.details).toMatchObject({ topic: 'orders', partition: 0, offset: '5', side: 'value', schemaId: 1 })
      expect(error.details.reader).toMatchObject({ name: 'shop.Order', id: 2, subject: 'orders-value', version: 2 })
      expect(error.details.writer).toMatchObject({ name: 'shop.Order', id: 1, subject: 'orders-value', version: 1 })
    }
    expect(registry.calls.filter((call) => call.startsWith('lookup'))).toHaveLength(2)
  })

  it('throws at once when it knows all that an error has to say', async () => {
    const { registry, bytes } = await written()
    const { deserializer } = orders(registry, V1)
    await failureOf(() => deserializer.deserialize(bytes.subarray(0, 6)))
    expect(() => deserializer.deserialize(bytes.subarray(0, 6))).toThrow(expect.objectContaining({ code: 'truncated' }))
    expect(await deserializer.deserialize(bytes)).toMatchObject({ id: 'o-1' })
  })

  it('describes an error although the registry cannot describe the schemas', async () => {
    const { registry, bytes } = await written()
    const { deserializer } = orders({ ...registry, lookup: () => Promise.reject(new Error('forbidden')) }, V1)
    const error = await failureOf(() => deserializer.deserialize(bytes.subarray(0, 6)))
    expect(error.code).toBe('truncated')
    expect(error.details.writer).toEqual({ name: 'shop.Order', id: 1 })
  })

  it('says that an ID is unknown, with a hint', async () => {
    const registry = countedRegistry()
    const error = await failureOf(() =>
      orders(registry, V1).deserializer.deserialize(Buffer.from('0000000009aa', 'hex'), { partition: 1, offset: '2' }),
    )
    expect(error.code).toBe('schema-not-found')
    expect(error.details).toMatchObject({
      topic: 'orders',
      partition: 1,
      offset: '2',
      side: 'value',
      schemaId: 9,
      hint: expect.stringContaining('another registry'),
    })
  })

  it('says that the schemas do not fit together, for each message', async () => {
    const { registry, bytes } = await written()
    const { deserializer } = orders(registry, avro('int'))
    for (let attempt = 0; attempt < 2; attempt++)
      expect((await failureOf(() => deserializer.deserialize(bytes))).code).toBe('incompatible-schemas')
  })

  it.each<[string, { format: 'AVRO' | 'PROTOBUF' | 'JSON'; text: string }, string]>([
    ['text that is no schema', { format: 'AVRO', text: '{"type":"nonsense"}' }, 'invalid-schema'],
    ['a schema of another language', { format: 'JSON', text: '{"type":"object"}' }, 'incompatible-schemas'],
  ])('refuses an ID that stands for %s, and does not parse it again', async (_name, schema, code) => {
    const registry = countedRegistry()
    const schemaById = async (id: number): Promise<RegisteredSchema> => {
      registry.calls.push('schemaById')
      return { ...schema, id }
    }
    const { deserializer } = orders({ ...registry, schemaById }, V1)
    for (let attempt = 0; attempt < 3; attempt++) {
      const error = await failureOf(() => deserializer.deserialize(Buffer.from('0000000009aa', 'hex')))
      expect(error.code).toBe(code)
      expect(error.details.schemaId).toBe(9)
    }
    expect(registry.calls).toEqual(['schemaById'])
  })

  it.each<[string, Error, string]>([
    ['an error of the registry', new EvolveError('registry-timeout', 'no answer'), 'registry-timeout'],
    ['a stray error of the registry', new TypeError('fetch failed'), 'registry-unavailable'],
  ])('passes on %s and asks again later', async (_name, cause, code) => {
    const { registry, bytes } = await written()
    let down = true
    const { deserializer } = orders({ ...registry, schemaById: (id) => (down ? Promise.reject(cause) : registry.schemaById(id)) }, V2)
    const error = await failureOf(() => deserializer.deserialize(bytes))
    expect(error).toBeInstanceOf(EvolveError)
    expect(error.code).toBe(code)
    expect(error).toMatchObject({ retryable: true })
    down = false
    expect(await deserializer.deserialize(bytes)).toEqual(value)
  })

  it('fetches what a schema refers to, dependencies first', async () => {
    const registry = countedRegistry()
    const text = (schema: object): { format: 'AVRO'; text: string } => ({ format: 'AVRO', text: JSON.stringify(schema) })
    await registry.register('money', text({ type: 'enum', name: 'Currency', namespace: 'shop', symbols: ['EUR'] }))
    const price = { type: 'record', name: 'Price', namespace: 'shop', fields: [{ name: 'currency', type: 'shop.Currency' }] }
    await registry.register('price', { ...text(price), references: [{ name: 'shop.Currency', subject: 'money', version: 1 }] })
    const offer = { type: 'record', name: 'Offer', namespace: 'shop', fields: [{ name: 'price', type: 'shop.Price' }] }
    const { id } = await registry.register('orders-value', {
      ...text(offer),
      references: [{ name: 'shop.Price', subject: 'price', version: 1 }],
    })
    const inline = {
      ...offer,
      fields: [
        { name: 'price', type: { ...price, fields: [{ name: 'currency', type: { type: 'enum', name: 'Currency', symbols: ['EUR'] } }] } },
      ],
    }
    const Offer = avro(JSON.stringify(inline))
    expect(await orders(registry, Offer).deserializer.deserialize(Buffer.from([0, 0, 0, 0, id, 0]))).toEqual({ price: { currency: 'EUR' } })
  })

  it('turns a stray error of a codec into an internal one', async () => {
    const stray = (): never => {
      throw new TypeError('of the codec')
    }
    const failing = {
      ...V1.codec,
      resolve: () => ({ ...V1.codec.resolve(V1.schema, V1), writer: V1.schema, decode: stray }),
    } as unknown as Codec
    const definition: Definition = { ...V1, codec: failing }
    const { registry, bytes } = await written()
    const error = await failureOf(() => orders(registry, definition).deserializer.deserialize(bytes))
    expect(error).toBeInstanceOf(EvolveError)
    expect(error.code).toBe('internal')
    expect(error.cause).toBeInstanceOf(TypeError)
  })
})
