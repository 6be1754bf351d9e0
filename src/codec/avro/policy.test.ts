import { describe, expect, it } from 'vitest'
import { carriedBy, decode, discard, type EncodeOptions, encode, parseSchema, resolve, type UnknownFieldEvent } from '../../avro.ts'
import { EvolveError } from '../../errors.ts'

const item = (more: readonly object[]): object => ({
  type: 'record',
  name: 'Item',
  fields: [{ name: 'sku', type: 'string' }, ...more],
})
const order = (more: readonly object[], moreOfItem: readonly object[], symbols: readonly string[]): object => ({
  type: 'record',
  name: 'Order',
  namespace: 'shop',
  fields: [
    { name: 'id', type: 'string' },
    { name: 'states', type: { type: 'array', items: { type: 'enum', name: 'State', symbols, default: 'NEW' } } },
    { name: 'items', type: { type: 'array', items: item(moreOfItem) } },
    ...more,
  ],
})
const v1 = parseSchema(order([], [], ['NEW', 'PAID']))
const v2 = parseSchema(
  order([{ name: 'points', type: 'long', default: 0 }], [{ name: 'gift', type: 'boolean', default: false }], ['NEW', 'PAID', 'REFUNDED']),
)
const written = {
  id: 'o-1',
  states: ['NEW', 'REFUNDED', 'PAID'],
  items: [
    { sku: 'a', gift: true },
    { sku: 'b', gift: false },
  ],
  points: 7,
}
const bytes = encode(v2, written)
const pair = resolve(v2, v1)

interface Read {
  id: string
  states: string[]
  items: { sku: string }[]
}
const read = (): Read => pair.decode(bytes) as Read
const events = (value: unknown, options: EncodeOptions = {}): UnknownFieldEvent[] => {
  const seen: UnknownFieldEvent[] = []
  pair.encode(value, { ...options, onEvent: (event) => seen.push(event) })
  return seen
}

function failure(action: () => unknown): EvolveError {
  try {
    action()
  } catch (error) {
    if (error instanceof EvolveError) return error
    throw error
  }
  throw new Error('nothing was thrown')
}

describe('strict', () => {
  const strict: EncodeOptions = { policy: 'strict' }

  it('lets an ordinary edit pass', () => {
    const value = read()
    const edited = { ...value, id: 'o-2', items: value.items.toReversed() }
    for (let round = 0; round < 200; round++) {
      const back = decode(v2, pair.encode(edited, strict)) as typeof written
      expect(back).toEqual({ ...written, id: 'o-2', items: written.items.toReversed() })
    }
  })

  it('refuses a record made anew, though the writer has defaults for it', () => {
    const value = read()
    const edited = { ...value, items: [...value.items, { sku: 'c' }] }
    expect(decode(v2, pair.encode(edited))).toMatchObject({ items: [{}, {}, { sku: 'c', gift: false }] })
    for (let round = 0; round < 200; round++) {
      expect(failure(() => pair.encode(edited, strict)).details).toMatchObject({ reason: 'fresh-value', path: '/items/2' })
    }
  })

  it('refuses what belongs to another record type', () => {
    const value = read()
    const edited = { ...value, items: [{ ...value, sku: 'x' } as unknown as { sku: string }] }
    expect(failure(() => pair.encode(edited, strict)).details).toMatchObject({ reason: 'foreign-source', path: '/items/0' })
  })

  it('refuses to guess in a rearranged list of collapsed values', () => {
    const value = read()
    const [, , paid] = value.states
    const edited = { ...value, states: [paid as string, ...value.states] }
    expect(failure(() => pair.encode(edited, strict)).details).toMatchObject({ reason: 'ambiguous-edit', path: '/states' })
    expect(pair.encode({ ...value, states: ['PAID', ...value.states.slice(1)] }, strict)).toBeInstanceOf(Buffer)
  })

  it('refuses symbols that the reader does not know, where it is asked to', () => {
    const refusing = resolve(v2, v1, { unknownSymbols: 'refuse' })
    expect(failure(() => refusing.decode(bytes))).toMatchObject({ code: 'unresolvable-value', path: '/states/1' })
  })
})

describe('drop', () => {
  it('writes under the reader schema what the reader knows, and reports the rest', () => {
    const seen: UnknownFieldEvent[] = []
    const out = pair.encode(read(), { policy: 'drop', output: 'reader', onEvent: (event) => seen.push(event) })
    expect(decode(v1, out)).toEqual({ id: 'o-1', states: ['NEW', 'NEW', 'PAID'], items: [{ sku: 'a' }, { sku: 'b' }] })
    expect(carriedBy(decode(v1, out))).toBeUndefined()
    expect(seen).toEqual([
      { kind: 'dropped', path: '', recordName: 'shop.Order', fields: ['points'] },
      { kind: 'dropped', path: '/items/0', recordName: 'shop.Item', fields: ['gift'] },
      { kind: 'dropped', path: '/items/1', recordName: 'shop.Item', fields: ['gift'] },
    ])
  })

  it('is the same for a value that has carried nothing', () => {
    const own = resolve(v1, v1)
    const fresh = { id: 'x', states: [], items: [{ sku: 'a' }] }
    for (let round = 0; round < 400; round++) expect(own.encode(fresh, { policy: 'drop' })).toEqual(own.encode(fresh))
    expect(decode(v1, own.encode(read(), { policy: 'drop' }))).toMatchObject({ states: ['NEW', 'NEW', 'PAID'] })
  })
})

