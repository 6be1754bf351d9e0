import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, it } from 'vitest'
import { quickDisk } from '../../quick-disk.test-support.ts'
import { fileRegistry } from '../file/file-registry.ts'
import { memoryRegistry } from '../memory.ts'
import type { Registry } from '../types.ts'
import { restCases, Talk } from './rest-cases.test-support.ts'
import { type RegistryServer, serveRegistry } from './serve.ts'

const folder = mkdtempSync(join(quickDisk(), 'rest-'))
afterAll(() => rmSync(folder, { recursive: true }))

describe.each<[where: string, open: () => Promise<Registry>]>([
  ['in memory', async () => memoryRegistry()],
  ['in a file', () => fileRegistry({ path: join(folder, 'registry.log') })],
])('a server over a registry %s', (_where, open) => {
  let registry: Registry
  let server: RegistryServer
  beforeAll(async () => {
    registry = await open()
    server = await serveRegistry({ registry })
  })
  afterAll(async () => {
    await server.close()
    await registry.close()
  })

  it.each(restCases)('$name', ({ run }) => run(new Talk(server.url)))
})
