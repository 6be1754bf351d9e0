import { once } from 'node:events'
import { request } from 'node:http'
import { connect, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { afterEach, describe, expect, it } from 'vitest'
import { httpRegistry } from '../http/http-registry.ts'
import { testAuthority, testClientCert, testClientKey, testServerCert, testServerKey } from '../http/test-certificates.test-support.ts'
import { memoryRegistry } from '../memory.ts'
import { expectCode } from '../registry-cases.test-support.ts'
import type { Registry } from '../types.ts'
import { type RegistryServer, type RegistryServerOptions, serveRegistry } from './serve.ts'

const servers: RegistryServer[] = []
const sockets: Socket[] = []
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy()
  for (const server of servers.splice(0)) await server.close()
})

async function start(options: Partial<RegistryServerOptions> = {}): Promise<RegistryServer> {
  const server = await serveRegistry({ registry: memoryRegistry(), ...options })
  servers.push(server)
  return server
}

const json = 'application/vnd.schemaregistry.v1+json'
const tls = { cert: testServerCert, key: testServerKey }

/** Writes this to the server, and gives what it says until it closes. */
function say(url: string, text: string): { readonly heard: Promise<string>; readonly socket: Socket } {
  const socket = connect(Number(new URL(url).port), '127.0.0.1', () => socket.write(text))
  sockets.push(socket)
  const heard = new Promise<string>((resolve) => {
    const chunks: Buffer[] = []
    socket.on('data', (chunk) => chunks.push(chunk))
    socket.on('error', () => undefined)
    socket.on('close', () => resolve(Buffer.concat(chunks).toString()))
  })
  return { heard, socket }
}

describe('a server over TLS', () => {
  const plain = { format: 'AVRO', text: '"int"' } as const

  it('is one for clients that trust its certificate', async () => {
    const { url } = await start({ tls })
    expect(url).toMatch(/^https:/)
    expect((await httpRegistry({ url, tls: { ca: testAuthority } }).register('s', plain)).id).toBe(1)
    await expectCode(httpRegistry({ url, retries: 0 }).versions('s'), 'registry-unavailable')
    await expectCode(httpRegistry({ url: url.replace('https', 'http'), retries: 0 }).versions('s'), 'registry-unavailable')
  })

  it('asks clients for a certificate where it is told to', async () => {
    const { url } = await start({ tls: { ...tls, ca: testAuthority, requestCert: true } })
    const own = { ca: testAuthority, cert: testClientCert, key: testClientKey }
    expect((await httpRegistry({ url, tls: own }).register('s', plain)).id).toBe(1)
    await expectCode(httpRegistry({ url, tls: { ca: testAuthority }, retries: 0 }).versions('s'), 'registry-unavailable')
  })

  it('takes new certificates while it runs, and keeps those it has where the new ones are none', async () => {
    const server = await start({ tls })
    expect(() => server.setTls({ cert: 'rubbish', key: testServerKey })).toThrow(expect.objectContaining({ code: 'invalid-options' }))
    const registry = (): ReturnType<typeof httpRegistry> => httpRegistry({ url: server.url, tls: { ca: testAuthority } })
    await registry().register('s', plain)
    server.setTls(tls)
    expect(await registry().versions('s')).toEqual([1])
    const open = await start()
    expect(() => open.setTls(tls)).toThrow(/has no TLS/)
  })

  it.each([
    ['a certificate that is none', { cert: 'hush', key: testServerKey }],
    ['a key that is none', { cert: testServerCert, key: 'hush' }],
    ['the key of another certificate', { cert: testServerCert, key: testClientKey }],
  ])('does not start with %s', async (_case, material) => {
    const error = await expectCode(start({ tls: material }), 'invalid-options')
    expect(error.message).not.toMatch(/hush|PRIVATE/)
  })
})

describe('a server under clients of no good will', () => {
  it.each<[string, string, number]>([
    ['rubbish', 'rubbish\r\n\r\n', 400],
    ['another protocol', '\u0016\u0003\u0001\u0002\u0000\u0001', 400],
    ['headers without end', `GET / HTTP/1.1\r\nhost: x\r\nx: ${'x'.repeat(40_000)}`, 431],
    ['two lengths', 'POST /subjects/s HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n', 400],
    ['a chunk of no length', 'POST /subjects/s HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n', 400],
  ])('answers %s with a refusal that says what it is, and hangs up', async (_case, text, status) => {
    const { url } = await start()
    const [head = '', body = ''] = (await say(url, text).heard).split('\r\n\r\n', 2)
    expect(head).toMatch(new RegExp(`^HTTP/1.1 ${status} `))
    expect(JSON.parse(body)).toEqual({ error_code: status, message: expect.any(String) })
    expect((await fetch(url)).status).toBe(200)
  })

  it('cuts off who sends headers or a body drop by drop, and serves others meanwhile', async () => {
    const { url } = await start({ headersTimeoutMs: 1_500, requestTimeoutMs: 3_000 })
    const slow = [
      'GET /subjects HTTP/1.1\r\nhost: x\r\n',
      `POST /subjects/s HTTP/1.1\r\nhost: x\r\ncontent-type: ${json}\r\ncontent-length: 9999\r\n\r\n`,
    ].map((text) => say(url, text))
    const dripping = setInterval(() => {
      for (const { socket } of slow) if (!socket.destroyed && socket.bytesWritten > 0) socket.write('x')
    }, 50)
    const others = Array.from({ length: 20 }, async () => (await fetch(`${url}/subjects`)).status)
    expect(new Set(await Promise.all(others))).toEqual(new Set([200]))
    const heard = await Promise.all(slow.map((one) => one.heard))
    clearInterval(dripping)
    for (const text of heard) expect(text).toMatch(/^HTTP\/1.1 408 [\s\S]*"error_code":408/)
  })

  it('keeps to the most connections that it was given', async () => {
    const { url } = await start({ maxConnections: 2 })
    const idle = [say(url, ''), say(url, '')]
    await Promise.all(idle.map(({ socket }) => new Promise((resolve) => socket.once('connect', resolve))))
    expect(await say(url, 'GET / HTTP/1.1\r\nhost: x\r\n\r\n').heard).toBe('')
    idle[0]?.socket.destroy()
    await expect
      .poll(() =>
        fetch(`${url}/metrics`).then(
          (response) => response.text(),
          () => '',
        ),
      )
      .toMatch(/connections_dropped_total [1-9]/)
  })

  it('takes bodies as long as it was told, and no longer', async () => {
    const { url } = await start({ maxBodyBytes: 100 })
    const ask = async (length: number): Promise<number> => {
      const [head, tail] = ['{"schema":"\\"int\\"","x":"', '"}']
      const body = `${head}${'x'.repeat(length - head.length - tail.length)}${tail}`
      return (await fetch(`${url}/subjects/s/versions`, { method: 'POST', body, headers: { 'content-type': json } })).status
    }
    expect([await ask(100), await ask(101)]).toEqual([200, 413])
  })
})

