import { describe, expect, it } from 'vitest'
import { isEvolveError } from '../errors.ts'
import { parseExactJson, stringifyExactJson } from './json.ts'
import { type ParseOptions, parseSchema, schemaText } from './parse.ts'
import type { RecordSchema } from './types.ts'

function codeOf(action: () => unknown): string {
  try {
    action()
  } catch (error) {
    if (isEvolveError(error)) return error.code
    throw error
  }
  return 'no error'
}

const record = (name: string, ...fields: object[]): object => ({ type: 'record', name, fields })
const parse = (source: string | object, options?: ParseOptions): string => codeOf(() => parseSchema(source, options))
const containing = (): Record<string, unknown> => {
  const itself: Record<string, unknown> = {}
  itself['n'] = itself
  return itself
}
/** Anonymous types of which each holds the next one twice. */
function doubling(levels: number): unknown {
  let type: unknown = 'int'
  for (let level = 0; level < levels; level++)
    type = [
      { type: 'array', items: type },
      { type: 'map', values: type },
    ]
  return type
}

describe('schema text that takes long to look at', () => {
  const texts: readonly (readonly [string, string])[] = [
    ['digits without end, with a point', `{"type":"int","x":${'1'.repeat(900_000)}.5}`],
    ['quotes behind backslashes', `1234567890123456 "${'\\"'.repeat(400_000)}`],
    ['a string without an end', `1234567890123456 "${'a'.repeat(900_000)}`],
    ['brackets, and a long integer', `${'['.repeat(500_000)}1234567890123456`],
    ['brackets alone', '['.repeat(1_000_000)],
    ['objects inside each other', '{"type":'.repeat(100_000)],
  ]
  for (const [name, text] of texts) it(name, () => expect(['no error', 'invalid-schema', 'limit-exceeded']).toContain(parse(text)))

  it('an integer beyond 2^53 where a name belongs', () => {
    expect(parse('{"type":"record","name":"R","fields":[{"name":12345678901234567890,"type":"int"}]}')).toBe('invalid-schema')
  })

  it('enums of very many symbols, and names that stand there twice', () => {
    const symbols = Array.from({ length: 90_000 }, (_, index) => `s${index.toString(36)}`)
    expect(parse({ type: 'enum', name: 'E', symbols })).toBe('no error')
    expect(parse({ type: 'enum', name: 'E', symbols: [...symbols, 's0'] })).toBe('invalid-schema')
  })

  it('unions inside unions under a default that fits none of them', () => {
    const inner = record('B', { name: 'n', type: ['A', 'B', 'null'] })
    const json = `${'{"n":'.repeat(60)}"bad"${'}'.repeat(60)}`
    const field = { name: 'n', type: ['null', 'int', inner, 'A'], default: JSON.parse(json) as unknown }
    expect(parse(record('A', field))).toBe('invalid-schema')
    expect(parse(record('A', field), { invalidDefaults: 'drop' })).toBe('no error')
  })

  it('defaults that count on each other in a long chain', () => {
    const names = Array.from({ length: 2000 }, (_, index) => `R${index}`)
    const fields = names.map((name, index) => ({
      name: `f${index}`,
      type: record(name, { name: 'a', type: index === 0 ? 'int' : `R${index - 1}`, default: index === 0 ? 'bad' : {} }),
      default: {},
    }))
    expect(parse(record('Root', ...fields), { invalidDefaults: 'drop' })).toBe('no error')
  })
})

