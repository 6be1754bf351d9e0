import { afterEach, describe, expect, it } from 'vitest'
import { parseSchema, schemaText } from '../../schema/parse.ts'
import { type Ran, runCli } from '../run.test-support.ts'
import { makeProject, type TestProject } from './gate.test-support.ts'
import { lintSchema } from './lint/lint-schema.ts'
import { lintRules } from './lint/rules.ts'

const all = new Map(lintRules.map(({ id }) => [id, 'warning'] as const))
/** `rule path` of everything that all rules say. */
function told(json: object): string[] {
  const schema = parseSchema(json)
  const findings = lintSchema({ file: 'x', key: 'x', part: undefined, schema, text: schemaText(schema) ?? '', sources: [] }, all)
  return findings.filter(({ rule }) => rule !== 'doc').map(({ rule, field }) => `${rule} ${field}`)
}

const record = (...fields: readonly object[]): object => ({ type: 'record', name: 'x.R', fields })
const fixed = { default: 0 }
const e = (more: object): object => ({ name: 'e', default: 'A', type: { type: 'enum', name: 'E', symbols: ['A', 'B'], ...more } })
const branch = (name: string, ...fields: readonly object[]): object => ({ type: 'record', name, fields })

const cases: readonly (readonly [string, object, readonly string[]])[] = [
  ['nothing', record({ name: 'id', type: 'string' }, { name: 'n', type: 'int', ...fixed }), []],
  ['an enum without a default', record(e({})), ['enum-default R.e']],
  ['an enum with one', record(e({ default: 'A' })), []],
  ['may be null, no default', record({ name: 'a', type: ['null', 'int'] }), ['optional-default R.a']],
  ['no default', record({ name: 'a', type: 'int' }), ['field-default R.a']],
  ['what tells one thing from another', record({ name: 'orderId', type: 'int' }, { name: 'key', type: 'int' }), []],
  ['a union of two', record({ name: 'a', type: ['int', 'string'], ...fixed }), ['union-growth R.a']],
  [
    'records with the same fields',
    record({
      name: 'a',
      default: null,
      type: ['null', branch('A', { name: 'id', type: 'int' }), branch('B', { name: 'id', type: 'int' })],
    }),
    ['union-growth R.a', 'union-ambiguous R.a'],
  ],
  [
    'records with other fields',
    record({
      name: 'a',
      default: null,
      type: ['null', branch('A', { name: 'id', type: 'int' }), branch('B', { name: 'key', type: 'int' })],
    }),
    ['union-growth R.a'],
  ],
  ['other letters', record({ name: 'größe', type: 'int', ...fixed }), ['name-characters R.größe']],
  [
    'two ways to spell',
    record(
      { name: 'anItem', type: 'int', ...fixed },
      { name: 'twoItems', type: 'int', ...fixed },
      { name: 'an_other', type: 'int', ...fixed },
    ),
    ['name-spelling R.an_other'],
  ],
  ['a small type', { type: 'record', name: 'x.order', fields: [] }, ['type-spelling order']],
  ['no namespace', { type: 'record', name: 'Order', fields: [] }, ['namespace Order']],
  [
    'an alias that is taken',
    record({ name: 'a', type: 'int', ...fixed, aliases: ['b'] }, { name: 'b', type: 'int', ...fixed }),
    ['alias-taken R.a'],
  ],
  ['a time', record({ name: 'createdAt', type: 'long', ...fixed }), ['logical-type R.createdAt']],
  ['a time that says so', record({ name: 'createdAt', ...fixed, type: { type: 'long', logicalType: 'timestamp-millis' } }), []],
  ['money', record({ name: 'price', type: 'double', ...fixed }), ['money-type R.price']],
  [
    'a decimal without a precision',
    record({ name: 'd', default: '', type: { type: 'bytes', logicalType: 'decimal' } }),
    ['logical-type-ignored R.d'],
  ],
  ['a logical type of its own', record({ name: 'd', default: '', type: { type: 'bytes', logicalType: 'geo' } }), []],
  ['many fields', record(...Array.from({ length: 501 }, (_, at) => ({ name: `f${at}`, type: 'int', ...fixed }))), ['schema-size R']],
  ['inside of others', record({ name: 'l', default: [], type: { type: 'array', items: branch('I', e({})) } }), ['enum-default R.l[].e']],
  ['turned off at the type', record(e({ 'lint-ignore': ['enum-default'] })), []],
  ['turned off at the field', record({ name: 'a', type: 'int', 'lint-ignore': 'field-default' }), []],
  ['turned off for a record', { ...record({ name: 'a', type: 'int' }, { name: 'b', type: ['null', 'int'] }), 'lint-ignore': true }, []],
  ['another rule turned off', record({ name: 'a', type: 'int', 'lint-ignore': ['doc'] }), ['field-default R.a']],
]

const projects: TestProject[] = []
afterEach(() => {
  for (const project of projects.splice(0)) project.remove()
})
function project(files: Record<string, string | object>): TestProject {
  const made = makeProject(false)
  projects.push(made)
  made.write(files)
  return made
}
const lint = (at: TestProject, ...argv: readonly string[]): Promise<Ran> => runCli(['lint', ...argv], { cwd: at.folder })

describe('lint', () => {
  it.each(cases)('%s', (_name, json, expected) => expect(told(json)).toEqual(expected))

  it('goes through chains of types that are longer than the stack', () => {
    const chain = Array.from({ length: 9_000 }, (_, at) =>
      at === 0 ? branch('x.R0', { name: 'key', type: 'int' }) : branch(`x.R${at}`, { name: 'key', type: `x.R${at - 1}` }),
    )
    expect(told(chain as unknown as object)).toContain('schema-size union')
  })

  it('takes severities from kafka-evolve.json, and stops for errors and too many warnings', async () => {
    const at = project({
      'o.avsc': record({ name: 'a', type: 'int' }, e({})),
      'kafka-evolve.json': { lint: { 'field-default': 'error', doc: 'note' } },
    })
    const { code, out } = await lint(at, 'o.avsc')
    expect(code).toBe(1)
    expect(out).toContain('error  o.avsc:6:15  R.a  field-default')
    expect(out).toContain('1 schema: 1 error, 1 warning, 4 notes (--verbose shows them)')
    at.write({ 'kafka-evolve.json': { lint: { 'field-default': 'off' } } })
    expect((await lint(at, 'o.avsc')).code).toBe(0)
    expect((await lint(at, 'o.avsc', '--max-warnings', '0')).code).toBe(1)
    at.write({ 'kafka-evolve.json': { lint: { 'feld-default': 'off' } } })
    expect(await lint(at, 'o.avsc')).toMatchObject({ code: 2, err: expect.stringContaining('did you mean field-default?') })
  })

  it('lists its rules', async () => {
    const { out } = await lint(project({}), '--rules')
    expect(out.split('\n').map((line) => line.split(' ')[0])).toEqual([...lintRules.map(({ id }) => id), ''])
  })
})
