import { chmod, copyFile, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { quickDisk } from '../../quick-disk.test-support.ts'
import { dumpOf } from '../dump.test-support.ts'
import { life } from '../fault-cases.test-support.ts'
import { avroText, expectCode } from '../registry-cases.test-support.ts'
import type { Deed } from './failing-disk.test-support.ts'
import { diskFull, watchedDisk } from './failing-disk.test-support.ts'
import { type FileRegistryOptions, fileRegistry } from './file-registry.ts'
import type { FileRegistry } from './file-registry-type.ts'
import { encodeRecord, logStart } from './log-format.ts'

let folder: string
let path: string
const opened: FileRegistry[] = []

beforeEach(async () => {
  folder = await mkdtemp(join(quickDisk(), 'compaction-'))
  path = join(folder, 'schemas.log')
})

afterEach(async () => {
  for (const registry of opened.splice(0)) await registry.close()
  await rm(folder, { recursive: true })
})

async function openRegistry(options: Partial<FileRegistryOptions> = {}): Promise<FileRegistry> {
  const registry = await fileRegistry({ path, compactAboveBytes: Infinity, ...options })
  opened.push(registry)
  return registry
}

const record = (name: string, doc = '') => avroText({ type: 'record', name, doc, fields: [{ name: 'a', type: 'int' }] })

/** A registry that has been through every kind of change, and holds a text that is to go. */
async function lived(options: Partial<FileRegistryOptions> = {}): Promise<FileRegistry> {
  const registry = await openRegistry(options)
  for (const { run } of life) await run(registry)
  await registry.register('secret', record('Secret', 'personal data'))
  await registry.deleteSubject('secret')
  await registry.deleteSubject('secret', { permanent: true })
  for (let round = 0; round < 50; round += 1) await registry.setMode('toggled', round % 2 === 0 ? 'READONLY' : 'READWRITE')
  return registry
}

/** How many deeds a compaction takes, with what they are. */
const deedsOfCompaction: readonly Deed[] = ['remove', 'open', 'write', 'datasync', 'rename', 'syncFolder']

describe('a file that is written anew', () => {
  it('answers the same, is shorter, and holds no text that was purged', async () => {
    const registry = await lived()
    const before = await dumpOf(registry)
    expect(await readFile(path, 'utf8')).toContain('personal data')
    const { bytesBefore, bytesAfter } = await registry.compact()
    const bytes = await readFile(path, 'utf8')
    expect(bytes).not.toContain('personal data')
    expect(Buffer.byteLength(bytes)).toBe(bytesAfter)
    expect(bytesAfter).toBeLessThan(bytesBefore / 2)
    expect(await dumpOf(registry)).toEqual(before)
    const next = await registry.register('next', record('Next'))
    const known = await dumpOf(registry)
    await registry.close()
    const again = await openRegistry()
    expect(await dumpOf(again)).toEqual(known)
    expect(await again.register('secret', record('Secret', 'personal data'))).toMatchObject({ id: next.id + 1 })
    expect(await readdir(folder)).toEqual(expect.arrayContaining(['schemas.log']))
    expect((await readdir(folder)).filter((name) => name.includes('compacting'))).toEqual([])
  })

  it('remembers what the IDs of schemas that are gone have meant, also when it is written anew again', async () => {
    let registry = await openRegistry()
    for (const subject of ['s', ':.other:s']) {
      for (const name of ['A', 'B']) await registry.register(subject, record(name))
      await registry.deleteSubject(subject)
      await registry.deleteSubject(subject, { permanent: true })
      await registry.setMode(subject, 'IMPORT')
    }
    for (let round = 0; round < 2; round += 1) {
      await registry.compact()
      await registry.close()
      registry = await openRegistry()
      for (const subject of ['s', ':.other:s']) {
        for (const id of [1, 2]) await expectCode(registry.importVersion(subject, record('Other'), { id }), 'registry-rejected')
      }
    }
    expect(await registry.importVersion('s', record('B'), { id: 2 })).toMatchObject({ id: 2 })
  })

  it('takes little room for what IDs have meant, however many they are', async () => {
    const registry = await openRegistry()
    const names = Array.from({ length: 1_201 }, (_, at) => `N${at}`)
    await Promise.all(names.map((name) => registry.register('s', record(name))))
    await registry.deleteSubject('s')
    await registry.deleteSubject('s', { permanent: true })
    const { bytesAfter } = await registry.compact()
    expect(bytesAfter).toBeLessThan(names.length * 60)
    await registry.setMode('s', 'IMPORT')
    await registry.close()
    const again = await openRegistry()
    for (const id of [1, 500, 501, 1_000, 1_201]) await expectCode(again.importVersion('s', record('Other'), { id }), 'registry-rejected')
    expect(await again.importVersion('s', record('N1000'), { id: 1_001 })).toMatchObject({ id: 1_001 })
  })

  it('keeps IDs taken whose schemas are gone, in each context, also when nothing else is left', async () => {
    const registry = await openRegistry({ firstId: 7 })
    for (const subject of ['s', ':.other:s']) {
      for (const name of ['A', 'B', 'C']) await registry.register(subject, record(name))
      await registry.deleteSubject(subject)
      await registry.deleteSubject(subject, { permanent: true })
    }
    await registry.compact()
    await registry.close()
    const again = await openRegistry()
    expect(await again.register('s', record('D'))).toMatchObject({ id: 10, version: 1 })
    expect(await again.register(':.other:s', record('D'))).toMatchObject({ id: 10, version: 1 })
    expect(await again.register(':.third:s', record('D'))).toMatchObject({ id: 7, version: 1 })
  })

  it('can be written anew again and again, with changes between', async () => {
    const registry = await openRegistry()
    for (const { run } of life) {
      await run(registry)
      const before = await dumpOf(registry)
      await registry.compact()
      expect(await dumpOf(registry)).toEqual(before)
    }
    const before = await dumpOf(registry)
    await registry.close()
    expect(await dumpOf(await openRegistry())).toEqual(before)
  })

  it('lets changes wait and reads go on meanwhile', async () => {
    const registry = await lived()
    const compacting = registry.compact()
    const registering = registry.register('meanwhile', record('Meanwhile'))
    expect(await registry.schemaById(1)).toMatchObject({ id: 1 })
    await compacting
    const entry = await registering
    await registry.close()
    expect(await (await openRegistry()).latest('meanwhile')).toEqual(entry)
  })

  it.runIf(process.platform !== 'win32')('keeps its rights, and the link that leads to it', async () => {
    const link = join(folder, 'link.log')
    const registry = await lived()
    await chmod(path, 0o600)
    await registry.compact()
    expect((await stat(path)).mode & 0o777).toBe(0o600)
    await registry.close()
    await symlink(path, link)
    const throughLink = await openRegistry({ path: link })
    await throughLink.setMode('toggled', undefined)
    await throughLink.compact()
    expect(await readFile(link)).toEqual(await readFile(path))
  })

  it('is followed by readers that have the old one open', async () => {
    const registry = await lived()
    const readers = [await openRegistry({ readOnly: true }), await openRegistry({ readOnly: true })] as const
    for (let round = 0; round < 4; round += 1) {
      await registry.compact()
      expect(await dumpOf(readers[0])).toEqual(await dumpOf(registry))
      await registry.register(`s${round}`, record(`R${round}`))
      expect(await readers[0].latest(`s${round}`)).toEqual(await registry.latest(`s${round}`))
    }
    // The other one has slept all the time.
    expect(await dumpOf(readers[1])).toEqual(await dumpOf(registry))
    await expectCode(readers[0].compact(), 'registry-rejected')
  })
})

describe('a disk that fails while the file is written anew', () => {
  it.each(deedsOfCompaction)('at %s: the registry goes on, and nothing is lost', async (deed) => {
    let isFailing = false
    const fileSystem = watchedDisk((one) => {
      if (isFailing && one === deed) throw diskFull()
    })
    const registry = await lived({ fileSystem })
    const before = await dumpOf(registry)
    isFailing = true
    const error = await expectCode(registry.compact(), 'registry-unavailable')
    expect(error.message).toContain('ENOSPC')
    expect(await dumpOf(registry)).toEqual(before)
    // Whoever would answer now, with the old file possibly coming back under this name, would answer for what may be lost.
    if (deed === 'syncFolder') await expectCode(registry.register('after', record('After')), 'registry-unavailable')
    isFailing = false
    await registry.register('after', record('After'))
    const after = await dumpOf(registry)
    await registry.close()
    const again = await openRegistry()
    expect(await dumpOf(again)).toEqual(after)
    await again.compact()
    expect(await dumpOf(again)).toEqual(after)
    await again.close()
    expect(await readdir(folder)).toEqual(['schemas.log'])
  })

  it('whatever is there when the process ends at any step, is whole', async () => {
    let steps = 0
    let isWatching = false
    const fileSystem = watchedDisk(async () => {
      if (!isWatching) return
      await mkdir(join(folder, `${steps}`))
      for (const name of await readdir(folder)) {
        if (/^schemas\.log(\.compacting)?$/.test(name)) await copyFile(join(folder, name), join(folder, `${steps}`, name))
      }
      steps += 1
    })
    const registry = await lived({ fileSystem })
    const before = await dumpOf(registry)
    isWatching = true
    await registry.compact()
    isWatching = false
    expect(steps).toBeGreaterThanOrEqual(deedsOfCompaction.length)
    for (let step = 0; step < steps; step += 1) {
      const found = await openRegistry({ path: join(folder, `${step}`, 'schemas.log') })
      expect(await dumpOf(found), `step ${step}`).toEqual(before)
      await found.register('after', record('After'))
      await found.close()
      expect(await readdir(join(folder, `${step}`))).toEqual(['schemas.log'])
    }
  })
})

describe('by itself', () => {
  it('is written anew when it is opened, once enough of it is of no use', async () => {
    const registry = await lived()
    const before = await dumpOf(registry)
    await registry.close()
    const { size } = await stat(path)
    for (const [compactAboveBytes, isShorter] of [
      [Infinity, false],
      [1024 * 1024, false],
      [2_000, true],
    ] as const) {
      const again = await openRegistry({ compactAboveBytes })
      expect(await dumpOf(again)).toEqual(before)
      await again.close()
      expect((await stat(path)).size < size, `${compactAboveBytes}`).toBe(isShorter)
    }
  })

  it('is written anew after many changes, so that it stays within bounds', async () => {
    const registry = await openRegistry({ compactAboveBytes: 4_000 })
    await registry.register('s', record('A'))
    for (let round = 0; round < 500; round += 1) await registry.setConfig('s', { compatibility: round % 2 === 0 ? 'FULL' : 'NONE' })
    for (let round = 0; round < 20; round += 1) {
      await registry.register('big', record(`Big${round}`, 'x'.repeat(1_000)))
      await registry.deleteSubject('big')
      await registry.deleteSubject('big', { permanent: true })
    }
    const before = await dumpOf(registry)
    await registry.close()
    expect((await stat(path)).size).toBeLessThan(10_000)
    expect(await dumpOf(await openRegistry())).toEqual(before)
  })

  it('is not written anew for what is of use', async () => {
    const names: Deed[] = []
    const registry = await openRegistry({ compactAboveBytes: 100, fileSystem: watchedDisk((deed) => void names.push(deed)) })
    for (let round = 0; round < 200; round += 1) await registry.register(`s${round}`, record(`R${round}`))
    await registry.close()
    expect(names).not.toContain('rename')
  })

  it('says so where the disk refuses, and tries again when more has come together', async () => {
    const warned = vi.spyOn(process, 'emitWarning').mockImplementation(() => undefined)
    let isFull = true
    let tries = 0
    const fileSystem = watchedDisk((deed) => {
      if (deed !== 'rename') return
      tries += 1
      if (isFull) throw diskFull()
    })
    const registry = await openRegistry({ compactAboveBytes: 2_000, fileSystem })
    for (let round = 0; round < 60; round += 1) await registry.setMode('s', round % 2 === 0 ? 'READONLY' : 'READWRITE')
    expect({ tries: tries < 4, warnings: warned.mock.calls.length }).toEqual({ tries: true, warnings: tries })
    isFull = false
    for (let round = 0; round < 60; round += 1) await registry.setMode('s', round % 2 === 0 ? 'READONLY' : 'READWRITE')
    await registry.close()
    expect((await stat(path)).size).toBeLessThan(6_000)
    warned.mockRestore()
  })

  it('is left alone where it has records that this version does not know', async () => {
    const registry = await lived()
    await registry.close()
    const bytes = await readFile(path)
    const checksum = Number.parseInt(bytes.toString('latin1', bytes.lastIndexOf('\n', -2) + 10, bytes.lastIndexOf('\n', -2) + 18), 16)
    const { bytes: more } = encodeRecord({ ...logStart, checksum }, { type: 'later', id: 500 })
    await writeFile(path, Buffer.concat([bytes, more]))
    const again = await openRegistry({ compactAboveBytes: 10, onUnknownRecord: () => undefined })
    const error = await expectCode(again.compact(), 'registry-rejected')
    expect(error.message).toContain('compact it with the version')
    await again.setMode('s', 'READONLY')
    await again.close()
    expect((await readFile(path)).subarray(0, bytes.length + more.length)).toEqual(Buffer.concat([bytes, more]))
  })

  it.each([-1, Number.NaN, '1' as never])('does not take %s for a bound', async (compactAboveBytes) => {
    await expectCode(openRegistry({ compactAboveBytes }), 'invalid-options')
  })
})
