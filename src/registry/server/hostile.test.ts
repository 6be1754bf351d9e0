import { request } from 'node:http'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { seeded } from '../../seeded.test-support.ts'
import { memoryRegistry } from '../memory.ts'
import { componentSchemas, queryParameters } from './openapi/components.ts'
import { operations } from './openapi/operations.ts'
import { type RegistryServer, serveRegistry } from './serve.ts'

// Requests of every kind that the server answers, made of what a client should not send. Whatever comes is answered, soon, and as the API says: no
// failure of the server, a body that says what was wrong, nothing of what is inside.

const json = 'application/vnd.schemaregistry.v1+json'
const runs = Number(process.env['FUZZ_RUNS'] ?? 1_500)
const patienceMs = 60_000

/** What may stand where a name, a number or a text belongs. */
const words = [
  's',
  'orders-value',
  'a%2Fb',
  ':.ctx:s',
  ':.:s',
  ':*:',
  ':.ctx:',
  ':.__GLOBAL:',
  '.',
  '..',
  '%2e%2e',
  '__proto__',
  'constructor',
  'toString',
  'latest',
  '-1',
  '0',
  '1',
  '2',
  '2147483647',
  '2147483648',
  '4294967295',
  '4294967296',
  '1e3',
  '0x1',
  'NaN',
  'null',
  'true',
  'True',
  '%00',
  '%0a',
  '%ff',
  '%',
  '%zz',
  '%F0%9F%9A%80',
  '%ED%A0%80',
  ' ',
  '+',
  "'; DROP TABLE schemas; --",
  '$%7B7*7%7D',
  '{{7*7}}',
  '<script>',
  '../../etc/passwd',
  'x'.repeat(1_025),
  'ü',
  ':',
  '::',
  ':.',
  ':..:x',
  'a:b',
  '?',
  '#',
  '*',
]
const record = (fields: unknown): string => JSON.stringify({ type: 'record', name: 'R', fields })
const texts = [
  '"int"',
  '"string"',
  '""',
  '{}',
  '[]',
  'null',
  '0',
  'true',
  '{',
  '"no such type"',
  '["null","null"]',
  ' ',
  '\u0000',
  '\ud800',
  '"\\ud800"',
  record([]),
  record([{ name: 'a', type: 'int' }]),
  record([{ name: 'a', type: 'string', default: 1 }]),
  record([{ name: '__proto__', type: 'R' }]),
  record({}),
  record([null]),
  record([{ name: 'a', type: 'int', default: 'x' }]),
  '{"type":"record","name":"R"}',
  '{"type":"enum","name":"E","symbols":[]}',
  '{"type":"fixed","name":"F","size":-1}',
  '{"type":"fixed","name":"F","size":1e300}',
  '{"type":{"type":{"type":"int"}}}',
  '['.repeat(10_000),
  '['.repeat(2_000) + ']'.repeat(2_000),
  `${'{"type":"array","items":'.repeat(500)}"int"${'}'.repeat(500)}`,
  '{"__proto__":{"type":"int"},"type":"record"}',
  '{"type":"map","values":"X"}',
  'syntax = "proto3";',
  '{"$ref":"http://127.0.0.1:1/x"}',
  '{"$ref":"file:///etc/passwd"}',
]
const odd: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    true,
    false,
    0,
    -1,
    1,
    2,
    1.5,
    1e300,
    -0,
    2 ** 31,
    2 ** 32,
    2 ** 53,
    '',
    'x',
    [],
    {},
    [null],
    [[]],
    { a: { b: {} } },
    { __proto__: null },
  ),
  fc.constantFrom(...texts),
  fc.jsonValue({ maxDepth: 3 }),
)
const word = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...words) },
  { weight: 1, arbitrary: fc.string({ maxLength: 12 }).map(encodeURIComponent) },
)
const reference = fc.record(
  { name: odd, subject: fc.oneof(fc.constantFrom<unknown>('s', 'orders-value', 'none'), odd), version: odd },
  { requiredKeys: [] },
)

/** A body with the members that the description names, each as it should be or not at all. */
function bodyOf(schema: string): fc.Arbitrary<unknown> {
  const members = Object.keys((componentSchemas[schema]?.['properties'] ?? {}) as object)
  const special: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
    schema: fc.oneof({ weight: 5, arbitrary: fc.constantFrom<unknown>(...texts) }, odd),
    schemaType: fc.constantFrom<unknown>('AVRO', 'JSON', 'PROTOBUF', 'XML', '', null, 1),
    references: fc.oneof(
      fc.array(reference, { maxLength: 3 }),
      fc.constant(Array.from({ length: 200 }, (_, version) => ({ name: 'x', subject: 's', version }))),
      odd,
    ),
    compatibility: fc.constantFrom<unknown>('NONE', 'backward', 'FULL_TRANSITIVE', 'SIDEWAYS', '', null, 5),
    mode: fc.constantFrom<unknown>('READWRITE', 'readonly', 'READONLY_OVERRIDE', 'IMPORT', 'FORWARD', '', null, {}),
  }
  const shaped = fc.record(Object.fromEntries(members.map((name) => [name, special[name] ?? odd])), { requiredKeys: [] })
  return fc.oneof({ weight: 8, arbitrary: shaped }, { weight: 1, arbitrary: odd })
}

