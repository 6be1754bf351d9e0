import { describe, expect, it } from 'vitest'
import { EvolveError } from '../../errors.ts'
import { memoryRegistry } from '../memory.ts'
import { avroText, expectCode } from '../registry-cases.test-support.ts'
import type { Registry } from '../types.ts'
import { type PullableRegistry, pullLockfile } from './pull.ts'
import { verifyLockfile } from './verify.ts'

const record = (name: string, fields: readonly object[] = []) => avroText({ type: 'record', name, fields })

/** What a client of a server that can do nothing more has. */
function plain(registry: Registry, changed: Partial<Registry> = {}): Registry {
  const { schemaById, register, versions, version, latest, lookup, close } = registry
  const bound = { schemaById, register, versions, version, latest, lookup, close }
  const entries = Object.entries(bound).map(([name, method]) => [name, method.bind(registry)])
  return { ...(Object.fromEntries(entries) as typeof bound), ...changed }
}

describe('pullLockfile', () => {
  it('takes along what is referred to, however far, also in contexts', async () => {
    const registry = memoryRegistry()
    await registry.register(':.c:a', record('A'))
    await registry.register(':.c:b', {
      ...record('B', [{ name: 'a', type: 'A' }]),
      references: [{ name: 'A', subject: 'a', version: 1 }],
    })
    await registry.register(':.c:c', {
      ...record('C', [{ name: 'b', type: 'B' }]),
      references: [{ name: 'B', subject: ':.c:b', version: 1 }],
    })
    await registry.register('a', record('Other'))
    const { subjects } = await pullLockfile(registry, [':.c:c'])
    expect(subjects.map(({ subject }) => subject)).toEqual([':.c:a', ':.c:b', ':.c:c'])
  })

  it('leaves out what the registry cannot say', async () => {
    const registry = memoryRegistry()
    await registry.register('s', record('A'))
    const { subjects } = await pullLockfile(plain(registry), ['s', 's', ':.:s'])
    expect(subjects).toEqual([{ subject: 's', versions: [{ subject: 's', version: 1, id: 1, ...record('A') }] }])
    await expectCode(pullLockfile(plain(registry), 'all'), 'invalid-options')
  })

  it('leaves out what was deleted where that is asked for', async () => {
    const registry = memoryRegistry()
    await registry.register('s', record('A'))
    await registry.register('s', record('B'))
    await registry.register('t', record('A'))
    await registry.deleteVersion('s', 1)
    await registry.deleteSubject('t')
    const [s, t] = (await pullLockfile(registry, 'all')).subjects
    expect([s?.versions.length, s?.deleted?.length, t?.versions.length, t?.deleted?.length]).toEqual([1, 1, 0, 1])
    const listed = await pullLockfile(registry, 'all', { deleted: false })
    expect(listed.subjects).toMatchObject([{ subject: 's', versions: [{ version: 2 }] }])
    expect(listed.subjects[0]).not.toHaveProperty('deleted')
  })

  it('takes a registry that passes over deletedOnly, and lists subjects that are gone', async () => {
    const registry = memoryRegistry()
    await registry.register('s', record('A'))
    await registry.register('s', record('B'))
    await registry.deleteVersion('s', 1)
    const karapace: PullableRegistry = {
      ...plain(registry, { versions: (subject, options) => registry.versions(subject, { ...options, deletedOnly: false }) }),
      subjects: async () => ['gone', 's'],
    }
    const { subjects } = await pullLockfile(karapace, 'all')
    expect(subjects).toMatchObject([{ subject: 's', versions: [{ version: 2 }], deleted: [{ version: 1 }] }])
  })

  it('refuses what is not there, what fails and what contradicts itself', async () => {
    const registry = memoryRegistry()
    await registry.register('s', record('A'))
    await registry.register('s', record('B'))
    await expectCode(pullLockfile(registry, ['s', 'none']), 'subject-not-found')
    await expectCode(pullLockfile(registry, ['..']), 'invalid-options')
    await expectCode(pullLockfile(registry, ['s'], { concurrency: 0 }), 'invalid-options')
    const down = async (): Promise<never> => {
      throw new EvolveError('registry-unavailable', 'down')
    }
    await expectCode(pullLockfile(plain(registry, { version: down }), ['s']), 'registry-unavailable')
    const oneId = plain(registry, { version: async (...args) => ({ ...(await registry.version(...args)), id: 7 }) })
    const error = await expectCode(pullLockfile(oneId, ['s']), 'registry-bad-answer')
    expect(error.message).toContain('version 2 of subject s: the ID already means another schema')
    const stuck = plain(registry, { version: (subject) => registry.version(subject, 1) })
    await expectCode(pullLockfile(stuck, ['s']), 'registry-bad-answer')
    const controller = new AbortController()
    controller.abort(new Error('enough'))
    await expect(pullLockfile(registry, ['s'], { signal: controller.signal })).rejects.toThrow('enough')
  })

  it('has no more requests under way than it may', async () => {
    const registry = memoryRegistry()
    for (let n = 0; n < 20; n += 1) await registry.register('s', record(`R${n}`))
    let [now, most] = [0, 0]
    const counting = plain(registry, {
      version: async (...args) => {
        now += 1
        most = Math.max(most, now)
        await new Promise((resolve) => setImmediate(resolve))
        now -= 1
        return registry.version(...args)
      },
    })
    const { subjects } = await pullLockfile(counting, ['s'], { concurrency: 3 })
    expect(subjects[0]?.versions.map(({ version }) => version)).toEqual(Array.from({ length: 20 }, (_, at) => at + 1))
    expect(most).toBe(3)
  })
})

