import type { ServerResponse } from 'node:http'
import { gzipSync } from 'node:zlib'
import { afterEach, describe, expect, it } from 'vitest'
import type { ErrorCode } from '../../errors.ts'
import type { SchemaText } from '../../schema/text.ts'
import { expectCode } from '../registry-cases.test-support.ts'
import { always, client, closeAll, closeLast, refusal, serve } from './fake-server.test-support.ts'
import { httpRegistry } from './http-registry.ts'

const int: SchemaText = { format: 'AVRO', text: '"int"' }

afterEach(closeAll)

describe('what is asked', () => {
  it('is escaped, below the path of the url', async () => {
    const fake = await always(404, refusal(40401))
    const registry = client(`${fake.url}/apis/ccompat/v7/`)
    await expectCode(registry.schemaById(7), 'subject-not-found')
    for (const subject of ['a/b c', '../x', 'ü?#%&', ':.ctx:s']) await expectCode(registry.versions(subject), 'subject-not-found')
    await expectCode(registry.version('s', 3), 'subject-not-found')
    await expectCode(registry.latest('s'), 'subject-not-found')
    await expectCode(registry.lookup('s', int), 'subject-not-found')
    await expectCode(registry.register('s', int), 'subject-not-found')
    const below = '/apis/ccompat/v7/subjects'
    expect(fake.asked).toEqual([
      'GET /apis/ccompat/v7/schemas/ids/7',
      `GET ${below}/a%2Fb%20c/versions`,
      `GET ${below}/..%2Fx/versions`,
      `GET ${below}/%C3%BC%3F%23%25%26/versions`,
      `GET ${below}/%3A.ctx%3As/versions`,
      `GET ${below}/s/versions/3`,
      `GET ${below}/s/versions/latest`,
      `POST ${below}/s`,
      `POST ${below}/s/versions`,
    ])
  })

  it('has the schema, its type where it is not Avro, and its references where it has some', async () => {
    const bodies: unknown[] = []
    const fake = await serve((request, response) => {
      request.setEncoding('utf8').once('data', (text: string) => bodies.push(JSON.parse(text)))
      request.once('end', () => response.end('{"id":1,"version":1,"schema":"{}","schemaType":"JSON"}'))
    })
    const references = [{ name: 'X', subject: 's', version: 1 }]
    await client(fake.url).lookup('s', int)
    await client(fake.url).lookup('s', { format: 'JSON', text: '{}', references })
    expect(bodies).toEqual([{ schema: '"int"' }, { schema: '{}', schemaType: 'JSON', references }])
    expect(fake.requests[0]?.headers).toMatchObject({ 'content-type': 'application/vnd.schemaregistry.v1+json' })
    expect(fake.requests[0]?.headers.accept).toContain('application/vnd.schemaregistry.v1+json')
  })

  it('is not asked at all for what cannot be', async () => {
    const fake = await always(200, '{}')
    await expectCode(client(fake.url).register('..', int), 'invalid-options')
    await expectCode(client(fake.url).version('s', -1), 'version-not-found')
    await expectCode(client(fake.url).schemaById(-1), 'invalid-options')
    expect(fake.asked).toEqual([])
  })
})

