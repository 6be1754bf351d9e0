import { describe, expect, it } from 'vitest'
import { cpuTime } from '../cpu-time.test-support.ts'
import type { SchemaText } from '../schema/text.ts'
import { schemaKey } from './schema-key.ts'

const avro = (text: string): SchemaText => ({ format: 'AVRO', text })
const reference = { name: 'X', subject: 's', version: 1 }

describe('schemaKey', () => {
  it.each<[string, SchemaText, SchemaText]>([
    ['white space between tokens', avro('{"a": [1,\t2\r\n] }'), avro('{"a":[1,2]}')],
    ['an empty list of references', avro('"int"'), { ...avro('"int"'), references: [] }],
    [
      'members of a reference that do not belong there',
      { ...avro('"X"'), references: [{ ...reference, x: 1 } as typeof reference] },
      { ...avro('"X"'), references: [reference] },
    ],
  ])('takes %s for no difference', (_name, a, b) => {
    expect(schemaKey(a)).toBe(schemaKey(b))
  })

  it.each<[string, SchemaText, SchemaText]>([
    ['white space in a string', avro('{"a":"x y"}'), avro('{"a":"xy"}')],
    ['white space behind an escaped quote', avro('{"a":"\\" b"}'), avro('{"a":"\\"b"}')],
    ['white space behind an escaped backslash', avro('{"a":"\\\\" ,"b":" "}'), avro('{"a":"\\\\","b":""}')],
    ['the order of keys', avro('{"a":1,"b":2}'), avro('{"b":2,"a":1}')],
    ['the order of numeric keys', avro('{"2":1,"1":2}'), avro('{"1":2,"2":1}')],
    ['a number beyond 2^53', avro('{"a":9007199254740992}'), avro('{"a":9007199254740993}')],
    ['an escape', avro('"a"'), avro('"\\u0061"')],
    ['lone surrogates', avro('"\ud800"'), avro('"\ud801"')],
    ['the format', avro('{}'), { format: 'JSON', text: '{}' }],
    ['a reference', avro('"X"'), { ...avro('"X"'), references: [reference] }],
    [
      'the version of a reference',
      { ...avro('"X"'), references: [reference] },
      { ...avro('"X"'), references: [{ ...reference, version: 2 }] },
    ],
    ['white space in a .proto', { format: 'PROTOBUF', text: 'message A {}' }, { format: 'PROTOBUF', text: 'message A{}' }],
  ])('takes %s for a difference', (_name, a, b) => {
    expect(schemaKey(a)).not.toBe(schemaKey(b))
  })

  it('takes no longer for a text that is made to be slow', () => {
    const used = cpuTime()
    schemaKey(avro('"\\"'.repeat(300_000)))
    schemaKey(avro(' '.repeat(1_000_000)))
    expect(used()).toBeLessThan(2_000)
  })
})
