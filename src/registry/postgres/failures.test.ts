import { describe, expect, it } from 'vitest'
import { DatabaseFailure, failureError } from './failures.ts'
import { tablesIn } from './tables.ts'

const tables = tablesIn('kafka_evolve')
const failed = (code: string): DatabaseFailure => new DatabaseFailure(Object.assign(new Error('no'), { code }))

describe('a failure of the database', () => {
  // SQLSTATE, whether trying again at once may help, and what the caller is told.
  it.each([
    ['', true, 'registry-unavailable'],
    ['ECONNREFUSED', true, 'registry-unavailable'],
    ['ENOTFOUND', true, 'registry-unavailable'],
    ['EVOLVE_TIMEOUT', true, 'registry-timeout'],
    ['08006', true, 'registry-unavailable'],
    ['25006', true, 'registry-unavailable'],
    ['25P03', true, 'registry-unavailable'],
    ['40001', true, 'registry-unavailable'],
    ['40P01', true, 'registry-unavailable'],
    ['53300', true, 'registry-unavailable'],
    ['55P03', true, 'registry-locked'],
    ['57014', true, 'registry-timeout'],
    ['57P01', true, 'registry-unavailable'],
    ['57P03', true, 'registry-unavailable'],
    ['53100', false, 'registry-unavailable'],
    ['53200', false, 'registry-unavailable'],
    ['58030', false, 'registry-unavailable'],
    ['42501', false, 'registry-rejected'],
    ['28P01', false, 'registry-rejected'],
    ['3D000', false, 'registry-rejected'],
    ['42P01', false, 'registry-corrupt'],
    ['23505', false, 'registry-corrupt'],
    ['54001', false, 'limit-exceeded'],
  ] as const)('%s', (code, passes, told) => {
    const failure = failed(code)
    expect(failure.passes).toBe(passes)
    const error = failureError(failure, 'write', tables)
    expect(error.code).toBe(told)
    expect(error.message).toContain('cannot write: no')
    if (passes) expect(error.retryable).toBe(true)
  })

  it('says which rights are missing, with the name of the schema as one writes it', () => {
    expect(failureError(failed('42501'), 'write', tablesIn('My "own"')).message).toContain('GRANT USAGE ON SCHEMA "My ""own""" TO')
  })

  it('tells every address that was tried', () => {
    const refused = (host: string): Error => Object.assign(new Error(`connect ECONNREFUSED ${host}`), { code: 'ECONNREFUSED' })
    const failure = new DatabaseFailure(new AggregateError([refused('::1'), refused('127.0.0.1')]))
    expect(failure).toMatchObject({ code: 'ECONNREFUSED', message: 'connect ECONNREFUSED ::1; connect ECONNREFUSED 127.0.0.1' })
  })
})
