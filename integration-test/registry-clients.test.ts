import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { memoryRegistry, type RegistryServer, serveRegistry } from '../src/registry/index.ts'
import { freshSubject } from '../src/registry/registry-cases.test-support.ts'
import { type ConfluentClients, hearWithJavaScript } from './clients/confluent-javascript.ts'

const at = (path: string): string => fileURLToPath(new URL(`../${path}`, import.meta.url))
const key = createHash('sha256')
  .update(readFileSync(at('docker/python-clients.txt')))
  .digest('hex')
  .slice(0, 12)
const python = at(`.cache/clients/python-${key}/bin/python`)
const [hasPython, hasJavaScript] = [existsSync(python), existsSync(at('bench/node_modules/@confluentinc/schemaregistry'))]

if (!(hasPython && hasJavaScript)) {
  if (process.env.KAFKA_EVOLVE_REQUIRE_CLIENTS === '1') throw new Error('clients were not fetched: npm run setup:clients')
  console.log('Clients of Confluent: not fetched, so not tested (npm run setup:clients fetches them, once)')
}

describe('clients of Confluent', () => {
  let server: RegistryServer
  beforeAll(async () => {
    server = await serveRegistry({ registry: memoryRegistry() })
  })
  afterAll(() => server.close())

  it.skipIf(!hasPython)('for Python: hears of everything that it asks for', async () => {
    const { stdout } = await promisify(execFile)(python, [
      at('integration-test/clients/confluent_client.py'),
      server.url,
      freshSubject('py'),
    ])
    expect(JSON.parse(stdout)).toEqual({
      register: [true, 1, true],
      'by id': true,
      'by guid': true,
      types: ['AVRO', 'JSON', 'PROTOBUF'],
      uses: [true, 1],
      lookup: [true, 1, true],
      latest: 1,
      version: true,
      versions: [1],
      subjects: true,
      missing: [
        [404, 40403],
        [404, 40401],
        [404, 40402],
        [404, 40403],
        [422, 42201],
      ],
      checks: [true, false, false, [409, 409]],
      level: 'BACKWARD',
      config: 'NONE',
      'no config': [404, 40408],
      mode: ['READONLY', 'READONLY', [422, 42205]],
      contract: [{ major: '2' }, 'message.a > 0'],
      'latest with metadata': 3,
      'referenced by': true,
      references: true,
      'referred to': [422, 42206],
      deletes: [2, [1, 2, 3], 2, [1], [1]],
      'round trip': { a: 5, x: 'y' },
      'with the latest': { a: 6, x: 'z' },
      'GUID in a header': { a: 7, x: '0123456789' },
      context: [true, true],
      contexts: ['.', '.elsewhere'],
    })
  })

  it.skipIf(!hasJavaScript)('for JavaScript: hears of everything that it asks for', async () => {
    const clients = createRequire(at('bench/package.json'))('@confluentinc/schemaregistry') as ConfluentClients
    expect(await hearWithJavaScript(clients, server.url, freshSubject('js'))).toEqual({
      register: [true, 1, true],
      'by id': true,
      'by guid': true,
      lookup: [true, 1],
      latest: [1, 1],
      versions: [1],
      subjects: true,
      missing: [40403, 40401, 40402],
      checks: [true, false, true],
      refused: [409, 409],
      level: ['FULL', 'FULL'],
      config: true,
      contract: { properties: { major: '2' } },
      'latest with metadata': 2,
      references: 'a reference',
      deletes: [2, 2, [1], [1]],
      'with the latest': { a: 5, x: 'y' },
      'GUID in a header': { a: 6, x: 'z' },
    })
  })
})
