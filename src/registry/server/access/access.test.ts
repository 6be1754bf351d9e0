import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { memoryRegistry } from '../../memory.ts'
import { expectCode } from '../../registry-cases.test-support.ts'
import { type RegistryServer, serveRegistry } from '../serve.ts'
import { guarded } from './guard.ts'
import { hashPassword } from './password.ts'
import { principal } from './rights.ts'
import { type AccessRules, accessRules } from './rules.ts'

const basic = (name: string, password: string): string => `Basic ${Buffer.from(`${name}:${password}`).toString('base64')}`
const json = 'application/vnd.schemaregistry.v1+json'
const int = { schema: '"int"' }

async function ask(url: string, request: string, authorization?: string, body?: unknown) {
  const [method = '', path = ''] = request.split(' ')
  const headers = { ...(authorization === undefined ? {} : { authorization }), ...(body === undefined ? {} : { 'content-type': json }) }
  const response = await fetch(`${url}${path}`, { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) })
  const text = await response.text()
  return {
    status: response.status,
    body: response.headers.get('content-type') === json ? (JSON.parse(text) as unknown) : text,
    headers: response.headers,
  }
}

const tokenHash = 'e3b2ab2b1c05ee56cb09a2a1c6a5bb6ae7e8a7a0e1d2a0b0a3c5e3f6a4a1d9c7'

