import { describe, expect, it } from 'vitest'
import type { SchemaText } from '../../schema/text.ts'
import { checkVersions, incompatibleRegistration } from './check-versions.ts'
import { type CompatibilityLevel, compatibilityLevels, ruleOf } from './levels.ts'

const f1 = { name: 'f1', type: 'string' }
const record = (...fields: readonly object[]): SchemaText => ({
  format: 'AVRO',
  text: JSON.stringify({ type: 'record', name: 'myrecord', fields }),
})
const union = (...branches: readonly string[]): SchemaText => record({ name: 'f1', type: branches })

const one = record(f1)
const withDefault = record(f1, { name: 'f2', type: 'string', default: 'foo' })
const withoutDefault = record(f1, { name: 'f2', type: 'string' })
const renamed = record({ name: 'f1_new', type: 'string', aliases: ['f1'] })
const optional = union('null', 'string')
const wider = union('null', 'string', 'int')
const three = record(f1, { name: 'f2', type: 'string', default: 'foo' }, { name: 'f3', type: 'string', default: 'bar' })

const numbered = (schemas: readonly SchemaText[]) => schemas.map((schema, at) => ({ ...schema, version: at + 1 }))
const check = (level: CompatibilityLevel, candidate: SchemaText, earlier: readonly SchemaText[]) =>
  checkVersions(level, candidate, numbered(earlier), () => [])

/** What Java's registry says of each change: [what, candidate, earlier versions, levels that allow it]. */
const cases: readonly (readonly [string, SchemaText, readonly SchemaText[], allowed: string])[] = [
  ['the first version', one, [], 'B BT F FT U UT'],
  ['the same again', one, [one], 'B BT F FT U UT'],
  ['a field with a default', withDefault, [one], 'B BT F FT U UT'],
  ['a field without a default', withoutDefault, [one], 'F FT'],
  ['a default less', withoutDefault, [withDefault], 'B BT F FT U UT'],
  ['a default more', withDefault, [withoutDefault], 'B BT F FT U UT'],
  ['a field less, that had a default', one, [withDefault], 'B BT F FT U UT'],
  ['a field less, that had none', one, [withoutDefault], 'B BT'],
  ['another name, with an alias', renamed, [one], 'B BT'],
  ['a type that becomes a union', optional, [one], 'B BT'],
  ['a union that becomes a type', one, [optional], 'F FT'],
  ['a branch more', wider, [optional], 'B BT'],
  ['a branch less', optional, [wider], 'F FT'],
  ['fields with defaults, one after the other', three, [one, withDefault], 'B BT F FT U UT'],
  ['fields with defaults gone, both at once', one, [three, withDefault], 'B BT F FT U UT'],
  ['a default less, of a field that an older version does not have', withoutDefault, [one, withDefault], 'B F FT U'],
  ['the same, the other way round', withoutDefault, [withDefault, one], 'F FT'],
  ['a field less, that once had no default', one, [withoutDefault, withDefault], 'B BT F U'],
  ['the same, the other way round', one, [withDefault, withoutDefault], 'B BT'],
]

const short: Readonly<Record<CompatibilityLevel, string>> = {
  NONE: 'N',
  BACKWARD: 'B',
  BACKWARD_TRANSITIVE: 'BT',
  FORWARD: 'F',
  FORWARD_TRANSITIVE: 'FT',
  FULL: 'U',
  FULL_TRANSITIVE: 'UT',
}

describe('a new version is held against the earlier ones', () => {
  it.each(cases)('%s', (_name, candidate, earlier, allowed) => {
    const allowing = compatibilityLevels.filter((level) => check(level, candidate, earlier).compatible).map((level) => short[level])
    expect(allowing.join(' ')).toBe(`N ${allowed}`)
  })

  it('by levels of two directions, with or without all of the history', () => {
    expect(ruleOf('NONE')).toEqual({ directions: [], transitive: false })
    expect(ruleOf('FORWARD_TRANSITIVE')).toEqual({ directions: ['forward'], transitive: true })
    expect(ruleOf('FULL')).toEqual({ directions: ['backward', 'forward'], transitive: false })
  })
})

