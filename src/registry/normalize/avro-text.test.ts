import { describe, expect, it } from 'vitest'
import { cpuTime } from '../../cpu-time.test-support.ts'
import { canonicalForm } from '../../schema/canonical.ts'
import { parseSchema } from '../../schema/parse.ts'
import { expectCode } from '../registry-cases.test-support.ts'
import { normalAvroText } from './avro-text.ts'

const q = '{"type":"record","name":"Q","fields":[{"name":"s","type":{"type":"enum","name":"S","symbols":["A"]}}]}'

type Case = [what: string, text: string, normal: string, references?: readonly string[]]

/** What Confluent's `AvroSchema.normalize` makes of each, with Avro 1.12.1. */
const cases: readonly Case[] = [
  ['a bare name', ' "int" ', '"int"'],
  ['a primitive as an object', '{ "type": "string" }', '"string"'],
  ['a union', '[ "null" , {"type":"string"} ]', '["null","string"]'],
  ['an array', '{"items":"int","b":2,"type":"array","a":1}', '{"type":"array","items":"int","a":1,"b":2}'],
  ['a map', '{"values":["null","int"],"type":"map","default":{}}', '{"type":"map","values":["null","int"],"default":{}}'],
  [
    'properties of a primitive',
    '{"type":"string","b":1,"avro.java.string":"String","a":{"z":1,"a":[1.50,2e10,{"y":1,"x":null}]}}',
    '{"type":"string","a":{"a":[1.5,2.0E10,{"x":null,"y":1}],"z":1},"avro.java.string":"String","b":1}',
  ],
  [
    'order, namespace and defaults of fields',
    '{"fields":[{"default":1,"type":"double","name":"a","order":"ascending","aliases":["z","b","z"],"doc":""},{"type":["double","null"],"name":"b","default":1e2},{"name":"c","type":"long","default":9007199254740993},{"order":"IGNORE","name":"d","type":"int","default":3,"zz":1,"logicalType":"x","aa":2}],"name":"R","namespace":"x.y","type":"record","doc":"","aliases":["Q","x.y.P","z.O"]}',
    '{"type":"record","name":"R","namespace":"x.y","fields":[{"name":"a","type":"double","doc":"","default":1.0,"aliases":["b","z"]},{"name":"b","type":["double","null"],"default":100.0},{"name":"c","type":"long","default":9007199254740993},{"name":"d","type":"int","default":3,"order":"ignore","aa":2,"logicalType":"x","zz":1}],"aliases":["P","Q","z.O"]}',
  ],
  [
    'named types, again by name',
    '{"type":"record","name":"x.R","fields":[{"name":"a","type":{"type":"enum","name":"E","symbols":["A","B"],"default":"A","doc":"hi"}},{"name":"b","type":"x.E"},{"name":"c","type":{"name":"o.F","size":3,"type":"fixed"}},{"name":"d","type":"o.F"}]}',
    '{"type":"record","name":"R","namespace":"x","fields":[{"name":"a","type":{"type":"enum","name":"E","doc":"hi","symbols":["A","B"],"default":"A"}},{"name":"b","type":"E"},{"name":"c","type":{"type":"fixed","name":"F","namespace":"o","size":3}},{"name":"d","type":"o.F"}]}',
  ],
  [
    'a name that is used before it is defined',
    '{"type":"record","name":"A","fields":[{"name":"x","type":"N"},{"name":"y","type":{"type":"enum","name":"N","symbols":["A"]}}]}',
    '{"type":"record","name":"A","fields":[{"name":"x","type":{"type":"enum","name":"N","symbols":["A"]}},{"name":"y","type":"N"}]}',
  ],
  [
    'a schema that holds itself',
    '{"type":"record","namespace":"n","name":"L","fields":[{"name":"next","type":["null","n.L"],"default":null}]}',
    '{"type":"record","name":"L","namespace":"n","fields":[{"name":"next","type":["null","L"],"default":null}]}',
  ],
  [
    'decimals',
    '[{"scale":2,"x":1,"logicalType":"decimal","precision":9,"type":"bytes"},{"type":"fixed","name":"F","size":9,"a":1,"scale":0,"logicalType":"decimal","precision":4}]',
    '[{"type":"bytes","logicalType":"decimal","precision":9,"scale":2,"x":1},{"type":"fixed","name":"F","size":9,"logicalType":"decimal","precision":4,"a":1,"scale":0}]',
  ],
  [
    'logical types that count, and that do not',
    '[{"a":1,"logicalType":"date","type":"int"},{"a":1,"logicalType":"date","type":"long"},{"a":1,"logicalType":"big-decimal","type":"bytes"}]',
    '[{"type":"int","logicalType":"date","a":1},{"type":"long","a":1,"logicalType":"date"},{"type":"bytes","logicalType":"big-decimal","a":1}]',
  ],
  [
    'a logical type beside a class of Java',
    '{"type":"string","logicalType":"uuid","java-class":"x.Y"}',
    '{"type":"string","java-class":"x.Y","logicalType":"uuid"}',
  ],
  ['an error', '{"type":"error","name":"E","fields":[]}', '{"type":"record","name":"E","fields":[]}'],
  [
    'defaults of records, maps and lists',
    '{"type":"record","name":"A","fields":[{"name":"r","type":{"type":"record","name":"B","fields":[{"name":"x","type":"int"},{"name":"y","type":"float"}]},"default":{"y":1,"x":2}},{"name":"m","type":{"type":"map","values":"double"},"default":{"z":1,"a":2}},{"name":"l","type":{"type":"array","items":"float"},"default":[1,0.1]}]}',
    '{"type":"record","name":"A","fields":[{"name":"r","type":{"type":"record","name":"B","fields":[{"name":"x","type":"int"},{"name":"y","type":"float"}]},"default":{"x":2,"y":1.0}},{"name":"m","type":{"type":"map","values":"double"},"default":{"a":2.0,"z":1.0}},{"name":"l","type":{"type":"array","items":"float"},"default":[1.0,0.1]}]}',
  ],
  [
    'escapes',
    String.raw`{"type":"record","name":"A","fields":[{"name":"t","type":"string","default":"\u00e9\u2028\/<\u000b\ud83d\ude00\t\\u001f"}]}`,
    '{"type":"record","name":"A","fields":[{"name":"t","type":"string","default":"é\u2028/<\\u000B😀\\t\\\\u001f"}]}',
  ],
  [
    'a reference',
    '{"type":"record","name":"n.R","fields":[{"type":"Q","name":"a"}]}',
    '{"type":"record","name":"R","namespace":"n","fields":[{"name":"a","type":"Q"}]}',
    [q],
  ],
]

