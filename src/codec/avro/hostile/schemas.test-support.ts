import { checkCompatibility, parseIdl, parseProtocol, parseSchema } from '../../../avro.ts'
import { acting, array, block, doubling, field, type HostileCase, map, type Outcome, record } from './case.test-support.ts'

const count = <T>(length: number, make: (index: number) => T): T[] => Array.from({ length }, (_, index) => make(index))

/** A schema that is parsed, planned, compiled and used for a message of no bytes. */
function using(name: string, schema: object | string, bytes: Buffer, ...outcomes: readonly Outcome[]): HostileCase {
  return {
    name,
    outcomes,
    prepare: (make) => () => make(schema, schema).decode(bytes),
  }
}

/** Records that refer to each other by name, in a row. */
function chain(length: number): object {
  const fields = count(length, (index) => {
    const at = length - 1 - index
    return field(`f${at}`, at === length - 1 ? record(`R${at}`) : record(`R${at}`, field('n', ['null', `R${at + 1}`])))
  })
  return record('Chain', ...fields)
}

const wide = (length: number, prefix: string): object =>
  record('Wide', ...count(length, (index) => field(`${prefix}${index}`, 'null', { default: null })))
const fixeds = (length: number): object[] => count(length, (index) => ({ type: 'fixed', name: `F${index}`, size: 1 }))
const enumeration = (length: number, prefix: string): object => ({
  type: 'enum',
  name: 'E',
  symbols: count(length, (index) => `${prefix}${index}`),
  default: `${prefix}0`,
})
const nested = (levels: number): unknown => count(levels, (level) => level).reduce<unknown>((type) => array(type), 'int')

const large: readonly HostileCase[] = [
  using('100 levels of arrays', nested(100) as object, Buffer.alloc(1), 'value'),
  using('101 levels of arrays', nested(101) as object, Buffer.alloc(1), 'limit-exceeded'),
  using('a record of 20,000 fields', wide(20_000, 'f'), Buffer.alloc(0), 'value'),
  using('a union of 5000 branches', fixeds(5000), Buffer.from([2, 1]), 'value'),
  using('10,001 names', record('R', ...fixeds(10_001).map((type, index) => field(`f${index}`, type))), Buffer.alloc(0), 'limit-exceeded'),
  using('a chain of 5000 records', chain(5000), Buffer.alloc(5000), 'value', 'truncated', 'trailing-bytes'),
  using(
    'a record at a thousand places',
    record(
      'R',
      field('x', record('X', ...count(1000, (index) => field(`a${index}`, 'null')))),
      ...count(900, (index) => field(`f${index}`, 'X')),
    ),
    Buffer.alloc(0),
    'value',
    'limit-exceeded',
  ),
  using('more than a megabyte', { type: 'int', doc: 'x'.repeat(1_048_576) }, Buffer.from([2]), 'limit-exceeded'),
  using('a megabyte of doc', { type: 'int', doc: 'x'.repeat(1_000_000) }, Buffer.from([2]), 'value'),
]

function comparing(name: string, writer: object, reader: object, ...outcomes: readonly Outcome[]): readonly HostileCase[] {
  return [
    { name: `planning ${name}`, outcomes, prepare: (make) => () => make(writer, reader).relation },
    acting(`checking ${name}`, () => checkCompatibility(parseSchema(reader), parseSchema(writer)).compatible, ...outcomes),
  ]
}

/** A record that has the next of its kind in a union with another of the same. */
function forked(levels: number, name: string): object {
  const at = (level: number): unknown =>
    level === levels ? 'int' : [record(`${name}${level}a`, field('n', level + 1 === levels ? 'int' : at(level + 1))), 'null']
  return record(name, field('n', at(0)))
}

const pairs: readonly HostileCase[] = [
  ...comparing('20,000 fields that do not match', wide(20_000, 'a'), wide(20_000, 'b'), 'value'),
  ...comparing('20,000 symbols that do not match', enumeration(20_000, 'a'), enumeration(20_000, 'b'), 'value'),
  ...comparing(
    'unions of 3000 branches',
    record('R', field('u', fixeds(3000))),
    record('R', field('u', fixeds(3000).toReversed())),
    'value',
  ),
  ...comparing('a chain of 3000 records', chain(3000), chain(3000), 'value'),
  ...comparing('2^40 records', doubling(40), doubling(40), 'value'),
  ...comparing('unions of records in unions of records', forked(30, 'A'), forked(30, 'B'), 'value'),
  ...comparing(
    'records of 200 names in unions, none of which match',
    record(
      'R',
      field(
        'u',
        count(200, (index) => record(`A${index}`, field('n', 'R'))),
      ),
    ),
    record(
      'R',
      field(
        'u',
        count(200, (index) => record(`B${index}`, field('n', 'R'))),
      ),
    ),
    'value',
  ),
]

