import { describe, expect, it } from 'vitest'
import { genPair } from '../../../codec/avro/laws/evolution.test-support.ts'
import { schemaJson } from '../../../codec/avro/laws/model.test-support.ts'
import { Random } from '../../../codec/avro/laws/random.test-support.ts'
import { levelCases } from '../../../registry/compatibility/level-cases.test-support.ts'
import { checkSchemas } from '../../../resolution/compatibility.ts'
import { parseSchema } from '../../../schema/parse.ts'
import type { Schema } from '../../../schema/types.ts'
import { diffSchemas } from './diff-schemas.ts'

const schema = (json: object | string): Schema => parseSchema(json)
const record = (...fields: readonly object[]): object => ({ type: 'record', name: 'R', fields })

/** `kind path, does it break for new readers / for old readers` of each change. */
const told = (old: object | string, next: object | string): string[] =>
  diffSchemas(schema(old), schema(next)).map(
    ({ kind, path, newReaders, oldReaders }) => `${kind} ${path} ${newReaders.ok ? 'ok' : 'breaks'}/${oldReaders.ok ? 'ok' : 'breaks'}`,
  )

const e = (symbols: readonly string[], more: object = {}): object => ({ type: 'enum', name: 'E', symbols, ...more })
const cases: readonly (readonly [string, object | string, object | string, readonly string[]])[] = [
  ['the same', record({ name: 'a', type: 'int' }), record({ name: 'a', type: 'int' }), []],
  ['white space and unknown attributes', '{"type":"int"}', '{ "type": "int", "x": 1 }', []],
  ['a field more', record(), record({ name: 'a', type: 'int' }), ['field-added R.a breaks/ok']],
  ['a field with a default more', record(), record({ name: 'a', type: 'int', default: 1 }), ['field-added R.a ok/ok']],
  ['a field less', record({ name: 'a', type: 'int' }), record(), ['field-removed R.a ok/breaks']],
  ['a rename', record({ name: 'a', type: 'int' }), record({ name: 'b', type: 'int', aliases: ['a'] }), ['field-renamed R.b ok/breaks']],
  [
    'what is in a field that was renamed',
    record({ name: 'a', type: { type: 'array', items: 'int' }, default: [] }),
    record({ name: 'b', type: { type: 'array', items: 'long' }, default: [], aliases: ['a'] }),
    ['field-renamed R.b ok/ok', 'type-changed R.b[] ok/ok'],
  ],
  ['a promotion', record({ name: 'a', type: 'int' }), record({ name: 'a', type: 'long' }), ['type-changed R.a ok/breaks']],
  [
    'another default',
    record({ name: 'a', type: 'int', default: 1 }),
    record({ name: 'a', type: 'int', default: 2 }),
    ['default-changed R.a ok/ok'],
  ],
  ['a default less', record({ name: 'a', type: 'int', default: 1 }), record({ name: 'a', type: 'int' }), ['default-removed R.a ok/ok']],
  ['documentation', record({ name: 'a', type: 'int' }), record({ name: 'a', type: 'int', doc: 'A.' }), ['doc-changed R.a ok/ok']],
  ['an alias more', record({ name: 'a', type: 'int' }), record({ name: 'a', type: 'int', aliases: ['b'] }), ['aliases-changed R.a ok/ok']],
  [
    'another order',
    record({ name: 'a', type: 'int' }, { name: 'b', type: 'int' }),
    record({ name: 'b', type: 'int' }, { name: 'a', type: 'int' }),
    ['fields-reordered R ok/ok'],
  ],
  ['symbols', e(['a', 'b']), e(['c', 'b']), ['symbols-added E ok/breaks', 'symbols-removed E breaks/ok']],
  [
    'symbols with a default',
    e(['a', 'b'], { default: 'b' }),
    e(['c', 'b'], { default: 'b' }),
    ['symbols-added E ok/ok', 'symbols-removed E ok/ok'],
  ],
  ['the order of symbols', e(['a', 'b']), e(['b', 'a']), ['symbols-reordered E ok/ok']],
  ['a default of an enum', e(['a']), e(['a'], { default: 'a' }), ['default-added E ok/ok']],
  [
    'a branch more',
    record({ name: 'a', type: ['null', 'int'] }),
    record({ name: 'a', type: ['null', 'int', 'string'] }),
    ['branch-added R.a ok/breaks'],
  ],
  [
    'a branch that others read',
    record({ name: 'a', type: ['null', 'long'] }),
    record({ name: 'a', type: ['null', 'long', 'int'] }),
    ['branch-added R.a ok/ok'],
  ],
  [
    'the order of branches',
    record({ name: 'a', type: ['null', 'int'] }),
    record({ name: 'a', type: ['int', 'null'] }),
    ['branches-reordered R.a ok/ok'],
  ],
  ['a type in a union', record({ name: 'a', type: 'int' }), record({ name: 'a', type: ['null', 'int'] }), ['type-changed R.a ok/breaks']],
  ['a size', { type: 'fixed', name: 'F', size: 1 }, { type: 'fixed', name: 'F', size: 2 }, ['size-changed F breaks/breaks']],
  ['a name', record(), { type: 'record', name: 'S', fields: [] }, ['type-renamed S breaks/breaks']],
  ['a namespace', record(), { type: 'record', name: 'x.R', fields: [] }, ['type-renamed R ok/ok']],
  ['a logical type', { type: 'long' }, { type: 'long', logicalType: 'timestamp-millis' }, ['logical-type-changed long ok/ok']],
  [
    'inside of lists and maps',
    record({ name: 'a', type: { type: 'array', items: { type: 'map', values: 'int' } } }),
    record({ name: 'a', type: { type: 'array', items: { type: 'map', values: 'string' } } }),
    ['type-changed R.a[]{} breaks/breaks'],
  ],
  [
    'in itself',
    record({ name: 'next', type: ['null', 'R'] }),
    record({ name: 'next', type: ['null', 'R'] }, { name: 'x', type: 'int' }),
    ['field-added R.x breaks/ok'],
  ],
]

