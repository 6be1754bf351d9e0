import { describe, expect, it } from 'vitest'
import { parseIdl } from './parse-idl.ts'

const times = (count: number, text: (index: number) => string): string => Array.from({ length: count }, (_, index) => text(index)).join('')
const repeat = (count: number, text: string): string => text.repeat(count)

/** A type that needs another, which needs another. */
const onward = `${times(5000, (index) => `record R${index} { R${index + 1} x; }`)}record R5000 { }`

/** Texts that ask for too much, each with what must come of it. */
const hostile: Readonly<Record<string, readonly [text: () => string, code: string]>> = {
  'a text that is too long': [() => repeat(1_048_577, ' '), 'limit-exceeded'],
  'types inside types': [() => `record R { ${repeat(5000, 'array<')}int${repeat(5000, '>')} x; }`, 'limit-exceeded'],
  'lists inside lists': [() => `@a(${repeat(100_000, '[')}1${repeat(100_000, ']')}) record R { }`, 'limit-exceeded'],
  'objects inside objects': [() => `@a(${repeat(5000, '{"a":')}1${repeat(5000, '}')}) record R { }`, 'limit-exceeded'],
  'types of a protocol that refer onward': [() => `protocol P { ${onward} }`, 'limit-exceeded'],
  'too many types': [() => times(10_001, (index) => `enum E${index} { }`), 'limit-exceeded'],
  'a comment that counts for many fields': [
    () => `record R { /** ${repeat(400_000, 'x')} */ int ${times(50_000, (index) => `a${index},`)} z; }`,
    'limit-exceeded',
  ],
  'an annotation that counts for many fields': [
    () => `record R { @a([${repeat(200_000, '1,')}1]) int ${times(50_000, (index) => `a${index},`)} z; }`,
    'limit-exceeded',
  ],
  'a namespace that counts for many fields': [
    () => `@namespace("${repeat(100_000, 'x')}") enum E { } record R { ${times(20_000, (index) => `${'x'} a${index};`)} }`,
    'invalid-schema',
  ],
  'comments that do not end': [() => repeat(300_000, '/* '), 'invalid-schema'],
  'strings that do not end': [() => `@a(${repeat(300_000, '"\\')}`, 'invalid-schema'],
  backticks: [() => `record ${repeat(500_000, '`')}`, 'invalid-schema'],
  'dots and dashes': [() => `record ${repeat(250_000, 'a.-')}`, 'invalid-schema'],
  'stars in a comment': [() => `/** ${repeat(100_000, '\n *')} */ record`, 'invalid-schema'],
  digits: [() => `@a(${repeat(1_000_000, '1')}) record R { }`, 'invalid-schema'],
  'hexadecimal digits': [() => `@a(0x${repeat(1_000_000, 'f')}.) record R { }`, 'invalid-schema'],
  'annotations without a type': [() => repeat(100_000, '@a(1)'), 'invalid-schema'],
}

describe('hostile IDL', () => {
  it.each(Object.entries(hostile))('%s', (_what, [text, code]) => {
    expect(() => parseIdl(text())).toThrow(expect.objectContaining({ code }))
  })

  it('takes types that refer onward, but does not print them inside each other without end', () => {
    const file = parseIdl(onward)
    expect(file.types.size).toBe(5001)
    expect(() => file.json).toThrow('[limit-exceeded]')
  })

  it('takes many fields, symbols and errors in a time that grows with their number', () => {
    const enums = `enum E { ${times(50_000, (index) => `S${index},`)} Z }`
    const record = `record R { ${times(20_000, (index) => `E? a${index} = null;`)} }`
    expect(parseIdl(enums + record).types.get('R')).toMatchObject({ kind: 'record' })
  })

  it('says of each of many comments where it stands, in a time that grows with their number', () => {
    const { warnings } = parseIdl(`protocol P {\r\n${repeat(50_000, '/** a */\n')}/** b */ /** c */ record R { } }`)
    expect(warnings).toHaveLength(50_001)
    expect(warnings[0]).toMatch('at line 2, column 1')
    expect(warnings.at(-1)).toMatch('at line 50002, column 1')
  })

  it('has names of Object.prototype as names of everything', () => {
    const names = ['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'valueOf', 'prototype']
    const before = names.map((name) => Object.getOwnPropertyDescriptor(Object.prototype, name))
    for (const name of names) {
      const file = parseIdl(
        `protocol P { @${name}({"${name}": {"polluted": true}}) record ${name} { @${name}("x") int ${name} = 1; } enum E { ${name} } void ${name}(${name} ${name} = {"${name}": 2}); }`,
      )
      expect(file.types.get(name)?.name).toBe(name)
      expect(file.protocol?.messages[name]?.name).toBe(name)
      expect(file.json).toContain(`"${name}":{"${name}":{"polluted":true}}`)
    }
    expect(names.map((name) => Object.getOwnPropertyDescriptor(Object.prototype, name))).toEqual(before)
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined()
  })
})