const words = [
  '__proto__',
  'constructor',
  'then',
  'toString',
  'hasOwnProperty',
  'valueOf',
  'prototype',
  'eval',
  'arguments',
  'await',
  'this',
  'B',
  'R',
  'W',
  'p',
  'e',
  'BAIL',
  'UF',
  'k0',
]
const code = [
  '"];globalThis.hacked=1;["',
  "'+(globalThis.hacked=1)+'",
  ['`$', '{globalThis.hacked=1}`'].join(''),
  '*/globalThis.hacked=1/*',
  '\u2028globalThis.hacked=1\u2029',
  '\\";globalThis.hacked=1//',
  '</script>',
  '\n}globalThis.hacked=1;{',
]

/** Names that mean something to JavaScript; code where text is. What is written must come back, and nothing must run. */
const injected: readonly HostileCase[] = [
  ...words.map((word): HostileCase => {
    const schema = record(
      word,
      field(word, ['null', 'string', map('string'), { type: 'enum', name: `${word}_E`, symbols: [word] }], { default: null }),
      field(`${word}_`, { type: 'enum', name: `${word}F`, symbols: [word, 'x'], default: word }, { default: word }),
    )
    return {
      name: `the name ${word}`,
      outcomes: ['value'],
      prepare: (make) => () => roundTrip(make(schema, schema), JSON.parse(`{"${word}":null,"${word}_":"${word}"}`)),
    }
  }),
  ...words.map((word): HostileCase => {
    const schema = record('R', field('m', map('string')))
    return {
      name: `the key ${word}`,
      outcomes: ['value'],
      prepare: (make) => () => roundTrip(make(schema, schema), JSON.parse(`{"m":{"${word}":"a","b":"c"}}`)),
    }
  }),
  ...code.map((source): HostileCase => {
    const schema = {
      ...record(
        'R',
        field('s', 'string', { default: source, doc: source }),
        field('b', 'bytes', { default: source.replace(/[^\0-\xff]/g, '?') }),
        field('m', map('string'), { default: { [source]: source } }),
      ),
      doc: source,
      extra: source,
      [source]: source,
    }
    return {
      name: `code in docs and defaults: ${JSON.stringify(source)}`,
      outcomes: ['value'],
      prepare: (make) => () => {
        const empty = record('R')
        roundTrip(make(schema, schema), { s: source, b: Buffer.from('x'), m: { [source]: source } })
        const value = make(empty, schema).decode(Buffer.alloc(0)) as { s: string }
        if (value.s !== source || 'hacked' in globalThis) throw new Error('it ran, or was changed')
      },
    }
  }),
  ...code.flatMap((source) => [
    using(`code as a name: ${JSON.stringify(source)}`, record(source), Buffer.alloc(0), 'invalid-schema'),
    using(`code as a field: ${JSON.stringify(source)}`, record('R', field(source, 'int')), Buffer.alloc(0), 'invalid-schema'),
    using(`code as a namespace: ${JSON.stringify(source)}`, { ...record('R'), namespace: source }, Buffer.alloc(0), 'invalid-schema'),
    using(`code as a symbol: ${JSON.stringify(source)}`, { type: 'enum', name: 'E', symbols: [source] }, Buffer.alloc(0), 'invalid-schema'),
    using(`code as a size: ${JSON.stringify(source)}`, { type: 'fixed', name: 'F', size: source }, Buffer.alloc(0), 'invalid-schema'),
    using(`code as a type: ${JSON.stringify(source)}`, { type: source }, Buffer.alloc(0), 'invalid-schema'),
  ]),
  ...['../../etc/passwd', 'a/b', 'a\\b', 'file:///x', 'a..b', '.', 'http://x/y.avsc'].map((path) =>
    using(`the name ${path}`, record(path), Buffer.alloc(0), 'invalid-schema'),
  ),
]

