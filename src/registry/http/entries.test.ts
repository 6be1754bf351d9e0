import { afterEach, describe, expect, it } from 'vitest'
import { memoryRegistry } from '../memory.ts'
import { avroText, expectCode, freshRecord } from '../registry-cases.test-support.ts'
import { serveRegistry } from '../server/serve.ts'
import type { SubjectVersion } from '../types.ts'
import { client, closeAll, type FakeServer, serve } from './fake-server.test-support.ts'
import { httpRegistry } from './http-registry.ts'

afterEach(closeAll)

const body = (subject: string, version: number): object => ({
  subject,
  version,
  id: version,
  schema: `"${version === 1 ? 'int' : 'long'}"`,
})
const two: readonly SubjectVersion[] = [
  { subject: 's', version: 1, id: 1, ...avroText('int') },
  { subject: 's', version: 2, id: 2, ...avroText('long') },
]

/** A server that answers `list` to `GET /schemas`, and the versions 1 and 2 of `s` one by one. */
function listing(status: number, list: unknown): Promise<FakeServer> {
  return serve(({ url = '' }, response) => {
    const version = /^\/subjects\/s\/versions\/([12])$/.exec(url)?.[1]
    const [code, answer] = version === undefined ? [status, list] : [200, body('s', Number(version))]
    response.writeHead(code, { 'content-type': 'application/json' }).end(JSON.stringify(answer))
  })
}

describe('entries', () => {
  it('are had in one request of a server that lists schemas', async () => {
    const server = await listing(200, [body('s', 2), body('s', 1)])
    expect(await client(server.url).entries('s', [1, 2])).toEqual(two)
    expect(server.asked).toEqual(['GET /schemas?subjectPrefix=s&offset=0&limit=2'])
  })

  it.each<[string, number, unknown]>([
    ['has no such page', 404, 'no such page'],
    ['cannot list', 501, { error_code: 501, message: 'no' }],
    ['lists another subject that begins so', 200, [body('s', 1), body('s-2', 2)]],
    ['looks at no limit', 200, [body('s', 1), body('s', 2), body('t', 1)]],
    ['lists other versions', 200, [body('s', 1), body('s', 3)]],
    ['says something else', 200, { schemas: [] }],
    ['lists what is no version', 200, [5, 6]],
  ])('are asked for one by one of a server that %s', async (_case, status, list) => {
    const server = await listing(status, list)
    expect(await client(server.url).entries('s', [1, 2])).toEqual(two)
    expect(server.asked.slice(1)).toEqual(['GET /subjects/s/versions/1', 'GET /subjects/s/versions/2'])
  })

  it('are the versions of our own server, whatever else begins so, deleted ones and contexts', async () => {
    const memory = memoryRegistry()
    const server = await serveRegistry({ registry: memory })
    const registry = httpRegistry({ url: server.url, retries: 0 })
    try {
      for (const subject of ['s', 's-2', ':.c:s']) for (let at = 0; at < 4; at += 1) await memory.register(subject, freshRecord())
      await memory.deleteVersion('s', 2)
      for (const [subject, versions] of [
        ['s', [1, 3, 4]],
        ['s', [3]],
        [':.c:s', [1, 2, 3, 4]],
      ] as const) {
        const expected = await Promise.all(versions.map((version) => memory.version(subject, version)))
        expect(await registry.entries(subject, versions)).toEqual(expected)
      }
      await expectCode(registry.entries('s', [1, 2]), 'version-not-found')
      await expectCode(registry.entries('none', [1]), 'subject-not-found')
    } finally {
      await registry.close()
      await server.close()
    }
  })
})
