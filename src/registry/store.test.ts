import { describe, expect, it } from 'vitest'
import { EvolveError } from '../errors.ts'
import type { SchemaText } from '../schema/text.ts'
import { memoryRegistry } from './memory.ts'
import { expectCode } from './registry-cases.test-support.ts'

const avro = (text: string): SchemaText => ({ format: 'AVRO', text })

describe('memoryRegistry', () => {
  it.each([0, 1, 7, 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 2])('counts IDs from firstId %d', async (firstId) => {
    const registry = memoryRegistry({ firstId })
    expect(await registry.register('s', avro('"int"'))).toMatchObject({ id: firstId, version: 1 })
    expect(await registry.register('s', avro('"long"'))).toMatchObject({ id: firstId + 1, version: 2 })
    expect(await registry.schemaById(firstId)).toMatchObject({ text: '"int"' })
  })

  it('refuses a schema when no ID is left, and still finds those it has', async () => {
    const registry = memoryRegistry({ firstId: 2 ** 32 - 1 })
    await registry.register('s', avro('"int"'))
    await expectCode(registry.register('s', avro('"long"')), 'limit-exceeded')
    expect(await registry.register('t', avro('"int"'))).toMatchObject({ id: 2 ** 32 - 1, version: 1 })
  })

  it.each([-1, 2 ** 32, 1.5, Number.NaN])('refuses firstId %d', (firstId) => {
    expect(() => memoryRegistry({ firstId })).toThrow(expect.objectContaining({ code: 'invalid-options' }))
  })

  it('makes changes in the order in which they are asked for', async () => {
    const registry = memoryRegistry()
    const changes = [
      registry.register('s', avro('"int"')),
      registry.setMode('s', 'READONLY'),
      registry.register('s', avro('"long"')),
      registry.setMode('s', undefined),
      registry.setConfig('s', { compatibility: 'FULL' }),
      registry.register('s', avro('"string"')),
      registry.deleteVersion('s', 1),
      registry.register('s', avro('"string"')),
    ]
    const outcomes = (await Promise.allSettled(changes)).map((one) =>
      one.status === 'rejected' ? Reflect.get(one.reason, 'code') : one.value,
    )
    expect(outcomes).toMatchObject([
      { version: 1 },
      undefined,
      'registry-rejected',
      undefined,
      { compatibility: 'FULL' },
      'incompatible-registration',
      1,
      { version: 2 },
    ])
  })

  it('lists subjects and the uses of a schema', async () => {
    const registry = memoryRegistry()
    await registry.register('b', avro('"int"'))
    await registry.register('a', avro('"string"'))
    const { id } = await registry.register('a', avro('"int"'))
    expect(await registry.subjects()).toEqual(['a', 'b'])
    expect(await registry.uses(id)).toEqual([
      { subject: 'b', version: 1 },
      { subject: 'a', version: 2 },
    ])
    await expectCode(registry.uses(99), 'schema-not-found')
  })

  it('asks validate about new schemas only, with the texts they refer to', async () => {
    const asked: unknown[] = []
    const registry = memoryRegistry({ validate: ({ text }, references) => void asked.push([text, references]) })
    await registry.register('base', avro('"int"'))
    await registry.register('base', avro(' "int"'))
    await registry.register('top', { ...avro('"string"'), references: [{ name: 'X', subject: 'base', version: 1 }] })
    expect(asked).toEqual([
      ['"int"', []],
      ['"string"', ['"int"']],
    ])
  })

  it('refuses what validate throws at, and then nothing is registered', async () => {
    const known = new EvolveError('limit-exceeded', 'too deep')
    const failures = [new Error('no such type'), known, 'text']
    const registry = memoryRegistry({
      validate: () => {
        throw failures.shift()
      },
    })
    const error = await expectCode(registry.register('s', avro('"x"')), 'invalid-schema')
    expect(error.message).toContain('no such type')
    expect(error.message).toContain('subject s')
    await expect(registry.register('s', avro('"x"'))).rejects.toBe(known)
    await expectCode(registry.register('s', avro('"x"')), 'invalid-schema')
    await expectCode(registry.versions('s'), 'subject-not-found')
  })
})
