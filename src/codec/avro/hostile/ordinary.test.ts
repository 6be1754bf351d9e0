import { describe, expect, it } from 'vitest'
import { decode, encode, parseSchema, resolve } from '../../../avro.ts'
import { type ErrorCode, isEvolveError } from '../../../errors.ts'

/** A 64-bit integer as Avro writes it. */
function long(value: bigint): Buffer {
  let zigzag = BigInt.asUintN(64, (value << 1n) ^ (value >> 63n))
  const bytes: number[] = []
  while (zigzag > 127n) {
    bytes.push(Number(zigzag & 127n) | 128)
    zigzag >>= 7n
  }
  return Buffer.from([...bytes, Number(zigzag)])
}

const record = (...fields: object[]): object => ({ type: 'record', name: 'R', fields })
const field = (name: string, type: unknown, rest: object = {}): object => ({ name, type, ...rest })
const array = (items: unknown): object => ({ type: 'array', items })
const huge = 2n ** 60n

const cases: readonly { readonly name: string; readonly schema: object | string; readonly bytes: Buffer; readonly code: ErrorCode }[] = [
  { name: 'a string longer than the message', schema: 'string', bytes: long(huge), code: 'truncated' },
  { name: 'a string of negative length', schema: 'string', bytes: long(-1n), code: 'malformed-data' },
  { name: 'bytes longer than the message', schema: 'bytes', bytes: long(huge), code: 'truncated' },
  { name: 'an array of more items than there are bytes', schema: array('int'), bytes: long(huge), code: 'truncated' },
  {
    name: 'an array of items that take no bytes',
    schema: array('null'),
    bytes: Buffer.concat([long(huge), long(0n)]),
    code: 'limit-exceeded',
  },
  {
    name: 'many blocks of items that take no bytes',
    schema: array('null'),
    bytes: Buffer.concat([...Array.from({ length: 200 }, () => long(1000n)), long(0n)]),
    code: 'limit-exceeded',
  },
  {
    name: 'a block with the smallest count there is',
    schema: array('int'),
    bytes: Buffer.concat([long(-(2n ** 63n)), long(0n)]),
    code: 'truncated',
  },
  { name: 'a map of more entries than there are bytes', schema: { type: 'map', values: 'null' }, bytes: long(huge), code: 'truncated' },
  { name: 'a union of a branch that is not there', schema: ['null', 'int'], bytes: long(2n), code: 'malformed-data' },
  { name: 'a union of a negative branch', schema: ['null', 'int'], bytes: long(-1n), code: 'malformed-data' },
  {
    name: 'an enum of a symbol that is not there',
    schema: { type: 'enum', name: 'E', symbols: ['A'] },
    bytes: long(1n),
    code: 'malformed-data',
  },
  { name: 'a boolean that is neither', schema: 'boolean', bytes: Buffer.from([2]), code: 'malformed-data' },
  { name: 'an int of more than 32 bits', schema: 'int', bytes: long(2n ** 40n), code: 'malformed-data' },
  { name: 'an integer of more than ten bytes', schema: 'long', bytes: Buffer.alloc(20, 0xff), code: 'malformed-data' },
  { name: 'an integer of more than 64 bits', schema: 'long', bytes: Buffer.from('ffffffffffffffffff7f', 'hex'), code: 'malformed-data' },
  { name: 'text that is not UTF-8', schema: 'string', bytes: Buffer.from([4, 0xc3, 0x28]), code: 'malformed-data' },
  { name: 'bytes behind the value', schema: 'int', bytes: Buffer.from([2, 0]), code: 'trailing-bytes' },
  { name: 'a record inside itself without end', schema: record(field('next', 'R')), bytes: Buffer.alloc(0), code: 'limit-exceeded' },
  { name: 'a list nested too deep', schema: record(field('next', ['R', 'null'])), bytes: Buffer.alloc(5000), code: 'limit-exceeded' },
  {
    name: 'a decimal of a megabyte',
    schema: { type: 'bytes', logicalType: 'decimal', precision: 9 },
    bytes: Buffer.concat([long(1_000_000n), Buffer.alloc(1_000_000, 0x55)]),
    code: 'malformed-data',
  },
  {
    name: 'a time out of the range of Date',
    schema: { type: 'long', logicalType: 'timestamp-millis' },
    bytes: long(2n ** 62n),
    code: 'unsafe-long',
  },
]

