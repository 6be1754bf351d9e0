import { describe, expect, it } from 'vitest'
import type { SchemaText } from '../../schema/text.ts'
import { checkVersions, incompatibleRegistration } from './check-versions.ts'
import { f1, levelCases, one, record, shortNames, withoutDefault } from './level-cases.test-support.ts'
import { type CompatibilityLevel, compatibilityLevels, ruleOf } from './levels.ts'

const numbered = (schemas: readonly SchemaText[]) => schemas.map((schema, at) => ({ ...schema, version: at + 1 }))
const check = (level: CompatibilityLevel, candidate: SchemaText, earlier: readonly SchemaText[]) =>
  checkVersions(level, candidate, numbered(earlier), () => [])

describe('a new version is held against the earlier ones', () => {
  it.each(levelCases)('%s', (_name, candidate, earlier, allowed) => {
    const allowing = compatibilityLevels.filter((level) => check(level, candidate, earlier).compatible).map((level) => shortNames[level])
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

  it('has cures for the schema that is new, whoever is hit', () => {
    const { problems } = check('FORWARD', candidate, [record({ name: 'f1', type: 'string' }, { name: 'f2', type: 'int' })])
    expect(problems.map(({ hint }) => hint)).toEqual([
      'keep the type string: what is new goes into a field of its own',
      'keep the field f2 until every reader has a default for it; an alias helps new readers only',
    ])
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