/** Where Confluent's registry would change what a schema means, or refuses it. */
const onPurpose: readonly Case[] = [
  [
    'a type without a namespace inside one: it would get that one',
    '{"type":"record","name":"x.R","fields":[{"name":"e","type":{"type":"fixed","name":"G","namespace":"","size":3}},{"name":"f","type":"G"}]}',
    '{"type":"record","name":"R","namespace":"x","fields":[{"name":"e","type":{"type":"fixed","name":"G","namespace":"","size":3}},{"name":"f","type":"G"}]}',
  ],
  [
    'an alias without a namespace on a type with one: it would get that one',
    '{"type":"fixed","name":"x.F","size":1,"aliases":[".G"]}',
    '{"type":"fixed","name":"F","namespace":"x","size":1,"aliases":[".G"]}',
  ],
  [
    'a name without a namespace that the namespace has too',
    '[{"type":"fixed","name":"G","size":1},{"type":"record","name":"x.R","fields":[{"name":"a","type":{"type":"fixed","name":"G","size":2}},{"name":"b","type":".G"}]}]',
    '[{"type":"fixed","name":"G","size":1},{"type":"record","name":"R","namespace":"x","fields":[{"name":"a","type":{"type":"fixed","name":"G","size":2}},{"name":"b","type":".G"}]}]',
  ],
  [
    'the default of another branch than the first, and of a double beyond 2^63: they would be dropped',
    '{"type":"record","name":"A","fields":[{"name":"a","type":["null","double"],"default":1},{"name":"b","type":"double","default":123456789012345680000}]}',
    '{"type":"record","name":"A","fields":[{"name":"a","type":["null","double"],"default":1.0},{"name":"b","type":"double","default":1.2345678901234568E20}]}',
  ],
  [
    'numbers of more digits than a double has',
    '{"type":"int","a":100000000000000000000000,"b":1.00000000000000000000001,"c":-0,"d":1E400}',
    '{"type":"int","a":100000000000000000000000,"b":1.00000000000000000000001,"c":0,"d":1.0E400}',
  ],
  ['a type in a type', '{"type":{"type":"string"}}', '"string"'],
  ['what a referred schema defines inside: named, not written again', '["null","S"]', '["null","S"]', [q]],
]