function roundTrip(pair: { decode(bytes: Buffer): unknown; encode(value: unknown): Buffer }, value: unknown): void {
  const bytes = pair.encode(value)
  const read = pair.decode(bytes)
  if (!pair.encode(read).equals(bytes)) throw new Error('it does not come back')
  for (const key of Object.keys(value as object)) if (!Object.hasOwn(read as object, key)) throw new Error(`no own property ${key}`)
}

const wrong: readonly unknown[] = [
  null,
  undefined,
  5,
  true,
  Symbol('x'),
  10n,
  () => 'int',
  [],
  [null],
  {},
  '',
  '{',
  'null,',
  new Map(),
  new Date(0),
  Buffer.from('"int"'),
  Promise.resolve('int'),
]
const named = (value: unknown, index: number): string =>
  `${index}: ${typeof value} ${Object.prototype.toString.call(value)} ${typeof value === 'string' ? value : ''}`

const entries: readonly HostileCase[] = [
  ...wrong.map((value, index) =>
    acting(`parseSchema of ${named(value, index)}`, () => parseSchema(value as string), 'invalid-schema', 'value'),
  ),
  ...wrong.map((value, index) => acting(`parseProtocol of ${named(value, index)}`, () => parseProtocol(value as string), 'invalid-schema')),
  ...wrong
    .filter((value) => typeof value === 'string')
    .map((value, index) => acting(`parseIdl of ${named(value, index)}`, () => parseIdl(value as string), 'invalid-schema', 'value')),
  acting('IDL that opens without end', () => parseIdl('protocol P { record R { '.repeat(50_000)), 'invalid-schema', 'limit-exceeded'),
  acting(
    'IDL of arrays without end',
    () => parseIdl(`protocol P { record R { ${'array<'.repeat(100_000)}`),
    'invalid-schema',
    'limit-exceeded',
  ),
  acting('IDL of annotations without end', () => parseIdl(`@x(${'['.repeat(200_000)}`), 'invalid-schema', 'limit-exceeded'),
  acting('IDL of comments', () => parseIdl(`protocol P { ${'/* */'.repeat(200_000)} }`), 'value', 'limit-exceeded'),
  acting(
    'IDL with a comment that does not end',
    () => parseIdl(`protocol P { /*${'*'.repeat(1_000_000)}`),
    'invalid-schema',
    'limit-exceeded',
  ),
  acting(
    'a protocol of very many messages',
    () =>
      parseProtocol({
        protocol: 'P',
        types: [],
        messages: Object.fromEntries(count(20_000, (index) => [`m${index}`, { request: [], response: 'null' }])),
      }),
    'value',
    'limit-exceeded',
  ),
  acting(
    'a protocol that contains itself',
    () => {
      const itself: Record<string, unknown> = { protocol: 'P' }
      itself['types'] = [itself]
      return parseProtocol(itself)
    },
    'invalid-schema',
    'limit-exceeded',
  ),
  { name: 'nothing at all', outcomes: ['truncated'], prepare: (make) => () => make('"int"', '"int"').decode(Buffer.alloc(0)) },
  ...[
    null,
    undefined,
    'AA==',
    5,
    [2],
    {},
    new ArrayBuffer(1),
    new DataView(new ArrayBuffer(1)),
    new Uint16Array(1),
    Object.create(Uint8Array.prototype),
    new Proxy(new Uint8Array([2]), {}),
  ].map(
    (value, index): HostileCase => ({
      name: `decoding ${named(value, index)}`,
      outcomes: ['invalid-value'],
      prepare: (make) => () => make('"int"', '"int"').decode(value as Uint8Array),
    }),
  ),
  {
    name: 'decoding bytes in shared memory',
    outcomes: ['value'],
    prepare: (make) => () => make('"int"', '"int"').decode(new Uint8Array(new SharedArrayBuffer(1))),
  },
  {
    name: 'a block in shared memory',
    outcomes: ['value'],
    prepare(make) {
      const bytes = new Uint8Array(new SharedArrayBuffer(1002))
      bytes.set(block(999, 2))
      return () => make(array('int'), array('int')).decode(bytes.subarray(0, 1002))
    },
  },
]

/** Schemas, pairs of schemas, code in schemas, and wrong kinds of arguments. */
export const schemaCases: readonly HostileCase[] = [...large, ...pairs, ...injected, ...entries]
