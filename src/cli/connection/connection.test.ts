import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { testAuthority, testServerCert, testServerKey } from '../../registry/http/test-certificates.test-support.ts'
import { memoryRegistry } from '../../registry/memory.ts'
import { type RegistryServer, serveRegistry } from '../../registry/server/serve.ts'
import { type Ran, runCli } from '../run.test-support.ts'

const password = 'a-secret-that-nobody-sees'
const token = 'a-token-that-nobody-sees'
const rights = { read: [''], write: [''], admin: [''] }
const folder = mkdtempSync(join(tmpdir(), 'kafka-evolve-'))
const servers: RegistryServer[] = []
let open: RegistryServer
let locked: RegistryServer
let secure: RegistryServer

beforeAll(async () => {
  const registry = memoryRegistry()
  await registry.register('orders-value', { format: 'AVRO', text: '"string"' })
  open = await serveRegistry({ registry, port: 0 })
  locked = await serveRegistry({
    registry,
    port: 0,
    auth: { users: [{ name: 'me', password, rights }], tokens: [{ name: 'ci', token, rights }] },
  })
  secure = await serveRegistry({ registry, port: 0, tls: { cert: testServerCert, key: testServerKey } })
  servers.push(open, locked, secure)
  writeFileSync(join(folder, 'token'), `${token}\n`)
  writeFileSync(join(folder, 'ca.pem'), testAuthority)
  writeFileSync(join(folder, 'not.pem'), 'nonsense')
})
afterAll(async () => {
  for (const server of servers) await server.close()
  rmSync(folder, { recursive: true, force: true })
})

const run = (argv: readonly string[], env: Record<string, string> = {}): Promise<Ran> => runCli(['subjects', ...argv], { cwd: folder, env })
const withUser = (url: string, user: string): string => url.replace('://', `://${user}@`)

describe('a registry', () => {
  it.each<[string, () => [string[], Record<string, string>?]]>([
    ['by the option', () => [['--registry', open.url]]],
    ['by the environment', () => [[], { KAFKA_EVOLVE_REGISTRY: open.url }]],
    ['by the variable that other tools have', () => [[], { SCHEMA_REGISTRY_URL: open.url }]],
    ['by the option over the environment', () => [['--registry', open.url], { KAFKA_EVOLVE_REGISTRY: 'http://127.0.0.1:1' }]],
    ['of several addresses of which the first is down', () => [['--registry', `http://127.0.0.1:1,${open.url}`]]],
    ['with a password in the environment', () => [['--registry', locked.url], { KAFKA_EVOLVE_REGISTRY_AUTH: `me:${password}` }]],
    ['with a password as an option', () => [['--registry', locked.url, '--auth', `me:${password}`]]],
    ['with a password in the address', () => [['--registry', withUser(locked.url, `me:${password}`)]]],
    ['with a token', () => [['--registry', locked.url, '--token-file', 'token']]],
    ['over TLS', () => [['--registry', secure.url, '--ca', 'ca.pem']]],
  ])('is reached %s', async (_name, input) => {
    expect(await run(...input())).toEqual({ code: 0, out: 'orders-value\n', err: '' })
  })

  it('is the one of kafka-evolve.json, where nobody names another', async () => {
    const project = mkdtempSync(join(folder, 'project-'))
    writeFileSync(join(project, 'kafka-evolve.json'), JSON.stringify({ registry: open.url }))
    expect((await runCli(['subjects'], { cwd: project })).out).toBe('orders-value\n')
    expect((await runCli(['explain', '00000000010278'], { cwd: project })).out).toContain('orders-value v1')
    expect((await runCli(['subjects'], { cwd: project, env: { KAFKA_EVOLVE_REGISTRY: 'file:nowhere' } })).code).toBe(2)
  })

  it.each<[string, () => [string[], Record<string, string>?], string]>([
    ['none', () => [[]], '[invalid-options] no registry is named'],
    [
      'an address of another kind',
      () => [['--registry', `ftp://me:${password}@x`]],
      '[invalid-options] the address of the registry is neither',
    ],
    [
      'nobody there',
      () => [['--registry', withUser('http://127.0.0.1:1', `me:${password}`), '--timeout', '10000']],
      '[registry-unavailable]',
    ],
    ['no password', () => [['--registry', locked.url]], '[registry-rejected]'],
    ['a wrong password', () => [['--registry', locked.url, '--auth', `me:${password}x`]], '[registry-rejected]'],
    ['a password without a name', () => [['--registry', locked.url, '--auth', password]], '[invalid-options] basic authentication'],
    ['an authority that is not known', () => [['--registry', secure.url, '--timeout', '10000']], '[registry-unavailable]'],
    [
      'a file that is no certificate',
      () => [['--registry', secure.url, '--ca', 'not.pem']],
      '[invalid-options] --ca: not.pem holds no certificate in PEM',
    ],
    ['a file that is not there', () => [['--registry', secure.url, '--ca', 'no.pem']], '[invalid-options] --ca: cannot read no.pem'],
    ['a store that is not there', () => [['--registry', 'file:nowhere']], '[invalid-options] the file store: cannot read'],
    ['a store without a folder', () => [['--registry', 'file:']], '[invalid-options] file: names no folder'],
  ])('is not reached with %s: one line, no secret, no stack', async (_name, input, problem) => {
    for (const json of [[], ['--json']]) {
      const [argv, env] = input()
      const { code, out, err } = await run([...argv, ...json], env)
      expect(code).toBe(2)
      expect(err.startsWith(`kafka-evolve: ${problem}`)).toBe(true)
      expect(err.trimEnd().split('\n').length).toBeLessThanOrEqual(2)
      expect(out + err).not.toContain(password)
      expect(out + err).not.toMatch(/\n {4}at /)
      if (json.length > 0) expect(JSON.parse(out)).toMatchObject({ error: { code: expect.any(String) } })
    }
  })
})
