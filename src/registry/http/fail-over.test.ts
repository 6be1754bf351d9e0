import { inspect } from 'node:util'
import { afterEach, describe, expect, it } from 'vitest'
import { expectCode } from '../registry-cases.test-support.ts'
import { credentials } from './credentials.ts'
import { Endpoints } from './endpoints.ts'
import { always, client, closeAll, type FakeServer, refusal, serve } from './fake-server.test-support.ts'
import { httpRegistry } from './http-registry.ts'
import type { HttpRegistryOptions } from './manner.ts'

afterEach(closeAll)

/** A port at which nobody listens. */
const nobody = 'http://127.0.0.1:1'

function over(urls: readonly string[], options: Partial<HttpRegistryOptions> = {}) {
  return client(undefined, { urls, ...options })
}

describe('several addresses', () => {
  it.each<[string, () => Promise<FakeServer>]>([
    ['hangs up', () => serve((request) => request.socket.destroy())],
    ['says nothing', () => serve(() => undefined)],
    ['answers 500', () => always(500, refusal(50001))],
    ['answers 503 with a page', () => always(503, '<html>maintenance</html>')],
    ['answers 429', () => always(429, refusal(429), { 'retry-after': '30' })],
  ])('go on where the first %s', async (_name, start) => {
    const [bad, good] = [await start(), await always(200, '[1]')]
    const registry = over([bad.url, good.url], { timeoutMs: 3_000 })
    for (let n = 0; n < 3; n += 1) expect(await registry.versions('s')).toEqual([1])
    // The one that works is remembered.
    expect(bad.asked).toHaveLength(1)
    expect(good.asked).toHaveLength(3)
  })

  it('go on where nobody listens at the first', async () => {
    const good = await always(200, '[1]')
    expect(await over([nobody, nobody, good.url]).versions('s')).toEqual([1])
  })

  it.each<[string, number, string]>([
    ['404', 404, refusal(40401)],
    ['401', 401, refusal(40101)],
    ['409', 409, refusal(409)],
    ['422', 422, refusal(42201)],
    ['a web page', 200, '<html>'],
    ['an answer that cannot be used', 200, '{}'],
  ])('do not go on where the first answers %s: that is definite', async (_name, status, body) => {
    const [first, second] = [await always(status, body), await always(200, '[1]')]
    const error = await over([first.url, second.url], { retries: 3 })
      .versions('s')
      .catch((reason: unknown) => reason)
    expect(error).toMatchObject({ name: 'EvolveError', retryable: false })
    expect([first.asked.length, second.asked.length]).toEqual([1, 0])
  })

  it('are all asked again after a pause, and all are named when none answers', async () => {
    const bad = await always(503, '')
    const error = await expectCode(over([bad.url, nobody], { retries: 2 }).versions('s'), 'registry-unavailable')
    expect(bad.asked).toHaveLength(3)
    expect(error.message).toContain(`${bad.url} answered 503`)
    expect(error.message).toContain(`${nobody} cannot be reached (ECONNREFUSED)`)
  })

  it('have credentials of their own', async () => {
    const [first, second] = [await always(503, ''), await always(200, '[1]')]
    const as = (url: string, user: string): string => url.replace('//', `//${user}:secret-${user}@`)
    await over([as(first.url, 'a'), as(second.url, 'b')]).versions('s')
    const basic = (user: string): string => `Basic ${Buffer.from(`${user}:secret-${user}`).toString('base64')}`
    expect(first.requests[0]?.headers.authorization).toBe(basic('a'))
    expect(second.requests[0]?.headers.authorization).toBe(basic('b'))
  })

  it('show the credentials of none, also where one quotes those of another', async () => {
    const quoting = await always(503, refusal(50001, 'known: secret-a, secret-b'))
    const as = (url: string, user: string): string => url.replace('//', `//${user}:secret-${user}@`)
    const registry = over([as(quoting.url, 'a'), as(nobody, 'b')])
    const error = await expectCode(registry.versions('s'), 'registry-unavailable')
    expect(inspect([registry, error], { depth: 20, showHidden: true })).not.toMatch(/secret-[ab]/)
  })

  it.each([
    [{}],
    [{ url: nobody, urls: [nobody] }],
    [{ urls: [] }],
    [{ urls: [nobody, 'secret-value'] }],
    [{ urls: Array.from({ length: 33 }, () => nobody) }],
    [{ urls: 'secret-value' as unknown as string[] }],
    [{ url: nobody, deadlineMs: 0 }],
  ])('are refused as %j', (options) => {
    const call = () => httpRegistry(options)
    expect(call).toThrow(expect.objectContaining({ code: 'invalid-options' }))
    expect(call).not.toThrow('secret-value')
  })
})

