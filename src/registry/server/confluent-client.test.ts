import { COMPATIBILITY, SchemaRegistry, SchemaType } from '@kafkajs/confluent-schema-registry'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { memoryRegistry } from '../memory.ts'
import { type RegistryServer, serveRegistry } from './serve.ts'

const order = JSON.stringify({ type: 'record', name: 'Order', namespace: 'shop', fields: [{ name: 'id', type: 'string' }] })

describe('@kafkajs/confluent-schema-registry, as a client of serveRegistry', () => {
  const registry = memoryRegistry({ firstId: 1_000 })
  let server: RegistryServer
  beforeAll(async () => {
    server = await serveRegistry({ registry })
  })
  afterAll(() => server.close())

  const client = () => new SchemaRegistry({ host: server.url, retry: { retries: 0 } })

  it('registers, encodes, and another one decodes by the ID', async () => {
    const { id } = await client().register(
      { type: SchemaType.AVRO, schema: order },
      { subject: 'orders-value', compatibility: COMPATIBILITY.NONE },
    )
    expect(id).toBe(1_000)
    expect(await registry.latest('orders-value')).toMatchObject({ id, text: order })
    const writer = client()
    const bytes = await writer.encode(id, { id: 'o-1' })
    expect([...bytes.subarray(0, 5)]).toEqual([0, 0, 0, 3, 0xe8])
    expect(await client().decode(bytes)).toEqual({ id: 'o-1' })
  })

  it('finds IDs by subject, by version and by schema', async () => {
    const registered = await registry.register('found-value', { format: 'AVRO', text: order })
    expect(await client().getLatestSchemaId('found-value')).toBe(registered.id)
    expect(await client().getRegistryId('found-value', 1)).toBe(registered.id)
    expect(await client().getRegistryIdBySchema('found-value', { type: SchemaType.AVRO, schema: order })).toBe(registered.id)
  })

  it('follows references', async () => {
    await registry.register('order', { format: 'AVRO', text: order })
    const references = [{ name: 'shop.Order', subject: 'order', version: 1 }]
    const text = JSON.stringify({ type: 'record', name: 'Parcel', fields: [{ name: 'order', type: 'shop.Order' }] })
    const options = { subject: 'parcel-value', compatibility: COMPATIBILITY.NONE }
    const { id } = await client().register({ type: SchemaType.AVRO, schema: text, references }, options)
    const bytes = await client().encode(id, { order: { id: 'o-2' } })
    expect(await client().decode(bytes)).toEqual({ order: { id: 'o-2' } })
  })

  it('sets its own level, BACKWARD, before it registers, and hears every reason of a refusal', async () => {
    const next = (fields: readonly object[]): string => JSON.stringify({ ...(JSON.parse(order) as object), fields })
    const register = (schema: string) => client().register({ type: SchemaType.AVRO, schema }, { subject: 'strict-value' })
    await register(order)
    expect(await registry.config('strict-value')).toEqual({ compatibility: 'BACKWARD' })
    await register(
      next([
        { name: 'id', type: 'string' },
        { name: 'count', type: 'int', default: 0 },
      ]),
    )
    const refusal = await register(
      next([
        { name: 'id', type: 'int' },
        { name: 'total', type: 'long' },
      ]),
    ).catch((error: unknown) => error)
    expect(refusal).toMatchObject({ status: 409, message: expect.stringMatching(/TYPE_MISMATCH.*READER_FIELD_MISSING_DEFAULT_VALUE/) })
    expect(await registry.versions('strict-value')).toEqual([1, 2])
  })

  it('hears what is not there', async () => {
    await expect(client().decode(Buffer.from([0, 0, 0, 0, 1, 0]))).rejects.toMatchObject({ status: 404 })
    await expect(client().getLatestSchemaId('none')).rejects.toMatchObject({ status: 404 })
  })
})
