import { describe, expect, it } from 'vitest'
import { memoryRegistry } from './memory.ts'
import { normalizeSchema } from './normalize.ts'
import { expectCode } from './registry-cases.test-support.ts'

const reference = (name: string, subject: string, version: number) => ({ name, subject, version })

describe('normalizeSchema', () => {
  it('orders references by subject and version, each once, and keeps what it does not know', () => {
    const [a, b, c, other] = [reference('a', 's', 2), reference('b', 's', 10), reference('c', 'r', 5), reference('a2', 's', 2)]
    const schema = { format: 'AVRO' as const, text: ' "int" ', references: [b, a, c, a, other], metadata: { properties: { x: 'y' } } }
    expect(normalizeSchema(schema, [])).toEqual({ ...schema, text: '"int"', references: [c, a, other, b] })
  })

  it('orders the members of JSON schemas, and leaves Protobuf alone', async () => {
    const text = '{ "required": ["b", "a"], "properties": { "b": {"maximum": 1.50}, "a": true }, "$id": "x" }'
    expect(normalizeSchema({ format: 'JSON', text }, []).text).toBe(
      '{"$id":"x","properties":{"a":true,"b":{"maximum":1.5}},"required":["b","a"]}',
    )
    const proto = { format: 'PROTOBUF' as const, text: 'syntax = "proto3";  message M {}' }
    expect(normalizeSchema(proto, [])).toBe(proto)
    const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`
    await expectCode(
      Promise.resolve().then(() => normalizeSchema({ format: 'JSON', text: deep }, [])),
      'limit-exceeded',
    )
  })

  it('gives texts that mean the same one ID, and others one of their own', async () => {
    const registry = memoryRegistry()
    const register = async (text: string, normalize = true): Promise<number> =>
      (await registry.register('s', { format: 'AVRO', text }, { normalize })).id
    const texts = [
      '{"type":"record","name":"R","fields":[{"name":"a","type":"double","default":1}]}',
      '{"name":"R","type":"record","fields":[{"type":{"type":"double"},"default":1.0,"name":"a"}]}',
      '{"fields":[{"name":"a","order":"ascending","type":"double","default":1e0}],"namespace":"","name":"R","type":"record"}',
    ]
    for (const text of texts) expect(await register(text)).toBe(1)
    const others = texts[0]?.replace('1}', '2}') ?? ''
    expect(await register(others)).toBe(2)
    expect(await register(texts[1] ?? '', false)).toBe(3)
    expect((await registry.schemaById(1)).text).toBe('{"type":"record","name":"R","fields":[{"name":"a","type":"double","default":1.0}]}')
    await registry.setConfig(undefined, { compatibility: 'NONE', normalize: true })
    expect(await registry.lookup('s', { format: 'AVRO', text: texts[2] ?? '' })).toMatchObject({ id: 1, version: 1 })
    expect((await registry.checkCompatibility('s', { format: 'AVRO', text: texts[2] ?? '' })).compatible).toBe(true)
    await expectCode(register('{"type":"record","name":"R"}'), 'invalid-schema')
  })
})
