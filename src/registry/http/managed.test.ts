import { afterEach, describe, expect, it } from 'vitest'
import { managedCases } from '../managed-cases.test-support.ts'
import { type MemoryRegistryOptions, memoryRegistry } from '../memory.ts'
import { avroText, expectCode, freshRecord } from '../registry-cases.test-support.ts'
import { schemaGuid } from '../schema-guid.ts'
import { type RegistryServer, serveRegistry } from '../server/serve.ts'
import type { ManagedRegistry } from '../types.ts'
import { always, client, closeAll, refusal, serve } from './fake-server.test-support.ts'
import { httpRegistry } from './http-registry.ts'

const open: { close(): Promise<void> }[] = []
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close()
  await closeAll()
})

const record = (...fields: readonly object[]) => avroText({ type: 'record', name: 'R', fields })
const a = { name: 'a', type: 'int' }
const b = { name: 'b', type: 'string' }

interface Served {
  readonly server: RegistryServer
  /** What the server has. */
  readonly memory: ManagedRegistry
  /** What is got of it over HTTP. */
  readonly registry: ManagedRegistry
}

async function served(options: MemoryRegistryOptions = {}): Promise<Served> {
  const memory = memoryRegistry(options)
  const server = await serveRegistry({ registry: memory })
  open.push(server)
  return { server, memory, registry: connect(server) }
}

function connect(server: RegistryServer): ManagedRegistry {
  const registry = httpRegistry({ url: server.url, retries: 0 })
  open.push(registry)
  return registry
}

describe('a registry over HTTP', () => {
  it.each(managedCases)('$name', async ({ run }) => {
    const { server, registry } = await served()
    await run({ registry, again: async () => connect(server) })
  })

  it('reports on compatibility as the one that it asks does', async () => {
    const { memory, registry } = await served()
    await registry.register('s', record(a))
    await registry.register('s', record(a, { ...b, default: 'b' }))
    const candidate = record({ name: 'a', type: 'string' }, { name: 'c', type: 'int' })
    for (const compatibility of ['BACKWARD', 'BACKWARD_TRANSITIVE', 'FORWARD', 'FULL', 'FULL_TRANSITIVE', 'NONE'] as const) {
      await registry.setConfig('s', { compatibility })
      for (const options of [{}, { version: 1 }, { version: 'latest' as const }, { normalize: true }]) {
        for (const schema of [candidate, record(a)]) {
          const report = await registry.checkCompatibility('s', schema, options)
          expect(report).toEqual(await memory.checkCompatibility('s', schema, options))
          expect(report.problems.length > 0).toBe(!report.compatible)
        }
      }
    }
    await expectCode(registry.checkCompatibility('s', avroText({ type: 'record' })), 'invalid-schema')
    await expectCode(registry.checkCompatibility('s', { format: 'AVRO', text: '{' }), 'invalid-schema')
    await expectCode(registry.checkCompatibility('s', record(a), { version: 9 }), 'version-not-found')
    expect(await registry.checkCompatibility('new', record(a))).toMatchObject({ compatible: true, problems: [] })
  })

  it('sets all of a config, and takes it back', async () => {
    const { memory, registry } = await served({ compatibility: 'BACKWARD' })
    expect(await registry.config()).toEqual({ compatibility: 'BACKWARD' })
    expect(await registry.config('s')).toBeUndefined()
    expect(await registry.setConfig('s', { compatibility: 'FULL', normalize: true })).toEqual({ compatibility: 'FULL', normalize: true })
    const metadata = { properties: { owner: 'me' } }
    expect(await registry.setConfig('s', { compatibility: 'NONE', defaultMetadata: metadata })).toEqual({
      compatibility: 'NONE',
      defaultMetadata: metadata,
    })
    expect(await memory.config('s')).toEqual({ compatibility: 'NONE', defaultMetadata: metadata })
    expect(await registry.config('s', { defaultToGlobal: true })).toEqual(await memory.config('s', { defaultToGlobal: true }))
    expect(await registry.setConfig('s', undefined)).toBeUndefined()
    expect(await registry.setConfig('s', undefined)).toBeUndefined()
    expect(await registry.setConfig(undefined, { compatibility: 'FULL' })).toEqual({ compatibility: 'FULL' })
    expect(await registry.setConfig(undefined, undefined)).toEqual({ compatibility: 'BACKWARD' })
    await expectCode(registry.setConfig('s', { compatibility: 'SOME' as 'FULL' }), 'invalid-options')
  })

  it('sets modes, and takes them back', async () => {
    const { registry } = await served()
    expect(await registry.mode()).toBe('READWRITE')
    await registry.setMode('s', 'READONLY')
    expect(await registry.mode('s')).toBe('READONLY')
    expect(await registry.mode('t')).toBeUndefined()
    expect(await registry.mode('t', { defaultToGlobal: true })).toBe('READWRITE')
    await registry.setMode('s', undefined)
    await registry.setMode('s', undefined)
    expect(await registry.mode('s')).toBeUndefined()
    await registry.register('s', record(a))
    await expectCode(registry.setMode(undefined, 'IMPORT'), 'registry-rejected')
    await registry.setMode(undefined, 'IMPORT', { force: true })
    expect(await registry.mode()).toBe('IMPORT')
    await expectCode(registry.setMode('s', 'NONE' as 'IMPORT'), 'invalid-options')
  })

  it('finds IDs by GUID', async () => {
    const { registry } = await served()
    const schema = freshRecord()
    const { id } = await registry.register('s', schema)
    expect(await registry.idsByGuid(schemaGuid(schema))).toEqual([{ context: '.', id }])
    expect(await registry.idsByGuid('00000000-0000-0000-0000-000000000000')).toEqual([])
  })

  it('may be served again', async () => {
    const { registry } = await served()
    const server = await serveRegistry({ registry })
    open.push(server)
    const twice = connect(server)
    const { id } = await twice.register('s', record(a))
    expect(await twice.uses(id)).toEqual([{ subject: 's', version: 1 }])
    await expectCode(twice.deleteVersion('s', 2), 'version-not-found')
    await twice.setConfig('s', { compatibility: 'BACKWARD' })
    await expectCode(twice.register('s', record(b)), 'incompatible-registration')
  })
})

