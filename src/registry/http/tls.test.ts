import { createServer, type Server, type ServerOptions } from 'node:https'
import type { AddressInfo } from 'node:net'
import type { TLSSocket } from 'node:tls'
import { inspect } from 'node:util'
import { afterEach, describe, expect, it } from 'vitest'
import { memoryRegistry } from '../memory.ts'
import { expectCode } from '../registry-cases.test-support.ts'
import { serveRegistry } from '../server/serve.ts'
import { always, client, closeAll } from './fake-server.test-support.ts'
import { httpRegistry } from './http-registry.ts'
import { testAuthority, testClientCert, testClientKey, testServerCert, testServerKey } from './test-certificates.test-support.ts'

const open: Server[] = []
afterEach(async () => {
  await closeAll()
  for (const server of open.splice(0)) {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }
})

interface SecureServer {
  readonly url: string
  readonly sockets: Set<TLSSocket>
  /** The names on the certificates of those who asked. */
  readonly clients: (string | undefined)[]
}

async function serveSecurely(options: ServerOptions = {}): Promise<SecureServer> {
  const [sockets, clients] = [new Set<TLSSocket>(), [] as (string | undefined)[]]
  const server = createServer({ cert: testServerCert, key: testServerKey, ...options }, (request, response) => {
    const socket = request.socket as TLSSocket
    sockets.add(socket)
    const name = socket.getPeerCertificate().subject?.CN
    clients.push(Array.isArray(name) ? name[0] : name)
    response.end('[1]')
  })
  open.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { url: `https://127.0.0.1:${(server.address() as AddressInfo).port}`, sockets, clients }
}

describe('TLS', () => {
  it('trusts the authority that is given, and keeps its connection', async () => {
    const server = await serveSecurely()
    for (const ca of [testAuthority, Buffer.from(testAuthority), [testAuthority]]) {
      expect(await client(server.url, { tls: { ca } }).versions('s')).toEqual([1])
    }
    expect(server.sockets.size).toBe(3)
    const kept = client(server.url, { tls: { ca: testAuthority } })
    for (let n = 0; n < 5; n += 1) await kept.versions('s')
    expect(server.sockets.size).toBe(4)
  })

  it('trusts nobody else, and says what to do', async () => {
    const server = await serveSecurely()
    const error = await expectCode(client(server.url).versions('s'), 'registry-unavailable')
    expect(error.message).toMatch(/\(UNABLE_TO_VERIFY_LEAF_SIGNATURE\).*tls\.ca/)
    expect(await client(server.url, { tls: { rejectUnauthorized: false } }).versions('s')).toEqual([1])
    expect(server.clients).toHaveLength(1)
  })

  it('wants the name of the host, or the one that is given', async () => {
    const { url } = await serveSecurely()
    const other = url.replace('127.0.0.1', 'localhost')
    const error = await expectCode(client(other, { tls: { ca: testAuthority } }).versions('s'), 'registry-unavailable')
    expect(error.message).toMatch(/\(ERR_TLS_CERT_ALTNAME_INVALID\).*tls\.servername/)
    expect(await client(other, { tls: { ca: testAuthority, servername: 'registry.test' } }).versions('s')).toEqual([1])
  })

  it('shows the certificate of the client to a server that asks for one', async () => {
    const server = await serveSecurely({ requestCert: true, ca: testAuthority })
    const tls = { ca: testAuthority, cert: testClientCert, key: testClientKey }
    expect(await client(server.url, { tls }).versions('s')).toEqual([1])
    expect(server.clients).toEqual(['kafka-evolve test client (not a secret)'])
    await expectCode(client(server.url, { tls: { ca: testAuthority } }).versions('s'), 'registry-unavailable')
    expect(server.clients).toHaveLength(1)
  })

  it('says so where there is none', async () => {
    const { url } = await always(200, '[1]')
    const error = await expectCode(client(url.replace('http:', 'https:')).versions('s'), 'registry-unavailable')
    expect(error.message).toContain('does not speak TLS')
    const secure = await serveSecurely()
    await expectCode(client(secure.url.replace('https:', 'http:')).versions('s'), 'registry-unavailable')
  })

  it.each([
    ['a certificate without its key', { cert: testClientCert }],
    ['a key without its certificate', { key: testClientKey }],
    ['a key of another certificate', { cert: testClientCert, key: testServerKey }],
    ['a key that is none', { cert: testClientCert, key: 'secret-value' }],
    ['a name of a file', { ca: '/etc/ca.pem', cert: 'secret-value', key: '/etc/secret-value.key' }],
    ['a member that there is not', { caFile: 'secret-value' } as object],
  ])('refuses %s', (_name, tls) => {
    const call = () => httpRegistry({ url: 'https://127.0.0.1:1', tls })
    expect(call).toThrow(expect.objectContaining({ code: 'invalid-options' }))
    expect(call).not.toThrow('secret-value')
  })

  it('shows its key in nothing that can be printed', async () => {
    const registry = client('https://127.0.0.1:1', { tls: { ca: testAuthority, cert: testClientCert, key: testClientKey } })
    const error = await expectCode(registry.versions('s'), 'registry-unavailable')
    const printed = inspect([registry, error, error.cause], { depth: 20, showHidden: true })
    for (const line of testClientKey.split('\n').slice(1, 3)) expect(printed).not.toContain(line)
  })

  it('is not for a fetch of the user', () => {
    const call = () => httpRegistry({ url: 'https://127.0.0.1:1', tls: {}, fetch: globalThis.fetch })
    expect(call).toThrow(expect.objectContaining({ code: 'invalid-options' }))
  })

  it('and a password open the registry of this package, and nothing less does', async () => {
    const server = await serveRegistry({
      registry: memoryRegistry(),
      tls: { cert: testServerCert, key: testServerKey, ca: testAuthority, requestCert: true },
      auth: { users: [{ name: 'me', password: 'secret-value-1', rights: { admin: ['*'] } }] },
    })
    try {
      expect(server.url).toMatch(/^https:/)
      const url = server.url.replace('localhost', '127.0.0.1')
      const tls = { ca: testAuthority, cert: testClientCert, key: testClientKey }
      const auth = { username: 'me', password: 'secret-value-1' }
      const registry = client(url, { tls, auth })
      expect(await registry.register('s', { format: 'AVRO', text: '"int"' })).toMatchObject({ id: 1, version: 1 })
      expect(await registry.subjects()).toEqual(['s'])
      const wrong = await expectCode(client(url, { tls, auth: { ...auth, password: 'secret-value-2' } }).subjects(), 'registry-rejected')
      expect(wrong.message).toContain('check the credentials')
      expect(inspect(wrong, { depth: 10 })).not.toContain('secret-value')
      await expectCode(client(url, { tls: { ca: testAuthority }, auth }).subjects(), 'registry-unavailable')
    } finally {
      await server.close()
    }
  })
})