describe('hostile bytes', () => {
  for (const { name, schema, bytes, code } of cases) {
    it(`${name}: ${code}, walked and compiled, known and unknown to the reader`, () => {
      const parsed = parseSchema(typeof schema === 'string' ? JSON.stringify(schema) : schema)
      const pair = resolve(parsed, parsed)
      for (let round = 0; round < 5; round++) expect(codeOf(() => pair.decode(bytes))).toBe(code)
      pair.warmUp()
      expect(codeOf(() => pair.decode(bytes))).toBe(code)
    })
  }

  it('are bounded where the reader only steps over them', () => {
    const reader = parseSchema(record(field('a', 'int', { default: 0 })))
    for (const { schema, bytes } of cases.filter((one) => one.code === 'limit-exceeded' || one.code === 'truncated')) {
      const inner =
        typeof schema === 'object' && 'fields' in schema
          ? { ...schema, name: 'Inner', fields: JSON.parse(JSON.stringify(schema.fields).replaceAll('"R"', '"Inner"')) }
          : schema
      const pair = resolve(parseSchema(record(field('x', inner))), reader)
      for (const warm of [false, true]) {
        if (warm) pair.warmUp()
        expect(['limit-exceeded', 'truncated']).toContain(codeOf(() => pair.decode(bytes)))
      }
    }
  })
})

describe('what compiled code steps over', () => {
  const list = (...items: Buffer[]): Buffer => Buffer.concat([long(BigInt(items.length)), ...items, long(0n)])

  it('counts for the whole datum, not for each place', () => {
    const deep = { type: 'record', name: 'Deep', fields: [field('nothing', array('null'))] }
    const writer = parseSchema(
      record(field('items', array({ type: 'record', name: 'Item', fields: [field('a', 'int'), field('deep', deep)] }))),
    )
    const reader = parseSchema(record(field('items', array({ type: 'record', name: 'Item', fields: [field('a', 'int')] }))))
    const pair = resolve(writer, reader)
    pair.warmUp()
    const item = Buffer.concat([long(1n), long(60_000n), long(0n)])
    expect(codeOf(() => pair.decode(list(item)))).toBe('no error')
    expect(codeOf(() => pair.decode(list(item, item)))).toBe('limit-exceeded')
  })

  it('finds the branch of a union of more branches than one byte counts', () => {
    const branches = Array.from({ length: 80 }, (_, index) => ({ type: 'fixed', name: `F${index}`, size: index }))
    const pair = resolve(parseSchema(record(field('x', branches), field('a', 'int'))), parseSchema(record(field('a', 'int'))))
    pair.warmUp()
    const bytes = Buffer.concat([long(64n), Buffer.alloc(64, 7), long(5n)])
    const value = pair.decode(bytes)
    expect(value).toMatchObject({ a: 5 })
    expect(pair.encode(value).equals(bytes)).toBe(true)
  })
})

describe('names that mean something to JavaScript', () => {
  it('are fields and map keys like any other', () => {
    const schema = parseSchema(
      record(
        field('__proto__', 'string'),
        field('constructor', 'int'),
        field('toString', ['null', 'string'], { default: null }),
        field('m', { type: 'map', values: 'int' }),
      ),
    )
    const text = '{"__proto__":"p","constructor":1,"toString":null,"m":{"__proto__":2,"constructor":3}}'
    const pair = resolve(schema, schema)
    const bytes = encode(schema, JSON.parse(text))
    for (const warm of [false, true]) {
      if (warm) pair.warmUp()
      expect(JSON.stringify(pair.decode(bytes))).toBe(text)
      expect(pair.encode(JSON.parse(text)).equals(bytes)).toBe(true)
      expect(pair.encode(JSON.parse('{"__proto__":"p","constructor":1,"m":{"__proto__":2,"constructor":3}}')).equals(bytes)).toBe(true)
      expect(codeOf(() => pair.encode({ m: {} }))).toBe('invalid-value')
    }
    expect(Object.getPrototypeOf(decode(schema, bytes))).toBe(Object.prototype)
    expect(Object.keys(Object.prototype)).toEqual([])
  })
})

describe('hostile values', () => {
  const list = parseSchema(record(field('next', ['null', 'R'])))

  it('a value that contains itself is refused', () => {
    const value: { next: unknown } = { next: null }
    value.next = value
    const pair = resolve(list, list)
    for (const warm of [false, true]) {
      if (warm) pair.warmUp()
      expect(codeOf(() => pair.encode(value))).toBe('limit-exceeded')
    }
  })

  it('a getter that encodes another message does no harm', () => {
    const schema = parseSchema(record(field('a', 'string'), field('b', 'string')))
    const pair = resolve(schema, schema)
    pair.warmUp()
    const value = {
      a: 'first',
      get b(): string {
        return pair.encode({ a: 'inner', b: 'value' }).toString('latin1').slice(1, 6)
      },
    }
    expect(pair.decode(pair.encode(value))).toEqual({ a: 'first', b: 'inner' })
  })

  it("an error of a getter is the caller's own", () => {
    const schema = parseSchema(record(field('a', 'string')))
    const value = Object.defineProperty({}, 'a', {
      get: () => {
        throw new Error('mine')
      },
    })
    expect(() => encode(schema, value)).toThrow('mine')
  })
})

function codeOf(action: () => unknown): ErrorCode | 'no error' {
  try {
    action()
  } catch (error) {
    if (isEvolveError(error)) return error.code
    throw error
  }
  return 'no error'
}