describe('the order of addresses', () => {
  const endpoints = ['a', 'b', 'c'].map((base) => ({ base, credentials: credentials(undefined, {}) }))
  const [a, b, c] = endpoints as [(typeof endpoints)[0], (typeof endpoints)[0], (typeof endpoints)[0]]

  it('begins with the one that worked, and with the first again after 30 s', () => {
    let now = 1_000
    const order = new Endpoints(endpoints, () => now)
    expect(order.round()).toEqual([a, b, c])
    order.answered(b)
    expect(order.round()).toEqual([b, a, c])
    now += 29_999
    expect(order.round()).toEqual([b, a, c])
    now += 1
    // One caller looks whether the first is back; the others do not wait for it.
    expect(order.round()).toEqual([a, b, c])
    expect(order.round()).toEqual([b, a, c])
    order.answered(b)
    now += 30_000
    expect(order.round()).toEqual([a, b, c])
    order.answered(a)
    expect(order.round()).toEqual([a, b, c])
    order.answered(c)
    expect(order.round()).toEqual([c, a, b])
  })
})

describe('the time of a call', () => {
  it('ends it, whatever it waits for', async () => {
    const silent = await serve(() => undefined)
    const busy = await always(503, '', { 'retry-after': '0' })
    for (const urls of [[silent.url], [silent.url, silent.url], [busy.url, silent.url]]) {
      const started = performance.now()
      const error = await expectCode(over(urls, { timeoutMs: 60_000, deadlineMs: 150, retries: 9 }).versions('s'), 'registry-timeout')
      expect(performance.now() - started).toBeLessThan(30_000)
      expect(error.message).toContain('150 ms in all')
    }
  })

  it('says what happened before its end', async () => {
    const [bad, silent] = [await always(503, ''), await serve(() => undefined)]
    const error = await expectCode(over([bad.url, silent.url], { timeoutMs: 60_000, deadlineMs: 2_000 }).versions('s'), 'registry-timeout')
    expect(error.message).toContain(`before that, the registry at ${bad.url} answered 503`)
  })

  it('is one for all requests of a call', async () => {
    const slow = await serve((request, response) => {
      if (request.url?.endsWith('/versions')) response.end('{"id":1}')
    })
    const started = performance.now()
    const registering = over([slow.url], { timeoutMs: 60_000, deadlineMs: 200 }).register('s', { format: 'AVRO', text: '"int"' })
    await expectCode(registering, 'registry-timeout')
    expect(performance.now() - started).toBeLessThan(30_000)
  })

  it('is not waited out where the registry asks to be left alone for longer', async () => {
    const busy = await always(429, refusal(429), { 'retry-after': '3600' })
    const started = performance.now()
    await expectCode(over([busy.url], { retries: 5 }).versions('s'), 'registry-unavailable')
    expect(performance.now() - started).toBeLessThan(30_000)
    expect(busy.asked).toHaveLength(1)
  })
})

describe('a delete', () => {
  it.each<[string, () => Promise<FakeServer>, number]>([
    ['was refused for the moment', () => always(503, ''), 3],
    ['met a limit', () => always(429, ''), 3],
    ['may have happened', () => always(500, refusal(50001)), 1],
    ['may have reached the server', () => serve((request) => request.socket.destroy()), 1],
  ])('that %s is asked again only if it surely did nothing', async (_name, start, times) => {
    const fake = await start()
    await expectCode(client(fake.url, { retries: 2 }).deleteVersion('s', 1), 'registry-unavailable')
    expect(fake.asked).toHaveLength(times)
    expect(fake.asked[0]).toBe('DELETE /subjects/s/versions/1')
  })

  it('goes to the next address where nobody listens at the first', async () => {
    const fake = await always(200, '[1,2]')
    expect(await over([nobody, fake.url]).deleteSubject('s', { permanent: true })).toEqual([1, 2])
    expect(fake.asked).toEqual(['DELETE /subjects/s?permanent=true'])
  })
})

describe('connections', () => {
  it('are kept, and one that the server has closed meanwhile is replaced without a word', async () => {
    const sockets = new Set<unknown>()
    const fake = await serve((request, response) => {
      sockets.add(request.socket)
      response.end('[1]')
      // Closed as soon as the client may use it again, and without saying so before.
      if (sockets.size === 1) response.once('finish', () => setImmediate(() => request.socket.destroy()))
    })
    const registry = client(fake.url)
    for (let n = 0; n < 10; n += 1) expect(await registry.versions('s')).toEqual([1])
    expect(sockets.size).toBe(2)
  })

  it('that were kept are not used for a delete: of one that is closed just then nobody could say whether it was made', async () => {
    const used = new Set<unknown>()
    const fake = await serve((request, response) => {
      if (used.has(request.socket)) request.socket.destroy()
      else response.end('[1]')
      used.add(request.socket)
    })
    const registry = client(fake.url)
    for (let n = 0; n < 3; n += 1) {
      expect(await registry.versions('s')).toEqual([1])
      expect(await registry.deleteSubject('s')).toEqual([1])
    }
    // One for each delete; of the others, one that was kept was closed each time and replaced.
    expect(fake.asked.filter((asked) => asked.startsWith('DELETE'))).toHaveLength(3)
    expect(used.size).toBe(6)
  })

  it('are closed with the client', async () => {
    let closed: Promise<unknown> = Promise.resolve()
    const fake = await serve((request, response) => {
      closed = new Promise((resolve) => request.socket.once('close', resolve))
      response.end('[1]')
    })
    const registry = client(fake.url)
    await registry.versions('s')
    await registry.close()
    await closed
  })
})