const hostileRequest = fc.constantFrom(...Object.entries(operations)).chain(([name, { takes, query = [] }]) => {
  const [method = '', path = ''] = name.split(' ')
  const parts = path.split(/(\{\w+\})/)
  const filled = fc.tuple(...parts.map((part) => (part.startsWith('{') ? word : fc.constant(part)))).map((all) => all.join(''))
  const names = fc.constantFrom(...(query.length === 0 ? Object.keys(queryParameters) : query))
  return fc.record({
    method: fc.oneof(
      { weight: 12, arbitrary: fc.constant(method) },
      { weight: 1, arbitrary: fc.constantFrom('GET', 'HEAD', 'PUT', 'POST', 'DELETE', 'OPTIONS', 'PATCH', 'TRACE') },
    ),
    path: fc
      .tuple(fc.constantFrom('', '', '', '/contexts/.ctx', '/contexts/%3A.ctx%3A', '/contexts/x%3Ay'), filled)
      .map((both) => both.join('')),
    query: fc
      .array(
        fc.tuple(names, word).map((pair) => pair.join('=')),
        { maxLength: 3 },
      )
      .map((all) => (all.length === 0 ? '' : `?${all.join('&')}`)),
    type: fc.oneof(
      { weight: 10, arbitrary: fc.constant(json) },
      { weight: 1, arbitrary: fc.constantFrom('text/plain', '', 'application/json; charset=utf-8', 'x') },
    ),
    body:
      takes === undefined
        ? fc.constant(undefined)
        : fc.oneof(
            { weight: 12, arbitrary: bodyOf(takes).map((body) => JSON.stringify(body)) },
            { weight: 1, arbitrary: fc.constantFrom('', '{', '\u0000', '{"schema":', '"', '1e999') },
          ),
  })
})

interface Answer {
  readonly status: number
  readonly type: string
  readonly text: string
}

/** Over a socket of its own kind and not by `fetch`, which would tidy up what is sent. */
function send(
  url: string,
  { method, path, query, type, body }: { method: string; path: string; query: string; type: string; body: string | undefined },
): Promise<Answer> {
  const { hostname, port } = new URL(url)
  return new Promise((resolve, reject) => {
    const target = `${path}${query}`.replace(/[^\x21-\x7e]/g, (char) => encodeURIComponent(char.isWellFormed() ? char : '?'))
    const outgoing = request(
      {
        hostname,
        port,
        method,
        path: target,
        headers: body === undefined ? {} : { 'content-type': type, 'content-length': Buffer.byteLength(body) },
      },
      (response) => {
        const chunks: Buffer[] = []
        response.on('data', (chunk: Buffer) => chunks.push(chunk))
        response.on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            type: response.headers['content-type'] ?? '',
            text: Buffer.concat(chunks).toString(),
          }),
        )
        response.on('error', reject)
      },
    )
    outgoing.setTimeout(patienceMs, () => outgoing.destroy(new Error(`no answer within ${patienceMs} ms`)))
    outgoing.on('error', reject)
    outgoing.end(body)
  })
}

describe('requests that no client should send', () => {
  const failures: unknown[] = []
  let server: RegistryServer
  beforeAll(async () => {
    const registry = memoryRegistry({ compatibility: 'BACKWARD' })
    for (const subject of ['s', 'orders-value', ':.ctx:s'])
      await registry.register(subject, { format: 'AVRO', text: record([{ name: 'a', type: 'int' }]) })
    server = await serveRegistry({ registry, onError: (error) => failures.push(error) })
  })
  afterAll(() => server.close())

  it(`are all answered, as refusals or as answers (${runs} of them)`, { timeout: 600_000 }, async () => {
    const seen = new Map<number, number>()
    await fc.assert(
      fc.asyncProperty(hostileRequest, async (one) => {
        const { status, type, text } = await send(server.url, one)
        seen.set(status, (seen.get(status) ?? 0) + 1)
        expect(status).toBeLessThan(500)
        expect(failures).toEqual([])
        expect(text).not.toMatch(/\bat (?:async )?[\w.<>]+ \(|node:internal|\/src\/|\.ts:\d/)
        if (status < 400 || one.method === 'HEAD') return
        expect(type).toBe(json)
        expect(JSON.parse(text)).toEqual({ error_code: expect.any(Number), message: expect.any(String) })
        expect(String((JSON.parse(text) as { error_code: number }).error_code).slice(0, 3)).toBe(String(status))
      }),
      { ...seeded, numRuns: runs },
    )
    // It met answers, refusals of what is asked for, of what is not there, of methods and of types.
    expect([...seen.keys()]).toEqual(expect.arrayContaining([200, 404, 405, 415, 422]))
    expect(Object.prototype).not.toHaveProperty('type')
    expect((await fetch(`${server.url}/health/ready`)).status).toBe(200)
  })
})