describe('answers', () => {
  it.each<[number, number | undefined, ErrorCode, boolean]>([
    [404, 40401, 'subject-not-found', false],
    [404, 40402, 'version-not-found', false],
    [404, 40403, 'schema-not-found', false],
    [404, 40404, 'subject-not-found', false],
    [404, 404, 'registry-rejected', false],
    [400, 400, 'registry-rejected', false],
    [401, 40101, 'registry-rejected', false],
    [403, 40301, 'registry-rejected', false],
    [405, 405, 'registry-rejected', false],
    [408, 408, 'registry-unavailable', true],
    [422, 42201, 'invalid-schema', false],
    [422, 42205, 'registry-rejected', false],
    [422, 42208, 'invalid-options', false],
    [429, 429, 'registry-unavailable', true],
    [500, 50001, 'registry-unavailable', true],
    [500, 50002, 'registry-timeout', true],
    [500, 50003, 'registry-unavailable', true],
    [500, 50004, 'registry-unavailable', true],
    [500, 500, 'registry-unavailable', true],
    [503, undefined, 'registry-unavailable', true],
  ])('of status %d and code %s are %s', async (status, registryCode, code, retryable) => {
    const fake = await always(status, registryCode === undefined ? '<html>' : refusal(registryCode, 'because'))
    const error = await expectCode(client(fake.url).version('s', 1), code)
    expect(error).toMatchObject({ retryable, details: { subject: 's', status, ...(registryCode === undefined ? {} : { registryCode }) } })
    if (registryCode !== undefined) expect(error.message).toContain('because')
  })

  it.each([409, 40901])(
    'of status 409 and code %d to a registration are incompatible-registration, unless the schema is there',
    async (registryCode) => {
      const none = await serve((request, response) => {
        if (request.url?.endsWith('/versions')) response.writeHead(409).end(refusal(registryCode, 'field a changed'))
        else response.writeHead(404).end(refusal(40403))
      })
      const error = await expectCode(client(none.url, { retries: 5 }).register('s', int), 'incompatible-registration')
      expect(error.message).toContain('field a changed')
      // The verdict, and one look whether it is one.
      expect(none.asked).toEqual(['POST /subjects/s/versions', 'POST /subjects/s'])
      const there = await serve((request, response) => {
        if (request.url?.endsWith('/versions')) response.writeHead(409).end(refusal(registryCode))
        else response.end('{"subject":"s","id":4,"version":2,"schema":"\\"int\\""}')
      })
      expect(await client(there.url).register('s', int)).toMatchObject({ id: 4, version: 2 })
    },
  )

  it('of status 409 that are no verdict on the schema are asked for again', async () => {
    const race = "An artifact with ID 's' in group 'null' already exists."
    const fake = await serve((request, response, count) => {
      if (count === 1) response.writeHead(409).end(refusal(409, race))
      else response.end(request.url?.endsWith('/versions') ? '{"id":4}' : '{"subject":"s","id":4,"version":2,"schema":"\\"int\\""}')
    })
    expect(await client(fake.url, { retries: 1 }).register('s', int)).toMatchObject({ id: 4, version: 2 })
    expect(fake.asked).toHaveLength(3)
  })

  it('of code 40403 to a look-up are schema-not-in-subject', async () => {
    const fake = await always(404, refusal(40403))
    await expectCode(client(fake.url).lookup('s', int), 'schema-not-in-subject')
    await expectCode(client(fake.url).schemaById(1), 'schema-not-found')
  })

  it('of 404 without a code are schema-not-found for IDs that a signed integer cannot hold', async () => {
    const fake = await always(404, refusal(404))
    await expectCode(client(fake.url).schemaById(2 ** 31), 'schema-not-found')
    const error = await expectCode(client(fake.url).schemaById(1), 'registry-rejected')
    expect(error.message).toContain('path of the url')
  })

  it('without schemaType are Avro; with references and others they are what they say', async () => {
    const plain = await always(200, '{"schema":"\\"int\\"","more":1}')
    expect(await client(plain.url).schemaById(2 ** 32 - 1)).toEqual({ id: 2 ** 32 - 1, format: 'AVRO', text: '"int"' })
    const full = await always(
      200,
      '{"schema":"x","schemaType":"PROTOBUF","references":[{"name":"a.proto","subject":"a","version":3,"x":1}]}',
    )
    const references = [{ name: 'a.proto', subject: 'a', version: 3 }]
    expect(await client(full.url).schemaById(0)).toEqual({ id: 0, format: 'PROTOBUF', text: 'x', references })
  })

  it('list versions in any order, and are given in ascending order', async () => {
    const fake = await always(200, '[3,10,1]')
    expect(await client(fake.url).versions('s')).toEqual([1, 3, 10])
  })

  const version = (members: object) => JSON.stringify({ subject: 's', id: 1, version: 1, schema: '"int"', ...members })
  it.each<[string, string | Buffer, Record<string, string>?]>([
    ['a web page', '<!doctype html><title>Sign in</title>'],
    ['nothing', ''],
    ['half an object', '{"schema":'],
    ['null', 'null'],
    ['a number', '5'],
    ['a list', '[]'],
    ['no schema', version({ schema: undefined })],
    ['a schema that is no text', version({ schema: { type: 'int' } })],
    ['an unknown type', version({ schemaType: 'XML' })],
    ['a negative ID', version({ id: -1 })],
    ['an ID of 33 bits', version({ id: 2 ** 32 })],
    ['an ID that is a text', version({ id: '1' })],
    ['no ID', version({ id: undefined })],
    ['version 0', version({ version: 0 })],
    ['another version', version({ version: 2 })],
    ['broken references', version({ references: [{ name: 'x' }] })],
    ['bytes that are not UTF-8', Buffer.from([0x22, 0xff, 0x22])],
    ['more than is read', version({ pad: 'x'.repeat(5_000) })],
    ['more than is read, compressed', gzipSync(version({ pad: 'x'.repeat(1_000_000) })), { 'content-encoding': 'gzip' }],
  ])('of status 200 with %s are registry-bad-answer', async (_name, body, headers = {}) => {
    const fake = await always(200, body, headers)
    const error = await expectCode(client(fake.url, { maxAnswerBytes: 4_000, retries: 2 }).version('s', 1), 'registry-bad-answer')
    expect(error.message).not.toContain('doctype')
    expect(error.message).toContain(fake.url)
    expect(fake.asked).toHaveLength(1)
  })

  it('that are web pages with status 404 say that the url is wrong', async () => {
    const fake = await always(404, '<html>not here</html>')
    const error = await expectCode(client(fake.url).versions('s'), 'registry-bad-answer')
    expect(error.message).toMatch(/web page.*is the url that of a schema registry/)
  })

  it('that never end are cut off', async () => {
    const fake = await serve((_request, response) => {
      const more = (): void => {
        while (!response.destroyed && response.write('[1,'.repeat(10_000)));
      }
      response.on('drain', more)
      more()
    })
    await expectCode(client(fake.url, { maxAnswerBytes: 100_000 }).versions('s'), 'registry-bad-answer')
  })

  it('with another ID in the look-up than in the registration are refused', async () => {
    const fake = await serve((request, response) => void response.end(request.url?.endsWith('/versions') ? '{"id":1}' : version({ id: 2 })))
    await expectCode(client(fake.url).register('s', int), 'registry-bad-answer')
  })

  it('that send elsewhere are not followed', async () => {
    const target = await always(200, '[1]')
    const fake = await always(302, '', { location: `${target.url}/subjects/s/versions` })
    const error = await expectCode(client(fake.url).versions('s'), 'registry-rejected')
    expect(error.message).toContain('another address')
    expect(target.asked).toEqual([])
  })

  it('with control characters in their message are made one line', async () => {
    const fake = await always(422, refusal(42201, `a\u001b[31m\nb${'x'.repeat(5_000)}`))
    const error = await expectCode(client(fake.url).register('s', int), 'invalid-schema')
    expect(error.message).not.toMatch(/\p{Cc}/u)
    expect(error.message.length).toBeLessThan(2_500)
  })
})

