import { describe, expect, it } from 'vitest'
import { cpuTime } from '../cpu-time.test-support.ts'
import { parseSchema } from '../schema/parse.ts'
import type { Schema } from '../schema/types.ts'
import { checkSchemas } from './compatibility.ts'

const numbers = (count: number): number[] => Array.from({ length: count }, (_, at) => at)
const empty = (name: string): object => ({ type: 'record', name, fields: [] })

const fields = (count: number, prefix: string, type: (at: number) => unknown): Schema =>
  parseSchema({ type: 'record', name: 'R', fields: numbers(count).map((at) => ({ name: `${prefix}${at}`, type: type(at) })) })
const union = (count: number, prefix: string): Schema => parseSchema(numbers(count).map((at) => empty(`${prefix}${at}`)))

// Each pair of thousands, looked at once, would take minutes.
describe('what is very large is compared in a short time', () => {
  it.each([
    ['of one type', () => 'int', 'z0 a default, or an alias if the writer has it under another name (it has a0, a1,'],
    [
      'promoted',
      (at: number) => (at === 0 ? 'long' : 'int'),
      'z0 a default, or an alias if the writer has it under another name (it has a0, a1,',
    ],
  ])('a record whose fields all have other names, %s', (_name, type, hint) => {
    const elapsed = cpuTime()
    const { incompatibilities } = checkSchemas(fields(20_000, 'z', type), fields(20_000, 'a', type))
    expect(incompatibilities).toHaveLength(20_000)
    expect(incompatibilities[0]?.hint).toContain(hint)
    expect(elapsed()).toBeLessThan(10_000)
  })

  it('a record whose fields all have other names, of thousands of types', () => {
    const elapsed = cpuTime()
    const type = (at: number): object => ({ type: 'fixed', name: `F${at}`, size: 1 })
    const { incompatibilities } = checkSchemas(fields(9_000, 'z', type), fields(9_000, 'a', type))
    expect(incompatibilities).toHaveLength(9_000)
    expect(incompatibilities[7]?.hint).toBe('give z7 a default, or the alias a7 if it was called that')
    expect(elapsed()).toBeLessThan(10_000)
  })

  it('a union whose records all have other names', () => {
    const elapsed = cpuTime()
    expect(checkSchemas(union(8_000, 'z'), union(8_000, 'a')).incompatibilities).toHaveLength(8_000)
    expect(elapsed()).toBeLessThan(10_000)
  })

  it('a union none of whose records can read another', () => {
    const elapsed = cpuTime()
    const wanting = (prefix: string): Schema =>
      parseSchema(numbers(5_000).map((at) => ({ type: 'record', name: `${prefix}${at}`, fields: [{ name: prefix, type: 'int' }] })))
    expect(checkSchemas(wanting('z'), wanting('a')).incompatibilities).toHaveLength(5_000)
    expect(elapsed()).toBeLessThan(20_000)
  })
})
