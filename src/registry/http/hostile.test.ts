import { createServer, type Socket } from 'node:net'
import { inspect } from 'node:util'
import { deflateSync, gzipSync } from 'node:zlib'
import { afterEach, describe, expect, it } from 'vitest'
import { cachedRegistry } from '../cached/cached-registry.ts'
import { lockedRegistry } from '../lockfile/locked-registry.ts'
import { pullLockfile } from '../lockfile/pull.ts'
import { referencedTexts } from '../references.ts'
import { avroText, expectCode } from '../registry-cases.test-support.ts'
import { always, client, closeAll, serve } from './fake-server.test-support.ts'

const raw: { readonly server: ReturnType<typeof createServer>; readonly sockets: Set<Socket> }[] = []
afterEach(async () => {
  await closeAll()
  for (const { server, sockets } of raw.splice(0)) {
    for (const socket of sockets) socket.destroy()
    await new Promise((resolve) => server.close(resolve))
  }
})

/** A server that writes these bytes to whoever says anything. */
async function saying(bytes: string | Buffer): Promise<string> {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined)
    socket.once('data', () => socket.end(bytes))
  })
  raw.push({ server, sockets })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  return `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`
}

const version = (members: object): string => JSON.stringify({ subject: 's', id: 1, version: 1, schema: '"int"', ...members })
const nested = (depth: number): string => `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`

