import { array, block, cat, dataOf, doubling, field, type HostileCase, long, map, reading, record, text } from './case.test-support.ts'
import { dataCases } from './data.test-support.ts'

const ints = (count: number): number[] => Array.from({ length: count }, (_, index) => index)
const item = record('I', field('a', 'int'))
const withDefaults = (count: number, type: unknown, json: unknown): object =>
  record('I', field('a', 'int'), ...ints(count).map((index) => field(`d${index}`, type, { default: json })))
const letters = { type: 'enum', name: 'E', symbols: ['A', 'B', 'C'] }
const letter = { type: 'enum', name: 'E', symbols: ['A'], default: 'A' }

/** A small message that the reader's defaults make large. */
const defaults: readonly HostileCase[] = [
  reading(
    '50 defaults of 1000 items for each byte',
    array(item),
    block(100_000, 2),
    'limit-exceeded',
    array(withDefaults(50, array('int'), ints(1000))),
  ),
  reading(
    '40 defaults of null for each byte',
    array(item),
    block(100_000, 2),
    'limit-exceeded',
    array(withDefaults(40, ['null', 'int'], null)),
  ),
  reading('7 defaults of null for each byte', array(item), block(100_000, 2), 'value', array(withDefaults(7, ['null', 'int'], null))),
  reading(
    'a default of 100 kB for each byte',
    array(item),
    block(100_000, 2),
    'limit-exceeded',
    array(withDefaults(1, 'bytes', 'x'.repeat(100_000))),
  ),
  reading(
    'a default text of 100 kB for each byte',
    array(item),
    block(100_000, 2),
    'value',
    array(withDefaults(1, 'string', 'x'.repeat(100_000))),
  ),
  reading('empty arrays as defaults', array(item), block(100_000, 2), 'limit-exceeded', array(withDefaults(9, array('int'), []))),
  reading(
    'maps as defaults',
    array(item),
    block(10_000, 2),
    'limit-exceeded',
    array(withDefaults(2, map('int'), Object.fromEntries(ints(100).map((key) => [`k${key}`, key])))),
  ),
  reading(
    '2^22 records by default',
    record('W'),
    Buffer.alloc(0),
    'limit-exceeded',
    record('W', field('x', doubling(22, true), { default: {} })),
  ),
  reading(
    '2^60 records by default',
    record('W'),
    Buffer.alloc(0),
    'limit-exceeded',
    record('W', field('x', doubling(60, true), { default: {} })),
  ),
  reading('2^10 records by default', record('W'), Buffer.alloc(0), 'value', record('W', field('x', doubling(10, true), { default: {} }))),
  reading(
    'a default of 200,000 items',
    record('W'),
    Buffer.alloc(0),
    'value',
    record('W', field('x', array('int'), { default: ints(100_000) })),
  ),
]

/** Read, and written back. */
const returned: readonly HostileCase[] = [
  {
    name: 'a known block that says it is larger than its items, written back',
    outcomes: ['value'],
    prepare(make) {
      const pair = make(
        record('R', field('l', array('long')), field('s', 'string')),
        record('R', field('l', array('double')), field('s', 'string')),
      )
      const bytes = cat(long(-1), long(9), 2, 0, text('abcdefgh'))
      return () => {
        if (!pair.encode(pair.decode(bytes)).equals(bytes)) throw new Error('other bytes')
      }
    },
  },
]

