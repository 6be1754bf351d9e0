import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { type ErrorCode, type ErrorDetails, EvolveError, isEvolveError } from './errors.ts'

const source = readFileSync(new URL('./errors.ts', import.meta.url), 'utf8')
const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')
const union = source.slice(source.indexOf('export type ErrorCode'), source.indexOf('/** Every code'))
const codes = [...union.matchAll(/\| '([a-z-]+)'/g)].map((match) => match[1] as ErrorCode)
/** The rows `| code | again | meaning |` of README's table. */
const rows = [...readme.matchAll(/^\| `([a-z-]+)` \| (yes|no) \| .+ \|$/gm)].map((match) => ({ code: match[1], again: match[2] === 'yes' }))

describe('the table of codes in README.md', () => {
  it('names every code, in the order of the source', () => {
    expect(codes.length).toBeGreaterThan(20)
    expect(rows.map((row) => row.code)).toEqual(codes)
  })
  it.each(codes)('says of %s whether trying again can help', (code) => {
    expect(rows.find((row) => row.code === code)?.again).toBe(new EvolveError(code, '').retryable)
  })
})

describe('the message', () => {
  it.each<[string, ErrorDetails, string]>([
    ['3 of 4 bytes left', {}, '[truncated] 3 of 4 bytes left'],
    ['', {}, '[truncated] the message ends too early'],
    ['short', { path: '' }, '[truncated] short'],
    ['short', { path: '/items/0/price' }, '[truncated] short (at /items/0/price)'],
    ['short', { topic: 'orders' }, '[truncated] short (topic orders)'],
    ['short', { topic: 'orders', partition: 0, offset: '7', side: 'key' }, '[truncated] short (topic orders[0]@7, key)'],
    ['short', { messageIndex: 0, schemaId: 0, subject: 's' }, '[truncated] short (message 0, schema ID 0, subject s)'],
    ['short', { writer: { name: 'a.B', version: 2, id: 9 } }, '[truncated] short (writer a.B v2 (ID 9))'],
    ['short', { reader: { subject: 's' }, writer: {} }, '[truncated] short (writer schema, reader s)'],
    ['short', { topic: 't', hint: 'ask the writer' }, '[truncated] short (topic t) — ask the writer'],
  ])('of %o with %o', (problem, details, message) => {
    expect(new EvolveError('truncated', problem, details).message).toBe(message)
  })
})

describe('EvolveError', () => {
  it('keeps code, details and cause', () => {
    const cause = new Error('socket')
    const error = new EvolveError('registry-unavailable', 'refused', { subject: 's', path: '/a' }, cause)
    expect(error).toMatchObject({
      name: 'EvolveError',
      code: 'registry-unavailable',
      path: '/a',
      retryable: true,
      details: { subject: 's' },
    })
    expect(error.cause).toBe(cause)
    expect(error).toBeInstanceOf(Error)
    expect(Object.isFrozen(error.details)).toBe(true)
  })

  it('has no cause where none was given', () => {
    expect('cause' in new EvolveError('truncated', 'x')).toBe(false)
    expect('cause' in new EvolveError('truncated', 'x').with({ topic: 't' })).toBe(false)
  })

  it('says more with `with`, and keeps what is already said', () => {
    const cause = new Error('inner')
    const inner = new EvolveError('invalid-value', 'a string is needed', { path: '/a', topic: undefined }, cause)
    const outer = inner.with({ topic: 'orders', messageIndex: 2, path: '/other' })
    expect(outer.message).toBe('[invalid-value] a string is needed (at /a, topic orders, message 2)')
    expect(outer.details).toEqual({ path: '/a', topic: 'orders', messageIndex: 2 })
    expect(outer.cause).toBe(cause)
    expect(inner.message).toBe('[invalid-value] a string is needed (at /a)')
    expect(outer.stack?.split('\n')[0]).toContain(outer.message)
    expect(outer.stack?.split('\n').slice(1)).toEqual(inner.stack?.split('\n').slice(1))
  })

  it('does not take a name that stops a kafkajs consumer for good', () => {
    expect(['RangeError', 'TypeError', 'SyntaxError', 'ReferenceError']).not.toContain(new EvolveError('truncated', 'x').name)
    expect(Object.keys(new EvolveError('truncated', 'x'))).not.toContain('name')
  })
})

describe('isEvolveError', () => {
  const foreign = (code: unknown): Error => Object.assign(new Error('x'), { name: 'EvolveError', code })
  it.each<[unknown, boolean]>([
    [new EvolveError('internal', 'x'), true],
    [foreign('internal'), true],
    [foreign('toString'), false],
    [foreign('__proto__'), false],
    [foreign(undefined), false],
    [Object.assign(new Error('x'), { code: 'internal' }), false],
    [{ name: 'EvolveError', code: 'internal' }, false],
    [null, false],
    ['internal', false],
  ])('%o: %s', (error, expected) => expect(isEvolveError(error)).toBe(expected))
})
