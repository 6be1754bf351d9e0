import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { memoryRegistry } from '../../registry/memory.ts'
import { type RegistryServer, serveRegistry } from '../../registry/server/serve.ts'
import type { ManagedRegistry } from '../../registry/types.ts'
import { type Ran, runCli } from '../run.test-support.ts'

const field = (name: string, type: unknown, extra: object = {}): object => ({ name, type, ...extra })
const record = (name: string, ...fields: object[]): string => JSON.stringify({ type: 'record', name, namespace: 'shop', fields })

let folder: string
let registry: ManagedRegistry
let server: RegistryServer

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'kafka-evolve-'))
  mkdirSync(join(folder, 'schemas'))
  registry = memoryRegistry({ compatibility: 'BACKWARD' })
  server = await serveRegistry({ registry, port: 0 })
})
afterEach(async () => {
  await server.close()
  rmSync(folder, { recursive: true, force: true })
})

const write = (file: string, text: string): void => writeFileSync(join(folder, file), text)
const run = (line: string): Promise<Ran> =>
  runCli(['register', ...line.split(' ')], { cwd: folder, env: { KAFKA_EVOLVE_REGISTRY: server.url } })

describe('register', () => {
  it('registers a file under a subject, once', async () => {
    write('order.avsc', record('Order', field('id', 'string')))
    expect(await run('order.avsc --subject orders-value --dry-run')).toEqual({
      code: 0,
      out: '+ orders-value would be registered (order.avsc)\n',
      err: '',
    })
    expect(await registry.subjects()).toEqual([])
    expect(await run('order.avsc --subject orders-value')).toEqual({
      code: 0,
      out: '+ orders-value v1 (ID 1) registered (order.avsc)\n',
      err: '',
    })
    expect((await run('order.avsc --subject orders-value')).out).toBe('= orders-value v1 (ID 1) is there already (order.avsc)\n')
    expect((await registry.latest('orders-value')).text).toBe(record('Order', field('id', 'string')))
  })

  it('names subjects as check does', async () => {
    write('schemas/orders.avsc', record('Order', field('id', 'string')))
    write('schemas/orders-key.avsc', '"string"')
    write('schemas/pay.avdl', 'namespace shop; schema Pay; record Pay { string id; }')
    expect((await run('schemas')).code).toBe(0)
    expect(await registry.subjects()).toEqual(['orders-key', 'orders-value', 'pay-value'])
    await run('schemas/orders.avsc --strategy record')
    await run('schemas/orders.avsc --strategy topic-record')
    expect(await registry.subjects()).toEqual(['orders-key', 'orders-shop.Order', 'orders-value', 'pay-value', 'shop.Order'])
  })

  it('registers none where one is incompatible, and gives every reason', async () => {
    write('schemas/orders.avsc', record('Order', field('id', 'string')))
    write('schemas/pay.avsc', record('Pay', field('id', 'string')))
    await run('schemas')
    write('schemas/orders.avsc', record('Order', field('id', 'string'), field('note', 'string', { default: '' })))
    write('schemas/pay.avsc', record('Pay', field('id', 'int'), field('amount', 'long')))
    for (const line of ['schemas', 'schemas --dry-run']) {
      const { code, out } = await run(line)
      expect(code).toBe(1)
      expect(out).toContain('✗ pay-value is incompatible (schemas/pay.avsc)')
      expect(out).toMatch(/TYPE_MISMATCH at \/fields\/0\/type, hits new readers of version 1: /)
      expect(out).toMatch(/READER_FIELD_MISSING_DEFAULT_VALUE at \/fields\/1, hits new readers of version 1: /)
      expect(out).toContain('cure: ')
      expect(await registry.versions('orders-value')).toEqual([1])
    }
    const { out } = await run('schemas --json')
    const { schemas } = JSON.parse(out) as { schemas: { subject: string; status: string; problems?: object[] }[] }
    expect(schemas.map(({ subject, status, problems }) => [subject, status, problems?.length])).toEqual([
      ['orders-value', 'would-be-registered', undefined],
      ['pay-value', 'incompatible', 2],
    ])
  })

  it('writes out the types of other files, or refers to them', async () => {
    write('schemas/address.avsc', record('Address', field('city', 'string')))
    write('schemas/customer.avsc', record('Customer', field('home', 'shop.Address'), field('work', 'Address')))
    expect((await run('schemas')).out).toBe('+ customer-value v1 (ID 1) registered (schemas/customer.avsc)\n')
    expect((await registry.latest('customer-value')).text).toContain('"city"')
    const { out, code } = await run('schemas --references --strategy record')
    expect(code).toBe(0)
    expect(out).toBe(
      '+ shop.Address v1 (ID 2) registered (schemas/address.avsc)\n+ shop.Customer v1 (ID 3) registered (schemas/customer.avsc)\n',
    )
    expect((await registry.latest('shop.Customer')).references).toEqual([{ name: 'shop.Address', subject: 'shop.Address', version: 1 }])
    expect((await run('schemas --references --strategy record')).out).toMatch(
      /^= shop\.Address.*\n= shop\.Customer v1 \(ID 3\) is there already/,
    )
  })

  it('normalises where that is asked for', async () => {
    write('order.avsc', record('Order', field('id', 'string')))
    await run('order.avsc --subject s')
    write('order.avsc', JSON.stringify(JSON.parse(record('Order', field('id', 'string'))), null, 2))
    expect((await run('order.avsc --subject s --normalize')).out).toContain('= s v1 (ID 1) is there already')
  })

  it('says where a file holds no schema', async () => {
    write('schemas/bad.avsc', '{"type": "record",\n "name": "Bad", "fields": [{"name": "x", "type": "sting"}]}')
    const { code, err, out } = await run('schemas')
    expect([code, out]).toEqual([1, ''])
    expect(err).toMatch(/^✗ schemas\/bad\.avsc:2:\d+ the type sting is not defined/)
    expect(JSON.parse((await run('schemas --json')).out)).toMatchObject({ schemas: [], faults: [{ rule: 'invalid-schema' }] })
  })

  it('takes files, subjects and the registry from kafka-evolve.json', async () => {
    write('schemas/a.avsc', record('A', field('id', 'string')))
    write('kafka-evolve.json', JSON.stringify({ registry: server.url, subjects: { 'orders-value': 'schemas/a.avsc' } }))
    const { out } = await runCli(['register'], { cwd: folder })
    expect(out).toBe('+ orders-value v1 (ID 1) registered (schemas/a.avsc)\n')
  })

  it.each<[string, string]>([
    ['schemas', 'there are no schema files in schemas'],
    ['nothing.avsc', 'there is no file or folder nothing.avsc'],
    ['a.avsc b.avsc --subject s', '--subject is for one schema, and there are 2'],
    ['a.avsc other/a.avsc', 'other/a.avsc and a.avsc both belong to the subject a-value'],
  ])('%s is a mistake', async (line, problem) => {
    mkdirSync(join(folder, 'other'))
    for (const file of ['a.avsc', 'b.avsc', 'other/a.avsc']) write(file, '"string"')
    const { code, err } = await run(line)
    expect([code, err.split('\n')[0]]).toEqual([2, `kafka-evolve: [invalid-options] ${problem}`])
  })

  it('fails with one line where the registry cannot be reached or refuses, and shows no password', async () => {
    write('a.avsc', '"string"')
    const env = { KAFKA_EVOLVE_REGISTRY: 'http://me:s3cret-password@127.0.0.1:1' }
    const { code, err, out } = await runCli(['register', 'a.avsc', '--timeout', '10000'], { cwd: folder, env })
    expect([code, out]).toEqual([2, ''])
    expect(err).toMatch(/^kafka-evolve: \[registry-unavailable\] /)
    expect(err).not.toContain('s3cret')
    await registry.setMode(undefined, 'READONLY')
    const refused = await run('a.avsc')
    expect(refused.code).toBe(1)
    expect(refused.out).toMatch(/^✗ a-value is refused \(a\.avsc\)\n {2}\[registry-rejected\]/)
  })
})
