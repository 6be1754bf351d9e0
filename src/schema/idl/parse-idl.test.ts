import { describe, expect, it } from 'vitest'
import { parseExactJson } from '../json.ts'
import { parseSchema, schemaText } from '../parse.ts'
import { caseNames, caseText, resolveCase } from './idl-files.test-support.ts'
import { parseIdl } from './parse-idl.ts'

describe('IDL as Java 1.12.1 reads it', () => {
  it.each(caseNames)('%s', (name) => {
    const file = parseIdl(caseText(`${name}.avdl`), { path: `${name}.avdl`, resolveImport: resolveCase })
    expect(parseExactJson(file.json)).toEqual(parseExactJson(caseText(`${name}.json`)))
  })

  it.each(caseNames)('%s: the text of each type is that type, complete in itself', (name) => {
    const file = parseIdl(caseText(`${name}.avdl`), { path: `${name}.avdl`, resolveImport: resolveCase })
    for (const [full, type] of file.types) {
      expect(type.name).toBe(full)
      expect(parseSchema(schemaText(type) as string)).toEqual(type)
    }
  })
})

describe('what a file states', () => {
  it('has a main schema, whose types are those of the table', () => {
    const file = parseIdl('namespace shop; schema array<Order>; record Order { Status status = "open"; Order? next; } enum Status { open }')
    expect([...file.types.keys()]).toEqual(['shop.Order', 'shop.Status'])
    expect(file.main).toMatchObject({ kind: 'array' })
    expect(file.main?.kind === 'array' && file.main.items === file.types.get('shop.Order')).toBe(true)
    expect(file.protocol).toBeUndefined()
    expect(file.main && schemaText(file.main)).toBe(file.json)
  })

  it('has a protocol', () => {
    const file = parseIdl(
      '@namespace("shop") protocol Shop { error Sold { string what; } int buy(string what) throws Sold; void go() oneway; }',
    )
    expect(file.main).toBeUndefined()
    expect(file.protocol).toMatchObject({ name: 'shop.Shop', messages: { buy: { oneWay: false }, go: { oneWay: true } } })
    expect(file.types.get('shop.Sold')).toBe(file.protocol?.types['shop.Sold'])
  })

  it('has types alone, and may have nothing at all', () => {
    const file = parseIdl('record A { int x; } enum E { S }')
    expect(JSON.parse(file.json)).toHaveLength(2)
    expect(file.main).toBeUndefined()
    expect(parseIdl('// nothing').json).toBe('[]')
  })

  it('tells documentation that is lost', () => {
    const { warnings } = parseIdl('/** kept */ record A { int x; /** lost */ }', { path: 'a.avdl' })
    expect(warnings).toEqual(['documentation that belongs to nothing is dropped, at line 1, column 31 of a.avdl'])
  })

  it('takes an empty comment for what it is', () => {
    expect(JSON.parse(parseIdl('record A { /**/ int x; /* b */ int y; }').json)).toMatchObject([{ fields: [{ name: 'x' }, { name: 'y' }] }])
  })

  it('keeps an alias without a namespace apart from one in the namespace', () => {
    const file = parseIdl('namespace n; @aliases([".Old", "Older", "m.Oldest"]) enum E { A }')
    expect(file.types.get('n.E')?.aliases).toEqual(['Old', 'n.Older', 'm.Oldest'])
    expect(JSON.parse(file.json)).toMatchObject([{ aliases: ['.Old', 'Older', 'm.Oldest'] }])
  })

  it('reads annotations of a message whose type is a reference', () => {
    const file = parseIdl('protocol P { record R { } @since("2") R get(); }')
    expect(JSON.parse(file.json)).toMatchObject({ messages: { get: { since: '2', response: 'R' } } })
  })

  it('takes letters of any script in names', () => {
    expect(parseIdl('namespace läden; record Größe { int größe; } enum Ёлка { да }').types.get('läden.Größe')).toMatchObject({
      fields: [{ name: 'größe' }],
    })
  })

  it('reads a comment at the end that no line break ends', () => {
    expect(parseIdl('schema int; // the end').json).toBe('"int"')
  })

  it('keeps integers of 64 bits, and prints floating-point numbers and control characters as Java does', () => {
    const file = parseIdl(
      '@big(9007199254740993) @a([1e16, 1.0, 100f, -0.0, 0d, 1e-3, 5e-4, 12345678.5, NaN]) @c("\\37\\\\u001f") record R { long x = 9223372036854775807; }',
    )
    expect(file.json).toContain(
      '"big":9007199254740993,"a":[1.0E16,1.0,100.0,-0.0,0.0,0.001,5.0E-4,1.23456785E7,"NaN"],"c":"\\u001F\\\\u001f"',
    )
    expect(file.json).toContain('"default":9223372036854775807')
  })
})

it('makes the same text of a protocol as Java, and so the same hash', () => {
  const { protocol } = parseIdl(
    '/** Says hello. */ @namespace("org.x") protocol Hello { record Who { string name; double d = 1.0; } string greet(Who who); }',
  )
  // What `Protocol.getMD5` of avro 1.12.1 gives for it.
  expect(protocol?.md5).toBe('8be619c9a0031c7979d9857bb3914b97')
})
