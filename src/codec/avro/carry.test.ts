import { describe, expect, it } from 'vitest'
import { attach, avro, carriedBy, carry, decode, detach, encode, parseSchema, resolve } from '../../avro.ts'

const item = (more: readonly object[]): object => ({ type: 'record', name: 'Item', fields: [{ name: 'sku', type: 'string' }, ...more] })
const order = (more: readonly object[], moreOfItem: readonly object[]): object => ({
  type: 'record',
  name: 'Order',
  fields: [
    { name: 'id', type: 'string' },
    { name: 'to', type: ['null', item(moreOfItem)] },
    { name: 'items', type: { type: 'array', items: 'Item' } },
    { name: 'byShelf', type: { type: 'map', values: 'Item' } },
    ...more,
  ],
})
const v1 = avro(JSON.stringify(order([], [])))
const v2 = parseSchema(order([{ name: 'points', type: 'long' }], [{ name: 'gift', type: 'string' }]))
const written = {
  id: 'o-1',
  to: { sku: 't', gift: 'to' },
  items: [
    { sku: 'a', gift: 'first' },
    { sku: 'b', gift: 'second' },
    { sku: 'a', gift: 'third' },
  ],
  byShelf: { x: { sku: 'a', gift: 'x' }, y: { sku: 'a', gift: 'y' } },
  points: 7,
}
interface Order {
  id: string
  to: { sku: string } | null
  items: { sku: string }[]
  byShelf: Record<string, { sku: string }>
}
const pair = resolve(v2, v1)
const read = (): Order => pair.decode(encode(v2, written)) as Order
const throughJson = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T

describe('carry', () => {
  it('gives a value rebuilt from JSON all that the original carries', () => {
    const value = read()
    const rebuilt = throughJson(value)
    expect(carriedBy(rebuilt)).toBeUndefined()
    expect(decode(v2, pair.encode(carry(value, { ...rebuilt, id: 'o-2' })))).toEqual({ ...written, id: 'o-2' })
    expect(carriedBy(rebuilt)).toBeUndefined()
  })

  it('lets equal elements take after their originals in order, whatever was left out between them', () => {
    const value = read()
    const rebuilt = throughJson(value)
    const out = carry(value, { ...rebuilt, items: rebuilt.items.slice(1) })
    expect(decode(v2, pair.encode(out))).toMatchObject({ items: [{ gift: 'second' }, { gift: 'third' }] })
  })

  it('finds changed elements by what identifies them', () => {
    const unique = pair.decode(encode(v2, { ...written, items: written.items.slice(1) })) as Order
    const aligned = carry(
      unique,
      { ...throughJson(unique), items: [{ sku: 'A' }, { sku: 'B' }] },
      { items: ({ sku }: { sku: string }) => sku.toLowerCase() },
    )
    expect(decode(v2, pair.encode(aligned))).toMatchObject({
      items: [
        { sku: 'A', gift: 'third' },
        { sku: 'B', gift: 'second' },
      ],
    })
  })

  it('refuses two elements with one key', () => {
    const value = read()
    expect(() => carry(value, throughJson(value), { items: ({ sku }: { sku: string }) => sku })).toThrow(
      /two elements of items have one key/,
    )
  })

  it('leaves what already carries as it is', () => {
    const [value, other] = [read(), pair.decode(encode(v2, { ...written, points: 8 })) as Order]
    expect(decode(v2, pair.encode(carry(value, { ...other })))).toMatchObject({ points: 8 })
  })

  it('copies nothing where nothing is put on, and keeps objects of classes what they are', () => {
    class Named {
      readonly name = 'n'
    }
    const to = { at: new Date(0), bytes: Buffer.from('x'), own: new Named(), list: [{ deep: new Named() }] }
    expect(carry({ own: new Named(), list: [] }, to)).toBe(to)
    class Kept {
      id = 'o-2'
      items: readonly object[] = []
    }
    const kept = carry(read(), Object.assign(new Kept(), throughJson({ ...read(), id: 'o-2' })))
    expect(kept).toBeInstanceOf(Kept)
    expect(decode(v2, pair.encode(kept))).toEqual({ ...written, id: 'o-2' })
  })

  it('leaves a list that was a message of its own what it is', () => {
    const list = (symbols: readonly string[]): ReturnType<typeof parseSchema> =>
      parseSchema({ type: 'array', items: { type: 'enum', name: 'E', symbols, default: 'A' } })
    const lists = resolve(list(['A', 'B', 'C']), list(['A', 'B']))
    const [first, second] = [
      ['C', 'B'],
      ['A', 'B'],
    ].map((symbols) => lists.decode(encode(list(['A', 'B', 'C']), symbols as never)))
    const [third] = [['C', 'C', 'B']].map((symbols) => lists.decode(encode(list(['A', 'B', 'C']), symbols as never)))
    expect(lists.encode(carry(first, second))).toEqual(lists.encode(second))
    expect(lists.encode(carry(first, third))).toEqual(lists.encode(third))
    expect(lists.encode(carry(first, ['A', 'B']))).toEqual(lists.encode(first))
  })

  it('does not follow a value that contains itself', () => {
    const loop: { self?: unknown } = {}
    loop.self = loop
    expect(() => carry(loop, loop)).toThrow(/nested more than/)
  })
})