describe('a registry that is down or slow', () => {
  it('is registry-unavailable when nobody listens', async () => {
    const fake = await always(200, '[]')
    const { url } = fake
    await closeLast()
    const error = await expectCode(client(url).versions('s'), 'registry-unavailable')
    expect(error.message).toContain(`the registry at ${url} cannot be reached (ECONNREFUSED)`)
    expect(error).toMatchObject({ retryable: true, name: 'EvolveError' })
  })

  it('is registry-unavailable when its name is unknown or it hangs up', async () => {
    await expectCode(client('http://no-such-host.invalid').versions('s'), 'registry-unavailable')
    const rude = await serve((request) => request.socket.destroy())
    await expectCode(client(rude.url).versions('s'), 'registry-unavailable')
    const half = await serve((_request, response) => {
      response.writeHead(200, { 'content-length': '100' }).write('[1')
      setTimeout(() => response.destroy(), 20)
    })
    await expectCode(client(half.url).versions('s'), 'registry-unavailable')
  })

  it.each<[string, (response: ServerResponse) => void]>([
    ['says nothing', () => undefined],
    ['stops after the head', (response) => void response.writeHead(200).flushHeaders()],
    ['drips', (response) => void setInterval(() => response.write(' '), 20).unref()],
  ])('is registry-timeout when it %s', async (_name, handle) => {
    const fake = await serve((_request, response) => handle(response))
    const started = performance.now()
    await expectCode(client(fake.url, { timeoutMs: 150 }).versions('s'), 'registry-timeout')
    expect(performance.now() - started).toBeLessThan(60_000)
  })

  it('is registry-timeout also through a fetch that heeds no signal', async () => {
    const deaf = () => new Promise<Response>(() => undefined)
    await expectCode(client('http://127.0.0.1:1', { timeoutMs: 50, fetch: deaf }).versions('s'), 'registry-timeout')
  })

  it('is asked again, as often as retries says', async () => {
    const fake = await serve((_request, response, count) => void (count < 3 ? response.writeHead(503).end() : response.end('[1]')))
    expect(await client(fake.url, { retries: 2 }).versions('s')).toEqual([1])
    expect(fake.asked).toHaveLength(3)
    const down = await always(503, '')
    await expectCode(client(down.url, { retries: 1 }).versions('s'), 'registry-unavailable')
    expect(down.asked).toHaveLength(2)
  })

  it('is not asked again after a refusal', async () => {
    const fake = await always(404, refusal(40401))
    await expectCode(client(fake.url, { retries: 5 }).versions('s'), 'subject-not-found')
    expect(fake.asked).toHaveLength(1)
  })

  it('is left alone for as long as it asks', async () => {
    const fake = await serve((_request, response, count) => {
      if (count === 1) response.writeHead(429, { 'retry-after': '1' }).end(refusal(429))
      else response.end('[1]')
    })
    const started = performance.now()
    expect(await client(fake.url, { retries: 1 }).versions('s')).toEqual([1])
    expect(performance.now() - started).toBeGreaterThan(950)
  })
})

