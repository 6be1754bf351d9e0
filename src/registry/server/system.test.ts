import { afterEach, describe, expect, it } from 'vitest'
import { EvolveError } from '../../errors.ts'
import { httpRegistry } from '../http/http-registry.ts'
import { memoryRegistry } from '../memory.ts'
import type { ManagedRegistry, Registry } from '../types.ts'
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

const int = { format: 'AVRO', text: '"int"' } as const
const fails = (error: unknown) => (): Promise<never> => Promise.reject(error)
const never = (): Promise<never> => new Promise(() => undefined)

/** A registry whose every answer is this. */
function always(answer: () => Promise<never>): Registry {
  return {
    schemaById: answer,
    register: answer,
    versions: answer,
    version: answer,
    latest: answer,
    lookup: answer,
    close: async () => undefined,
  }
}

const ask = async (url: string, path: string): Promise<{ status: number; body: unknown }> => {
  const response = await fetch(`${url}${path}`)
  return { status: response.status, body: await response.json() }
}

describe('the health of a server', () => {
  it('is up', async () => {
    const { url } = await start()
    for (const path of ['/health/live', '/health/ready']) expect(await ask(url, path)).toEqual({ status: 200, body: { status: 'UP' } })
  })

  it('is not ready, but alive, while the store fails or does not answer', async () => {
    for (const answer of [fails(new EvolveError('registry-unavailable', 'gone')), fails(new Error('at /secret/path'))]) {
      const { url } = await start({ registry: always(answer) })
      expect(await ask(url, '/health/ready')).toEqual({ status: 503, body: { status: 'DOWN', reason: 'the store does not answer' } })
      expect((await ask(url, '/health/live')).status).toBe(200)
      expect(await (await fetch(`${url}/metrics`)).text()).toMatch(/registry_ready 0/)
    }
    const { url } = await start({ registry: always(never) })
    const [first, second] = await Promise.all([ask(url, '/health/ready'), ask(url, '/health/ready')])
    expect([first.status, second.status]).toEqual([503, 503])
  })

  it('counts it for an answer of a store that is asked for a schema it does not have', async () => {
    const { url } = await start({ registry: always(fails(new EvolveError('schema-not-found', 'none'))) })
    expect((await ask(url, '/health/ready')).status).toBe(200)
  })
})

describe('a store that does not answer', () => {
  it('is not waited for without end', async () => {
    const failures: unknown[] = []
    const { url } = await start({ registry: always(never), answerTimeoutMs: 50, onError: (error) => failures.push(error) })
    expect(await ask(url, '/subjects/s/versions')).toMatchObject({ status: 500, body: { error_code: 50002 } })
    expect(failures).toEqual([expect.objectContaining({ code: 'registry-timeout' })])
  })
})