describe('the normal text of an Avro schema', () => {
  it.each<Case>([...cases, ...onPurpose])('%s', (_what, text, normal, references = []) => {
    expect(normalAvroText(text, references)).toBe(normal)
    expect(normalAvroText(normal, references)).toBe(normal)
    const [was, is] = [text, normal].map((one) => canonicalForm(parseSchema(one, { references })))
    expect(is).toBe(was)
  })

  it('is one for every order of attributes, and every spelling of white space and escapes', () => {
    let state = 1
    const below = (limit: number): number => {
      state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0
      return Math.floor((state / 2 ** 32) * limit)
    }
    const shuffled = (value: unknown): unknown => {
      if (Array.isArray(value)) return value.map(shuffled)
      if (typeof value !== 'object' || value === null) return value
      const entries = Object.entries(value).map(([name, part]): [string, unknown] => [name, shuffled(part)])
      for (let at = entries.length - 1; at > 0; at -= 1) {
        const other = below(at + 1)
        ;[entries[at], entries[other]] = [entries[other] ?? ['', null], entries[at] ?? ['', null]]
      }
      return Object.fromEntries(entries)
    }
    const safe = cases.filter(([, text]) => !/\d{16}|[.e]\d|\d e/i.test(text))
    expect(safe.length).toBeGreaterThan(8)
    for (const [, text, normal, references = []] of safe) {
      for (let round = 0; round < 20; round += 1) {
        const other = JSON.stringify(shuffled(JSON.parse(text)), null, below(4)).replace(/[^ -~]/g, (char) => {
          const code = char.charCodeAt(0)
          return code < 32 ? char : `\\u${code.toString(16).padStart(4, '0')}`
        })
        expect(normalAvroText(other, references)).toBe(normal)
      }
    }
  })

  it('is bounded: by depth, and in time', async () => {
    const deep = (depth: number): string => `${'['.repeat(depth)}1${']'.repeat(depth)}`
    const code = (text: string) =>
      expectCode(
        Promise.resolve().then(() => normalAvroText(text, [])),
        'limit-exceeded',
      )
    await code(`{"type":"int","a":${deep(501)}}`)
    expect(normalAvroText(`{"type":"int","a":${deep(300)}}`, [])).toContain('[[[')
    // Each is defined in the field before the one that uses it, so that each is nested in the one before.
    const chain = Array.from({ length: 150 }, (_, at) => ({
      name: `f${at}`,
      type: { type: 'record', name: `N${149 - at}`, fields: at === 0 ? [] : [{ name: 'x', type: `N${150 - at}` }] },
    }))
    await code(JSON.stringify({ type: 'record', name: 'R', fields: [{ name: 'first', type: 'N0' }, ...chain] }))
    const zeros = `{"type":"int","a":0.${'0'.repeat(500_000)}1${'0'.repeat(400_000)}}`
    const used = cpuTime()
    expect(normalAvroText(zeros, [])).toBe('{"type":"int","a":1.0E-500001}')
    expect(used()).toBeLessThan(5_000)
  })
})