describe('defaults without end', () => {
  const itself = record('R', { name: 'next', type: 'R', default: {} })
  const around = record('A', { name: 'b', type: record('B', { name: 'a', type: 'A', default: {} }), default: {} })
  const wide =
    '{"type":"record","name":"R","fields":[{"name":"a","type":{"type":"array","items":"R"}},{"name":"b","type":["null","R"],"default":'
  it('a record that is its own default', () => expect(parse(itself)).toBe('invalid-schema'))
  it('two records that are in the default of each other', () => expect(parse(around)).toBe('invalid-schema'))
  it('are dropped where defaults may be', () => {
    const schema = parseSchema(itself, { invalidDefaults: 'drop' }) as RecordSchema
    expect(schema.fields[0]).not.toHaveProperty('default')
  })
  it('more levels than types may have', () => {
    const deep = (levels: number): string => `${'{"a":['.repeat(levels)}${']}'.repeat(levels)}`
    expect(parse(`${wide}null}]}`)).toBe('no error')
    expect(parse(`${wide}${deep(20_000)}}]}`)).toBe('invalid-schema')
  })
  it('a default that fits, with one in it that does not', () => {
    const inner = record('B', { name: 'r', type: 'R' })
    const outer = { name: 'a', type: ['null', inner], default: { r: { a: null } } }
    expect(parse(record('R', outer, { name: 'b', type: { type: 'array', items: 'int' }, default: 5 }))).toBe('invalid-schema')
  })
})

describe('schema objects', () => {
  const cyclicItems: Record<string, unknown> = { type: 'array' }
  cyclicItems['items'] = cyclicItems
  const { proxy, revoke } = Proxy.revocable({}, {})
  revoke()
  const cases: readonly (readonly [string, unknown, string])[] = [
    ['a type that contains itself', cyclicItems, 'limit-exceeded'],
    ['a doc that contains itself', { type: 'int', doc: containing() }, 'limit-exceeded'],
    ['a default that contains itself', record('R', { name: 'n', type: 'R', default: containing() }), 'limit-exceeded'],
    ['one object at very many places', doubling(40), 'limit-exceeded'],
    [
      'a getter that throws',
      {
        get type(): string {
          throw new TypeError('mine')
        },
      },
      'invalid-schema',
    ],
    ['a proxy that throws', proxy, 'invalid-schema'],
    ['a bigint', record('R', { name: 'a', type: 'long', default: 5n }), 'invalid-schema'],
    ['nothing', null, 'invalid-schema'],
    ['undefined', undefined, 'invalid-schema'],
    ['a number', 5, 'invalid-schema'],
    ['a function', () => 'int', 'invalid-schema'],
    ['a symbol', Symbol('int'), 'invalid-schema'],
    ['an empty text', '', 'invalid-schema'],
    ['an empty list', [], 'no error'],
  ]
  for (const [name, source, code] of cases) it(`${name}: ${code}`, () => expect(parse(source as string)).toBe(code))

  it('are looked at once: their text says what was parsed', () => {
    let looks = 0
    const source = {
      get type(): string {
        return ['int', 'string', 'long'][looks++] as string
      },
    }
    const schema = parseSchema(source)
    expect([schema.kind, schemaText(schema), looks]).toEqual(['int', '{"type":"int"}', 1])
  })

  it('with a key __proto__ change no prototype', () => {
    const schema = parseSchema(JSON.parse('{"type":"int","__proto__":{"polluted":1}}') as object)
    expect(schemaText(schema)).toBe('{"type":"int","__proto__":{"polluted":1}}')
    expect({}).not.toHaveProperty('polluted')
  })
})

describe('exact JSON', () => {
  const texts = [
    '{"a":12345678901234567890,"b":-9223372036854775808}',
    '[0.12345678901234567890,1e5,1234567890123.5,1234567890123456]',
    '["\\u0000integer:5","\\u0000","\\u0000\\u0000x",12345678901234567890]',
    '{"\\u0000integer:7":"12345678901234567890","\\"12345678901234567890":12345678901234567890}',
  ]
  for (const text of texts) {
    it(`gives back ${text}`, () => {
      const value = parseExactJson(text)
      expect(parseExactJson(stringifyExactJson(value))).toEqual(value)
      expect(JSON.parse(stringifyExactJson(value))).toEqual(JSON.parse(text))
    })
  }
  it('tells integers from text that looks like a mark', () => {
    expect(parseExactJson('["\\u0000integer:5",12345678901234567890]')).toEqual(['\u0000integer:5', 12345678901234567890n])
  })
})