describe('an answer that is not one', () => {
  it.each<[string, string]>([
    ['another ID', version({ id: 8 })],
    ['an ID that is a text', version({ id: '7' })],
    ['a schema that is a number', JSON.stringify({ schema: '5' })],
    ['a schema too long', JSON.stringify({ schema: JSON.stringify('x'.repeat(1024 * 1024)) })],
    ['too many references', JSON.stringify({ schema: '"int"', references: Array(101).fill({ name: 'a', subject: 'a', version: 1 }) })],
    ['a reference to a path', JSON.stringify({ schema: '"int"', references: [{ name: 'a', subject: '..', version: 1 }] })],
    ['metadata too deep', `{"schema":"\\"int\\"","metadata":${nested(500)}}`],
    ['metadata that is a list', `{"schema":"\\"int\\"","metadata":[]}`],
    ['JSON too deep to be anything', '['.repeat(1_000_000)],
    ['a deep list', `${'['.repeat(500_000)}${']'.repeat(500_000)}`],
    ['a name of a prototype', '{"__proto__":{"schema":"\\"int\\""}}'],
  ])('with %s is registry-bad-answer, and asked for once', async (_name, body) => {
    const fake = await always(200, body, { 'content-type': 'application/json' })
    await expectCode(client(fake.url, { retries: 3 }).schemaById(7), 'registry-bad-answer')
    expect(fake.asked).toHaveLength(1)
    expect({}).not.toHaveProperty('schema')
  })

  it.each(['record X', ' ', '<html>', '{"type":'])('with the schema %j is invalid-schema', async (schema) => {
    const fake = await always(200, JSON.stringify({ id: 7, version: 1, schema }))
    const error = await expectCode(client(fake.url, { retries: 3 }).schemaById(7), 'invalid-schema')
    expect(error.message).toContain('schema ID 7')
    await expectCode(client(fake.url).version('s', 1), 'invalid-schema')
    expect(fake.asked).toHaveLength(2)
  })

  it.each(['text/html', 'text/plain; charset=utf-8', 'application/octet-stream', 'application/jsonp'])(
    'of type %s is registry-bad-answer, whatever can be read in it',
    async (type) => {
      const fake = await always(200, version({}), { 'content-type': type })
      await expectCode(client(fake.url).version('s', 1), 'registry-bad-answer')
    },
  )

  it.each([
    'application/json',
    'application/vnd.schemaregistry.v1+json; charset=utf-8',
    'application/vnd.schemaregistry+json',
    'text/json',
  ])('is one of type %s', async (type) => {
    const fake = await always(200, version({}), { 'content-type': type })
    expect(await client(fake.url).version('s', 1)).toMatchObject({ id: 1 })
  })

  it.each<[string, Buffer, string]>([
    ['gzip that is none', Buffer.from(version({})), 'gzip'],
    ['what was not asked for', deflateSync(version({})), 'deflate'],
    ['an encoding that nobody knows', Buffer.from(version({})), 'secret'],
    ['several', gzipSync(gzipSync(version({}))), 'gzip, gzip'],
  ])('compressed as %s is registry-bad-answer', async (_name, body, encoding) => {
    const fake = await always(200, body, { 'content-encoding': encoding })
    await expectCode(client(fake.url, { retries: 2 }).version('s', 1), 'registry-bad-answer')
    expect(fake.asked).toHaveLength(1)
  })

  it('compressed as gzip is read, no further than the limit', async () => {
    const good = await always(200, gzipSync(version({ pad: 'x'.repeat(3_000) })), { 'content-encoding': 'gzip' })
    expect(await client(good.url, { maxAnswerBytes: 4_000 }).version('s', 1)).toMatchObject({ id: 1 })
    expect(good.requests[0]?.headers['accept-encoding']).toBe('gzip')
    const bomb = gzipSync(Buffer.alloc(200 * 1024 * 1024, 0x20), { level: 1 })
    const fake = await always(200, bomb, { 'content-encoding': 'gzip' })
    const before = process.memoryUsage().rss
    await expectCode(client(fake.url).version('s', 1), 'registry-bad-answer')
    expect(process.memoryUsage().rss - before).toBeLessThan(100 * 1024 * 1024)
  })

  it.each<[string, string]>([
    ['no HTTP', '\u0000\u0001\u0002 SSH-2.0\r\n\r\n'],
    ['a status that is none', 'HTTP/1.1 abc OK\r\n\r\n'],
    ['headers without end', `HTTP/1.1 200 OK\r\n${'x: y\r\n'.repeat(20_000)}`],
    ['two lengths', 'HTTP/1.1 200 OK\r\ncontent-length: 3\r\ncontent-length: 4\r\n\r\n[1]'],
  ])('of %s is registry-bad-answer', async (_name, bytes) => {
    const error = await expectCode(client(await saying(bytes), { retries: 2 }).versions('s'), 'registry-bad-answer')
    expect(error.cause).toBeUndefined()
  })

  it('that ends before its time is registry-unavailable', async () => {
    for (const rest of ['content-length: 100\r\n\r\n[1', 'transfer-encoding: chunked\r\n\r\n2\r\n[1\r\nzz\r\n']) {
      await expectCode(client(await saying(`HTTP/1.1 200 OK\r\n${rest}`)).versions('s'), 'registry-unavailable')
    }
    const half = gzipSync(JSON.stringify(Array.from({ length: 5_000 }, (_, at) => at + 1)))
    const cut = await always(200, half.subarray(0, half.length / 2), { 'content-encoding': 'gzip' })
    await expectCode(client(cut.url).versions('s'), 'registry-bad-answer')
  })

  it('shows no credentials, wherever it quotes them', async () => {
    const secret = 'secret-value-1'
    const echo = await serve((request, response) => {
      response.writeHead(200, { 'content-type': String(request.headers.authorization), 'content-encoding': 'identity' })
      response.end(`{"schema":"${String(request.headers.authorization)}"}`)
    })
    const error = await expectCode(client(echo.url, { auth: { bearer: secret } }).schemaById(1), 'registry-bad-answer')
    expect(inspect(error, { depth: 20, showHidden: true })).not.toContain(secret)
    const coded = await serve((request, response) => {
      response.writeHead(200, { 'content-encoding': String(request.headers.authorization) }).end('{}')
    })
    const other = await expectCode(client(coded.url, { auth: { bearer: secret } }).schemaById(1), 'registry-bad-answer')
    expect(inspect(other, { depth: 20, showHidden: true })).not.toContain(secret)
  })
})