describe('verifyLockfile', () => {
  it('finds nothing where nothing differs', async () => {
    const registry = memoryRegistry()
    for (const subject of ['s', 't', ':.c:s']) await registry.register(subject, record('A'))
    await registry.register('s', record('B'))
    await registry.deleteVersion('s', 1)
    const lockfile = await pullLockfile(registry, 'all')
    expect(await verifyLockfile(lockfile, registry)).toEqual([])
    expect(await verifyLockfile(lockfile, plain(registry))).toEqual([])
  })

  it('finds every difference', async () => {
    const registry = memoryRegistry()
    const names = ['A', 'B', 'C', 'D', 'E']
    for (const name of names) await registry.register('s', record(name))
    await registry.register('level', record('A'))
    const lockfile = await pullLockfile(registry, 'all')
    await registry.setConfig('level', { compatibility: 'FULL' })
    await registry.deleteVersion('s', 2)
    await registry.deleteVersion('s', 3)
    await registry.deleteVersion('s', 3, { permanent: true })
    const six = await registry.register('s', record('F'))
    const moved = plain(registry, {
      version: async (subject, version, options) => {
        const entry = await registry.version(subject, version, options)
        if (subject === 's' && version === 4) return { ...entry, id: 99 }
        return subject === 's' && version === 5 ? { ...entry, ...record('Other') } : entry
      },
    })
    const found = await verifyLockfile(lockfile, { ...moved, config: (subject, options) => registry.config(subject, options) })
    expect(found.map(({ kind, subject, version, id }) => [kind, subject, version, id])).toEqual([
      ['level', 'level', undefined, undefined],
      ['deleted', 's', 2, 2],
      ['missing', 's', 3, 3],
      ['other-id', 's', 4, 4],
      ['other-schema', 's', 5, 5],
      ['new-version', 's', 6, six.id],
    ])
    for (const { message } of found) expect(message).toMatch(/^[^\n]{10,}$/)
  })

  it('finds that an ID has come to mean another schema in a registry that was made anew', async () => {
    const before = memoryRegistry()
    await before.register('s', record('A'))
    await before.register('s', record('B'))
    await before.deleteVersion('s', 2)
    const lockfile = await pullLockfile(before, 'all')
    const anew = memoryRegistry()
    await anew.register('other', record('X'))
    const found = await verifyLockfile(lockfile, anew)
    expect(found.map(({ kind, version, id }) => [kind, version, id])).toEqual([
      ['other-schema', 1, 1],
      ['missing', 2, 2],
    ])
  })

  it('fails where the registry does not answer: that says nothing', async () => {
    const registry = memoryRegistry()
    await registry.register('s', record('A'))
    const lockfile = await pullLockfile(registry, ['s'])
    const down = async (): Promise<never> => {
      throw new EvolveError('registry-timeout', 'slow')
    }
    await expectCode(verifyLockfile(lockfile, plain(registry, { version: down })), 'registry-timeout')
    await expectCode(verifyLockfile(lockfile, plain(registry, { versions: down })), 'registry-timeout')
  })
})