describe('what two versions differ in', () => {
  it.each(cases)('%s', (_name, old, next, expected) => expect(told(old, next)).toEqual(expected))

  it('thinks of a rename where one field went and one of its type came', () => {
    const rename = diffSchemas(schema(record({ name: 'qty', type: 'int' })), schema(record({ name: 'quantity', type: 'long' })))
    expect(rename[0]?.text).toContain('was it qty?')
    const two = diffSchemas(
      schema(record({ name: 'qty', type: 'int' })),
      schema(record({ name: 'a', type: 'int' }, { name: 'b', type: 'int' })),
    )
    expect(two.map(({ text }) => text.includes('was it'))).toEqual([false, false, false])
  })
})

describe('a step breaks nothing when none of its changes does', () => {
  const agrees = (old: Schema, next: Schema): boolean[] => {
    const changes = diffSchemas(old, next)
    return [
      changes.every(({ newReaders }) => newReaders.ok) === checkSchemas(next, old).compatible,
      changes.every(({ oldReaders }) => oldReaders.ok) === checkSchemas(old, next).compatible,
    ]
  }

  it.each(levelCases.flatMap(([name, candidate, earlier]) => earlier.map((one) => [name, one.text, candidate.text])))(
    '%s',
    (_name, old, next) => expect(agrees(schema(old), schema(next))).toEqual([true, true]),
  )

  it('in random pairs of versions', () => {
    const random = new Random(20_281_128)
    const wrong: string[] = []
    for (let at = 0; at < 1_000; at += 1) {
      const { writer, reader } = genPair(random)
      const [old, next] = [schema(schemaJson(writer)), schema(schemaJson(reader))]
      if (agrees(old, next).includes(false)) wrong.push(`${schemaJson(writer)}\n${schemaJson(reader)}`)
    }
    expect(wrong).toEqual([])
  })
})
