import { describe, expect, it } from 'vitest'
import { expectRefusal, managedCases } from '../managed-cases.test-support.ts'
import { memoryRegistry } from '../memory.ts'
import { avroText, expectCode } from '../registry-cases.test-support.ts'
import type { BrowsableRegistry, Registry } from '../types.ts'
import { cachedRegistry } from './cached-registry.ts'

const record = (name: string) => avroText({ type: 'record', name, fields: [] })

describe('a cache over a registry that can be managed', () => {
  it.each(managedCases)('$name', async ({ run }) => {
    const memory = memoryRegistry()
    await run({ registry: cachedRegistry(memory), again: async () => memory })
  })

  it('has each ID of each context for itself', async () => {
    const memory = memoryRegistry()
    const cached = cachedRegistry(memory)
    await memory.register('s', record('Here'))
    await memory.register(':.a:s', record('A'))
    await memory.register(':.b:s', record('B'))
    for (let n = 0; n < 2; n += 1) {
      expect(await cached.schemaById(1, { subject: ':.a:s' })).toMatchObject(record('A'))
      expect(await cached.schemaById(1, { subject: ':.b:' })).toMatchObject(record('B'))
      expect(await cached.schemaById(1)).toMatchObject(record('Here'))
      expect(await cached.schemaById(1, { subject: 's' })).toMatchObject(record('Here'))
      await cached.latest(':.b:s')
    }
    expect(cached.peekById(1)).toMatchObject(record('Here'))
    const fresh = cachedRegistry(memory)
    await fresh.latest(':.a:s')
    expect(fresh.peekById(1)).toBeUndefined()
    expect(await fresh.schemaById(1)).toMatchObject(record('Here'))
  })

  it('knows a subject by one name, however it is spelled', async () => {
    const cached = cachedRegistry(memoryRegistry())
    await expectCode(cached.latest(':.:s'), 'subject-not-found')
    await cached.register('s', record('A'))
    expect(await cached.latest(':.:s')).toMatchObject({ subject: 's', version: 1 })
    await cached.register(':.:s', record('B'))
    expect(await cached.latest('s')).toMatchObject({ version: 2 })
  })

  it('does not mix what is deleted with what is listed, nor what is normalised with what is not', async () => {
    const memory = memoryRegistry()
    const cached = cachedRegistry(memory)
    await memory.register('s', record('A'))
    await memory.register('s', record('B'))
    await memory.deleteVersion('s', 1)
    for (let n = 0; n < 2; n += 1) {
      expect(await cached.version('s', 1, { deleted: true })).toMatchObject({ version: 1 })
      await expectCode(cached.version('s', 1), 'version-not-found')
      expect(await cached.lookup('s', record('A'), { deleted: true })).toMatchObject({ version: 1 })
      await expectCode(cached.lookup('s', record('A')), 'schema-not-in-subject')
      expect(await cached.versions('s')).toEqual([2])
      expect(await cached.versions('s', { deleted: true })).toEqual([1, 2])
      expect(await cached.versions('s', { deletedOnly: true })).toEqual([1])
      expect(await cached.lookup('s', record('B'), { normalize: true })).toMatchObject({ version: 2 })
    }
  })

  it('does not keep what was on its way when it was deleted', async () => {
    const memory = memoryRegistry()
    let open = (): void => undefined
    const passed = new Promise<void>((resolve) => {
      open = resolve
    })
    const slow = new Proxy(memory, {
      get: (target, name) => {
        const method = Reflect.get(target, name)
        if (name !== 'schemaById' && name !== 'version') return typeof method === 'function' ? method.bind(target) : method
        return async (...args: unknown[]) => {
          const answer = await method.apply(target, args)
          await passed
          return answer
        }
      },
    })
    const cached = cachedRegistry(slow)
    const { id } = await memory.register('s', record('A'))
    const onTheirWay = [cached.schemaById(id), cached.version('s', 1)]
    await new Promise((resolve) => setImmediate(resolve))
    await cached.deleteVersion('s', 1)
    await cached.deleteVersion('s', 1, { permanent: true })
    open()
    await Promise.all(onTheirWay)
    expect(cached.peekById(id)).toBeUndefined()
    await expectCode(cached.schemaById(id), 'schema-not-found')
    await expectCode(cached.version('s', 1), 'subject-not-found')
  })

  it('forgets nothing when a delete is refused but what it was about', async () => {
    const cached = cachedRegistry(memoryRegistry())
    const { id } = await cached.register('s', record('A'))
    await expectRefusal(cached.deleteVersion('s', 1, { permanent: true }), 'registry-rejected', 40407)
    expect(await cached.schemaById(id)).toMatchObject(record('A'))
    expect(await cached.latest('s')).toMatchObject({ version: 1 })
  })

  it('can do no more than the registry behind it', () => {
    const { schemaById, register, versions, version, latest, lookup, close, ...rest } = bound()
    const plain: Registry = { schemaById, register, versions, version, latest, lookup, close }
    expect(cachedRegistry(plain)).not.toHaveProperty('subjects')
    const { subjects, uses, contexts, referencedBy, idsByGuid } = rest
    const browsable: BrowsableRegistry = { ...plain, subjects, uses, contexts, referencedBy, idsByGuid }
    expect(cachedRegistry(browsable)).toHaveProperty('subjects')
    expect(cachedRegistry(browsable)).not.toHaveProperty('setConfig')
  })
})

function bound() {
  const memory = memoryRegistry()
  const { subjects, uses, contexts, referencedBy, idsByGuid } = memory
  const { schemaById, register, versions, version, latest, lookup, close } = memory
  return { subjects, uses, contexts, referencedBy, idsByGuid, schemaById, register, versions, version, latest, lookup, close }
}
