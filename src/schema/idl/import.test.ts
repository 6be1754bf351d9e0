import { describe, expect, it } from 'vitest'
import { resolveFrom } from './idl-files.test-support.ts'
import type { ResolveImport } from './import.ts'
import { type IdlFile, parseIdl } from './parse-idl.ts'

const read = (texts: Record<string, string>): IdlFile => parseIdl(texts['main'] ?? '', { path: 'main', resolveImport: resolveFrom(texts) })

describe('imports', () => {
  it('are refused where nothing resolves them', () => {
    expect(() => parseIdl('import idl "a.avdl";')).toThrow('"a.avdl" and nothing to resolve it, at line 1, column 12')
  })

  it('ask once for each text, and say who asks', () => {
    const asked: unknown[] = []
    const texts: Record<string, string> = {
      a: 'import idl "b"; import schema "c";',
      b: 'import idl "a"; record B { C c; }',
      c: '{"type":"enum","name":"C","symbols":["x"]}',
    }
    const resolveImport: ResolveImport = (kind, name, from) => {
      asked.push([kind, name, from])
      return { text: texts[name] as string, path: name }
    }
    const file = parseIdl('import idl "a"; import idl "b"; record A { B b; }', { resolveImport })
    expect([...file.types.keys()]).toEqual(['B', 'C', 'A'])
    expect(asked).toEqual([
      ['idl', 'a', undefined],
      ['idl', 'b', 'a'],
      ['idl', 'a', 'b'],
      ['schema', 'c', 'a'],
      ['idl', 'b', undefined],
    ])
  })

  it('take a plain string as a text', () => {
    const file = parseIdl('import schema "x"; record A { X x; }', { resolveImport: () => '{"type":"enum","name":"X","symbols":[]}' })
    expect(file.types.size).toBe(2)
  })

  it('end where a text imports itself', () => {
    expect(read({ main: 'import idl "main"; record A { }' }).types.size).toBe(1)
    const endless: ResolveImport = (_kind, name) => ({ text: `import idl "${name}x";`, path: name })
    expect(() => parseIdl('import idl "a";', { resolveImport: endless })).toThrow('[limit-exceeded] imports are nested more than 20 deep')
    const wide: ResolveImport = (_kind, name) => ({ text: '', path: name })
    const many = Array.from({ length: 1001 }, (_, index) => `import idl "${index}";`).join('')
    expect(() => parseIdl(many, { resolveImport: wide })).toThrow('[limit-exceeded] more than 1000 imports')
  })

  it('let types be used before they are defined, across texts', () => {
    const file = read({
      main: 'namespace n; record A { B b; } import idl "b"; import schema "c"; import protocol "p";',
      b: 'namespace n; record B { C c; p.T? t; }',
      c: '{"type":"record","name":"C","namespace":"n","fields":[{"name":"a","type":["null","A"]}]}',
      p: '{"protocol":"P","namespace":"p","types":[{"type":"record","name":"T","fields":[{"name":"a","type":"n.A"}]}]}',
    })
    expect([...file.types.keys()]).toEqual(['n.A', 'n.B', 'n.C', 'p.T'])
  })

  it('bring the messages of a protocol into a protocol', () => {
    const texts = {
      main: '@namespace("n") protocol P { import idl "q"; import protocol "r"; int own(); }',
      q: '@namespace("q") protocol Q { error E { } void fromIdl(int a) throws E; }',
      r: '{"protocol":"R","messages":{"fromJson":{"request":[],"response":"null","one-way":true}}}',
    }
    expect(Object.keys(read(texts).protocol?.messages ?? {})).toEqual(['fromIdl', 'fromJson', 'own'])
  })

  it.each<[string, Record<string, string>, string]>([
    ['name the file of an error', { main: 'import idl "a";', a: '\nrecord A { int x }' }, 'at line 2, column 18 of a'],
    ['name a file that is missing', { main: 'import idl "a";' }, 'the import of "a" from main failed'],
    ['name a file that is no JSON', { main: 'import schema "a";', a: '{' }, 'a is not JSON'],
    [
      'name a type that is missing',
      { main: 'import schema "a";', a: '{"type":"array","items":{"type":"record","name":"R","fields":[{"name":"x","type":"Y"}]}}' },
      'the type Y is not defined, in a',
    ],
    [
      'name both definitions',
      { main: 'record A { }\nimport schema "a";', a: '{"type":"enum","name":"A","symbols":[]}' },
      'A is defined twice and differently, at line 1, column 8 of main and in a',
    ],
    ['name what is no schema', { main: 'import schema "a";', a: '{"type":"record","name":"A"}' }, 'in a'],
    ['name what is no protocol', { main: 'import protocol "a";', a: '[]' }, 'the protocol is not an object, in a'],
    ['need a string', { main: 'import idl a;' }, 'expected the name of what is imported'],
    ['need a kind', { main: 'import "a";' }, 'expected idl, protocol or schema'],
  ])('%s', (_what, texts, says) => {
    expect(() => read(texts)).toThrow(says)
    expect(() => read(texts)).toThrow('[invalid-schema]')
  })

  it('want a text at once', () => {
    const late = (() => Promise.resolve('record A { }')) as unknown as ResolveImport
    expect(() => parseIdl('import idl "a";', { resolveImport: late })).toThrow('[invalid-options] resolveImport gave no text for "a"')
  })

  it('take schemas inside types only as deep as types go', () => {
    const deep = `${'{"type":"array","items":'.repeat(5000)}"int"${'}'.repeat(5000)}`
    expect(() => read({ main: 'import schema "a";', a: deep })).toThrow('[limit-exceeded]')
    const value = `{"type":"record","name":"R","fields":[],"x":${'['.repeat(5000)}${']'.repeat(5000)}}`
    expect(() => read({ main: 'import schema "a";', a: value })).toThrow('[limit-exceeded]')
  })
})
