import { request } from 'node:http'
import { connect } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { type ErrorCode, EvolveError } from '../../errors.ts'
import { httpRegistry } from '../http/http-registry.ts'
import { memoryRegistry } from '../memory.ts'
import { expectCode } from '../registry-cases.test-support.ts'
import type { Registry } from '../types.ts'
import { type RegistryServer, type RegistryServerOptions, serveRegistry } from './serve.ts'

const servers: RegistryServer[] = []
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close()
})

async function start(options: Partial<RegistryServerOptions> = {}): Promise<RegistryServer> {
  const server = await serveRegistry({ registry: memoryRegistry(), ...options })
  servers.push(server)
  return server
}

const json = 'application/vnd.schemaregistry.v1+json'

async function ask(url: string, method: string, path: string, body?: unknown, type = json) {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  const init = body === undefined ? {} : { body: text, headers: { 'content-type': type } }
  const response = await fetch(`${url}${path}`, { method, ...init })
  return {
    status: response.status,
    type: response.headers.get('content-type'),
    body: (await response.json()) as unknown,
    headers: response.headers,
  }
}

const int = { schema: '"int"' }

describe('serveRegistry', () => {
  it('speaks as Confluent does', async () => {
    const { url } = await start()
    const talk: readonly (readonly [method: string, path: string, body: unknown, status: number, answer: unknown])[] = [
      ['GET', '/', undefined, 200, {}],
      ['GET', '/subjects', undefined, 200, []],
      ['POST', '/subjects/s/versions', int, 200, { id: 1 }],
      ['POST', '/subjects/s/versions', { schema: ' "int" ', schemaType: 'AVRO', references: [], id: -1 }, 200, { id: 1 }],
      ['POST', '/subjects/s/versions/', { schema: '{"type":"object"}', schemaType: 'JSON' }, 200, { id: 2 }],
      [
        'POST',
        '/subjects/a%2Fb/versions?normalize=false',
        { schema: '["int"]', references: [{ name: 'X', subject: 's', version: 1 }] },
        200,
        { id: 3 },
      ],
      ['GET', '/subjects', undefined, 200, ['a/b', 's']],
      ['GET', '/subjects/s/versions', undefined, 200, [1, 2]],
      ['GET', '/subjects/s/versions/1', undefined, 200, { subject: 's', id: 1, version: 1, schema: '"int"' }],
      [
        'GET',
        '/subjects/s/versions/latest',
        undefined,
        200,
        { subject: 's', id: 2, version: 2, schema: '{"type":"object"}', schemaType: 'JSON' },
      ],
      [
        'GET',
        '/subjects/s/versions/-1',
        undefined,
        200,
        { subject: 's', id: 2, version: 2, schema: '{"type":"object"}', schemaType: 'JSON' },
      ],
      ['GET', '/schemas/ids/1', undefined, 200, { schema: '"int"' }],
      ['GET', '/schemas/ids/3', undefined, 200, { schema: '["int"]', references: [{ name: 'X', subject: 's', version: 1 }] }],
      ['GET', '/schemas/ids/1/versions', undefined, 200, [{ subject: 's', version: 1 }]],
      ['POST', '/subjects/s', int, 200, { subject: 's', id: 1, version: 1, schema: '"int"' }],
      ['GET', '/config', undefined, 200, { compatibilityLevel: 'NONE' }],
    ]
    for (const [method, path, body, status, answer] of talk) {
      const heard = await ask(url, method, path, body)
      expect({ path, status: heard.status, body: heard.body }).toEqual({ path, status, body: answer })
      expect(heard.type).toBe(json)
    }
  })

  it('refuses as Confluent does', async () => {
    const { url } = await start()
    await ask(url, 'POST', '/subjects/s/versions', int)
    const talk: readonly (readonly [method: string, path: string, body: unknown, status: number, code: number])[] = [
      ['GET', '/subjects/none/versions', undefined, 404, 40401],
      ['GET', '/subjects/none/versions/latest', undefined, 404, 40401],
      ['POST', '/subjects/none', int, 404, 40401],
      ['GET', '/subjects/s/versions/9', undefined, 404, 40402],
      ['GET', '/subjects/s/versions/0', undefined, 422, 42202],
      ['GET', '/subjects/s/versions/abc', undefined, 422, 42202],
      ['GET', '/subjects/s/versions/2147483648', undefined, 422, 42202],
      ['GET', '/schemas/ids/9', undefined, 404, 40403],
      ['GET', '/schemas/ids/4294967295', undefined, 404, 40403],
      ['GET', '/schemas/ids/4294967296', undefined, 404, 404],
      ['GET', '/schemas/ids/abc', undefined, 404, 404],
      ['POST', '/subjects/s', { schema: '"long"' }, 404, 40403],
      ['POST', '/subjects/s/versions', { schema: '{' }, 422, 42201],
      ['POST', '/subjects/s/versions', { schema: '' }, 422, 42201],
      ['POST', '/subjects/s/versions', {}, 422, 42201],
      ['POST', '/subjects/s/versions', { schema: 5 }, 422, 42201],
      ['POST', '/subjects/s/versions', { ...int, schemaType: 'XML' }, 422, 42201],
      ['POST', '/subjects/s/versions', { ...int, references: [{}] }, 422, 42201],
      ['POST', '/subjects/s/versions', { ...int, references: [{ name: 'X', subject: 'none', version: 1 }] }, 422, 42201],
      ['POST', '/subjects/s/versions', { ...int, id: 7 }, 422, 42205],
      ['POST', '/subjects/s/versions', '{', 400, 400],
      ['POST', '/subjects/s/versions', '[]', 400, 400],
      ['POST', '/subjects/s/versions', 'null', 400, 400],
      ['POST', '/subjects/a%00b/versions', int, 422, 42208],
      ['GET', '/subjects/%zz/versions', undefined, 400, 400],
      ['GET', '/nowhere', undefined, 404, 404],
      ['GET', '/subjects//versions', undefined, 404, 404],
      ['GET', '/subjects/s', undefined, 405, 405],
      ['DELETE', '/subjects/s/versions', undefined, 405, 405],
      ['PUT', '/config', { compatibility: 'SIDEWAYS' }, 422, 42203],
      ['PUT', '/config/s', 'null', 422, 42203],
    ]
    for (const [method, path, body, status, code] of talk) {
      const heard = await ask(url, method, path, body)
      expect({ path, body, status: heard.status, answer: heard.body }).toMatchObject({ path, body, status, answer: { error_code: code } })
      expect(heard.type).toBe(json)
    }
    expect((await ask(url, 'DELETE', '/subjects/s/versions')).headers.get('allow')).toBe('GET, HEAD, POST, OPTIONS')
    expect((await ask(url, 'GET', '/subjects/s/versions')).body).toEqual([1])
  })

  it.each(['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data', ''])(
    'does not take a body of the type %j, as any web page could send it',
    async (type) => {
      const { url } = await start()
      expect(await ask(url, 'POST', '/subjects/s/versions', int, type)).toMatchObject({ status: 415, body: { error_code: 415 } })
      expect((await ask(url, 'GET', '/subjects')).body).toEqual([])
    },
  )

  it.each(['application/json; charset=utf-8', 'Application/JSON', 'application/vnd.schemaregistry+json'])(
    'takes a body of the type %j',
    async (type) => {
      const { url } = await start()
      expect(await ask(url, 'POST', '/subjects/s/versions', int, type)).toMatchObject({ status: 200 })
    },
  )

  it('takes bodies up to 1 MiB and answers 413 to longer ones, with and without a stated length', async () => {
    const { url } = await start()
    const body = (length: number) => {
      const [head, tail] = ['{"schema":"\\"int\\"","pad":"', '"}']
      return `${head}${'x'.repeat(length - head.length - tail.length)}${tail}`
    }
    expect(await ask(url, 'POST', '/subjects/s/versions', body(1024 * 1024))).toMatchObject({ status: 200 })
    for (const length of [1024 * 1024 + 1, 8 * 1024 * 1024]) {
      expect(await ask(url, 'POST', '/subjects/s/versions', body(length))).toMatchObject({ status: 413, body: { error_code: 413 } })
    }
    const status = await new Promise<number | undefined>((resolve, reject) => {
      const outgoing = request(`${url}/subjects/s/versions`, { method: 'POST', headers: { 'content-type': json } })
      outgoing.on('response', (response) => resolve(response.resume().statusCode)).on('error', reject)
      outgoing.write(body(1024 * 1024))
      outgoing.end('x')
    })
    expect(status).toBe(413)
  })

  it('cuts off who sends without end, and lives', async () => {
    const { url } = await start()
    const outcome = await new Promise<string>((resolve) => {
      const outgoing = request(`${url}/subjects/s/versions`, { method: 'POST', headers: { 'content-type': json } })
      outgoing.on('response', () => resolve('answered')).on('error', () => resolve('cut off'))
      const more = (): void => {
        while (!outgoing.destroyed && outgoing.write('x'.repeat(65_536)));
      }
      outgoing.on('drain', more)
      more()
    })
    expect(outcome).toBe('cut off')
    expect((await ask(url, 'GET', '/')).status).toBe(200)
  })

  it('lives on when a client goes away in the middle, or speaks no HTTP', async () => {
    const failures: unknown[] = []
    const { url } = await start({ onError: (error) => failures.push(error) })
    const port = Number(new URL(url).port)
    for (const text of [
      'POST /subjects/s/versions HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{"sch',
      'rubbish\r\n\r\n',
    ]) {
      await new Promise<void>((resolve) => {
        const socket = connect(port, '127.0.0.1', () => socket.write(text, () => setTimeout(() => socket.destroy(), 30)))
        socket.on('close', () => resolve()).on('error', () => undefined)
      })
    }
    expect((await ask(url, 'GET', '/subjects')).body).toEqual([])
    expect(failures).toEqual([])
  })

  it.each<[ErrorCode, number, number]>([
    ['incompatible-registration', 409, 409],
    ['invalid-schema', 422, 42201],
    ['limit-exceeded', 422, 42209],
    ['registry-rejected', 422, 42205],
    ['registry-locked', 500, 50001],
    ['registry-unavailable', 500, 50001],
    ['registry-timeout', 500, 50002],
    ['registry-corrupt', 500, 50001],
    ['internal', 500, 500],
  ])('says %s as %d with code %d', async (code, status, registryCode) => {
    const failures: unknown[] = []
    const error = new EvolveError(code, 'at /secret/path')
    const registry: Registry = { ...failing(error) }
    const { url } = await start({ registry, onError: (failure) => failures.push(failure) })
    const heard = await ask(url, 'POST', '/subjects/s/versions', int)
    expect(heard).toMatchObject({ status, body: { error_code: registryCode } })
    expect(failures).toEqual(status >= 500 ? [error] : [])
    if (status >= 500) expect(JSON.stringify(heard.body)).not.toContain('secret')
  })

  it('tells nothing of a failure inside, not even when the listener fails too', async () => {
    const { url } = await start({
      registry: failing(new TypeError('cannot read /secret/path')),
      onError: () => {
        throw new Error('this as well')
      },
    })
    for (let n = 0; n < 2; n += 1) {
      expect(await ask(url, 'GET', '/schemas/ids/1')).toMatchObject({
        status: 500,
        body: { error_code: 500, message: 'Internal Server Error' },
      })
    }
  })

  it('says what a registry that cannot list cannot do', async () => {
    const { url } = await start({ registry: failing(new Error('unused')) })
    for (const path of ['/subjects', '/schemas/ids/1/versions', '/mode', '/mode/s']) {
      expect(await ask(url, 'GET', path)).toMatchObject({ status: 501, body: { error_code: 501 } })
    }
    expect(await ask(url, 'POST', '/compatibility/subjects/s/versions', int)).toMatchObject({ status: 501 })
    expect(await ask(url, 'PUT', '/mode', { mode: 'READONLY' })).toMatchObject({ status: 501 })
    expect(await ask(url, 'DELETE', '/mode')).toMatchObject({ status: 501 })
    expect(await ask(url, 'DELETE', '/config')).toMatchObject({ status: 501 })
    expect(await ask(url, 'POST', '/subjects/s/versions', { ...int, id: 7 })).toMatchObject({ status: 422, body: { error_code: 42205 } })
    for (const path of ['/config', '/config/s']) {
      expect((await ask(url, 'GET', path)).body).toEqual({ compatibilityLevel: 'NONE' })
      expect((await ask(url, 'PUT', path, { compatibility: 'NONE' })).body).toEqual({ compatibility: 'NONE' })
      expect(await ask(url, 'PUT', path, { compatibility: 'FULL' })).toMatchObject({ status: 422, body: { error_code: 42203 } })
    }
  })

  it('can stand in front of another server', async () => {
    const first = await start()
    const second = await start({ registry: httpRegistry({ url: first.url }) })
    const registry = httpRegistry({ url: second.url })
    const registered = await registry.register('s', { format: 'AVRO', text: '"int"' })
    expect(await registry.schemaById(registered.id)).toMatchObject({ text: '"int"' })
    await expectCode(registry.latest('none'), 'subject-not-found')
  })

  it('gives 50 clients that register one new schema at once one ID', async () => {
    const { url } = await start()
    const clients = Array.from({ length: 50 }, () => httpRegistry({ url }))
    const ids = await Promise.all(clients.map(async (client) => (await client.register('s', { format: 'AVRO', text: '"int"' })).id))
    expect(new Set(ids)).toEqual(new Set([1]))
    expect(await clients[0]?.versions('s')).toEqual([1])
  })

  it('says in one error that it cannot listen', async () => {
    const { url } = await start()
    const port = Number(new URL(url).port)
    const error = await expectCode(serveRegistry({ registry: memoryRegistry(), port }), 'registry-unavailable')
    expect(error.message).toContain('EADDRINUSE')
    await expectCode(serveRegistry({ registry: memoryRegistry(), port: 70_000 }), 'registry-unavailable')
  })

  it('listens on IPv6 too, and is closed once', async () => {
    const server = await start({ host: '::1' })
    expect((await ask(server.url, 'GET', '/')).status).toBe(200)
    await Promise.all([server.close(), server.close()])
    await expectCode(httpRegistry({ url: server.url, retries: 0 }).versions('s'), 'registry-unavailable')
  })

  it('ends what is under way before it closes, and cuts off what takes too long', async () => {
    let release = (): void => undefined
    const held = new Promise<void>((resolve) => {
      release = resolve
    })
    const memory = memoryRegistry()
    await memory.register('s', { format: 'AVRO', text: '"int"' })
    const slow: Registry = {
      ...failing(new Error('unused')),
      versions: async (subject) => held.then(() => memory.versions(subject)),
      latest: () => new Promise(() => undefined),
    }
    const server = await start({ registry: slow })
    const answered = ask(server.url, 'GET', '/subjects/s/versions')
    const cutOff = ask(server.url, 'GET', '/subjects/s/versions/latest').catch(() => 'cut off')
    // With the one that asks.
    await expect.poll(async () => (await fetch(`${server.url}/metrics`)).text()).toMatch(/requests_in_flight 3/)
    const closed = server.close()
    release()
    expect((await answered).body).toEqual([1])
    await closed
    expect(await cutOff).toBe('cut off')
  })
})

function failing(error: Error): Registry {
  const fail = (): Promise<never> => Promise.reject(error)
  return { schemaById: fail, register: fail, versions: fail, version: fail, latest: fail, lookup: fail, close: async () => undefined }
}
