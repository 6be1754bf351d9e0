import { mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, it } from 'vitest'
import { quickDisk } from '../quick-disk.test-support.ts'
import { cachedRegistry, fileRegistry, httpRegistry, memoryRegistry, type Registry, serveRegistry } from './index.ts'
import { managedCases } from './managed-cases.test-support.ts'
import { registryCases } from './registry-cases.test-support.ts'
import type { ManagedRegistry } from './types.ts'

interface Subject {
  readonly registry: Registry
  stop(): Promise<void>
}

const implementations: Readonly<Record<string, () => Promise<Subject>>> = {
  memory: async () => standing(memoryRegistry()),
  'memory, from ID 0': async () => standing(memoryRegistry({ firstId: 0 })),
  file: async () => {
    const folder = await mkdtemp(join(quickDisk(), 'registry-'))
    const registry = await fileRegistry({ path: join(folder, 'schemas.log') })
    return {
      registry,
      stop: async () => {
        await registry.close()
        await rm(folder, { recursive: true })
      },
    }
  },
  'http, over a server on memory': async () => {
    const server = await serveRegistry({ registry: memoryRegistry({ firstId: 100_000 }) })
    const registry = httpRegistry({ url: server.url })
    return {
      registry,
      stop: async () => {
        await registry.close()
        await server.close()
      },
    }
  },
  'cached, over memory': async () => standing(cachedRegistry(memoryRegistry())),
  'cached, over memory, believing nothing': async () =>
    standing(cachedRegistry(memoryRegistry(), { maxEntries: 1, latestTtlMs: 0, negativeTtlMs: 0 })),
}

function standing(registry: Registry): Subject {
  return { registry, stop: () => registry.close() }
}

describe.each(Object.entries(implementations))('%s', (_name, start) => {
  let subject: Subject
  beforeAll(async () => {
    subject = await start()
  })
  afterAll(() => subject.stop())

  it.each(registryCases)('$name', ({ run }) =>
    run({ registry: subject.registry, traits: { ignoresWhitespace: true, concurrentVersions: 20, oneVersionAtOnce: true } }),
  )
})

describe('memory, managed', () => {
  it.each(managedCases)('$name', ({ run }) => run({ registry: memoryRegistry() }))
})

describe('file, managed', () => {
  let folder = ''
  let registry: ManagedRegistry
  const path = (): string => join(folder, 'schemas.log')
  beforeAll(async () => {
    folder = await mkdtemp(join(quickDisk(), 'registry-'))
    registry = await fileRegistry({ path: path() })
  })
  afterAll(async () => {
    await registry.close()
    await rm(folder, { recursive: true })
  })

  it.each(managedCases)('$name', ({ run }) => run({ registry, again: () => fileRegistry({ path: path(), readOnly: true }) }))
})