describe('access to a server', () => {
  const registry = memoryRegistry()
  let server: RegistryServer
  let rules: AccessRules
  beforeAll(async () => {
    rules = {
      users: [
        { name: 'reader', password: 'r', rights: { read: ['orders-'] } },
        { name: 'writer', passwordHash: await hashPassword('w:w ü'), rights: { write: ['orders-'], read: ['shared-'] } },
        { name: 'boss', password: 'b', rights: { admin: ['*'] } },
      ],
      tokens: [
        { name: 'ci', token: 'ci-token', rights: { read: [''] } },
        { name: 'unused', tokenHash, rights: {} },
      ],
    }
    server = await serveRegistry({ registry, auth: rules })
    await registry.register('orders-value', { format: 'AVRO', text: '"int"' })
    await registry.register('secret-value', { format: 'AVRO', text: '"long"' })
    await registry.register('secret-value', { format: 'AVRO', text: '"int"' })
    await registry.register('shared-value', { format: 'AVRO', text: '"string"' })
  })
  afterAll(() => server.close())
  beforeEach(() => server.setAuth(rules))

  const reader = basic('reader', 'r')
  const writer = basic('writer', 'w:w ü')
  const boss = basic('boss', 'b')

  it.each<[string, string | undefined]>([
    ['no credentials', undefined],
    ['a wrong password', basic('reader', 'x')],
    ['an empty password', basic('reader', '')],
    ['a wrong password against a hash', basic('writer', 'w')],
    ['an unknown user', basic('nobody', 'r')],
    ['a name without a password', `Basic ${Buffer.from('reader').toString('base64')}`],
    ['no base64', 'Basic %%%'],
    ['an unknown token', 'Bearer ci-token2'],
    ['the hash of a token', `Bearer ${tokenHash}`],
    ['another scheme', 'Digest x'],
    ['rubbish', 'x'],
  ])('answers 401 to %s', async (_case, authorization) => {
    for (const request of ['GET /subjects', 'GET /', 'GET /metrics', 'GET /nothing', 'DELETE /subjects']) {
      const { status, body, headers } = await ask(server.url, request, authorization)
      expect({ request, status, body }).toEqual({ request, status: 401, body: { error_code: 40101, message: 'Unauthorized' } })
      expect(headers.get('www-authenticate')).toContain('Basic realm=')
    }
    expect((await ask(server.url, 'POST /subjects/x/versions', authorization, int)).status).toBe(401)
  })

  it.each<[request: string, authorization: string, status: number, code: unknown, body?: object]>([
    ['GET /subjects/orders-value/versions', reader, 200, undefined],
    ['GET /subjects/orders-none/versions', reader, 404, 40401],
    ['GET /subjects/secret-value/versions', reader, 403, 40301],
    ['GET /subjects/secret-none/versions', reader, 403, 40301],
    ['GET /subjects/secret-value/versions/1', reader, 403, 40301],
    ['POST /subjects/secret-value', reader, 403, 40301, int],
    ['POST /subjects/orders-value/versions', reader, 403, 40301, int],
    ['POST /subjects/orders-value/versions', writer, 200, undefined, int],
    ['POST /subjects/shared-value/versions', writer, 403, 40301, int],
    ['GET /subjects/shared-value/versions', writer, 200, undefined],
    ['PUT /config/orders-value', writer, 403, 40301, { compatibility: 'NONE' }],
    ['PUT /config', writer, 403, 40301, { compatibility: 'NONE' }],
    ['PUT /mode', writer, 403, 40301, { mode: 'READWRITE' }],
    ['DELETE /config', writer, 403, 40301],
    ['GET /config', writer, 200, undefined],
    ['GET /config/secret-value', writer, 403, 40301],
    ['GET /mode', writer, 200, undefined],
    ['POST /compatibility/subjects/secret-value/versions/latest', writer, 403, 40301, int],
    ['PUT /config', boss, 200, undefined, { compatibility: 'NONE' }],
    ['PUT /config/secret-value', boss, 200, undefined, { compatibility: 'NONE' }],
    ['PUT /config', 'Bearer ci-token', 403, 40301, { compatibility: 'NONE' }],
    ['GET /subjects/secret-value/versions', 'bearer ci-token', 200, undefined],
    ['GET /metrics', reader, 200, undefined],
  ])('%s of %s is answered %d', async (request, authorization, status, code, body) => {
    const heard = await ask(server.url, request, authorization, body)
    expect({ status: heard.status, code: (heard.body as { error_code?: number }).error_code }).toEqual({ status, code })
  })

  it('lists what may be seen, and nothing else', async () => {
    expect((await ask(server.url, 'GET /subjects', reader)).body).toEqual(['orders-value'])
    expect((await ask(server.url, 'GET /subjects', writer)).body).toEqual(['orders-value', 'shared-value'])
    expect((await ask(server.url, 'GET /subjects', boss)).body).toEqual(['orders-value', 'secret-value', 'shared-value'])
    expect((await ask(server.url, 'GET /schemas/ids/1/versions', reader)).body).toEqual([{ subject: 'orders-value', version: 1 }])
    expect((await ask(server.url, 'GET /schemas/ids/1/versions', boss)).body).toHaveLength(2)
  })

  it('answers alike for an ID that may not be seen and one that there is not', async () => {
    expect((await ask(server.url, 'GET /schemas/ids/1', reader)).status).toBe(200)
    for (const path of ['', '/versions']) {
      const hidden = await ask(server.url, `GET /schemas/ids/2${path}`, reader)
      const missing = await ask(server.url, `GET /schemas/ids/99${path}`, reader)
      expect(hidden).toMatchObject({ status: 404, body: { error_code: 40403 } })
      const said = JSON.stringify(missing.body).replace('99', '2')
      expect({ status: hidden.status, body: JSON.stringify(hidden.body) }).toEqual({ status: missing.status, body: said })
    }
  })

  it('lets nobody reach a subject through a reference', async () => {
    const body = { schema: '["null"]', references: [{ name: 'X', subject: 'secret-value', version: 1 }] }
    const missing = { schema: '["null"]', references: [{ name: 'X', subject: 'secret-none', version: 1 }] }
    for (const one of [body, missing]) {
      expect(await ask(server.url, 'POST /subjects/orders-value/versions', writer, one)).toMatchObject({ status: 403 })
      expect(await ask(server.url, 'POST /subjects/orders-value', writer, one)).toMatchObject({ status: 403 })
    }
  })

  it('asks for nothing at the health and the description', async () => {
    for (const path of ['/health/live', '/health/ready'])
      expect(await ask(server.url, `GET ${path}`)).toMatchObject({ status: 200, body: { status: 'UP' } })
  })

  it('loses no member of configs that several set at once', async () => {
    const admins = ['a', 'b', 'c', 'd'].map((name) => ({ name, password: name, rights: { admin: ['*'] } }))
    server.setAuth({ users: admins })
    const parts = [{ normalize: true }, { alias: 'x' }, { compatibilityGroup: 'g' }, { validateFields: false }]
    await Promise.all(
      parts.map((part, at) => ask(server.url, 'PUT /config/orders-value', basic(admins[at]?.name ?? '', admins[at]?.name ?? ''), part)),
    )
    expect((await ask(server.url, 'GET /config/orders-value', basic('a', 'a'))).body).toEqual(Object.assign({}, ...parts))
  })

  it('takes new rules from one request to the next, and keeps the old ones where the new are none', async () => {
    server.setAuth({ anonymous: { read: ['shared-'] } })
    expect((await ask(server.url, 'GET /subjects')).body).toEqual(['shared-value'])
    expect(await ask(server.url, 'GET /subjects/orders-value/versions')).toMatchObject({ status: 401, body: { error_code: 40101 } })
    expect((await ask(server.url, 'GET /subjects', reader)).status).toBe(401)
    expect(() => server.setAuth({ anonymous: { read: 'shared-' } } as unknown as AccessRules)).toThrow(/\/anonymous\/read/)
    expect((await ask(server.url, 'GET /subjects')).body).toEqual(['shared-value'])
    server.setAuth(undefined)
    expect((await ask(server.url, 'GET /subjects')).body).toHaveLength(3)
  })
})

