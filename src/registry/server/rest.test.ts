import { afterAll, beforeAll, describe, it } from 'vitest'
import { memoryRegistry } from '../memory.ts'
import { restCases, Talk } from './rest-cases.test-support.ts'
import { type RegistryServer, serveRegistry } from './serve.ts'

describe('a server over memory', () => {
  let server: RegistryServer
  beforeAll(async () => {
    server = await serveRegistry({ registry: memoryRegistry() })
  })
  afterAll(() => server.close())

  it.each(restCases)('$name', ({ run }) => run(new Talk(server.url)))
})
