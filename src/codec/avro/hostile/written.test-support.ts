import { array, doubling, field, type HostileCase, map, record, writing } from './case.test-support.ts'

const list = record('R', field('next', ['null', 'R']))
const pair = record('P', field('a', ['null', 'P']), field('b', ['null', 'P']))
const one = record('R', field('a', 'int'))
const time = (logicalType: string): object => ({ type: 'long', logicalType })

function containing(): object {
  const value: Record<string, unknown> = {}
  value['next'] = value
  return value
}

function shared(levels: number, end: unknown): unknown {
  let value = end
  for (let level = 0; level < levels; level++) value = { a: value, b: value }
  return value
}

function detached(): Uint8Array {
  const bytes = new Uint8Array(4)
  structuredClone(bytes.buffer, { transfer: [bytes.buffer] })
  return bytes
}

function revoked(target: object): object {
  const { proxy, revoke } = Proxy.revocable(target, {})
  revoke()
  return proxy
}

const throwing = (error: unknown): object => ({
  get a(): number {
    throw error
  },
})

class Half extends Date {
  override getTime(): number {
    return 1.5
  }
}

class Liar extends Uint8Array {
  override get length(): number {
    return 3
  }
}

/** Values that contain themselves, are shared, or are very many. */
const shapes: readonly HostileCase[] = [
  writing('a value that contains itself', list, containing, 'limit-exceeded'),
  writing(
    'two values that contain each other',
    pair,
    () => {
      const left: Record<string, unknown> = { b: null }
      left['a'] = { a: left, b: left }
      return left
    },
    'limit-exceeded',
  ),
  writing('one value at 2^40 places', pair, () => shared(40, null), 'limit-exceeded'),
  writing('one value at 2^10 places', pair, () => shared(10, null), 'value'),
  writing('one value of no bytes at 2^40 places', doubling(40), () => shared(40, {}), 'limit-exceeded'),
  writing('a list of 100 levels', list, () => Array.from({ length: 99 }).reduce<object>((next) => ({ next }), { next: null }), 'value'),
  writing(
    'a list of 101 levels',
    list,
    () => Array.from({ length: 100 }).reduce<object>((next) => ({ next }), { next: null }),
    'limit-exceeded',
  ),
  writing(
    'a hundred thousand levels',
    list,
    () => Array.from({ length: 100_000 }).reduce<object>((next) => ({ next }), { next: null }),
    'limit-exceeded',
  ),
  writing('100,001 nulls', array('null'), () => Array.from({ length: 100_001 }).fill(null), 'limit-exceeded'),
  writing('a million and one ints', array('int'), () => new Array(1_000_001).fill(1), 'limit-exceeded'),
  writing('a million records of no bytes', array(record('E')), () => new Array(1_000_000).fill({}), 'limit-exceeded'),
  writing('20 MiB of text', 'string', () => 'x'.repeat(20 * 1024 * 1024), 'limit-exceeded'),
  writing('20 MiB of text that stays below', 'string', () => 'x'.repeat(16 * 1024 * 1024 - 100), 'value'),
  writing('20 MiB of bytes', 'bytes', () => new Uint8Array(20 * 1024 * 1024), 'limit-exceeded'),
  writing(
    'a sparse array',
    array('int'),
    () => {
      const sparse = [1]
      sparse.length = 4_000_000_000
      return sparse
    },
    'limit-exceeded',
  ),
  writing(
    'an array with a hole',
    array('int'),
    () => {
      const holes = [1]
      holes[2] = 3
      return holes
    },
    'invalid-value',
  ),
  writing(
    'a proxy of an array that says it is endless',
    array('null'),
    () => new Proxy([], { get: (_target, key) => (key === 'length' ? 4_294_967_295 : null) }),
    'limit-exceeded',
  ),
  writing(
    'a proxy of an array that changes its length',
    array('int'),
    () => {
      let length = 1
      return new Proxy([], { get: (_target, key) => (key === 'length' ? length++ : 7) })
    },
    'value',
  ),
]

