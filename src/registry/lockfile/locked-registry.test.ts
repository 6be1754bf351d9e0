import { describe, expect, it } from 'vitest'
import { EvolveError } from '../../errors.ts'
import { memoryRegistry } from '../memory.ts'
import { referencedTexts } from '../references.ts'
import { avroText, expectCode } from '../registry-cases.test-support.ts'
import type { Registry } from '../types.ts'
import { lockedRegistry } from './locked-registry.ts'
import { pullLockfile } from './pull.ts'

const record = (name: string, fields: readonly object[] = []) => avroText({ type: 'record', name, fields })

/** A registry that is down, and what was asked of it. */
function down(): { readonly registry: Registry; readonly asked: string[] } {
  const asked: string[] = []
  const fail = (name: string) => async (): Promise<never> => {
    asked.push(name)
    throw new EvolveError('registry-unavailable', 'down')
  }
  const close = async (): Promise<void> => void asked.push('close')
  const [schemaById, register, versions] = [fail('schemaById'), fail('register'), fail('versions')]
  const [version, latest, lookup] = [fail('version'), fail('latest'), fail('lookup')]
  return { registry: { schemaById, register, versions, version, latest, lookup, close }, asked }
}

async function pulled() {
  const registry = memoryRegistry({ firstId: 0 })
  await registry.register('inner', record('Inner'))
  const outer = { ...record('Outer', [{ name: 'i', type: 'Inner' }]), references: [{ name: 'Inner', subject: 'inner', version: 1 }] }
  await registry.register('s', record('A'))
  await registry.register('s', outer)
  await registry.register('s', record('C'))
  await registry.deleteVersion('s', 3)
  await registry.register(':.c:s', record('Elsewhere'))
  return { registry, outer, lockfile: await pullLockfile(registry, 'all') }
}

describe('a locked registry', () => {
  it('answers all that is in the lock file without asking', async () => {
    const { outer, lockfile } = await pulled()
    const { registry, asked } = down()
    const locked = lockedRegistry({ lockfile, registry })
    expect(await locked.schemaById(0)).toEqual({ id: 0, ...record('Inner') })
    expect(await locked.schemaById(0, { subject: ':.c:s' })).toEqual({ id: 0, ...record('Elsewhere') })
    expect(locked.peekById(0)).toEqual({ id: 0, ...record('Inner') })
    expect(await locked.schemaById(3)).toMatchObject(record('C'))
    expect(await locked.versions('s')).toEqual([1, 2])
    expect(await locked.versions('s', { deleted: true })).toEqual([1, 2, 3])
    expect(await locked.latest('s')).toMatchObject({ version: 2, ...outer })
    expect(await locked.version('s', 1)).toMatchObject(record('A'))
    expect(await locked.lookup('s', outer)).toMatchObject({ version: 2, id: 2 })
    expect(await locked.register('s', record('A'))).toMatchObject({ version: 1, id: 1 })
    expect(await referencedTexts(locked, await locked.latest('s'))).toEqual([record('Inner').text])
    expect(asked).toEqual([])
    await locked.close()
    expect(asked).toEqual(['close'])
  })

  it('asks the registry behind it for the rest, and fails as that one does', async () => {
    const { lockfile } = await pulled()
    const { registry, asked } = down()
    const locked = lockedRegistry({ lockfile, registry })
    expect(locked.peekById(9)).toBeUndefined()
    await expectCode(locked.schemaById(9), 'registry-unavailable')
    await expectCode(locked.versions('none'), 'registry-unavailable')
    await expectCode(locked.latest('none'), 'registry-unavailable')
    await expectCode(locked.version('s', 4), 'registry-unavailable')
    await expectCode(locked.lookup('s', record('New')), 'registry-unavailable')
    await expectCode(locked.register('s', record('New')), 'registry-unavailable')
    expect(asked).toEqual(['schemaById', 'versions', 'latest', 'version', 'lookup', 'register'])
    await expectCode(locked.schemaById(-1), 'invalid-options')
    await expectCode(locked.versions('..'), 'invalid-options')
    await expectCode(locked.lookup('s', { format: 'AVRO', text: '{' }), 'invalid-schema')
    expect(asked).toHaveLength(6)
  })

  it('takes the lock file for all there is where no registry is behind it', async () => {
    const { lockfile } = await pulled()
    const locked = lockedRegistry({ lockfile })
    const error = await expectCode(locked.schemaById(9), 'schema-not-found')
    expect(error.message).toContain('not in the lock file')
    await expectCode(locked.versions('none'), 'subject-not-found')
    await expectCode(locked.version('s', 4), 'version-not-found')
    await expectCode(locked.lookup('s', record('New')), 'schema-not-in-subject')
    await expectCode(locked.register('s', record('New')), 'registry-rejected')
    await locked.close()
  })

  it('knows what was registered through it', async () => {
    const { registry, lockfile } = await pulled()
    const locked = lockedRegistry({ lockfile, registry })
    const added = await locked.register('s', record('D'))
    expect(added).toMatchObject({ version: 4 })
    expect(await locked.latest('s')).toEqual(added)
    expect(await locked.versions('s')).toEqual([1, 2, 4])
    expect(locked.peekById(added.id)).toMatchObject(record('D'))
    expect(await locked.register('new', record('D'))).toMatchObject({ version: 1, id: added.id })
    expect(await locked.latest('new')).toMatchObject({ version: 1 })
  })

  it('is not changed by what the registry lists meanwhile', async () => {
    const { registry, lockfile } = await pulled()
    await registry.register('s', record('D'))
    const locked = lockedRegistry({ lockfile, registry })
    expect(await locked.latest('s')).toMatchObject({ version: 2 })
    expect(await locked.version('s', 4)).toMatchObject(record('D'))
  })

  it('refuses IDs that the registry has come to mean otherwise', async () => {
    const { lockfile } = await pulled()
    const anew = memoryRegistry({ firstId: 0 })
    await anew.register('new', record('New'))
    const locked = lockedRegistry({ lockfile, registry: anew })
    await expectCode(locked.lookup('new', record('New')), 'registry-bad-answer')
    await expectCode(locked.latest('new'), 'registry-bad-answer')
    await expectCode(locked.version('new', 1), 'registry-bad-answer')
    await expectCode(locked.register('s', record('Other')), 'registry-bad-answer')
  })

  it('heeds a signal', async () => {
    const { lockfile } = await pulled()
    const signal = AbortSignal.abort(new Error('enough'))
    await expect(lockedRegistry({ lockfile }).schemaById(0, { signal })).rejects.toThrow('enough')
    await expect(lockedRegistry({ lockfile }).register('s', record('A'), { signal })).rejects.toThrow('enough')
  })
})
