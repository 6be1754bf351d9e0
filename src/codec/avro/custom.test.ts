import avsc from 'avsc'
import { describe, expect, it } from 'vitest'
import { type AvroChoices, avro, decode, encode, isEvolveError, parseSchema, resolve } from '../../avro.ts'
import { choicesOf } from './choices.ts'
import { AvroResolution } from './resolution.ts'

const cents = {
  fromBase: (base: number): { readonly cents: number } => ({ cents: base }),
  toBase: (value: { readonly cents: number }): unknown => value?.cents,
  is: (value: unknown): value is { readonly cents: number } => typeof value === 'object' && value !== null && 'cents' in value,
  lossless: true,
}
/** Whole minutes: what is finer is not shown. */
const minutes = {
  fromBase: (base: number): number => Math.floor(base / 60_000),
  toBase: (value: number): unknown => (Number.isInteger(value) ? value * 60_000 : undefined),
}
const options: AvroChoices = { logicalTypes: { cents, minutes } }
const engines = ['walked', 'compiled'] as const

function pairOf(engine: (typeof engines)[number], writer: object, reader: object, given: AvroChoices = options): AvroResolution {
  const pair = new AvroResolution(
    parseSchema(writer),
    parseSchema(reader),
    choicesOf(given),
    engine === 'walked' ? Number.POSITIVE_INFINITY : 0,
  )
  if (engine === 'compiled') pair.warmUp()
  return pair
}
const record = (...fields: readonly (readonly [string, unknown, unknown?])[]): object => ({
  type: 'record',
  name: 'R',
  fields: fields.map(([name, type, fallback]) => (fallback === undefined ? { name, type } : { name, type, default: fallback })),
})
const money = { type: 'int', logicalType: 'cents' }
const minute = { type: 'long', logicalType: 'minutes' }

