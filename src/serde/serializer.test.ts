import { describe, expect, it } from 'vitest'
import { unknownFields } from '../codec/codec.ts'
import { EvolveError } from '../errors.ts'
import { frameId } from '../frame/confluent.ts'
import { countedRegistry, defined, Fork, failureOf, Items1, Items2, orders, V1, V2 } from './serde.test-support.ts'

type Registered = ReturnType<typeof countedRegistry>
type Row = Record<string, unknown>

/** A registry whose subject holds the schemas in order, with IDs from 1. */
async function holding(...definitions: (typeof V1)[]): Promise<Registered> {
  const registry = countedRegistry()
  for (const definition of definitions) await registry.register('orders-value', definition.source)
  registry.calls.length = 0
  return registry
}

/** What a service of `reader` gets of a value that a service of `writer` wrote. */
async function read(registry: Registered, writer: typeof V1, reader: ReturnType<typeof orders>, value: Row): Promise<Row> {
  const bytes = (await orders(registry, writer).serializer.serialize(value as never)) as Buffer
  return (await reader.deserializer.deserialize(bytes)) as Row
}

const v2 = { id: 'o-1', status: 'new', channel: 'shop' }

describe('a serializer', () => {
  it('writes a fresh value under its own schema', async () => {
    const registry = await holding(V1, V2)
    const { serializer } = orders(registry, V2)
    const bytes = (await serializer.serialize(v2 as never)) as Buffer
    expect(bytes.toString('hex')).toBe(`0000000002${Buffer.from('\x06o-1\x06new\x08shop').toString('hex')}`)
  })

  it('asks for the ID once, then answers at once', async () => {
    const registry = await holding(V2)
    const { serializer } = orders(registry, V2)
    const first = [serializer.serialize(v2 as never), serializer.serialize(v2 as never)]
    expect(first.every((result) => result instanceof Promise)).toBe(true)
    const [bytes] = await Promise.all(first)
    expect(serializer.serialize(v2 as never)).toEqual(bytes)
    expect(registry.calls).toHaveLength(1)
  })

  it('leaves null alone', () => {
    const registry = countedRegistry()
    expect(orders(registry, V1).serializer.serialize(null)).toBeNull()
    expect(registry.calls).toEqual([])
  })

  it.each([0, 2_147_483_648, 4_294_967_295])('writes ID %d', async (id) => {
    const registry = countedRegistry(id)
    expect(
      frameId((await orders(registry, V1, { autoRegister: true }).serializer.serialize({ id: 'o-1', status: 'new' } as never)) as Buffer),
    ).toBe(id)
  })

  it('registers nothing unless it is asked to', async () => {
    const registry = await holding(V1)
    const error = await failureOf(() => orders(registry, V2).serializer.serialize(v2 as never))
    expect(error.code).toBe('schema-not-in-subject')
    expect(error.details).toMatchObject({
      topic: 'orders',
      side: 'value',
      subject: 'orders-value',
      hint: expect.stringContaining('schemas.register()'),
    })
    expect(await registry.versions('orders-value')).toEqual([1])
    expect(frameId((await orders(registry, V2, { autoRegister: true }).serializer.serialize(v2 as never)) as Buffer)).toBe(2)
    expect(await registry.versions('orders-value')).toEqual([1, 2])
  })

  it('asks again after a failure', async () => {
    const registry = await holding()
    const { serializer } = orders(registry, V1)
    const value = { id: 'o-1', status: 'new' } as never
    expect((await failureOf(() => serializer.serialize(value))).code).toBe('schema-not-in-subject')
    await registry.register('orders-value', V1.source)
    expect(frameId((await serializer.serialize(value)) as Buffer)).toBe(1)
  })

  it.each<[string, unknown, string]>([
    ['a wrong type', { id: 1, status: 'new' }, '/id'],
    ['a missing field', { id: 'o-1' }, '/status'],
    ['no object', 'text', ''],
    ['undefined', undefined, ''],
  ])('refuses %s at once, with the path', async (_name, value, path) => {
    const registry = await holding(V1)
    const call = (): unknown => orders(registry, V1).serializer.serialize(value as never, { messageIndex: 4 })
    expect(call).toThrow(
      expect.objectContaining({
        code: 'invalid-value',
        details: expect.objectContaining({ topic: 'orders', side: 'value', messageIndex: 4, path }),
      }),
    )
    expect(registry.calls).toEqual([])
  })

  it('turns stray errors into EvolveErrors', async () => {
    const definition = {
      ...V1,
      codec: {
        ...V1.codec,
        carriedBy: () => undefined,
        resolve: () => ({ ...V1.codec.resolve(V1.schema, V1), encode: () => Buffer.alloc(-1) }),
      },
    }
    const error = await failureOf(() => orders(countedRegistry(), definition).serializer.serialize({} as never))
    expect(error).toBeInstanceOf(EvolveError)
    expect(error).toMatchObject({ code: 'internal', cause: expect.any(RangeError) })
    const down = { ...countedRegistry(), lookup: () => Promise.reject(new TypeError('fetch failed')) }
    expect(await failureOf(() => orders(down, V1).serializer.serialize({ id: '', status: '' } as never))).toMatchObject({
      code: 'registry-unavailable',
      retryable: true,
    })
  })
})

