import { describe, expect, it } from 'vitest'
import { attach, detach } from '../avro.ts'
import { unknownFields } from '../codec/codec.ts'
import { frameId } from '../frame/confluent.ts'
import type { BrowsableRegistry } from '../registry/types.ts'
import type { SentUnknownFields } from './sending.ts'
import { countedRegistry, defined, Fork, failureOf, Items1, Items2, orders, V1, V2 } from './serde.test-support.ts'

type Row = Record<string, unknown>

const v2 = { id: 'o-1', status: 'new', channel: 'shop' }

async function holding(...definitions: (typeof V1)[]): Promise<BrowsableRegistry> {
  const registry = countedRegistry()
  for (const definition of definitions) await registry.register('orders-value', definition.source)
  return registry
}

/** What a service of `reader` gets of a V2 order, and its side of the topic. */
async function received(
  registry: BrowsableRegistry,
  reader: typeof V1,
  options: Parameters<typeof orders>[2] = {},
): Promise<{ value: Row; side: ReturnType<typeof orders> }> {
  const side = orders(registry, reader, options)
  const bytes = (await orders(registry, V2).serializer.serialize(v2 as never)) as Buffer
  return { value: (await side.deserializer.deserialize(bytes)) as Row, side }
}

describe('unknownFields', () => {
  it("drop writes the definition's own schema and tells what is left out", async () => {
    const registry = await holding(V1, V2)
    const seen: SentUnknownFields[] = []
    const { value, side } = await received(registry, V1, { unknownFields: 'drop', onUnknownFields: (event) => seen.push(event) })
    const bytes = (await side.serializer.serialize({ ...value, status: 'paid' } as never, { messageIndex: 4 })) as Buffer
    expect(frameId(bytes)).toBe(1)
    expect(await orders(registry, V2).deserializer.deserialize(bytes)).toEqual({ id: 'o-1', status: 'paid', channel: 'web' })
    expect(seen).toEqual([
      { kind: 'dropped', topic: 'orders', side: 'value', messageIndex: 4, path: '', recordName: 'shop.Order', fields: ['channel'] },
    ])
  })

  it('strict refuses records made anew, and symbols that could only be shown as the default', async () => {
    const registry = await holding(Items1, Items2)
    const side = orders(registry, Items1, { unknownFields: 'strict' })
    const newer = { id: 'o', status: 'new', items: [{ sku: 'a', discount: 3 }] }
    const bytes = (await orders(registry, Items2).serializer.serialize(newer as never)) as Buffer
    const value = (await side.deserializer.deserialize(bytes)) as Row & { items: Row[] }
    expect(await side.serializer.serialize({ ...value } as never)).toEqual(bytes)
    const error = await failureOf(() => side.serializer.serialize({ ...value, items: [...value.items, { sku: 'b' }] } as never))
    expect(error).toMatchObject({ code: 'unknown-field-loss', details: { reason: 'fresh-value', path: '/items/1', topic: 'orders' } })

    const states = (...symbols: string[]): typeof V1 =>
      defined(
        JSON.stringify({ type: 'record', name: 'R', fields: [{ name: 's', type: { type: 'enum', name: 'S', symbols, default: 'A' } }] }),
      )
    const enums = countedRegistry()
    const [older, later] = [states('A', 'B'), states('A', 'B', 'C')]
    await enums.register('orders-value', later.source)
    const message = (await orders(enums, later).serializer.serialize({ s: 'C' } as never)) as Buffer
    expect(await orders(enums, older).deserializer.deserialize(message)).toMatchObject({ s: 'A' })
    expect(await failureOf(() => orders(enums, older, { unknownFields: 'strict' }).deserializer.deserialize(message))).toMatchObject({
      code: 'unresolvable-value',
      details: { path: '/s' },
    })
  })

  it('is checked when topics are configured', () => {
    expect(() => orders(countedRegistry(), V1, { unknownFields: 'keep' as never })).toThrow(
      /unknownFields of topic orders is one of preserve/,
    )
  })
})

describe('output', () => {
  it('merged writes a schema with the fields of both, and registers it', async () => {
    const registry = await holding(V1, V2, Fork)
    const { value, side } = await received(registry, Fork, { output: 'merged', autoRegister: true })
    const edited = { ...value, priority: 5 }
    const bytes = (await side.serializer.serialize(edited as never)) as Buffer
    expect(frameId(bytes)).toBe(4)
    expect(await orders(registry, V2).deserializer.deserialize(bytes)).toMatchObject(v2)
    expect(await orders(registry, Fork).deserializer.deserialize(bytes)).toMatchObject({ id: 'o-1', priority: 5 })
    const merged = JSON.parse((await registry.schemaById(4)).text) as { fields: Row[] }
    expect(merged.fields.map(({ name }) => name)).toEqual(['id', 'status', 'channel', 'priority'])
    expect(side.serializer.serialize(edited as never)).toEqual(bytes)
  })

  it('merged registers nothing where that is not allowed, and is not used where the writer schema will do', async () => {
    const registry = await holding(V1, V2, Fork)
    const { value, side } = await received(registry, Fork, { output: 'merged' })
    expect(frameId((await side.serializer.serialize({ ...value } as never)) as Buffer)).toBe(2)
    const error = await failureOf(() => side.serializer.serialize({ ...value, priority: 5 } as never))
    expect(error.code).toBe('schema-not-in-subject')
    expect(error.message).toMatch(/autoRegister/)
  })

  it('auto refuses what only a merged schema could say', async () => {
    const { value, side } = await received(await holding(V1, V2, Fork), Fork)
    expect(await failureOf(() => side.serializer.serialize({ ...value, priority: 5 } as never))).toMatchObject({
      details: { reason: 'reader-only-field', path: '/priority' },
    })
  })

  it("reader never writes another schema than the definition's", async () => {
    const { value, side } = await received(await holding(V1, V2), V1, { output: 'reader' })
    expect(await failureOf(() => side.serializer.serialize({ ...value } as never))).toMatchObject({
      details: { reason: 'not-in-output-schema', path: '/channel' },
    })
  })
})

describe('what was detached', () => {
  it('goes on under the writer schema when it is attached again, in another process too', async () => {
    const registry = await holding(V1, V2)
    const { value } = await received(registry, V1)
    const stored = JSON.stringify({ value, unknown: detach(value) })
    const { value: again, unknown } = JSON.parse(stored) as { value: Row; unknown: NonNullable<ReturnType<typeof detach>> }
    const restored = attach(V1, { ...again, status: 'paid' }, unknown)
    expect(unknownFields in restored).toBe(true)
    const bytes = (await orders(registry, V1).serializer.serialize(restored as never)) as Buffer
    expect(frameId(bytes)).toBe(2)
    expect(await orders(registry, V2).deserializer.deserialize(bytes)).toEqual({ ...v2, status: 'paid' })
  })
})