describe('detach and attach', () => {
  it('take what a value carries through JSON, a worker or a database', () => {
    const value = read()
    const stored = JSON.stringify({ value, unknown: detach(value) })
    const { value: again, unknown } = JSON.parse(stored) as { value: Order; unknown: NonNullable<ReturnType<typeof detach>> }
    const out = attach(v1, { ...again, id: 'o-2' }, unknown)
    expect(decode(v2, resolve(v2, v1).encode(carry(out, out)))).toEqual({ ...written, id: 'o-2' })
  })

  it('say nothing for a value that carries nothing, and refuse what they did not give', () => {
    expect(detach({ id: 'x' })).toBeUndefined()
    expect(() => attach(v1, {}, {} as never)).toThrow(/no detached unknown fields/)
    const bad = { writer: { format: 'AVRO', text: '"string"' }, payload: 'AA==' } as const
    expect(() => attach(v1, {}, bad)).toThrow(/incompatible-schemas/)
  })
})

describe('the message that a value was read from', () => {
  const states = (symbols: readonly string[]): object => ({ type: 'enum', name: 'State', symbols, default: 'NEW' })
  const newer = parseSchema(states(['NEW', 'PAID', 'REFUNDED']))
  const older = parseSchema(states(['NEW', 'PAID']))

  it('restores a root that cannot carry', () => {
    const bytes = encode(newer, 'REFUNDED')
    const states = resolve(newer, older)
    expect(states.decode(bytes)).toBe('NEW')
    expect(decode(newer, states.encode('NEW'))).toBe('NEW')
    expect(decode(newer, states.encode('NEW', { source: bytes }))).toBe('REFUNDED')
    expect(decode(newer, states.encode('PAID', { source: bytes }))).toBe('PAID')
  })

  it('is what another schema must be able to say, too', () => {
    const bytes = encode(newer, 'REFUNDED')
    const states = resolve(newer, older)
    const lost = expect.objectContaining({ code: 'unknown-field-loss' }) as Error
    expect(() => states.encode('NEW', { source: bytes, output: 'reader' })).toThrow(lost)
    expect(decode(older, states.encode('PAID', { source: bytes, output: 'reader' }))).toBe('PAID')
    expect(decode(older, states.encode('NEW', { source: bytes, output: 'reader', policy: 'drop' }))).toBe('NEW')
  })

  it('restores a time finer than a Date', () => {
    const micros = parseSchema({ type: 'long', logicalType: 'timestamp-micros' })
    const bytes = encode(parseSchema('long'), 1_700_000_000_123_456)
    const at = decode(micros, bytes) as Date
    expect(resolve(micros, micros).encode(at)).toEqual(bytes)
    expect(resolve(micros, micros).encode(new Date(at), { source: bytes })).toEqual(bytes)
    expect(decode(parseSchema('long'), resolve(micros, micros).encode(new Date(5), { source: bytes }))).toBe(5000)
  })

  it('restores a value that lost what it carried', () => {
    const bytes = encode(v2, written)
    const rebuilt = throughJson(read())
    expect(decode(v2, pair.encode({ ...rebuilt, id: 'o-2' } as never, { source: bytes }))).toEqual({ ...written, id: 'o-2' })
    expect(decode(v2, pair.encode({ ...rebuilt, id: 'o-3' } as never, { source: bytes, output: 'auto' }))).toEqual({
      ...written,
      id: 'o-3',
    })
  })
})
