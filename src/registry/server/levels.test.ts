import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { httpRegistry } from '../http/http-registry.ts'
import { memoryRegistry } from '../memory.ts'
import { expectCode } from '../registry-cases.test-support.ts'
import type { Registry } from '../types.ts'
import { type RegistryServer, serveRegistry } from './serve.ts'

let server: RegistryServer
beforeEach(async () => {
  server = await serveRegistry({ registry: memoryRegistry({ compatibility: 'BACKWARD' }) })
})
afterEach(() => server.close())

const json = 'application/vnd.schemaregistry.v1+json'

async function ask(request: string, body?: unknown): Promise<{ status: number; type: string | null; body: unknown }> {
  const [method = '', path = ''] = request.split(' ')
  const init = body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': json } }
  const response = await fetch(`${server.url}${path}`, { method, ...init })
  return { status: response.status, type: response.headers.get('content-type'), body: await response.json() }
}

/** [request, body, status, answer]; a number for an answer is its error code. */
type Talk = readonly (readonly [request: string, body: unknown, status: number, answer: unknown])[]

async function talk(lines: Talk): Promise<void> {
  for (const [request, body, status, answer] of lines) {
    const heard = await ask(request, body)
    const expected = typeof answer === 'number' ? { error_code: answer, message: expect.any(String) } : answer
    expect({ request, body, status: heard.status, answer: heard.body }).toEqual({ request, body, status, answer: expected })
    expect(heard.type).toBe(json)
  }
}

const fail = (): Promise<never> => Promise.reject(new Error('unused'))
const failing = { schemaById: fail, register: fail, versions: fail, version: fail, latest: fail, lookup: fail }

const record = (...fields: readonly object[]) => ({ schema: JSON.stringify({ type: 'record', name: 'R', fields }) })
const a = { name: 'a', type: 'int' }
const b = { name: 'b', type: 'int' }
const c = { name: 'c', type: 'int', default: 0 }