describe('a server asked by methods of HTTP itself', () => {
  it('answers HEAD as GET, without the body', async () => {
    const registry = memoryRegistry()
    await registry.register('s', { format: 'AVRO', text: '"int"' })
    const { url } = await start({ registry })
    for (const path of ['/subjects/s/versions/1', '/subjects/none/versions', '/metrics', '/nothing']) {
      const [head, get] = [await fetch(`${url}${path}`, { method: 'HEAD' }), await fetch(`${url}${path}`)]
      expect([head.status, head.headers.get('content-type'), await head.text()]).toEqual([get.status, get.headers.get('content-type'), ''])
    }
  })

  it('answers OPTIONS with the methods there are', async () => {
    const { url } = await start()
    const asked = await fetch(`${url}/config/s`, { method: 'OPTIONS' })
    expect([asked.status, asked.headers.get('allow'), await asked.text()]).toEqual([204, 'GET, HEAD, PUT, DELETE, OPTIONS', ''])
    expect(asked.headers.get('access-control-allow-origin')).toBeNull()
    expect((await fetch(`${url}/nothing`, { method: 'OPTIONS' })).status).toBe(404)
  })

  it('keeps a connection from one request to the next, also after a body that it did not read', async () => {
    const { url } = await start({ auth: { tokens: [] } })
    const text = `POST /subjects/s/versions HTTP/1.1\r\nhost: x\r\ncontent-type: ${json}\r\ncontent-length: 5\r\n\r\nhello`
    const heard = await say(url, `${text}${text}GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n`).heard
    expect(heard.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 401', 'HTTP/1.1 401', 'HTTP/1.1 401'])
  })

  it.each(['headersTimeoutMs', 'requestTimeoutMs', 'keepAliveTimeoutMs', 'maxConnections', 'maxBodyBytes', 'answerTimeoutMs', 'graceMs'])(
    'does not start where %s is no number that it can be',
    async (name) => {
      for (const value of [-1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 31, '5'])
        await expectCode(start({ [name]: value }), 'invalid-options')
    },
  )
})

describe('a server that is closed', () => {
  it('lets a running request end, takes no other, and then is gone', async () => {
    const memory = memoryRegistry()
    let release = (): void => undefined
    const held = new Promise<void>((resolve) => {
      release = resolve
    })
    const fail = (): Promise<never> => Promise.reject(new Error('unused'))
    const others = { schemaById: fail, register: fail, version: fail, latest: fail, lookup: fail, close: fail }
    const registry: Registry = { ...others, versions: async (subject) => held.then(() => memory.versions(subject)) }
    await memory.register('s', { format: 'AVRO', text: '"int"' })
    const server = await start({ registry, graceMs: 60_000 })
    const running = new Promise<{ status: number | undefined; connection: string | undefined }>((resolve, reject) => {
      const outgoing = request(`${server.url}/subjects/s/versions`, { headers: { connection: 'keep-alive' } }, (response) => {
        resolve({ status: response.statusCode, connection: response.resume().headers.connection })
      })
      outgoing.on('error', reject).end()
    })
    const second = say(server.url, 'GET /subjects/s/versions HTTP/1.1\r\nhost: x\r\n\r\n')
    await expect.poll(async () => (await fetch(`${server.url}/metrics`)).text()).toMatch(/requests_in_flight 3/)
    const closed = server.close()
    await expect(fetch(`${server.url}/subjects`)).rejects.toThrow()
    release()
    expect(await running).toEqual({ status: 200, connection: 'close' })
    expect(await second.heard).toMatch(/^HTTP\/1.1 200 [\s\S]*connection: close/i)
    await closed
    await expect(fetch(server.url)).rejects.toThrow()
  })

  it.each([
    ['over TCP', undefined],
    ['over TLS', tls],
  ])('does not wait for connections on which nothing was ever asked, %s', async (_name, secure) => {
    const server = await start({ graceMs: 600_000, ...(secure === undefined ? {} : { tls: secure }) })
    const port = Number(new URL(server.url).port)
    const socket = secure === undefined ? connect(port, '127.0.0.1') : connectTls({ port, host: '127.0.0.1', ca: testAuthority })
    sockets.push(socket)
    socket.on('error', () => undefined)
    await once(socket, secure === undefined ? 'connect' : 'secureConnect')
    const cut = new Promise((resolve) => socket.resume().once('close', resolve))
    await server.close()
    await cut
  })
})
