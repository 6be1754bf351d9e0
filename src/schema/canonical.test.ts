import { describe, expect, it } from 'vitest'
import { isEvolveError } from '../errors.ts'
import { canonicalForm } from './canonical.ts'
import { type FingerprintAlgorithm, schemaFingerprint } from './fingerprint.ts'
import { parseSchema } from './parse.ts'

// Forms and numbers of apache/avro's share/test/data/schema-tests.txt and of Java's SchemaNormalization.
const cases: readonly (readonly [source: string | object, form: string, crc64: bigint])[] = [
  ['null', '"null"', 7195948357588979594n],
  [{ type: 'boolean' }, '"boolean"', -6970731678124411036n],
  [{ type: 'int', logicalType: 'date', doc: 'x' }, '"int"', 8247732601305521295n],
  ['long', '"long"', -3434872931120570953n],
  ['float', '"float"', 5583340709985441680n],
  ['double', '"double"', -8181574048448539266n],
  ['bytes', '"bytes"', 5746618253357095269n],
  ['string', '"string"', -8142146995180207161n],
  [[], '[]', -1241056759729112623n],
  ['[ "int" , {"type":"boolean"} ]', '["int","boolean"]', 5392556393470105090n],
  [
    { fields: [], type: 'record', name: 'foo', doc: 'd', aliases: ['foo', 'bar'] },
    '{"name":"foo","type":"record","fields":[]}',
    -4824392279771201922n,
  ],
  [
    { type: 'record', name: 'a.b.foo', namespace: 'x.y', fields: [] },
    '{"name":"a.b.foo","type":"record","fields":[]}',
    -4616218487480524110n,
  ],
  [
    {
      type: 'record',
      name: 'foo',
      fields: [
        { type: 'boolean', aliases: [], name: 'f1', default: true },
        { order: 'descending', name: 'f2', doc: 'Hello', type: 'int' },
      ],
    },
    '{"name":"foo","type":"record","fields":[{"name":"f1","type":"boolean"},{"name":"f2","type":"int"}]}',
    -4860222112080293046n,
  ],
  [
    { type: 'enum', name: 'foo', namespace: 'x.y.z', symbols: ['A1', 'A2'] },
    '{"name":"x.y.z.foo","type":"enum","symbols":["A1","A2"]}',
    -4448647247586288245n,
  ],
  [{ name: 'foo', type: 'fixed', size: 15 }, '{"name":"foo","type":"fixed","size":15}', 1756455273707447556n],
  [{ items: { type: 'null' }, type: 'array' }, '{"type":"array","items":"null"}', -589620603366471059n],
  [{ values: 'string', type: 'map' }, '{"type":"map","values":"string"}', -8732877298790414990n],
  [
    { name: 'PigValue', type: 'record', fields: [{ name: 'value', type: ['null', 'int', 'long', 'PigValue'] }] },
    '{"name":"PigValue","type":"record","fields":[{"name":"value","type":["null","int","long","PigValue"]}]}',
    -1759257747318642341n,
  ],
]

describe('canonicalForm', () => {
  it.each(cases)('of %j, and its fingerprint', (source, form, crc64) => {
    const schema = parseSchema(source)
    expect(canonicalForm(schema)).toBe(form)
    expect(schemaFingerprint(schema, 'CRC-64-AVRO').readBigInt64LE()).toBe(crc64)
    expect(canonicalForm(parseSchema(form))).toBe(form)
  })

  it('writes a type out where it is met first, wherever it is defined', () => {
    const inner = { type: 'error', name: 'I', fields: [{ name: 'ä', type: 'F' }] }
    const fields = [
      { name: 'a', type: 'I' },
      { name: 'b', type: inner },
      { name: 'c', type: { type: 'fixed', name: 'F', size: 0 } },
    ]
    expect(canonicalForm(parseSchema({ type: 'record', name: 'n.R', fields }))).toBe(
      '{"name":"n.R","type":"record","fields":[{"name":"a","type":{"name":"n.I","type":"record","fields":[{"name":"ä","type":{"name":"n.F","type":"fixed","size":0}}]}},{"name":"b","type":"n.I"},{"name":"c","type":"n.F"}]}',
    )
  })

  it('takes a chain of names that is longer than the stack of calls is deep', () => {
    const chain = Array.from({ length: 9000 }, (_, at) => ({
      type: 'record',
      name: `R${at}`,
      fields: [{ name: 'a', type: at === 8999 ? 'int' : `R${at + 1}` }],
    }))
    expect(canonicalForm(parseSchema(chain)).match(/"type":"record"/g)).toHaveLength(9000)
  })
})

describe('schemaFingerprint', () => {
  const int = parseSchema('int')
  it('has the bytes of each algorithm', () => {
    expect(schemaFingerprint(int, 'CRC-64-AVRO').toString('hex')).toBe('8f5c393f1ad57572')
    expect(schemaFingerprint(int, 'MD5').toString('hex')).toBe('ef524ea1b91e73173d938ade36c1db32')
    expect(schemaFingerprint(int, 'SHA-256').toString('hex')).toBe('3f2b87a9fe7cc9b13835598c3981cd45e3e355309e5090aa0933d7becb6fba45')
  })

  it('is the same for schemas that differ in what does not matter, and a copy each time', () => {
    const date = parseSchema({ type: 'int', logicalType: 'date' })
    schemaFingerprint(date, 'MD5').fill(0)
    expect(schemaFingerprint(date, 'MD5')).toEqual(schemaFingerprint(int, 'MD5'))
  })

  it.each(['MD4', 'constructor', ''])('knows no algorithm %j', (algorithm) => {
    try {
      schemaFingerprint(int, algorithm as FingerprintAlgorithm)
      expect.unreachable()
    } catch (error) {
      expect(isEvolveError(error) && error.code).toBe('invalid-options')
    }
  })
})