/** What the reader does not know, and what records carry for it. */
const skipped: readonly HostileCase[] = [
  reading(
    '2^40 records of no bytes, unknown',
    record('W', field('x', doubling(40)), field('a', 'int')),
    Buffer.from([2]),
    'limit-exceeded',
    record('W', field('a', 'int')),
  ),
  reading('a carrier for each byte', array(record('I', field('a', 'int'))), block(400_000, 2), 'limit-exceeded', array(record('I'))),
  reading('a carrier for nothing', array(record('I', field('a', 'null'))), block(100_000), 'value', array(record('I'))),
  reading(
    'carriers of 20 ranges for each byte',
    array(record('I', ...ints(20).flatMap((index) => [field(`k${index}`, 'null'), field(`u${index}`, 'null')]), field('a', 'int'))),
    block(100_000, 2),
    'limit-exceeded',
    array(record('I', ...ints(20).map((index) => field(`k${index}`, 'null')))),
  ),
  reading(
    'unknown records of 5000 nulls',
    array(record('I', field('a', 'int'), field('x', record('X', ...ints(5000).map((index) => field(`f${index}`, 'null')))))),
    block(1000, 2),
    'limit-exceeded',
    array(item),
  ),
  reading(
    'nulls that nobody sees, in blocks that tell their size',
    record('W', field('x', array('null')), field('a', 'int')),
    cat(...ints(200).map(() => cat(long(-1000), 0)), 0, 2),
    'limit-exceeded',
    record('W', field('a', 'int')),
  ),
  reading(
    'an unknown block of negative size',
    record('W', field('x', array('int')), field('a', 'int')),
    cat(long(-1), long(-1), 0, 2),
    'malformed-data',
    record('W', field('a', 'int')),
  ),
  reading(
    'an unknown block that says it is larger than its items',
    record('W', field('x', array('int')), field('a', 'int')),
    cat(long(-1), long(3), 2, 2, 2, 0, 2),
    'value',
    record('W', field('a', 'int')),
  ),
  reading(
    'an unknown branch that is not there',
    record('W', field('x', ['null', 'int']), field('a', 'int')),
    cat(long(5), 2),
    'malformed-data',
    record('W', field('a', 'int')),
  ),
  reading(
    'an unknown negative symbol',
    record('W', field('x', letters), field('a', 'int')),
    cat(long(-1), 2),
    'malformed-data',
    record('W', field('a', 'int')),
  ),
  reading(
    'unknown text that is not UTF-8',
    record('W', field('x', 'string'), field('a', 'int')),
    cat(text(Buffer.from([0xff])), 2),
    'value',
    record('W', field('a', 'int')),
  ),
  reading(
    'an unknown boolean that is neither',
    record('W', field('x', 'boolean'), field('a', 'int')),
    Buffer.from([7, 2]),
    ['value', 'malformed-data'],
    record('W', field('a', 'int')),
  ),
]

/** Where writer and reader differ. */
const resolved: readonly HostileCase[] = [
  reading(
    '16 MiB of text, one letter of it wide, under a root that carries',
    record('R', field('x', 'string')),
    () => text(`${'a'.repeat(16 * 1024 * 1024 - 20)}\u{1f98a}`),
    'limit-exceeded',
    record('R', field('x', ['null', 'string'])),
  ),
  reading('a branch that the reader lacks', ['int', 'string'], cat(long(1), text('a')), 'unresolvable-value', 'int'),
  reading('a branch beyond those of the writer', ['int', 'string'], cat(long(9), 2), 'malformed-data', 'int'),
  reading('a symbol beyond those of the writer, with a default', letters, long(7), 'malformed-data', letter),
  reading('a symbol that the reader shows as its default', letters, long(2), 'value', letter),
  reading('100,000 of them', array(letters), block(100_000, 4), 'value', array(letter)),
  reading('bytes that are no text, promoted', 'bytes', text(Buffer.from([0xff])), 'malformed-data', 'string'),
  reading('the least long, promoted', 'long', long(-(2n ** 63n)), 'value', 'double'),
  reading('NaN, promoted', 'float', Buffer.from('0100a07f', 'hex'), 'value', 'double'),
  reading('an int of 33 bits, promoted', 'int', long(2n ** 32n), 'malformed-data', 'double'),
  reading('a type that cannot be read', 'string', text('a'), 'incompatible-schemas', 'int'),
  reading('a field without a default', record('R'), Buffer.alloc(0), 'incompatible-schemas', record('R', field('a', 'int'))),
]

/** Every message but the large ones, where the reader only steps over it, and where it takes it as one branch of a union. */
const elsewhere: readonly HostileCase[] = dataCases.flatMap((one) => {
  const { writer, message } = dataOf(one)
  if (typeof message === 'function') return []
  const around = record('Around', field('x', writer), field('a', 'int'))
  const known = record(
    'Around',
    field('x', Array.isArray(writer) ? writer : ['boolean', 'null', writer].filter(distinct)),
    field('a', 'int'),
  )
  const outcomes = [...new Set([...one.outcomes, 'value', 'malformed-data', 'truncated', 'limit-exceeded', 'trailing-bytes'] as const)]
  return [
    reading(`unknown: ${one.name}`, around, cat(message, 2), outcomes, record('Around', field('a', 'int'))),
    reading(`in a union: ${one.name}`, around, cat(message, 2), outcomes, known),
  ]
})

function distinct(type: unknown, index: number, types: readonly unknown[]): boolean {
  return types.indexOf(type) === index
}

/** Bytes read under other schemas than the writer's. */
export const resolvedCases: readonly HostileCase[] = [...defaults, ...returned, ...skipped, ...resolved, ...elsewhere]