describe('events', () => {
  it('tell of every record with unknown data', () => {
    const value = read()
    const edited = { ...value, items: [value.items[0], { sku: 'c' }] }
    expect(events(edited).map(({ kind, path, fields }) => [kind, path, fields])).toEqual([
      ['preserved', '', ['points']],
      ['preserved', '/items/0', ['gift']],
      ['defaulted', '/items/1', ['gift']],
    ])
    expect(events({ ...value, states: ['PAID', ...value.states] }).map(({ kind, path }) => [kind, path])).toContainEqual([
      'ambiguous',
      '/states',
    ])
  })
})

describe('output', () => {
  const wider = parseSchema(order([{ name: 'memo', type: ['null', 'string'], default: null }], [], ['NEW', 'PAID']))
  const diverged = resolve(v2, wider)

  it("auto takes the writer's schema for what came from it, the reader's for what is new", () => {
    const value = read()
    const back = pair.write({ ...value, id: 'o-2' }, { output: 'auto' })
    expect(back.schema).toBe(v2)
    expect(decode(v2, back.bytes)).toEqual({ ...written, id: 'o-2' })
    const fresh = pair.write({ id: 'n', states: [], items: [] }, { output: 'auto' })
    expect(fresh.schema).toBe(v1)
    expect(decode(v1, fresh.bytes)).toEqual({ id: 'n', states: [], items: [] })
  })

  it("auto takes the reader's schema where it says more and loses nothing", () => {
    const older = resolve(v1, wider)
    const value = older.decode(encode(v1, { id: 'a', states: [], items: [] })) as object
    const out = older.write({ ...value, memo: 'seen' }, { output: 'auto' })
    expect(out.schema).toBe(wider)
    expect(decode(wider, out.bytes)).toMatchObject({ memo: 'seen' })
  })

  it('auto refuses an edit that neither schema can say', () => {
    const value = diverged.decode(bytes) as object
    expect(failure(() => diverged.encode({ ...value, memo: 'seen' }, { output: 'auto' })).details).toMatchObject({
      reason: 'reader-only-field',
      path: '/memo',
    })
  })

  it('reader refuses what it cannot hold', () => {
    expect(failure(() => pair.encode(read(), { output: 'reader' })).details).toMatchObject({ reason: 'not-in-output-schema' })
  })

  it('merged says all: readers of the writer schema see what was written, readers of the reader schema the edit', () => {
    const value = diverged.decode(bytes) as object
    const { schema, bytes: out } = diverged.write({ ...value, memo: 'seen' }, { output: 'merged' })
    expect(schema).toBe(diverged.merged)
    expect(resolve(schema, v2).decode(out)).toMatchObject(written)
    expect(resolve(schema, wider).decode(out)).toMatchObject({ id: 'o-1', memo: 'seen' })
    expect(decode(schema, out)).toEqual({ ...written, memo: 'seen' })
  })
})

describe('narrowing', () => {
  const wide = parseSchema({ type: 'record', name: 'N', fields: [{ name: 'f', type: 'double' }] })
  const narrow = parseSchema({ type: 'record', name: 'N', fields: [{ name: 'f', type: 'float' }] })
  const whole = parseSchema({ type: 'record', name: 'N', fields: [{ name: 'f', type: 'int' }] })

  it('is refused unless rounding is asked for', () => {
    expect(failure(() => resolve(narrow, wide).encode({ f: 0.1 })).details).toMatchObject({ reason: 'narrowing', path: '/f' })
    expect(decode(narrow, resolve(narrow, wide).encode({ f: 0.1 }, { narrowing: 'round' }))).toEqual({ f: Math.fround(0.1) })
    expect(decode(whole, resolve(whole, wide).encode({ f: 2.5 }, { narrowing: 'round' }))).toEqual({ f: 3 })
    expect(decode(whole, resolve(whole, wide).encode({ f: -0.2 }, { narrowing: 'round' }))).toEqual({ f: 0 })
  })

  it.each([1e300, Number.NaN, Number.POSITIVE_INFINITY])('never rounds %d to what is out of range', (f) => {
    expect(failure(() => resolve(whole, wide).encode({ f }, { narrowing: 'round' })).details).toMatchObject({ reason: 'narrowing' })
  })
})

describe('discard', () => {
  it('makes a value of the reader alone', () => {
    const value = read()
    const plain = discard(value)
    expect(carriedBy(plain)).toBeUndefined()
    expect(carriedBy(value)).toBeDefined()
    expect(decode(v1, encode(v1, plain))).toEqual({ id: 'o-1', states: ['NEW', 'NEW', 'PAID'], items: [{ sku: 'a' }, { sku: 'b' }] })
    expect(discard(plain)).toBe(plain)
  })

  it('ends at values that contain themselves', () => {
    const loop: { self?: unknown } = {}
    loop.self = [loop]
    expect(discard(loop)).toBe(loop)
    const carrying: { order: Read; self?: unknown } = { order: read() }
    carrying.self = carrying
    const copy = discard(carrying)
    expect(copy.self).toBe(copy)
    expect(carriedBy(copy)).toBeUndefined()
  })
})