describe('what is asked', () => {
  it('has the options in its query, and none that are not given', async () => {
    const fake = await serve((request, response) => {
      response.end(request.method === 'POST' ? '{"id":1,"version":1,"schema":"\\"int\\""}' : '[]')
    })
    const registry = client(fake.url)
    const int = avroText('int')
    await registry.register('s', int, { normalize: true })
    await registry.lookup('s', int, { normalize: false, deleted: true })
    await registry.uses(7, { subject: ':.ctx:', deleted: true })
    await registry.referencedBy(':.ctx:s', 2)
    await registry.deleteSubject('s')
    expect(fake.asked).toEqual([
      'POST /subjects/s/versions?normalize=true',
      'POST /subjects/s?normalize=true',
      'POST /subjects/s?normalize=false&deleted=true',
      'GET /schemas/ids/7/versions?subject=%3A.ctx%3A&deleted=true',
      'GET /subjects/%3A.ctx%3As/versions/2/referencedby',
      'DELETE /subjects/s',
    ])
  })
})

describe('servers that differ', () => {
  it('may list what was not asked for', async () => {
    const fake = await always(200, JSON.stringify(['b', ':.ctx:b', 'a', ':.ctx:a']))
    expect(await client(fake.url).subjects()).toEqual(['a', 'b'])
    expect(await client(fake.url).subjects({ prefix: 'b' })).toEqual(['b'])
    expect(await client(fake.url).subjects({ prefix: ':.ctx:', deleted: true })).toEqual([':.ctx:a', ':.ctx:b'])
    expect(await client(fake.url).subjects({ prefix: ':*:' })).toHaveLength(4)
    expect(fake.asked).toEqual([
      'GET /subjects',
      'GET /subjects?subjectPrefix=b',
      'GET /subjects?subjectPrefix=%3A.ctx%3A&deleted=true',
      'GET /subjects?subjectPrefix=%3A*%3A',
    ])
  })

  it('may not know what deletedOnly means', async () => {
    const fake = await serve((request, response) => {
      const isAll = request.url?.includes('deleted=true')
      if (request.url?.startsWith('/subjects?') || request.url === '/subjects') response.end(isAll ? '["a","b"]' : '["a"]')
      else if (request.url?.startsWith('/subjects/gone/')) response.writeHead(isAll ? 200 : 404).end(isAll ? '[1,2]' : refusal(40401))
      else response.end(isAll ? '[1,2,3]' : '[1,3]')
    })
    expect(await client(fake.url).versions('s', { deletedOnly: true })).toEqual([2])
    expect(await client(fake.url).versions('gone', { deletedOnly: true })).toEqual([1, 2])
    expect(await client(fake.url).subjects({ deletedOnly: true })).toEqual(['b'])
    const none = await always(200, '[1]')
    await expectCode(client(none.url).versions('s', { deletedOnly: true }), 'subject-not-found')
  })

  it('takes no version for one of a subject that another context has', async () => {
    const { registry, server } = await served()
    await registry.register(':.eu:s', record(a))
    const elsewhere = { code: 'subject-not-found', details: { subject: 's', hint: expect.stringContaining("':.eu:s'") } }
    await expect(registry.latest('s')).rejects.toMatchObject(elsewhere)
    await expect(registry.version('s', 1)).rejects.toMatchObject(elsewhere)
    await expect(registry.lookup('s', record(a))).rejects.toMatchObject(elsewhere)
    expect(await registry.latest(':.eu:s')).toMatchObject({ subject: ':.eu:s', id: 1 })
    const within = httpRegistry({ url: `${server.url}/contexts/.eu`, retries: 0 })
    open.push(within)
    expect(await within.latest('s')).toMatchObject({ version: 1, id: 1 })
    // The ID of the default context is another one's.
    expect(await registry.register('s', record(b))).toMatchObject({ subject: 's', id: 1 })
    expect(await registry.latest('s')).toMatchObject({ version: 1, text: record(b).text })
  })

  it('may write contexts as in a subject', async () => {
    const fake = await always(200, '[":.:",".b",":.a:"]')
    expect(await client(fake.url).contexts()).toEqual(['.', '.a', '.b'])
  })

  it('may say more of a config, and less', async () => {
    const more = await always(200, '{"compatibilityLevel":"FULL","alias":null,"somethingNew":{"x":1}}')
    expect(await client(more.url).config('s')).toEqual({ compatibility: 'FULL' })
    const less = await always(404, refusal(40408))
    expect(await client(less.url).config('s')).toBeUndefined()
    await expectCode(client(less.url).config(), 'registry-rejected')
  })

  it('may have reasons of their own', async () => {
    const fake = await serve((request, response) => {
      if (request.url?.startsWith('/config')) response.end('{"compatibilityLevel":"BACKWARD"}')
      else if (request.url?.endsWith('/latest')) response.end('{"id":1,"version":6,"schema":"\\"int\\""}')
      else response.end('{"is_compatible":false,"messages":["no, secret-value"]}')
    })
    const report = await client(fake.url, { auth: { bearer: 'secret-value' } }).checkCompatibility('s', record(a))
    const silent = await serve((request, response) => {
      if (request.url?.startsWith('/config')) response.end('{"compatibilityLevel":"FULL"}')
      else response.end('{"is_compatible":false}')
    })
    const bare = await client(silent.url).checkCompatibility('s', record(a), { version: 4 })
    expect(bare.problems).toMatchObject([{ version: 4, kind: 'UNKNOWN', message: 'the registry gives no reason' }])
    expect(report).toMatchObject({ level: 'BACKWARD', compatible: false, problems: [{ version: 6, kind: 'UNKNOWN', message: 'no, ***' }] })
  })
})
