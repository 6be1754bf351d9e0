import { describe, expect, it } from 'vitest'
import { cpuTime } from '../../cpu-time.test-support.ts'
import { sentence } from '../compatibility/check-versions.ts'
import { isAboutVersions, problemsOf } from './problems.ts'

const hint = 'change the new schema so that the level allows it'

describe('the reasons in messages', () => {
  it.each(['backward', 'forward'] as const)('of this package come back word for word: %s', (direction) => {
    const problem = {
      version: 12,
      direction,
      path: '/fields/3/type/1',
      kind: 'READER_FIELD_MISSING_DEFAULT_VALUE',
      message: "the field 'x' (new): it has no default (INT at /y): so",
      hint: 'give it a default: one (of its type)',
    }
    expect(problemsOf([sentence(problem)], 1)).toEqual([problem])
    expect(isAboutVersions([sentence(problem)])).toBe(true)
  })

  it.each([
    [
      "{errorType:'READER_FIELD_MISSING_DEFAULT_VALUE', description:'The field 'b' at path '/fields/1' in the new schema has no default value and is missing in the old schema', additionalInfo:'b'}",
      'backward',
      '/fields/1',
      'READER_FIELD_MISSING_DEFAULT_VALUE',
    ],
    [
      "{errorType:'TYPE_MISMATCH', description:'The type (path '/fields/0/type') of a field in the old schema does not match with the new schema', additionalInfo:'reader type: INT not compatible with writer type: STRING'}",
      'forward',
      '/fields/0/type',
      'TYPE_MISMATCH',
    ],
    [
      "{errorType:'NAME_MISMATCH', description:'The name of the schema has changed (path '/name')', additionalInfo:'expected: A'}",
      'backward',
      '/name',
      'NAME_MISMATCH',
    ],
    [
      `{errorType:"TYPE_CHANGED", description:"A type at path '#/properties/id' is different between the new schema and the old schema"}`,
      'backward',
      '#/properties/id',
      'TYPE_CHANGED',
    ],
  ])('of Confluent come apart: %s', (message, direction, path, kind) => {
    const beside = ['{oldSchemaVersion: 4}', '{oldSchema: \'"int"\'}', "{validateFields: 'false', compatibility: 'BACKWARD'}"]
    expect(problemsOf([message, ...beside], 1)).toEqual([{ version: 4, direction, path, kind, message: expect.any(String), hint }])
    expect(problemsOf([message, `{oldSchema: '${'x'.repeat(3_000)}`.slice(0, 2_000)], 7)).toHaveLength(1)
    expect(problemsOf([message], 7)).toMatchObject([{ version: 7 }])
    expect(isAboutVersions([message])).toBe(true)
  })

  it('of others are what they say', () => {
    expect(problemsOf(['no'], 3)).toEqual([{ version: 3, direction: 'backward', path: '/', kind: 'UNKNOWN', message: 'no', hint }])
    expect(isAboutVersions(['no', '{oldSchemaVersion: 1}'])).toBe(false)
  })

  it('are found in messages as long as they are read, without long work', () => {
    const own = `new readers cannot read what version 1 wrote: ${' (A at /): '.repeat(200)}`.slice(0, 1_999)
    const foreign = `{errorType:'A', description:'${"', additionalInfo:'".repeat(100)}`.slice(0, 1_999)
    const used = cpuTime()
    expect(problemsOf([`${own}x`, `${foreign}x`], 1)).toHaveLength(2)
    expect(used()).toBeLessThan(1_000)
  })
})