describe.each(engines)('logical types of the application (%s)', (engine) => {
  it('read and write values of their own, in lists, maps and defaults too', () => {
    const schema = record(['price', money], ['list', { type: 'array', items: money }], ['map', { type: 'map', values: money }])
    const reader = record(
      ['price', money],
      ['list', { type: 'array', items: money }],
      ['map', { type: 'map', values: money }],
      ['tax', money, 5],
    )
    const value = { price: { cents: 3 }, list: [{ cents: 1 }, { cents: -1 }], map: { a: { cents: 9 } } }
    const bytes = encode(parseSchema(schema), { price: 3, list: [1, -1], map: { a: 9 } })
    const pair = pairOf(engine, schema, reader)
    expect(pair.decode(bytes)).toEqual({ ...value, tax: { cents: 5 } })
    expect(pair.encode({ ...value, tax: { cents: 5 } })).toEqual(bytes)
  })

  it('on records keep the fields that the reader does not know, as long as they are left as they are', () => {
    const point = (...more: object[]): object => ({
      type: 'record',
      name: 'P',
      logicalType: 'point',
      fields: [{ name: 'x', type: 'int' }, ...more],
    })
    class Point {
      readonly x: number
      constructor(x: number) {
        this.x = x
      }
    }
    for (const lossless of [true, false]) {
      const given: AvroChoices = {
        logicalTypes: { point: { fromBase: ({ x }: { x: number }) => new Point(x), toBase: ({ x }: Point) => ({ x }), lossless } },
      }
      const z = { name: 'z', type: 'int', default: 0 }
      for (const around of [
        (type: object) => record(['n', 'int'], ['p', type]),
        (type: object) => record(['p', { type: 'array', items: type }]),
      ]) {
        const pair = pairOf(engine, around(point(z)), around(point()), given)
        const bytes = pair.plan.kind === 'record' && pair.plan.steps.length === 2 ? Buffer.from([2, 4, 14]) : Buffer.from([2, 4, 14, 0])
        expect(pair.encode({ ...(pair.decode(bytes) as object) })).toEqual(bytes)
      }
      const root = pairOf(engine, point(z), point(), given)
      const bytes = Buffer.from([4, 14])
      expect(root.encode(root.decode(bytes))).toEqual(bytes)
      expect(root.encode(new Point(2), { source: bytes })).toEqual(bytes)
      expect(root.encode(new Point(3), { source: bytes })).toEqual(Buffer.from([6, 0]))
    }
  })

  it('may hide all they hold: an edit is seen all the same', () => {
    class Hour {
      readonly #ticks: number
      constructor(ticks: number) {
        this.#ticks = ticks
      }
      get hours(): number {
        return Math.floor(this.#ticks / 60)
      }
    }
    const hour = {
      fromBase: (base: number) => new Hour(base),
      toBase: (value: Hour) => value.hours * 60,
      is: (value: unknown) => value instanceof Hour,
    }
    const type = { type: 'int', logicalType: 'hour' }
    const schema = record(['at', type], ['or', ['null', type]], ['list', { type: 'array', items: type }])
    const pair = pairOf(engine, schema, schema, { logicalTypes: { hour } })
    const bytes = encode(parseSchema(record(['at', 'int'], ['or', ['null', 'int']], ['list', { type: 'array', items: 'int' }])), {
      at: 61,
      or: 62,
      list: [63, 120, 64],
    } as never)
    const value = pair.decode(bytes) as { at: Hour; or: Hour; list: Hour[] }
    const base = (written: Buffer): unknown =>
      decode(parseSchema(record(['at', 'int'], ['or', ['null', 'int']], ['list', { type: 'array', items: 'int' }])), written)
    expect(pair.encode({ ...value })).toEqual(bytes)
    expect(base(pair.encode({ ...value, at: new Hour(180) }))).toEqual({ at: 180, or: 62, list: [63, 120, 64] })
    expect(base(pair.encode({ ...value, or: new Hour(180) }))).toEqual({ at: 61, or: 180, list: [63, 120, 64] })
    expect(base(pair.encode({ ...value, list: value.list.with(1, new Hour(180)) }))).toEqual({ at: 61, or: 62, list: [63, 180, 64] })
  })

  it('may be frozen, as a whole message too', () => {
    const frozen = { fromBase: (base: number) => Object.freeze({ half: base >> 1 }), toBase: ({ half }: { half: number }) => half << 1 }
    const pair = pairOf(
      engine,
      { type: 'int', logicalType: 'frozen' },
      { type: 'int', logicalType: 'frozen' },
      { logicalTypes: { frozen } },
    )
    expect(pair.decode(Buffer.from([6]))).toEqual({ half: 1 })
    expect(pair.encode({ half: 1 }, { source: Buffer.from([6]) })).toEqual(Buffer.from([6]))
  })

  it('stand for defaults of every type', () => {
    const wrap = { fromBase: (base: unknown) => ({ base }), toBase: (value: { base: unknown }) => value.base, lossless: true }
    const type = (kind: string, more: object = {}): object => ({ type: kind, logicalType: 'wrap', ...more })
    const reader = record(
      ['text', type('string'), ''],
      ['flag', type('boolean'), true],
      ['symbol', type('enum', { name: 'E', symbols: ['A', 'B'] }), 'B'],
      ['list', type('array', { items: 'int' }), []],
    )
    const pair = pairOf(engine, record(['x', 'int']), reader, { logicalTypes: { wrap } })
    const value = pair.decode(Buffer.from([2])) as { text: object }
    expect({ ...value }).toMatchObject({ text: { base: '' }, flag: { base: true }, symbol: { base: 'B' }, list: { base: [] } })
    expect(pair.encode(value)).toEqual(Buffer.from([2]))
    expect(() => pair.encode({ ...value, text: { base: 'x' } })).toThrow(expect.objectContaining({ path: '/text' }) as Error)
    expect(() => pair.encode({ ...value, text: '' })).toThrow(expect.objectContaining({ path: '/text' }) as Error)
  })

  it('are promoted to as their base types are', () => {
    const pair = pairOf(engine, record(['at', 'int']), record(['at', minute]))
    const bytes = encode(parseSchema(record(['at', 'int'])), { at: 180_000 })
    expect(pair.decode(bytes)).toMatchObject({ at: 3 })
    expect(pair.encode({ at: 3 })).toEqual(bytes)
  })

  it('are written in the branch of the exact type, like their base types', () => {
    const pair = pairOf(engine, record(['at', ['int', 'long']]), record(['at', minute]))
    for (let round = 0; round < 3; round++) expect(pair.encode({ at: 3 })).toEqual(Buffer.from([2, 0xc0, 0xfc, 0x15]))
    const bytes = Buffer.from([0, 0xc0, 0xfc, 0x15])
    expect(pair.encode(pair.decode(bytes))).toEqual(bytes)
  })

  it('carry what they do not show, until it is changed', () => {
    const schema = record(['at', minute])
    const pair = pairOf(engine, schema, schema)
    const bytes = encode(parseSchema(schema), { at: 61_234 })
    const value = pair.decode(bytes) as { at: number }
    expect(value.at).toBe(1)
    expect(pair.encode({ ...value })).toEqual(bytes)
    expect(decode(parseSchema(schema), pair.encode({ ...value, at: 2 }))).toEqual({ at: 120_000 })
    const exact = pair.decode(encode(parseSchema(schema), { at: 60_000 })) as object
    expect(Object.getOwnPropertySymbols(exact)).toEqual([])
  })

  it('stand on records, and on unions beside other branches', () => {
    const point = { type: 'record', name: 'P', logicalType: 'point', fields: [{ name: 'x', type: 'int' }] }
    const schema = record(['p', ['null', 'string', point, money]])
    class Point {
      readonly x: number
      constructor(x: number) {
        this.x = x
      }
    }
    const given: AvroChoices = {
      logicalTypes: {
        cents,
        point: {
          fromBase: ({ x }: { x: number }) => new Point(x),
          toBase: ({ x }: Point) => ({ x }),
          is: (value) => value instanceof Point,
        },
      },
    }
    const pair = pairOf(engine, schema, schema, given)
    for (const p of [null, 'text', new Point(4), { cents: 8 }]) {
      const again = pair.decode(pair.encode({ p })) as { p: unknown }
      expect(again.p).toEqual(p)
      if (p instanceof Point) expect(again.p).toBeInstanceOf(Point)
    }
  })

  it('replace a standard type, or read it as its base', () => {
    const schema = record(['at', { type: 'long', logicalType: 'timestamp-millis' }], ['day', { type: 'int', logicalType: 'date' }])
    const iso = { fromBase: (base: number) => new Date(base).toISOString(), toBase: (text: string) => Date.parse(text) }
    const pair = pairOf(engine, schema, schema, { logicalTypes: { 'timestamp-millis': iso, date: 'none' } })
    const bytes = pair.encode({ at: '2026-01-02T03:04:05.006Z', day: 3 })
    expect(pair.decode(bytes)).toEqual({ at: '2026-01-02T03:04:05.006Z', day: 3 })
  })

  it('say where a value is refused, with the reason as the cause', () => {
    const cause = new Error('no such price')
    const given: AvroChoices = {
      logicalTypes: {
        cents: {
          fromBase: () => {
            throw cause
          },
          toBase: () => {
            throw cause
          },
        },
      },
    }
    const schema = record(['price', money])
    const pair = pairOf(engine, schema, schema, given)
    const caught = (action: () => unknown): unknown => {
      try {
        return action()
      } catch (error) {
        return isEvolveError(error) ? { code: error.code, path: error.path, cause: error.cause } : error
      }
    }
    expect(caught(() => pair.decode(Buffer.from([2])))).toEqual({ code: 'malformed-data', path: '/price', cause })
    expect(caught(() => pair.encode({ price: 1 }))).toEqual({ code: 'invalid-value', path: '/price', cause })
    expect(caught(() => pairOf(engine, record(['at', minute]), record(['at', minute])).encode({ at: 1.5 }))).toMatchObject({
      code: 'invalid-value',
      path: '/at',
    })
  })

  it('stand aside where the annotation is malformed', () => {
    const given: AvroChoices = {
      logicalTypes: { scaled: { fromBase: String, toBase: Number, accepts: ({ scale }) => typeof scale === 'number' } },
    }
    const schema = record(['a', { type: 'int', logicalType: 'scaled' }], ['b', { type: 'int', logicalType: 'scaled', scale: 2 }])
    expect(pairOf(engine, schema, schema, given).decode(Buffer.from([2, 4]))).toEqual({ a: 1, b: '2' })
  })
})

describe("avsc's logical types", () => {
  class DateType extends avsc.types.LogicalType {
    override _fromValue(value: unknown): unknown {
      return new Date(value as number)
    }
    override _toValue(date: unknown): unknown {
      return date instanceof Date ? +date : undefined
    }
  }
  const schema = { type: 'record', name: 'T', fields: [{ name: 'at', type: ['null', { type: 'long', logicalType: 'when' }] }] } as const

  it('are taken as they are, and give the bytes that avsc gives', () => {
    const type = avsc.Type.forSchema(schema as unknown as avsc.Schema, { logicalTypes: { when: DateType } })
    const ours = avro(schema, { logicalTypes: { when: DateType } })
    for (const at of [null, new Date(1_700_000_000_000)]) {
      expect(encode(ours, { at })).toEqual(type.toBuffer({ at }))
      expect(decode(ours, type.toBuffer({ at }))).toEqual({ at })
    }
    expect(() => encode(ours, { at: 'now' } as never)).toThrow(/invalid-value/)
  })

  it('come along with a type of avsc', () => {
    const status = { type: 'enum', name: 'S', symbols: ['A', 'B'], default: 'A' }
    const whole = {
      type: 'record',
      name: 'x.W',
      fields: [
        { name: 's', type: ['null', status], default: null },
        { name: 't', type: { type: 'array', items: schema } },
      ],
    }
    const type = avsc.Type.forSchema(whole as avsc.Schema, { logicalTypes: { when: DateType } })
    const ours = avro(type)
    const value = { s: 'B', t: [{ at: new Date(5) }, { at: null }] }
    expect(encode(ours, value)).toEqual(type.toBuffer(value))
    expect(decode(ours, type.toBuffer(value))).toEqual(value)
    expect(JSON.parse(ours.source.text)).toMatchObject({
      name: 'x.W',
      fields: [{ type: ['null', { default: 'A', symbols: ['A', 'B'] }] }, {}],
    })
    expect(decode(parseSchema(avsc.Type.forSchema('string')), Buffer.from([2, 97]))).toBe('a')
  })
})

describe('choices', () => {
  it('are refused when they make no sense', () => {
    const schema = parseSchema('int')
    for (const bad of [
      { long: 'double' },
      { logicalTypes: 'all' },
      { unions: 1 },
      { limits: { depth: 0 } },
      { limits: { size: 1 } },
      { logicalTypes: { x: {} } },
      7,
    ]) {
      expect(() => resolve(schema, schema, bad as never)).toThrow(/invalid-options/)
    }
  })

  it('are read when they are given: changing the object later changes nothing, and the same choices are one pair', () => {
    const schema = parseSchema('long')
    const given: { long: 'number' | 'bigint' } = { long: 'bigint' }
    const pair = resolve(schema, schema, given)
    given.long = 'number'
    expect(pair.decode(Buffer.from([2]))).toBe(1n)
    expect(resolve(schema, schema, given).decode(Buffer.from([2]))).toBe(1)
    expect(resolve(schema, schema, { long: 'bigint' })).toBe(pair)
    expect(resolve(schema, schema, { logicalTypes: { cents } })).toBe(resolve(schema, schema, { logicalTypes: { cents } }))
  })

  it('bound a datum', () => {
    const list = parseSchema({ type: 'array', items: 'int' })
    const deep = parseSchema({ type: 'record', name: 'L', fields: [{ name: 'next', type: ['null', 'L'] }] })
    const nested = (levels: number): object => (levels === 1 ? { next: null } : { next: nested(levels - 1) })
    expect(() => decode(list, encode(list, [1, 2, 3]), { limits: { values: 2 } })).toThrow(/limit-exceeded/)
    expect(() => decode(list, encode(list, [1, 2, 3]), { limits: { bytes: 4 } })).toThrow(/limit-exceeded/)
    for (const levels of [3, 30, 150]) {
      const pair = resolve(deep, deep, { limits: { depth: levels } })
      for (let round = 0; round < 40; round++) {
        const bytes = pair.encode(nested(levels) as never)
        expect(pair.decode(bytes)).toEqual(nested(levels))
        expect(() => pair.decode(Buffer.concat([Buffer.from([2]), bytes]))).toThrow(/nested more than/)
        expect(() => pair.encode(nested(levels + 1) as never)).toThrow(/nested more than/)
      }
    }
  })
})