describe('references of a hostile registry', () => {
  const answering = (next: (subject: string, version: number) => readonly object[]) =>
    serve((request, response) => {
      const [, subject = '', number = '1'] = /^\/subjects\/([^/]+)\/versions\/(\d+)/.exec(request.url ?? '') ?? []
      const references = next(subject, Number(number))
      response.end(version({ id: Number(number), version: Number(number), schema: '"int"', references }))
    })

  it('in a circle are invalid-schema', async () => {
    const fake = await answering((subject) => [{ name: 'x', subject: subject === 'a' ? 'b' : 'a', version: 1 }])
    const registry = client(fake.url)
    await expectCode(referencedTexts(registry, await registry.version('a', 1)), 'invalid-schema')
    expect(fake.asked.length).toBeLessThanOrEqual(3)
  })

  it('to itself are invalid-schema', async () => {
    const fake = await answering(() => [{ name: 'x', subject: 'a', version: 1 }])
    const registry = cachedRegistry(client(fake.url))
    await expectCode(referencedTexts(registry, await registry.version('a', 1)), 'invalid-schema')
  })

  it('without end are limit-exceeded', async () => {
    const deep = await answering((_subject, number) => [{ name: 'x', subject: 'a', version: number + 1 }])
    const registry = client(deep.url)
    await expectCode(referencedTexts(registry, await registry.version('a', 1)), 'limit-exceeded')
    expect(deep.asked.length).toBeLessThan(30)
    const wide = await answering((subject) =>
      Array.from({ length: 50 }, (_, at) => ({ name: `x${at}`, subject: `${subject}.${at}`, version: 1 })),
    )
    await expectCode(referencedTexts(client(wide.url), await client(wide.url).version('a', 1)), 'limit-exceeded')
    expect(wide.asked.length).toBeLessThan(130)
  })

  it('end a pull of a lock file, too', async () => {
    let count = 0
    const fake = await serve((request, response) => {
      count += 1
      if (request.url?.includes('/config/')) response.end('{"compatibilityLevel":"NONE"}')
      else if (/\/versions(\?.*)?$/.test(request.url ?? '')) response.end(request.url?.includes('deletedOnly') ? '[]' : '[1]')
      else response.end(version({ references: [{ name: 'x', subject: `s${count}`, version: 1 }] }))
    })
    await expectCode(pullLockfile(client(fake.url), ['a']), 'limit-exceeded')
    expect(fake.asked.length).toBeLessThan(200)
  })
})

describe('a schema', () => {
  it('causes no request, whatever addresses and paths are in it', async () => {
    const target = await always(200, '{}')
    const schema = {
      type: 'record',
      name: 'R',
      doc: target.url,
      namespace: 'x',
      $ref: `${target.url}/ref.json`,
      fields: [{ name: 'a', type: 'int', doc: 'file:///etc/passwd', $schema: `${target.url}/schema` }],
    }
    const json = { $schema: `${target.url}/meta`, $ref: `${target.url}/x.json`, $id: `${target.url}/id` }
    const fake = await serve((request, response) => {
      const isJson = request.url?.includes('/2')
      response.end(JSON.stringify({ schema: JSON.stringify(isJson ? json : schema), ...(isJson ? { schemaType: 'JSON' } : {}) }))
    })
    const registry = cachedRegistry(client(fake.url))
    for (const id of [1, 2]) expect(await referencedTexts(registry, await registry.schemaById(id))).toEqual([])
    const lockfile = { subjects: [{ subject: 's', versions: [{ subject: 's', version: 1, id: 1, ...avroText(schema) }] }] }
    expect(lockedRegistry({ lockfile }).peekById(1)).toMatchObject(avroText(schema))
    expect(target.asked).toEqual([])
    expect(fake.asked).toHaveLength(2)
  })
})