describe('a value that carries unknown fields', () => {
  it('goes back under the ID of its writer, with all that it carries', async () => {
    const registry = await holding(V1, V2)
    const service = orders(registry, V1)
    const order = await read(registry, V2, service, v2)
    const bytes = (await service.serializer.serialize({ ...order, status: 'paid' } as never)) as Buffer
    expect(frameId(bytes)).toBe(2)
    expect(await orders(registry, V2).deserializer.deserialize(bytes)).toEqual({ ...v2, status: 'paid' })
  })

  it('is written at once when its schema was written before', async () => {
    const registry = await holding(V1, V2)
    const service = orders(registry, V1)
    const order = await read(registry, V2, service, v2)
    expect(service.serializer.serialize(order as never)).toBeInstanceOf(Promise)
    await service.serializer.serialize(order as never)
    expect(service.serializer.serialize(order as never)).toBeInstanceOf(Buffer)
  })

  it('needs its schema in the subject it goes out to', async () => {
    const registry = await holding(V1, V2)
    const order = await read(registry, V2, orders(registry, V1), v2)
    const out = orders(registry, V1, { topic: 'billed' })
    const error = await failureOf(() => out.serializer.serialize(order as never))
    expect(error.code).toBe('schema-not-in-subject')
    expect(error.details).toMatchObject({ topic: 'billed', subject: 'billed-value', hint: expect.stringContaining('autoRegister') })
    await registry.register('billed-value', V2.source)
    expect(frameId((await out.serializer.serialize(order as never)) as Buffer)).toBe(2)
  })

  it('has the original text registered where registering is wanted', async () => {
    const registry = countedRegistry()
    const text = `  ${V2.source.text.replaceAll(',', ', ')}\n`
    await registry.register('orders-value', { format: 'AVRO', text })
    const service = orders(registry, V1)
    const bytes = Buffer.concat([Buffer.from([0, 0, 0, 0, 1]), Buffer.from('\x06o-1\x06new\x08shop')])
    const order = await service.deserializer.deserialize(bytes)
    const out = orders(registry, V1, { topic: 'billed', autoRegister: true })
    expect((await out.serializer.serialize(order as never)) as Buffer).toEqual(bytes)
    expect((await registry.latest('billed-value')).text).toBe(text)
  })

  it('may have been read through another registry', async () => {
    const [there, here] = [await holding(V1, V2), countedRegistry(50)]
    const order = await read(there, V2, orders(there, V1), v2)
    await here.register('orders-value', V2.source)
    expect(frameId((await orders(here, V1).serializer.serialize(order as never)) as Buffer)).toBe(50)
  })

  it('may have been read by another definition of the same record', async () => {
    const registry = await holding(V1, V2)
    const order = await read(registry, V2, orders(registry, defined(V1.source.text)), v2)
    const bytes = (await orders(registry, V1).serializer.serialize({ ...order, status: 'paid' } as never)) as Buffer
    expect(await orders(registry, V2).deserializer.deserialize(bytes)).toEqual({ ...v2, status: 'paid' })
  })

  it('is written as itself where it belongs to another record type', async () => {
    const registry = await holding(V1, V2)
    const order = await read(registry, V2, orders(registry, V1), v2)
    const Invoice = defined(V1.source.text.replace('Order', 'Invoice'))
    await registry.register('invoices-value', Invoice.source)
    const service = orders(registry, Invoice, { topic: 'invoices' })
    const bytes = (await service.serializer.serialize({ ...order } as never)) as Buffer
    expect(await service.deserializer.deserialize(bytes)).toEqual({ id: 'o-1', status: 'new' })
  })

  it('keeps what its items carry, under a fresh root too', async () => {
    const registry = await holding(Items1, Items2)
    const service = orders(registry, Items1)
    const items = [
      { sku: 'tea', discount: 5 },
      { sku: 'milk', discount: 7 },
    ]
    const order = await read(registry, Items2, service, { id: 'o-1', status: 'new', items })
    for (const changed of [
      { ...order, status: 'paid' },
      { id: 'o-2', status: 'paid', items: (order.items as Row[]).slice() },
    ]) {
      const bytes = (await service.serializer.serialize(changed as never)) as Buffer
      expect(frameId(bytes)).toBe(2)
      expect(await orders(registry, Items2).deserializer.deserialize(bytes)).toEqual({ id: changed.id, status: 'paid', items })
    }
    const without = (await service.serializer.serialize({ id: 'o-2', status: 'paid', items: [] } as never)) as Buffer
    expect(frameId(without)).toBe(1)
  })

  it('is refused, with both versions, when neither schema can say it', async () => {
    const registry = await holding(V2, Fork)
    const service = orders(registry, Fork)
    const order = await read(registry, V2, service, v2)
    expect((order as { [unknownFields]?: unknown })[unknownFields]).toBeDefined()
    const call = (): unknown => service.serializer.serialize({ ...order, priority: 3 } as never, { messageIndex: 0 })
    for (let attempt = 0; attempt < 2; attempt++) {
      const error = await failureOf(call)
      expect(error.code).toBe('unknown-field-loss')
      expect(error.details).toMatchObject({
        topic: 'orders',
        side: 'value',
        messageIndex: 0,
        path: '/priority',
        reason: 'reader-only-field',
        hint: expect.any(String),
      })
      expect(error.details.reader).toMatchObject({ name: 'shop.Order', id: 2, version: 2 })
      expect(error.details.writer).toMatchObject({ name: 'shop.Order', id: 1, version: 1 })
    }
    expect(await orders(registry, V2).deserializer.deserialize((await service.serializer.serialize(order as never)) as Buffer)).toEqual(v2)
  })

  it('is written under the own schema when that says more than the writer', async () => {
    const registry = await holding(V1, V2)
    const service = orders(registry, V2)
    const order = await read(registry, V1, service, { id: 'o-1', status: 'new' })
    const bytes = (await service.serializer.serialize({ ...order, channel: 'shop' } as never)) as Buffer
    expect(frameId(bytes)).toBe(2)
    expect(await service.deserializer.deserialize(bytes)).toEqual(v2)
  })

  it('falls back to the own schema where that covers the writer, and tells the first reason where it does not', async () => {
    const loss = (reason: 'reader-only-field' | 'narrowing'): EvolveError =>
      new EvolveError('unknown-field-loss', reason, { reason, path: '/x' })
    const outcome = async (
      relation: 'reader-superset' | 'diverged',
      reason: 'reader-only-field' | 'narrowing',
      ownFails: boolean,
    ): Promise<unknown> => {
      const fails = (error: EvolveError) => (): never => {
        throw error
      }
      const own = { ...V1.codec.resolve(V1.schema, V1), encode: ownFails ? fails(loss('narrowing')) : () => Buffer.alloc(6) }
      const back = { reader: V1.schema, writer: V2.schema, relation, encode: fails(loss(reason)) }
      const codec = { ...V1.codec, resolve: () => own, carriedBy: () => ({ resolution: back, recordName: 'shop.Order' }) }
      const registry = await holding(V1)
      const { serializer } = orders(registry, { ...V1, codec } as unknown as typeof V1)
      const failed = (error: unknown): unknown => (error as EvolveError).details.reason
      return Promise.resolve()
        .then(() => serializer.serialize({ [unknownFields]: {} } as never))
        .then((bytes) => frameId(bytes as Buffer), failed)
    }
    expect(await outcome('reader-superset', 'reader-only-field', false)).toBe(1)
    expect(await outcome('reader-superset', 'reader-only-field', true)).toBe('reader-only-field')
    expect(await outcome('reader-superset', 'narrowing', false)).toBe(1)
    expect(await outcome('diverged', 'reader-only-field', false)).toBe('reader-only-field')
  })

  it('is written under the own schema where an edit is beyond the writer and nothing of the writer is hidden', async () => {
    const wide = defined(
      '{"type":"record","name":"Order","namespace":"shop","fields":[{"name":"id","type":"string"},{"name":"total","type":"long"}]}',
    )
    const narrow = defined(
      '{"type":"record","name":"Order","namespace":"shop","fields":[{"name":"id","type":"string"},{"name":"total","type":"int"}]}',
    )
    const registry = await holding(narrow, wide)
    const reader = orders(registry, wide)
    const value = await read(registry, narrow, reader, { id: 'o-1', total: 5 })
    const written = async (total: number): Promise<number> =>
      frameId((await reader.serializer.serialize({ ...value, total } as never)) as Buffer) as number
    expect([await written(7), await written(2 ** 40)]).toEqual([1, 2])
  })

  it('is refused when its root was made anew and the message itself carried something', async () => {
    const both = defined(
      JSON.stringify({
        ...JSON.parse(Items2.source.text),
        fields: [...JSON.parse(Items2.source.text).fields, { name: 'loyalty', type: 'int', default: 0 }],
      }),
    )
    const registry = await holding(Items1, both)
    const reader = orders(registry, Items1)
    const value = await read(registry, both, reader, { id: 'o-1', status: 'new', items: [{ sku: 'a', discount: 3 }], loyalty: 9 })
    const error = await failureOf(() => reader.serializer.serialize({ id: 'o-2', status: 'new', items: value['items'] } as never))
    expect(error).toMatchObject({
      code: 'unknown-field-loss',
      details: { path: '/loyalty', reason: 'no-source', writer: { version: 2 }, reader: { version: 1 } },
    })
  })
})
