import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { encode, encodeSingleObject, parseSchema } from '../../avro.ts'
import { fileRegistry } from '../../registry/file/file-registry.ts'
import type { ManagedRegistry } from '../../registry/types.ts'
import type { SchemaText } from '../../schema/text.ts'
import { type Ran, runCli } from '../run.test-support.ts'

const record = (name: string): SchemaText => ({
  format: 'AVRO',
  text: JSON.stringify({ type: 'record', name, fields: [{ name: 'id', type: 'string' }] }),
})
const folder = mkdtempSync(join(tmpdir(), 'kafka-evolve-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

async function change(action: (registry: ManagedRegistry) => Promise<unknown>): Promise<void> {
  const registry = await fileRegistry({ path: join(folder, 'store', 'schemas.log') })
  await action(registry)
  await registry.close()
}

const run = (line: string): Promise<Ran> => runCli(line.split(' '), { cwd: folder, env: { KAFKA_EVOLVE_REGISTRY: 'file:store' } })

beforeEach(async () => {
  rmSync(join(folder, 'store'), { recursive: true, force: true })
  rmSync(join(folder, 'schemas.lock'), { force: true })
  await change(async (registry) => {
    await registry.register('orders-value', record('Order'))
    await registry.register('orders-value', record('Order2'))
    await registry.register('orders-key', { format: 'AVRO', text: '"string"' })
    await registry.register('pay-value', record('Pay'))
    await registry.deleteVersion('orders-value', 1)
    await registry.register(':.east:orders-value', record('East'))
  })
})

describe('subjects', () => {
  it.each<[string, string]>([
    ['subjects', 'orders-key\norders-value\npay-value\n'],
    ['subjects --prefix orders', 'orders-key\norders-value\n'],
    ['subjects --prefix :*:', ':.east:orders-value\norders-key\norders-value\npay-value\n'],
    ['subjects --prefix :.east:', ':.east:orders-value\n'],
    ['subjects --versions', 'orders-key    v1 (ID 3)\norders-value  v2 (ID 2)\npay-value     v1 (ID 4)\n'],
    ['subjects --prefix orders-v --versions --deleted', 'orders-value  v1 (ID 1, deleted)  v2 (ID 2)\n'],
    ['subjects --prefix nothing', ''],
  ])('%s', async (line, expected) => {
    expect(await run(line)).toEqual({ code: 0, out: expected, err: '' })
  })

  it('gives machines the same', async () => {
    const { out } = await run('subjects --prefix orders-v --versions --deleted --json')
    expect(JSON.parse(out)).toEqual({
      registry: 'file:store',
      subjects: [
        {
          subject: 'orders-value',
          versions: [
            { version: 1, id: 1, format: 'AVRO', deleted: true },
            { version: 2, id: 2, format: 'AVRO' },
          ],
        },
      ],
    })
  })

  it('lists a lock file', async () => {
    await run('pull --all')
    rmSync(join(folder, 'store'), { recursive: true })
    expect((await run('subjects --lock schemas.lock --versions')).out).toBe(
      'orders-key    v1 (ID 3)\norders-value  v2 (ID 2)\npay-value     v1 (ID 4)\n',
    )
  })
})

describe('pull', () => {
  it('writes the named subjects, then the same again, then what is new', async () => {
    expect(await run('pull orders-value')).toEqual({
      code: 0,
      err: '',
      out: '  + orders-value: new, version 2 (ID 2)\nschemas.lock: 1 subject, 1 changed\n',
    })
    const text = readFileSync(join(folder, 'schemas.lock'), 'utf8')
    expect((await run('pull')).out).toBe('schemas.lock: 1 subject, nothing new\n')
    expect(readFileSync(join(folder, 'schemas.lock'), 'utf8')).toBe(text)
    await change((registry) => registry.register('orders-value', record('Order3')))
    expect((await run('pull pay-value')).out).toBe(
      '  + orders-value: version 3 (ID 5)\n  + pay-value: new, version 1 (ID 4)\nschemas.lock: 2 subjects, 2 changed\n',
    )
    expect(JSON.parse((await run('pull --all --json')).out)).toEqual({
      lockfile: 'schemas.lock',
      subjects: 4,
      changes: [':.east:orders-value: new, version 1 (ID 1)', 'orders-key: new, version 1 (ID 3)'],
    })
  })

  it('verifies, and ends with 1 where the registry is not what the file says', async () => {
    await run('pull --all')
    expect(await run('pull --verify')).toEqual({ code: 0, out: 'schemas.lock: says what the registry says (file:store)\n', err: '' })
    const before = readFileSync(join(folder, 'schemas.lock'), 'utf8')
    await change(async (registry) => {
      await registry.register('pay-value', record('Pay2'))
      await registry.setConfig('pay-value', { compatibility: 'FULL' })
    })
    const { code, out } = await run('pull --verify')
    expect(code).toBe(1)
    expect(out).toContain('✗ new-version  pay-value has a version 2')
    expect(out).toContain('✗ level  the level of pay-value is FULL')
    expect(readFileSync(join(folder, 'schemas.lock'), 'utf8')).toBe(before)
    const json = JSON.parse((await run('pull --verify --json')).out) as { differences: { kind: string }[] }
    expect(json.differences.map(({ kind }) => kind)).toEqual(['new-version', 'level'])
  })

  it.each<[string, string]>([
    ['pull', '[invalid-options] there is no schemas.lock yet, and no subject is named'],
    ['pull --verify', '[invalid-options] there is no lock file'],
    ['pull --verify x', '[invalid-options] there is no lock file'],
    ['pull nothing', '[subject-not-found]'],
  ])('%s fails where there is no file', async (line, problem) => {
    const { code, err } = await run(line)
    expect(code).toBe(2)
    expect(err).toContain(`kafka-evolve: ${problem}`)
  })

  it('does not touch a file that is damaged', async () => {
    await run('pull --all')
    const path = join(folder, 'schemas.lock')
    writeFileSync(path, readFileSync(path, 'utf8').replace('Order2', 'Order9'))
    const { code, err } = await run('pull')
    expect([code, err.includes('[registry-corrupt]')]).toEqual([2, true])
  })
})

describe('explain on a lock file', () => {
  it('needs no registry, says where a schema is registered, and finds one by its fingerprint', async () => {
    await run('pull --all')
    rmSync(join(folder, 'store'), { recursive: true })
    const schema = parseSchema(record('Pay').text)
    const framed = `0000000004${encode(schema, { id: 'x' }).toString('hex')}`
    expect((await run(`explain ${framed} --lock schemas.lock`)).out).toContain('schema   Pay · pay-value v1 · from schemas.lock\n')
    const single = encodeSingleObject(schema, { id: 'x' }).toString('hex')
    expect((await run(`explain ${single} --lock schemas.lock`)).out).toContain('schema   Pay · pay-value v1 · from schemas.lock\n')
    const unknown = await run(`explain c3010102030405060708 --lock schemas.lock`)
    expect([unknown.code, unknown.err]).toEqual([
      2,
      expect.stringContaining('[schema-not-found] no schema at schemas.lock has the fingerprint 0102030405060708'),
    ])
    expect((await run(`explain 00000000010278 --lock schemas.lock`)).out).toContain('orders-value v1')
    expect((await run(`explain 00000000010278 --lock schemas.lock --subject :.east:`)).out).toContain('East · :.east:orders-value v1')
  })
})