/** The series of a page of metrics by their names and labels. Throws for a line that is not of the format. */
function seriesOf(text: string): ReadonlyMap<string, number> {
  const series = new Map<string, number>()
  const typed = new Set<string>()
  for (const line of text.trimEnd().split('\n')) {
    const [, name, kind] = /^# TYPE (\w+) (counter|gauge|histogram)$/.exec(line) ?? []
    if (kind !== undefined) typed.add(name ?? '')
    if (line.startsWith('#')) continue
    const [, full = '', base = '', value = ''] = /^((\w+)(?:\{(?:\w+="(?:[^"\\\n]|\\.)*",?)+\})?) (\S+)$/.exec(line) ?? []
    if (Number.isNaN(Number(value)) || full === '' || series.has(full)) throw new Error(`not a line of metrics: ${line}`)
    if (!typed.has(base.replace(/_(bucket|sum|count)$/, '')) && !typed.has(base)) throw new Error(`${base} has no type`)
    series.set(full, Number(value))
  }
  return series
}

describe('the metrics of a server', () => {
  const metrics = async (url: string): Promise<ReadonlyMap<string, number>> => {
    const response = await fetch(`${url}/metrics`)
    expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8')
    return seriesOf(await response.text())
  }

  it('count requests by route, and name no subject', async () => {
    const { url } = await start()
    const registry = httpRegistry({ url })
    for (let n = 0; n < 30; n += 1) await registry.register(`subject-${n}`, int)
    await registry.versions('subject-"quoted"').catch(() => undefined)
    await fetch(`${url}/nowhere/at/all`)
    await fetch(`${url}/subjects`, { method: 'DELETE' })
    const series = await metrics(url)
    const prefix = 'kafka_evolve_registry_'
    expect(series.get(`${prefix}requests_total{route="/subjects/{subject}/versions",method="POST",status="200"}`)).toBe(30)
    expect(series.get(`${prefix}requests_total{route="/subjects/{subject}/versions",method="GET",status="404"}`)).toBe(1)
    expect(series.get(`${prefix}requests_total{route="none",method="GET",status="404"}`)).toBe(1)
    expect(series.get(`${prefix}requests_total{route="none",method="DELETE",status="405"}`)).toBe(1)
    expect(series.get(`${prefix}request_seconds_count{route="/subjects/{subject}/versions"}`)).toBe(31)
    expect(series.get(`${prefix}request_seconds_bucket{route="/subjects/{subject}/versions",le="+Inf"}`)).toBe(31)
    expect(series.get(`${prefix}requests_in_flight`)).toBe(1)
    expect(series.get(`${prefix}schemas`)).toBe(1)
    expect(series.get(`${prefix}subjects`)).toBe(30)
    expect(series.get(`${prefix}ready`)).toBe(1)
    expect([...series.keys()].filter((name) => name.includes('subject-'))).toEqual([])
  })

  it('count failures of the store by their codes, and what the store tells of itself', async () => {
    const memory = memoryRegistry()
    const broken: ManagedRegistry = Object.assign(Object.create(memory) as ManagedRegistry, {
      versions: fails(new EvolveError('registry-unavailable', 'gone')),
      latest: fails(new Error('oops')),
      mode: () => memory.mode(),
      stats: async () => ({ schemas: 7, lostRaces: 3, lastWriteAt: Date.now() - 60_000 }),
    })
    const { url } = await start({ registry: broken })
    for (const path of ['/subjects/s/versions', '/subjects/s/versions', '/subjects/s/versions/latest']) await fetch(`${url}${path}`)
    const series = await metrics(url)
    expect(series.get('kafka_evolve_registry_failures_total{code="registry-unavailable"}')).toBe(2)
    expect(series.get('kafka_evolve_registry_failures_total{code="internal"}')).toBe(1)
    expect(series.get('kafka_evolve_registry_schemas')).toBe(7)
    expect(series.get('kafka_evolve_registry_store_lost_races_total')).toBe(3)
    expect(series.get('kafka_evolve_registry_store_last_write_age_seconds')).toBeGreaterThanOrEqual(60)
    expect(series.has('kafka_evolve_registry_subjects')).toBe(false)
  })
})

describe('the log of a server', () => {
  it('has a line for each request and each failure, and no schema, credentials or query', async () => {
    const lines: { readonly level: string; readonly fields: object; readonly message: string }[] = []
    const log = (level: string) => (fields: object, message: string) => void lines.push({ level, fields, message })
    const logger = { debug: log('debug'), info: log('info'), error: log('error') }
    const auth = { users: [{ name: 'ann', password: 'hush', rights: { admin: [''] } }] }
    const memory = memoryRegistry()
    const error = new EvolveError('registry-unavailable', 'gone')
    const registry = Object.assign(Object.create(memory) as ManagedRegistry, {
      register: memory.register.bind(memory),
      versions: fails(error),
    })
    const { url } = await start({ registry, auth, logger })
    const client = httpRegistry({ url, auth: { username: 'ann', password: 'hush' }, retries: 0 })
    await client.register('s', { format: 'AVRO', text: '{"type":"enum","name":"Secret","symbols":[]}' }).catch(() => undefined)
    await client.versions('s').catch(() => undefined)
    await fetch(`${url}/subjects?password=hush`)
    await fetch(`${url}/health/live`)
    await expect.poll(() => lines.length).toBeGreaterThanOrEqual(5)
    expect(lines).toEqual(
      expect.arrayContaining([
        expect.objectContaining({
          level: 'info',
          fields: expect.objectContaining({ method: 'POST', path: '/subjects/s/versions', user: 'ann' }),
        }),
        expect.objectContaining({ level: 'error', fields: { err: error } }),
        expect.objectContaining({ level: 'info', fields: expect.objectContaining({ path: '/subjects', status: 401 }) }),
        expect.objectContaining({ level: 'debug', fields: expect.objectContaining({ path: '/health/live' }) }),
      ]),
    )
    expect(JSON.stringify(lines)).not.toMatch(/hush|Secret|Basic/)
  })
})

describe('a hundred clients that register one new schema at once', () => {
  it('get one ID, and there is one version', async () => {
    const registry = memoryRegistry()
    const { url } = await start({ registry })
    const clients = Array.from({ length: 100 }, () => httpRegistry({ url }))
    const ids = await Promise.all(clients.map(async (client) => (await client.register('s', int)).id))
    expect(new Set(ids)).toEqual(new Set([1]))
    expect(await registry.versions('s')).toEqual([1])
  })
})