describe('a report', () => {
  const candidate = record({ name: 'f1', type: 'int' }, { name: 'new', type: 'long' })

  it('has every reason: newest version first, both directions, all places', () => {
    const { compatible, problems, level } = check('FULL_TRANSITIVE', candidate, [one, withoutDefault])
    expect({ compatible, level }).toEqual({ compatible: false, level: 'FULL_TRANSITIVE' })
    expect(problems.map(({ version, direction, path, kind }) => `${version} ${direction} ${kind} ${path}`)).toEqual([
      '2 backward TYPE_MISMATCH /fields/0/type',
      '2 backward READER_FIELD_MISSING_DEFAULT_VALUE /fields/1',
      '2 forward TYPE_MISMATCH /fields/0/type',
      '2 forward READER_FIELD_MISSING_DEFAULT_VALUE /fields/1',
      '1 backward TYPE_MISMATCH /fields/0/type',
      '1 backward READER_FIELD_MISSING_DEFAULT_VALUE /fields/1',
      '1 forward TYPE_MISMATCH /fields/0/type',
    ])
    for (const { hint } of problems) expect(hint).not.toBe('')
    expect(Object.isFrozen(problems)).toBe(true)
  })

  it('becomes an error that says all of it, and who is hit', () => {
    const report = check('FULL', candidate, [one])
    const error = incompatibleRegistration('orders-value', report)
    expect(error.code).toBe('incompatible-registration')
    expect(error.details).toMatchObject({ subject: 'orders-value', problems: report.problems })
    for (const part of [
      'level FULL',
      'new readers cannot read what version 1 wrote',
      'readers of version 1 cannot read what the new schema writes',
    ]) {
      expect(error.message).toContain(part)
    }
    for (const { message, hint, path } of report.problems) {
      expect(error.message).toContain(message)
      expect(error.message).toContain(hint)
      expect(error.message).toContain(path)
    }
  })

  it('has more reasons than its error tells in words', () => {
    const many = record(...Array.from({ length: 150 }, (_, at) => ({ name: `n${at}`, type: 'int' })))
    const report = check('BACKWARD', many, [record()])
    expect(report.problems).toHaveLength(150)
    expect(incompatibleRegistration('s', report).message).toContain('and 50 more reasons')
  })

  it('resolves what the schemas refer to', () => {
    const inner = (type: string) => JSON.stringify({ type: 'record', name: 'Inner', fields: [{ name: 'a', type }] })
    const references = (version: number) => [{ name: 'Inner', subject: 'inner', version }]
    const outer = { ...record({ name: 'inner', type: 'Inner' }), references: references(1) }
    const asked = (type: string) =>
      checkVersions('BACKWARD', { ...outer, references: references(2) }, [{ ...outer, version: 1 }], ({ references: [first] = [] }) => [
        inner(first?.version === 1 ? 'int' : type),
      ])
    expect(asked('long').compatible).toBe(true)
    expect(asked('string').problems).toMatchObject([{ version: 1, kind: 'TYPE_MISMATCH', path: expect.stringContaining('/fields/0/type') }])
  })

  it('counts a default that does not fit as none', () => {
    const bad = record(f1, { name: 'f2', type: ['null', 'string'], default: 5 })
    expect(check('BACKWARD', one, [bad]).compatible).toBe(true)
    expect(check('BACKWARD', bad, [one]).problems).toMatchObject([{ kind: 'READER_FIELD_MISSING_DEFAULT_VALUE' }])
  })
})

describe('what cannot be compared', () => {
  const json = (text: string): SchemaText => ({ format: 'JSON', text })
  const proto = (text: string): SchemaText => ({ format: 'PROTOBUF', text })

  it('other formats: the same text only, unless nothing is asked for', () => {
    expect(check('FULL', json('{"a": 1}'), [json('{"a":1}')]).compatible).toBe(true)
    expect(check('NONE', json('{"a":1}'), [json('{}')]).compatible).toBe(true)
    expect(check('BACKWARD', proto('message A {}'), [proto('message B {}')]).problems).toMatchObject([
      { version: 1, direction: 'backward', kind: 'FORMAT_NOT_COMPARED', hint: expect.stringContaining('NONE') },
    ])
  })

  it('a subject that changes its format', () => {
    expect(check('FULL', json('{}'), [one]).problems.map(({ direction, kind }) => [direction, kind])).toEqual([
      ['backward', 'FORMAT_MISMATCH'],
      ['forward', 'FORMAT_MISMATCH'],
    ])
  })

  it('an earlier version that is no schema', () => {
    const broken: SchemaText = { format: 'AVRO', text: '{"type":"recrod"}' }
    expect(check('BACKWARD', one, [broken]).problems).toMatchObject([{ version: 1, kind: 'UNREADABLE_VERSION' }])
    expect(() => check('BACKWARD', broken, [one])).toThrow(expect.objectContaining({ code: 'invalid-schema' }))
  })
})
