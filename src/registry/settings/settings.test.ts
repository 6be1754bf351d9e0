import { mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { quickDisk } from '../../quick-disk.test-support.ts'
import type { CompatibilityLevel } from '../compatibility/levels.ts'
import { disk, type FileSystem, type LogHandle } from '../file/file-system.ts'
import { fileRegistry, type ManagedRegistry, memoryRegistry, type RegistryConfig } from '../index.ts'
import { avroText, expectCode } from '../registry-cases.test-support.ts'

interface Stand {
  readonly registry: ManagedRegistry
  /** The same registry, as it is after a restart. */
  again(): Promise<ManagedRegistry>
}

const ends: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

async function inFile(compatibility?: CompatibilityLevel): Promise<Stand> {
  const folder = await mkdtemp(join(quickDisk(), 'settings-'))
  ends.push(() => rm(folder, { recursive: true }))
  const open = async (readOnly: boolean): Promise<ManagedRegistry> => {
    const settings = compatibility === undefined ? {} : { compatibility }
    const opened = await fileRegistry({ path: join(folder, 'schemas.log'), readOnly, ...settings })
    ends.push(() => opened.close())
    return opened
  }
  return { registry: await open(false), again: () => open(true) }
}

const stores: Readonly<Record<string, (compatibility?: CompatibilityLevel) => Promise<Stand>>> = {
  memory: async (compatibility) => {
    const registry = memoryRegistry(compatibility === undefined ? {} : { compatibility })
    return { registry, again: async () => registry }
  },
  file: inFile,
}

const record = (...fields: readonly object[]) => avroText({ type: 'record', name: 'R', fields })
const empty = record()
const strict = record({ name: 'a', type: 'int' })
const other = record({ name: 'b', type: 'int' })
const lenient = record({ name: 'a', type: 'int', default: 0 })

describe.each(Object.entries(stores))('settings, %s', (_name, start) => {
  it('takes any version where nothing is set', async () => {
    const { registry, again } = await start()
    expect(await registry.config()).toEqual({ compatibility: 'NONE' })
    expect(await registry.config('s')).toBeUndefined()
    expect(await registry.mode()).toBe('READWRITE')
    expect(await registry.mode('s')).toBeUndefined()
    await registry.register('s', empty)
    await registry.register('s', strict)
    expect(await (await again()).versions('s')).toEqual([1, 2])
  })

  it('holds new versions against the level it was made with, until another is set, for the subject or for all', async () => {
    const { registry, again } = await start('BACKWARD')
    await registry.register('s', empty)
    const error = await expectCode(registry.register('s', strict), 'incompatible-registration')
    expect(error).toMatchObject({
      details: { subject: 's', problems: [{ version: 1, direction: 'backward', kind: 'READER_FIELD_MISSING_DEFAULT_VALUE' }] },
    })
    expect(await registry.versions('s')).toEqual([1])
    await registry.setConfig('s', { compatibility: 'FORWARD' })
    await registry.register('s', strict)
    await expectCode(registry.register('s', other), 'incompatible-registration')
    await registry.setConfig(undefined, { compatibility: 'NONE' })
    await expectCode(registry.register('s', other), 'incompatible-registration')
    await registry.register('t', strict)
    await registry.register('t', other)
    await registry.setConfig('s', undefined)
    await registry.register('s', other)
    const later = await again()
    expect(await later.config()).toEqual({ compatibility: 'NONE' })
    expect(await later.config('s')).toBeUndefined()
  })

  it('finds what is registered already at every level and in every mode', async () => {
    const { registry } = await start()
    const [first] = [await registry.register('s', strict), await registry.register('s', empty)]
    await registry.setConfig('s', { compatibility: 'FULL_TRANSITIVE' })
    await registry.setMode('s', 'READONLY')
    expect(await registry.register('s', strict)).toEqual(first)
  })

  it('keeps a config as it is, with what is meant for others, and gives the subject what holds for all', async () => {
    const { registry, again } = await start()
    const config: RegistryConfig = {
      compatibility: 'FULL',
      normalize: true,
      alias: 'other',
      compatibilityGroup: 'major',
      overrideMetadata: { properties: { owner: 'team ü' } },
    }
    expect(await registry.setConfig('s', config)).toEqual(config)
    await registry.setConfig(undefined, { normalize: false, validateFields: true })
    const later = await again()
    expect(await later.config('s')).toEqual(config)
    expect(await later.config('s', { defaultToGlobal: true })).toEqual({ ...config, validateFields: true })
    expect(await later.config('t', { defaultToGlobal: true })).toEqual({ compatibility: 'NONE', normalize: false, validateFields: true })
    expect(Object.isFrozen((await later.config('s'))?.overrideMetadata)).toBe(true)
  })

  it.each([
    { compatibility: 'backward' },
    { compatibility: 5 },
    { normalize: 'yes' },
    { alias: 1 },
    { overrideRuleSet: [] },
    { colour: 'red' },
    null,
    [],
  ])('refuses the config %j', async (config) => {
    const { registry } = await start()
    await expectCode(registry.setConfig('s', config as RegistryConfig), 'invalid-options')
    expect(await registry.config('s')).toBeUndefined()
  })

  it('refuses what is no subject, no mode, and a config without end', async () => {
    const { registry } = await start()
    await expectCode(registry.setConfig('', {}), 'invalid-options')
    await expectCode(registry.setMode('a\n', 'READONLY'), 'invalid-options')
    await expectCode(registry.setMode('s', 'readonly' as 'READONLY'), 'invalid-options')
    await expectCode(registry.setConfig('s', { overrideMetadata: { a: 'x'.repeat(300_000) } }), 'limit-exceeded')
    const deep = JSON.parse(`${'{"a":['.repeat(20_000)}${']}'.repeat(20_000)}`) as Record<string, unknown>
    await expectCode(registry.setConfig('s', { overrideMetadata: deep }), 'limit-exceeded')
    const circle: Record<string, unknown> = {}
    circle.again = [circle]
    for (const metadata of [circle, { long: 1n }]) {
      await expectCode(registry.setConfig('s', { overrideMetadata: metadata }), 'invalid-options')
    }
    const odd = JSON.parse('{"overrideMetadata":{"__proto__":{"constructor":1}}}') as RegistryConfig
    expect(JSON.stringify(await registry.setConfig('s', odd))).toBe(JSON.stringify(odd))
    expect(({} as { constructor: unknown }).constructor).toBe(Object)
  })

  it('changes nothing in mode READONLY but the mode', async () => {
    const { registry, again } = await start()
    await registry.register('s', empty)
    await registry.setMode('s', 'READONLY')
    expect(await expectCode(registry.register('s', strict), 'registry-rejected')).toMatchObject({ details: { registryCode: 42205 } })
    await expectCode(registry.setConfig('s', { compatibility: 'FULL' }), 'registry-rejected')
    await registry.register('t', empty)
    await registry.setMode(undefined, 'READONLY')
    await expectCode(registry.register('t', strict), 'registry-rejected')
    await expectCode(registry.setConfig(undefined, {}), 'registry-rejected')
    await registry.setMode('t', 'READWRITE')
    await registry.register('t', strict)
    const later = await again()
    expect([await later.mode(), await later.mode('s'), await later.mode('t'), await later.mode('u')]).toEqual([
      'READONLY',
      'READONLY',
      'READWRITE',
      undefined,
    ])
    expect(await later.mode('u', { defaultToGlobal: true })).toBe('READONLY')
    await registry.setMode(undefined, undefined)
    await registry.setMode('s', undefined)
    await registry.register('s', strict)
  })

  it('changes nothing at all in mode READONLY_OVERRIDE for all', async () => {
    const { registry } = await start()
    await registry.setMode('s', 'READWRITE')
    await registry.setMode(undefined, 'READONLY_OVERRIDE')
    await expectCode(registry.register('s', empty), 'registry-rejected')
    await expectCode(registry.setConfig('s', {}), 'registry-rejected')
    expect(await registry.mode('s')).toBe('READONLY_OVERRIDE')
    await registry.setMode(undefined, 'READWRITE')
    expect(await registry.mode('s')).toBe('READWRITE')
    await registry.register('s', empty)
  })

  it('takes schemas under the IDs they have elsewhere in mode IMPORT, and nothing else', async () => {
    const { registry, again } = await start('FULL')
    await expectCode(registry.importVersion('s', empty, { id: 700 }), 'registry-rejected')
    await registry.setMode('s', 'IMPORT')
    const first = await registry.importVersion('s', empty, { id: 700, version: 1 })
    expect(first).toMatchObject({ id: 700, version: 1 })
    // Not compared: it was registered elsewhere.
    await registry.importVersion('s', strict, { id: 650, version: 3 })
    expect(await registry.importVersion('s', empty, { id: 700 })).toEqual(first)
    for (const [schema, options] of [
      [lenient, { id: 700 }],
      [lenient, { id: 800, version: 1 }],
      [lenient, { id: 800, version: 3 }],
    ] as const) {
      await expectCode(registry.importVersion('s', schema, options), 'registry-rejected')
    }
    await expectCode(registry.importVersion('s', lenient, { id: -1 }), 'invalid-options')
    await expectCode(registry.importVersion('s', avroText({ type: 'x' }), { id: 9 }), 'invalid-schema')
    await expectCode(registry.register('s', lenient), 'registry-rejected')
    // What has two IDs elsewhere has them here.
    expect(await registry.importVersion('s', empty, { id: 701 })).toMatchObject({ id: 701, version: 4 })
    await registry.setMode('s', undefined)
    expect(await registry.register('s', lenient)).toMatchObject({ id: 702, version: 5 })
    expect(await (await again()).schemaById(650)).toMatchObject({ text: strict.text })
  })

  it('imports in place of what was deleted, and purges that where the mode becomes IMPORT', async () => {
    const { registry, again } = await start()
    await registry.register('s', empty)
    await registry.register('t', strict)
    await registry.deleteSubject('s')
    await expectCode(registry.setMode(undefined, 'IMPORT'), 'registry-rejected')
    expect(await registry.versions('s', { deleted: true })).toEqual([1])
    await registry.deleteSubject('t')
    await registry.setMode(undefined, 'IMPORT')
    expect(await registry.subjects({ deleted: true })).toEqual([])
    await expectCode(registry.schemaById(1), 'schema-not-found')
    const described = { ...empty, metadata: { properties: { owner: 'o' } } }
    await registry.importVersion('s', described, { id: 1, version: 1 })
    await registry.deleteSubject('s')
    expect(await registry.importVersion('s', described, { id: 1, version: 1 })).toMatchObject({ id: 1, version: 1 })
    await registry.deleteSubject('s')
    // Nothing is purged for what is refused.
    await expectCode(registry.importVersion('s', avroText({ type: 'x' }), { id: 9, version: 1 }), 'invalid-schema')
    await expectCode(registry.importVersion('s', empty, { id: 1, version: 1 }), 'registry-rejected')
    expect(await registry.versions('s', { deletedOnly: true })).toEqual([1])
    await registry.importVersion('s', strict, { id: 9, version: 1 })
    expect(await (await again()).latest('s')).toMatchObject({ id: 9, version: 1, text: strict.text })
  })

  it('purges nothing for mode IMPORT while something that was deleted is referred to', async () => {
    const { registry } = await start()
    await registry.register('a', empty)
    await registry.register('s', strict)
    const { name } = JSON.parse(strict.text) as { readonly name: string }
    const referring = avroText({ type: 'array', items: name })
    await registry.register('r', { ...referring, references: [{ name, subject: 's', version: 1 }] })
    for (const subject of ['a', 'r', 's']) await registry.deleteSubject(subject)
    await expectCode(registry.setMode(undefined, 'IMPORT'), 'registry-rejected')
    expect(await registry.subjects({ deletedOnly: true })).toEqual(['a', 'r', 's'])
    expect(await registry.mode()).toBe('READWRITE')
    await registry.setMode('a', 'IMPORT')
    expect(await registry.subjects({ deletedOnly: true })).toEqual(['r', 's'])
  })

  it('takes back the modes of all subjects of a context with that of the context', async () => {
    const { registry } = await start()
    for (const subject of [undefined, 's', ':.c:', ':.c:s', ':.d:s']) await registry.setMode(subject, 'READONLY')
    await registry.setMode(':.c:', undefined, { recursive: true })
    expect(await registry.mode(':.c:')).toBeUndefined()
    expect(await registry.mode(':.c:s')).toBeUndefined()
    await registry.setMode(undefined, undefined, { recursive: true })
    expect(await Promise.all([undefined, 's', ':.d:s'].map((subject) => registry.mode(subject)))).toEqual([
      'READWRITE',
      undefined,
      'READONLY',
    ])
  })

  it('goes to IMPORT only where nothing is registered, unless forced', async () => {
    const { registry } = await start()
    await registry.setMode(undefined, 'IMPORT')
    await registry.setMode(undefined, undefined)
    await registry.register('s', empty)
    await expectCode(registry.setMode(undefined, 'IMPORT'), 'registry-rejected')
    await expectCode(registry.setMode('s', 'IMPORT'), 'registry-rejected')
    await registry.setMode('t', 'IMPORT')
    await registry.setMode('s', 'IMPORT', { force: true })
    expect(await registry.mode('s')).toBe('IMPORT')
  })

  it('says beforehand whether a schema would be taken', async () => {
    const { registry, again } = await start('BACKWARD')
    expect(await registry.checkCompatibility('s', strict)).toMatchObject({ compatible: true, level: 'BACKWARD' })
    await registry.register('s', strict)
    await registry.register('s', record({ name: 'b', type: 'int', default: 0 }))
    const later = await again()
    expect(await later.checkCompatibility('s', empty)).toMatchObject({ compatible: true, problems: [] })
    const against = async (version?: number | 'latest') =>
      (
        await later.checkCompatibility(
          's',
          record({ name: 'a', type: 'int' }, { name: 'b', type: 'int' }),
          version === undefined ? {} : { version },
        )
      ).problems.map((problem) => `${problem.version} ${problem.path}`)
    expect([await against(), await against('latest'), await against(1)]).toEqual([['2 /fields/0'], ['2 /fields/0'], ['1 /fields/1']])
    await expectCode(later.checkCompatibility('s', empty, { version: 9 }), 'version-not-found')
    await expectCode(later.checkCompatibility('none', empty, { version: 1 }), 'version-not-found')
    await expectCode(later.checkCompatibility('s', avroText({ type: 'x' })), 'invalid-schema')
    expect(await later.checkCompatibility('none', empty, { version: 'latest' })).toMatchObject({ compatible: true })
    expect(await registry.versions('s')).toEqual([1, 2])
  })
})

describe('a registry with levels', () => {
  it('refuses a level that there is not', async () => {
    expect(() => memoryRegistry({ compatibility: 'full' as 'FULL' })).toThrow(expect.objectContaining({ code: 'invalid-options' }))
    await expect(inFile('full' as 'FULL')).rejects.toMatchObject({ code: 'invalid-options' })
  })

  it('keeps what was set while the disk takes nothing more', async () => {
    const folder = await mkdtemp(join(quickDisk(), 'settings-'))
    ends.push(() => rm(folder, { recursive: true }))
    let full = false
    const fileSystem: FileSystem = {
      open: async (path, flags) => {
        const handle = await disk.open(path, flags)
        const write: LogHandle['write'] = async (...args) => {
          if (full) throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' })
          return handle.write(...args)
        }
        return new Proxy(handle, { get: (target, name) => (name === 'write' ? write : bound(target, name)) })
      },
    }
    const registry = await fileRegistry({ path: join(folder, 'schemas.log'), fileSystem })
    ends.push(() => registry.close())
    await registry.setConfig('s', { compatibility: 'FULL' })
    full = true
    await expectCode(registry.setConfig('s', { compatibility: 'NONE' }), 'registry-unavailable')
    await expectCode(registry.setMode('s', 'READONLY'), 'registry-unavailable')
    expect([await registry.config('s'), await registry.mode('s')]).toEqual([{ compatibility: 'FULL' }, undefined])
    full = false
    await registry.setMode('s', 'READONLY')
    expect(await registry.mode('s')).toBe('READONLY')
  })

  it('open for reading only, changes nothing', async () => {
    const reader = await (await inFile()).again()
    await expectCode(reader.setConfig('s', {}), 'registry-rejected')
    await expectCode(reader.setMode(undefined, 'READONLY'), 'registry-rejected')
    await expectCode(reader.importVersion('s', empty, { id: 1 }), 'registry-rejected')
  })
})

function bound(target: object, name: string | symbol): unknown {
  const value: unknown = Reflect.get(target, name)
  return typeof value === 'function' ? value.bind(target) : value
}