describe('the guard', () => {
  it('has a rule for every method of a registry', async () => {
    const registry = memoryRegistry()
    const inherited = Object.getOwnPropertyNames(Object.getPrototypeOf(Object.getPrototypeOf(registry)) as object)
    const methods = inherited.filter((name) => name !== 'constructor' && name !== 'stats' && name !== 'read')
    expect(Object.keys(guarded(registry, principal('x', {}))).sort()).toEqual(expect.arrayContaining(methods.sort()))
  })

  it.each<[prefix: string, subject: string, may: boolean]>([
    ['', 'anything', true],
    ['*', ':.ctx:anything', true],
    ['orders-', 'orders-value', true],
    ['orders-', 'order', false],
    ['orders-', ':.:orders-value', true],
    ['orders-', ':.ctx:orders-value', false],
    [':.:orders-', 'orders-value', true],
    [':.ctx:', ':.ctx:orders-value', true],
    [':.ctx:', ':.ctx2:orders-value', false],
  ])('a right for %j on %j: %s', (prefix, subject, may) => {
    const somebody = principal('x', { write: [prefix] })
    expect([somebody.may('read', subject), somebody.may('write', subject), somebody.may('admin', subject)]).toEqual([may, may, false])
  })
})

describe('accessRules', () => {
  const rights = { read: [''] }
  it.each<[string, unknown, string]>([
    ['no object', [], '/'],
    ['a stranger', { user: [] }, '/'],
    ['users that are no list', { users: {} }, '/users'],
    ['no name', { users: [{ password: 'p', rights }] }, '/users/0/name'],
    ['a colon in a name', { users: [{ name: 'a:b', password: 'p', rights }] }, '/users/0/name'],
    ['one name twice', { users: [1, 2].map(() => ({ name: 'a', password: 'p', rights })) }, '/users/1/name'],
    ['no password', { users: [{ name: 'a', rights }] }, '/users/0'],
    ['two passwords', { users: [{ name: 'a', password: 'p', passwordHash: 'p', rights }] }, '/users/0'],
    ['an empty password', { users: [{ name: 'a', password: '', rights }] }, '/users/0/password'],
    ['a hash that is none', { users: [{ name: 'a', passwordHash: 'secret', rights }] }, '/users/0/passwordHash'],
    [
      'a hash that takes all memory',
      { users: [{ name: 'a', passwordHash: `scrypt:1048576:8:1:${'a'.repeat(22)}:${'a'.repeat(43)}`, rights }] },
      '/users/0/passwordHash',
    ],
    ['a token hash that is none', { tokens: [{ name: 'a', tokenHash: 'secret', rights }] }, '/tokens/0/tokenHash'],
    ['no rights', { tokens: [{ name: 'a', token: 't' }] }, '/tokens/0/rights'],
    ['an unknown right', { anonymous: { own: [''] } }, '/anonymous'],
    ['a pattern', { anonymous: { read: ['orders-*'] } }, '/anonymous/read/0'],
  ])('refuses %s and says where', async (_case, value, path) => {
    const error = await expectCode(
      Promise.resolve().then(() => accessRules(value)),
      'invalid-options',
    )
    expect(error).toMatchObject({ path })
    expect(error.message).not.toContain('secret')
  })

  it('takes plain data', () => {
    const value = {
      users: [{ name: 'a', password: 'p', rights }],
      tokens: [{ name: 'b', tokenHash: tokenHash.toUpperCase(), rights }],
      anonymous: {},
    }
    expect(accessRules(JSON.parse(JSON.stringify(value)))).toEqual({ ...value, tokens: [{ name: 'b', tokenHash, rights }] })
  })
})