describe('a caller', () => {
  it('who aborts gets the reason, at any moment', async () => {
    const silent = await serve(() => undefined)
    const busy = await always(503, '', { 'retry-after': '20' })
    for (const { url } of [silent, busy]) {
      const controller = new AbortController()
      const reason = new Error('enough')
      setTimeout(() => controller.abort(reason), 60)
      await expect(client(url, { retries: 3, timeoutMs: 60_000 }).versions('s', { signal: controller.signal })).rejects.toBe(reason)
    }
  })

  it('who closes ends what is under way and what comes after', async () => {
    const silent = await serve(() => undefined)
    const registry = client(silent.url)
    const asked = registry.versions('s')
    setTimeout(() => void registry.close(), 30)
    await expectCode(asked, 'registry-rejected')
    await expectCode(registry.versions('s'), 'registry-rejected')
    await registry.close()
  })

  it.each([
    [{ url: 'localhost:8081' }],
    [{ url: 'nonsense' }],
    [{ url: 'ftp://localhost' }],
    [{ url: 'http://localhost/?a=secret-value' }],
    [{ url: 'http://a:%zz@localhost' }],
    [{ url: 'http://localhost', timeoutMs: 0 }],
    [{ url: 'http://localhost', retries: -1 }],
    [{ url: 'http://localhost', maxAnswerBytes: Number.NaN }],
    [{ url: 'http://localhost', headers: { 'x-key': 'secret-value\n2' } }],
    [{ url: 'http://localhost', auth: { bearer: 'secret-value\n2' } }],
    [{ url: 'http://localhost', auth: { bearer: '' } }],
  ])('who gives %j hears invalid-options', (options) => {
    const call = () => httpRegistry(options)
    expect(call).toThrow(expect.objectContaining({ code: 'invalid-options' }))
    expect(call).not.toThrow('secret-value')
  })
})