/** Values that are not what they look like. */
const pretenders: readonly HostileCase[] = [
  writing('a getter that throws an Error', one, () => throwing(new Error('mine')), 'invalid-value'),
  writing('a getter that throws a RangeError', one, () => throwing(new RangeError('mine')), 'invalid-value'),
  writing('a getter that throws a string', one, () => throwing('mine'), 'invalid-value'),
  writing('a getter that throws undefined', one, () => throwing(undefined), 'invalid-value'),
  writing(
    'a proxy that throws',
    one,
    () =>
      new Proxy(
        {},
        {
          get: () => {
            throw new TypeError('mine')
          },
        },
      ),
    'invalid-value',
  ),
  writing('a proxy that is revoked', one, () => revoked({}), 'invalid-value'),
  writing('a revoked proxy of an array', array('int'), () => revoked([]), 'invalid-value'),
  writing('a proxy of a record', one, () => new Proxy({ a: 5 }, {}), 'value'),
  writing(
    'a map whose keys change',
    map('int'),
    () => {
      let turn = 0
      return new Proxy(
        {},
        {
          ownKeys: () => [`k${turn++}`],
          getOwnPropertyDescriptor: () => ({ value: 1, enumerable: true, configurable: true }),
          get: () => 1,
        },
      )
    },
    'value',
  ),
  writing(
    'an object that only inherits from Date',
    time('timestamp-millis'),
    () => Object.create(Date.prototype) as object,
    'invalid-value',
  ),
  writing('an object that only inherits from Uint8Array', 'bytes', () => Object.create(Uint8Array.prototype) as object, 'invalid-value'),
  writing('an object that only inherits from Buffer', 'bytes', () => Object.create(Buffer.prototype) as object, 'invalid-value'),
  writing('an object that only inherits from Array', array('int'), () => Object.create(Array.prototype) as object, 'invalid-value'),
  writing('a proxy of bytes', 'bytes', () => new Proxy(new Uint8Array(3), {}), 'invalid-value'),
  writing('a proxy of a Date', time('timestamp-millis'), () => new Proxy(new Date(0), {}), 'invalid-value'),
  writing('a Date of half milliseconds', time('timestamp-micros'), () => new Half(5), 'value'),
  writing('an invalid Date', time('timestamp-millis'), () => new Date(Number.NaN), 'invalid-value'),
  writing('bytes that lie about their length', 'bytes', () => new Liar(100_000), ['value', 'invalid-value']),
  writing('bytes whose memory is gone', 'bytes', detached, 'invalid-value'),
  writing('fixed bytes whose memory is gone', { type: 'fixed', name: 'F', size: 0 }, detached, 'invalid-value'),
  writing('bytes in shared memory', 'bytes', () => new Uint8Array(new SharedArrayBuffer(8)), 'value'),
  writing('a DataView', 'bytes', () => new DataView(new ArrayBuffer(8)), 'invalid-value'),
  writing('words', 'bytes', () => new Uint16Array(8), 'invalid-value'),
  writing('an object with toJSON', one, () => ({ a: 1, toJSON: () => 'other' }), 'value'),
  writing('a frozen record', one, () => Object.freeze({ a: 1 }), 'value'),
  writing('a record without a prototype', one, () => Object.assign(Object.create(null) as object, { a: 1 }), 'value'),
  writing('a Map', map('int'), () => new Map([['a', 1]]), 'invalid-value'),
  writing('a promise', one, () => Promise.resolve({ a: 1 }), 'invalid-value'),
  writing('a function', one, () => () => 1, 'invalid-value'),
  writing('an array as a record', one, () => [1], 'invalid-value'),
]

/** Leaves that do not fit. */
const leaves: readonly HostileCase[] = [
  ...[null, undefined, '5', 1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 31, 5n, true, Symbol('x'), {}, []].map((value) =>
    writing(
      `an int of ${typeof value} ${String(value === null || typeof value !== 'object' ? String(value) : JSON.stringify(value))}`,
      'int',
      () => value,
      'invalid-value',
    ),
  ),
  ...[2 ** 53, -(2 ** 53), 2n ** 63n, -(2n ** 63n) - 1n, 0.5].map((value) =>
    writing(`a long of ${String(value)}`, 'long', () => value, 'invalid-value'),
  ),
  writing('a long of 2^63 - 1', record('R', field('a', time('none'))), () => ({ a: 2n ** 63n - 1n }), 'unsafe-long'),
  ...['\ud800', 'a\udc00', '\udfff\ud800', `${'x'.repeat(9000)}\ud800`].map((value) =>
    writing(`text with a lone surrogate, ${JSON.stringify(value.slice(-3))}`, 'string', () => value, 'invalid-value'),
  ),
  writing('a key with a lone surrogate', map('int'), () => ({ '\ud800': 1 }), 'invalid-value'),
  writing('a float that is too large', 'float', () => 1e300, 'invalid-value'),
  writing('a float that is NaN', 'float', () => Number.NaN, 'value'),
  writing('a symbol that is not there', { type: 'enum', name: 'E', symbols: ['A'] }, () => 'constructor', 'invalid-value'),
  writing(
    'a decimal of a million digits',
    { type: 'bytes', logicalType: 'decimal', precision: 9_000_000 },
    () => '9'.repeat(1_000_000),
    'invalid-value',
  ),
  writing(
    'a decimal of 500,000,000 places',
    { type: 'bytes', logicalType: 'decimal', precision: 500_000_000, scale: 500_000_000 },
    () => '0.1',
    'invalid-value',
  ),
  writing('a decimal that is no number', { type: 'bytes', logicalType: 'decimal', precision: 9 }, () => '1e5', 'invalid-value'),
  writing('a day in the middle', { type: 'int', logicalType: 'date' }, () => new Date(1), 'invalid-value'),
  writing('a record that is null', one, () => null, 'invalid-value'),
  writing('a record that is undefined', one, () => undefined, 'invalid-value'),
  writing('a field of Object.prototype', record('R', field('toString', 'string')), () => ({}), 'invalid-value'),
  writing('no branch of a union', ['null', 'int'], () => 'a', 'invalid-value'),
  writing('a wrapped value with two keys', ['int', 'long'], () => ({ int: 1, long: 2 }), 'invalid-value'),
  writing('a wrapped value of a branch that is not there', ['int', 'long'], () => ({ __proto__: null, constructor: 1 }), 'invalid-value'),
]

/** Values that are written. */
export const writtenCases: readonly HostileCase[] = [...shapes, ...pretenders, ...leaves]
