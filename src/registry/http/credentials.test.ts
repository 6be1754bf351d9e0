import { inspect } from 'node:util'
import { afterEach, describe, expect, it } from 'vitest'
import { expectCode } from '../registry-cases.test-support.ts'
import { always, client, closeAll, refusal, serve } from './fake-server.test-support.ts'

afterEach(closeAll)

describe('credentials', () => {
  const secret = 'p@ss:wörd-123'
  const basic = `Basic ${Buffer.from(`me:${secret}`).toString('base64')}`

  it('go along as they are given', async () => {
    const fake = await always(200, '[1]')
    let turn = 0
    await client(fake.url, { auth: { username: 'me', password: secret } }).versions('s')
    await client(fake.url.replace('//', `//me:${encodeURIComponent(secret)}@`)).versions('s')
    await client(fake.url, { auth: { bearer: 'token-1' }, headers: { 'x-tenant': 't' } }).versions('s')
    await client(fake.url, { auth: { bearer: async () => `token-${(turn += 1)}` } }).versions('s')
    expect(fake.requests.map(({ headers }) => headers.authorization)).toEqual([basic, basic, 'Bearer token-1', 'Bearer token-1'])
    expect(fake.requests[2]?.headers['x-tenant']).toBe('t')
    expect(fake.asked).toEqual(Array.from({ length: 4 }, () => 'GET /subjects/s/versions'))
  })

  it('are in no error and in nothing that can be printed', async () => {
    const echo = await serve((request, response) => {
      const { authorization = '', 'x-key': key } = request.headers
      response.writeHead(401).end(refusal(40101, `${authorization} ${Buffer.from(authorization.slice(6), 'base64')} ${String(key)}`))
    })
    const down = 'http://127.0.0.1:1'
    for (const url of [echo.url, down]) {
      for (const options of [
        { url: url.replace('//', `//me:${encodeURIComponent(secret)}@`) },
        { url, auth: { username: 'me', password: secret } },
        { url, auth: { bearer: secret.replace('ö', 'o') } },
        { url, auth: { bearer: () => secret.replace('ö', 'o') } },
        { url, headers: { 'x-key': secret.replace('ö', 'o') } },
      ]) {
        const registry = client(options.url, options)
        const error = await registry.versions('s').catch((reason: unknown) => reason)
        const printed = [error, registry].map((value) => inspect(value, { depth: 20, showHidden: true })).join('\n') + JSON.stringify(error)
        expect(printed).not.toMatch(/w[öo]rd-123/)
        expect(printed).not.toContain(encodeURIComponent(secret))
        expect(printed).not.toContain(basic.slice(6))
      }
    }
  })

  it('that cannot be had are registry-rejected, and a function that never gives them a registry-timeout', async () => {
    const fake = await always(200, '[1]')
    const failing = () => Promise.reject(new Error(`no token for ${secret}`))
    const error = await expectCode(client(fake.url, { auth: { bearer: failing } }).versions('s'), 'registry-rejected')
    expect(inspect(error, { depth: 10 })).not.toContain(secret)
    await expectCode(client(fake.url, { auth: { bearer: () => 'a\nb' } }).versions('s'), 'registry-rejected')
    await expectCode(
      client(fake.url, { timeoutMs: 50, auth: { bearer: () => new Promise(() => undefined) } }).versions('s'),
      'registry-timeout',
    )
    expect(fake.asked).toEqual([])
  })
})