describe('serveRegistry, with levels', () => {
  it('has configs as Confluent has', () =>
    talk([
      ['GET /config', undefined, 200, { compatibilityLevel: 'BACKWARD' }],
      ['GET /config/s', undefined, 404, 40408],
      ['GET /config/s?defaultToGlobal=true', undefined, 200, { compatibilityLevel: 'BACKWARD' }],
      ['PUT /config/s', { compatibility: 'FULL' }, 200, { compatibility: 'FULL' }],
      ['GET /config/s', undefined, 200, { compatibilityLevel: 'FULL' }],
      ['PUT /config', { compatibility: 'none' }, 200, { compatibility: 'NONE' }],
      ['GET /config', undefined, 200, { compatibilityLevel: 'NONE' }],
      ['GET /config/s', undefined, 200, { compatibilityLevel: 'FULL' }],
      ['PUT /config/s', { normalize: true, alias: 'x' }, 200, { compatibility: 'FULL', normalize: true, alias: 'x' }],
      ['GET /config/s', undefined, 200, { compatibilityLevel: 'FULL', normalize: true, alias: 'x' }],
      ['PUT /config/s', { alias: null, compatibility: null }, 200, { normalize: true }],
      ['GET /config/s', undefined, 200, { normalize: true }],
      ['GET /config/s?defaultToGlobal=true', undefined, 200, { compatibilityLevel: 'NONE', normalize: true }],
      ['DELETE /config/s', undefined, 200, { normalize: true }],
      ['DELETE /config/s', undefined, 404, 40401],
      ['DELETE /config', undefined, 200, { compatibilityLevel: 'NONE' }],
      ['GET /config', undefined, 200, { compatibilityLevel: 'BACKWARD' }],
      ['PUT /config', { compatibility: 'SIDEWAYS' }, 422, 42203],
      ['PUT /config/s', { compatibility: 5 }, 422, 42203],
      ['PUT /config/s', {}, 422, 42203],
      ['PUT /config/s', [], 422, 42203],
      ['PUT /config/s', null, 422, 42203],
      ['PUT /config/s', { normalize: 'yes' }, 422, 42208],
      ['PUT /config/a%00b', { compatibility: 'FULL' }, 422, 42208],
      ['GET /config/a%00b', undefined, 422, 42208],
      ['POST /config', { compatibility: 'FULL' }, 405, 405],
    ]))

  it('loses no member of configs that are set at once', async () => {
    const parts = [{ normalize: true }, { alias: 'x' }, { compatibility: 'FULL' }, { compatibilityGroup: 'g' }, { validateFields: false }]
    await Promise.all(parts.map((part) => ask('PUT /config/s', part)))
    const { compatibility: compatibilityLevel, ...others } = Object.assign({}, ...parts) as Readonly<Record<string, unknown>>
    expect((await ask('GET /config/s')).body).toEqual({ compatibilityLevel, ...others })
  })

  it('has modes as Confluent has', () =>
    talk([
      ['GET /mode', undefined, 200, { mode: 'READWRITE' }],
      ['GET /mode/s', undefined, 404, 40409],
      ['GET /mode/s?defaultToGlobal=true', undefined, 200, { mode: 'READWRITE' }],
      ['PUT /mode/s', { mode: 'readonly' }, 200, { mode: 'readonly' }],
      ['GET /mode/s', undefined, 200, { mode: 'READONLY' }],
      ['POST /subjects/s/versions', record(a), 422, 42205],
      ['PUT /config/s', { compatibility: 'FULL' }, 422, 42205],
      ['DELETE /mode/s', undefined, 200, { mode: 'READONLY' }],
      ['DELETE /mode/s', undefined, 404, 40401],
      ['POST /subjects/s/versions', record(a), 200, { id: 1 }],
      ['POST /subjects/s/versions', { ...record(a, c), id: 7 }, 422, 42205],
      ['PUT /mode', { mode: 'IMPORT' }, 422, 42205],
      ['PUT /mode/s?force=true', { mode: 'IMPORT' }, 200, { mode: 'IMPORT' }],
      ['POST /subjects/s/versions', record(a, c), 422, 42205],
      ['POST /subjects/s/versions', { ...record(b), id: 70, version: 2 }, 200, { id: 70 }],
      ['POST /subjects/s/versions', { ...record(), id: 1 }, 422, 42205],
      ['POST /subjects/s/versions', { ...record(), version: 3 }, 422, 42205],
      ['POST /subjects/s/versions', { ...record(), id: 'x' }, 422, 42205],
      ['PUT /mode', { mode: 'READONLY_OVERRIDE' }, 200, { mode: 'READONLY_OVERRIDE' }],
      ['GET /mode/s', undefined, 200, { mode: 'READONLY_OVERRIDE' }],
      ['POST /subjects/s/versions', { ...record(), id: 71 }, 422, 42205],
      ['DELETE /mode', undefined, 200, { mode: 'READONLY_OVERRIDE' }],
      ['GET /mode', undefined, 200, { mode: 'READWRITE' }],
      ['PUT /mode', { mode: 'OPEN' }, 422, 42204],
      ['PUT /mode/s', {}, 422, 42204],
      ['PUT /mode/s', null, 422, 42204],
      ['GET /subjects/s/versions', undefined, 200, [1, 2]],
    ]))

  it('checks compatibility as Confluent does', () =>
    talk([
      ['POST /compatibility/subjects/s/versions/latest', record(a), 200, { is_compatible: true }],
      ['POST /compatibility/subjects/s/versions', record(a), 200, { is_compatible: true }],
      ['POST /compatibility/subjects/s/versions/1', record(a), 404, 40402],
      ['POST /subjects/s/versions', record(a), 200, { id: 1 }],
      ['POST /subjects/s/versions', record(a, c), 200, { id: 2 }],
      ['POST /compatibility/subjects/s/versions/9', record(a), 404, 40402],
      ['POST /compatibility/subjects/s/versions/0', record(a), 422, 42202],
      ['POST /compatibility/subjects/s/versions/first', record(a), 422, 42202],
      ['POST /compatibility/subjects/s/versions/latest', record(a), 200, { is_compatible: true }],
      ['POST /compatibility/subjects/s/versions/-1?verbose=true', record(a), 200, { is_compatible: true, messages: [] }],
      ['POST /compatibility/subjects/s/versions', record(b), 200, { is_compatible: false }],
      [
        'POST /compatibility/subjects/s/versions/1?verbose=true',
        record({ name: 'a', type: 'string' }, b),
        200,
        {
          is_compatible: false,
          messages: [
            expect.stringMatching(/^new readers cannot read what version 1 wrote.*TYPE_MISMATCH at \/fields\/0\/type/),
            expect.stringMatching(/^new readers cannot read what version 1 wrote.*READER_FIELD_MISSING_DEFAULT_VALUE at \/fields\/1/),
          ],
        },
      ],
      ['POST /compatibility/subjects/s/versions/1', { schema: '{"type":"x"}' }, 422, 42201],
      [
        'POST /compatibility/subjects/s/versions/1?verbose=true',
        { schema: '{"type":"x"}' },
        200,
        { is_compatible: false, messages: [expect.any(String)] },
      ],
      ['POST /compatibility/subjects/s/versions/1?verbose=true', {}, 422, 42201],
      ['POST /subjects/s/versions', record(b), 409, 409],
      ['PUT /config/s', { compatibility: 'NONE' }, 200, { compatibility: 'NONE' }],
      ['POST /compatibility/subjects/s/versions', record(b), 200, { is_compatible: true }],
      ['POST /subjects/s/versions', record(b), 200, { id: 3 }],
    ]))

  it('answers to any rubbish without a failure inside', async () => {
    const paths = [
      '/config',
      '/config/s',
      '/mode',
      '/mode/s',
      '/compatibility/subjects/s/versions',
      '/compatibility/subjects/s/versions/latest',
    ]
    const deep = `${'['.repeat(50_000)}${']'.repeat(50_000)}`
    const values = ['null', '0', '""', '"x"', '[]', '{}', 'true', '{"a":null}', '1e300', deep, `{"a":${deep}}`, '"__proto__"']
    const names = [
      'compatibility',
      'mode',
      'overrideRuleSet',
      'alias',
      'schema',
      'schemaType',
      'references',
      'id',
      'version',
      '__proto__',
      'x',
    ]
    const bodies = [...values, ...names.flatMap((name) => values.map((value) => `{"schema":"\\"int\\"","${name}":${value}}`))]
    const withLevels = server
    const without: Registry = { ...failing, close: async () => undefined }
    server = await serveRegistry({ registry: without })
    for (const { url } of [withLevels, server]) {
      for (const path of paths) {
        const method = path.startsWith('/compat') ? 'POST' : 'PUT'
        for (const body of bodies) {
          const init = { method, body, headers: { 'content-type': json } }
          const { status } = await fetch(`${url}${path}?verbose=true&force=maybe`, init)
          expect(status < 500 || status === 501, `${method} ${path} ${body.slice(0, 100)}: ${status}`).toBe(true)
        }
      }
    }
    await withLevels.close()
  })

  it('tells the HTTP client what it refuses, and why', async () => {
    const registry = httpRegistry({ url: server.url, retries: 0 })
    const schema = (...fields: readonly object[]) => ({ format: 'AVRO' as const, text: record(...fields).schema })
    await registry.register('s', schema(a))
    const error = await expectCode(registry.register('s', schema({ name: 'a', type: 'string' }, b)), 'incompatible-registration')
    expect(error.message).toMatch(/TYPE_MISMATCH.*READER_FIELD_MISSING_DEFAULT_VALUE/)
    await ask('PUT /mode', { mode: 'READONLY' })
    expect(await expectCode(registry.register('s', schema(a, c)), 'registry-rejected')).toMatchObject({
      details: { status: 422, registryCode: 42205 },
    })
  })
})
