import { mkdtemp, open, readdir, readFile, rename, rm, symlink, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { quickDisk } from '../../quick-disk.test-support.ts'
import { dumpOf } from '../dump.test-support.ts'
import { life } from '../fault-cases.test-support.ts'
import { avroText, expectCode } from '../registry-cases.test-support.ts'
import type { BrowsableRegistry } from '../types.ts'
import { type FileRegistryOptions, fileRegistry } from './file-registry.ts'
import type { FileSystem, LogHandle } from './file-system.ts'

let folder: string
let path: string
const opened: BrowsableRegistry[] = []

beforeEach(async () => {
  folder = await mkdtemp(join(quickDisk(), 'file-registry-'))
  path = join(folder, 'schemas.log')
})

afterEach(async () => {
  for (const registry of opened.splice(0)) await registry.close()
  await rm(folder, { recursive: true })
})

async function openRegistry(options: Partial<FileRegistryOptions> = {}): Promise<BrowsableRegistry> {
  const registry = await fileRegistry({ path, ...options })
  opened.push(registry)
  return registry
}

const record = (name: string) => avroText({ type: 'record', name, fields: [{ name: 'a', type: 'int' }] })

describe('a file registry', () => {
  it('is the same after it was closed and opened again', async () => {
    const first = await openRegistry({ firstId: 0 })
    const a = await first.register('s', record('A'))
    const b = await first.register('s', { ...record('B'), references: [{ name: 'A', subject: 's', version: 1 }] })
    const elsewhere = await first.register('t', record('A'))
    expect([a.id, b.id, elsewhere.id]).toEqual([0, 1, 0])
    await first.close()
    const second = await openRegistry()
    expect(await second.versions('s')).toEqual([1, 2])
    expect(await second.version('s', 2)).toEqual(b)
    expect(await second.latest('t')).toEqual(elsewhere)
    expect(await second.register('s', record('A'))).toEqual(a)
    expect(await second.register('u', record('C'))).toMatchObject({ id: 2, version: 1 })
    expect(await second.subjects()).toEqual(['s', 't', 'u'])
    expect(await second.uses(0)).toHaveLength(2)
  })

  it('makes the folders that are missing', async () => {
    path = join(folder, 'a/b/c/schemas.log')
    await (await openRegistry()).register('s', record('A'))
    expect(await readdir(join(folder, 'a/b/c'))).toContain('schemas.log')
  })

  it.runIf(process.platform === 'linux')('says so where no folder can be made, also where the system is odd about it', async () => {
    const error = await expectCode(fileRegistry({ path: '/proc/kafka-evolve/deep/schemas.log' }), 'registry-unavailable')
    expect(error.message).toContain('/proc/kafka-evolve/deep/schemas.log')
  })

  it('leaves the log alone in the folder when it is closed, and is closed once', async () => {
    const registry = await openRegistry()
    await Promise.all([registry.close(), registry.close()])
    expect(await readdir(folder)).toEqual(['schemas.log'])
    await expectCode(registry.register('s', record('A')), 'registry-rejected')
    await expectCode(registry.schemaById(1), 'registry-rejected')
  })

  it('finishes what was asked for before it is closed', async () => {
    const registry = await openRegistry()
    const registered = registry.register('s', record('A'))
    await registry.close()
    expect(await registered).toMatchObject({ id: 1 })
    expect(await (await openRegistry()).versions('s')).toEqual([1])
  })

  it('cut off at any byte, keeps every whole record and goes on', async () => {
    const schemas = ['"int"', '"long"', '"bytes"'].map((text) => ({ format: 'AVRO' as const, text }))
    const registry = await openRegistry()
    for (const schema of schemas) await registry.register('s', schema)
    await registry.close()
    const bytes = await readFile(path)
    // Hundreds of openings, and none of them about power cuts.
    const fileSystem = withoutSync()
    for (let length = 0; length <= bytes.length; length += 1) {
      await writeFile(path, bytes.subarray(0, length))
      const whole = Math.max(0, bytes.subarray(0, length).filter((byte) => byte === 0x0a).length - 1)
      const cut = await openRegistry({ fileSystem })
      for (const [at, schema] of schemas.slice(0, whole).entries()) {
        expect(await cut.lookup('s', schema), `cut at ${length}`).toMatchObject({ id: at + 1, version: at + 1 })
      }
      expect(await cut.register('s', record('D')), `cut at ${length}`).toMatchObject({ id: whole + 1, version: whole + 1 })
      await cut.close()
      const again = await openRegistry({ readOnly: true })
      expect(await again.versions('s'), `cut at ${length}`).toHaveLength(whole + 1)
      expect(await again.latest('s'), `cut at ${length}`).toMatchObject(record('D'))
    }
  })

  it('cut off within a change of any kind, keeps every whole one', async () => {
    const registry = await fileRegistry({ path })
    const dumps = [await dumpOf(registry)]
    const ends = [(await readFile(path)).length]
    for (const { run } of life) {
      await run(registry)
      // Some steps are more than one change: those before the last are not looked at.
      ends.push((await readFile(path)).length)
      dumps.push(await dumpOf(registry))
    }
    await registry.close()
    const bytes = await readFile(path)
    const fileSystem = withoutSync()
    for (const [index, end] of ends.entries()) {
      const next = ends[index + 1] ?? end + 1
      const breakBefore = bytes.lastIndexOf('\n', next - 2)
      for (let length = Math.max(end, breakBefore + 1); length < next; length += length === end ? 1 : 13) {
        await writeFile(path, bytes.subarray(0, length))
        const cut = await fileRegistry({ path, fileSystem })
        if (breakBefore + 1 === end) expect(await dumpOf(cut), `cut at ${length}`).toEqual(dumps[index])
        await cut.close()
        expect((await readFile(path)).length).toBe(Math.max(end, breakBefore + 1))
      }
    }
  })

  it('damaged in the middle, is refused and left as it is', async () => {
    const registry = await openRegistry()
    for (const name of ['A', 'B', 'C']) await registry.register('s', record(name))
    await registry.close()
    const bytes = await readFile(path)
    const place = bytes.indexOf('"B') + 1
    bytes[place] = 0x43
    await writeFile(path, bytes)
    const start = bytes.lastIndexOf('\n', place) + 1
    for (const readOnly of [false, true]) {
      const error = await expectCode(openRegistry({ readOnly }), 'registry-corrupt')
      expect(error.message).toContain(`schemas.log: `)
      expect(error.message).toContain(`at byte ${start} `)
    }
    expect(await readFile(path)).toEqual(bytes)
    expect(await readdir(folder)).toEqual(['schemas.log'])
  })

  it('does not touch a file that is something else', async () => {
    for (const text of ['precious', 'precious\n', '{"a":1}\n']) {
      await writeFile(path, text)
      await expectCode(openRegistry(), 'registry-corrupt')
      expect(await readFile(path, 'utf8')).toBe(text)
    }
  })

  it('refuses options that do not fit', async () => {
    await expectCode(openRegistry({ path: '' }), 'invalid-options')
    await expectCode(openRegistry({ path: 'a\0b' }), 'invalid-options')
    await expectCode(openRegistry({ firstId: -1 }), 'invalid-options')
    await (await openRegistry({ firstId: 5 })).close()
    await expectCode(openRegistry({ firstId: 6 }), 'invalid-options')
    await expectCode(openRegistry({ path: join(folder, 'none.log'), readOnly: true }), 'registry-unavailable')
    await expectCode(openRegistry({ path: join(path, 'below-a-file') }), 'registry-unavailable')
  })
})

describe('one writer', () => {
  it('locks out a second one, under any name of the file, until it is closed', async () => {
    const first = await openRegistry()
    await symlink(folder, join(folder, 'link'))
    for (const name of [path, join(folder, '.', 'link', 'schemas.log')]) {
      const error = await expectCode(openRegistry({ path: name }), 'registry-locked')
      expect(error.message).toMatch(new RegExp(`process ${process.pid} writes the registry .*/schemas\\.log`))
    }
    await first.register('s', record('A'))
    await first.close()
    expect(await (await openRegistry()).versions('s')).toEqual([1])
  })

  it('is one of many that come at once, at most', async () => {
    const outcomes = await Promise.allSettled(Array.from({ length: 8 }, () => openRegistry()))
    const won = outcomes.filter(({ status }) => status === 'fulfilled')
    expect(won.length).toBeLessThanOrEqual(1)
    for (const outcome of outcomes)
      if (outcome.status === 'rejected') expect(outcome.reason).toMatchObject({ code: 'registry-locked', retryable: true })
  })

  it.each([
    ['that is not running', (own: string) => own.replace(/writer-\d+-/, 'writer-4194304-')],
    ['with the same number that started at another time', (own: string) => own.replace(/(writer-\d+-)\d+/, '$11')],
    ['from before this machine was started', (own: string) => own.replace(/(writer-\d+-\d+-[0-9a-f]+-)[0-9a-f]+/, '$1abcdef')],
  ])('takes over from a process %s', async (_name, change) => {
    const first = await openRegistry()
    const claim = (await readdir(folder)).find((name) => name.includes('.writer-')) ?? ''
    await first.close()
    await writeFile(join(folder, change(claim)), '')
    await (await openRegistry()).register('s', record('A'))
    expect((await readdir(folder)).filter((name) => name.includes('.writer-'))).toHaveLength(1)
  })

  it.each([
    ['in another container', (own: string) => own.replace(/-(\d+)-([0-9a-f]{12})$/, '-1$1-$2')],
    ['on another machine', (own: string) => own.replace(/(writer-\d+-\d+-)[0-9a-f]+/, '$1abcdef')],
  ])('does not take over from a process %s, and says what to do', async (_name, change) => {
    const first = await openRegistry()
    const claim = (await readdir(folder)).find((name) => name.includes('.writer-')) ?? ''
    await first.close()
    await writeFile(join(folder, change(claim)), '')
    const error = await expectCode(openRegistry(), 'registry-locked')
    expect(error.message).toContain(`delete ${join(folder, change(claim))}`)
  })
})

describe('readers', () => {
  it('need no lock and see what the writer adds', async () => {
    const writer = await openRegistry()
    const a = await writer.register('s', record('A'))
    const reader = await openRegistry({ readOnly: true })
    expect(await reader.latest('s')).toEqual(a)
    await expectCode(reader.schemaById(2), 'schema-not-found')
    const b = await writer.register('s', record('B'))
    expect(await reader.schemaById(b.id)).toMatchObject({ text: b.text })
    expect(await reader.latest('s')).toEqual(b)
    expect(await reader.lookup('s', record('B'))).toEqual(b)
    expect(await reader.register('s', record('B'))).toEqual(b)
    await expectCode(reader.register('s', record('C')), 'registry-rejected')
    expect(await reader.subjects()).toEqual(['s'])
    expect(await reader.uses(b.id)).toEqual([{ subject: 's', version: 2 }])
  })

  it('do not see a record that is half written, and see it when it is whole', async () => {
    const writer = await openRegistry()
    await writer.register('s', record('A'))
    const reader = await openRegistry({ readOnly: true })
    const before = (await readFile(path)).length
    const b = await writer.register('s', record('B'))
    const whole = await readFile(path)
    await truncate(path, whole.length - 3)
    expect(await reader.versions('s')).toEqual([1])
    await writeFile(path, whole)
    expect(await reader.version('s', 2)).toEqual(b)
    expect(whole.length).toBeGreaterThan(before)
  })

  it('read all again when the file was replaced, or its end taken back and written anew', async () => {
    const writer = await openRegistry()
    await writer.register('s', record('A'))
    const reader = await openRegistry({ readOnly: true })
    const short = await readFile(path)
    await writer.register('s', record('B'))
    expect(await reader.versions('s')).toEqual([1, 2])
    await writer.close()
    await writeFile(path, short)
    expect(await reader.versions('s')).toEqual([1])
    const other = await openRegistry()
    await other.register('s', record('X'))
    await other.register('s', record('Y'))
    expect((await reader.versions('s')).length).toBe(3)
    expect(await reader.version('s', 2)).toMatchObject({ text: record('X').text })
    await writeFile(join(folder, 'new'), short)
    await rename(join(folder, 'new'), path)
    expect(await reader.versions('s')).toEqual([1])
  })

  it('go on with what they know when the file is damaged under them', async () => {
    const writer = await openRegistry()
    const a = await writer.register('s', record('A'))
    const reader = await openRegistry({ readOnly: true })
    const whole = await readFile(path)
    await writeFile(path, Buffer.concat([whole, Buffer.from('rubbish\n')]))
    await expectCode(reader.latest('s'), 'registry-corrupt')
    expect(await reader.schemaById(a.id)).toMatchObject({ text: a.text })
    await writeFile(path, whole)
    expect(await reader.latest('s')).toEqual(a)
  })
})

/** The disk, but without waiting for it. */
function withoutSync(): FileSystem {
  return {
    open: async (name, flags) => {
      const handle = await open(name, flags)
      return Object.assign(handle, { datasync: async () => undefined })
    },
  }
}

type Deed = 'write' | 'datasync' | 'truncate'

/** A disk on which deeds fail when the test says so. A write that fails has written half. */
function failingDisk(): { readonly fileSystem: FileSystem; readonly failing: Set<Deed>; readonly shortWrites: { on: boolean } } {
  const failing = new Set<Deed>()
  const shortWrites = { on: false }
  const check = (deed: Deed): void => {
    if (failing.has(deed)) throw Object.assign(new Error('no'), { code: deed === 'write' ? 'ENOSPC' : 'EIO' })
  }
  const wrap = (handle: LogHandle): LogHandle => ({
    read: (...args) => handle.read(...args),
    write: async (buffer, offset, length, position) => {
      if (failing.has('write') || shortWrites.on) await handle.write(buffer, offset, Math.ceil(length / 2), position)
      check('write')
      return shortWrites.on ? { bytesWritten: Math.ceil(length / 2) } : handle.write(buffer, offset, length, position)
    },
    truncate: async (length) => {
      check('truncate')
      await handle.truncate(length)
    },
    datasync: async () => {
      check('datasync')
      await handle.datasync()
    },
    stat: () => handle.stat(),
    close: () => handle.close(),
  })
  return { fileSystem: { open: async (name, flags) => wrap(await open(name, flags)) }, failing, shortWrites }
}

describe('a disk that fails', () => {
  it.each<[string, Deed[]]>([
    ['is full', ['write']],
    ['does not sync', ['datasync']],
    ['is full and does not let go', ['write', 'truncate']],
    ['does not sync or let go', ['datasync', 'truncate']],
  ])('that %s refuses the registration, keeps reads going, and loses nothing', async (_name, deeds) => {
    const { fileSystem, failing } = failingDisk()
    const registry = await openRegistry({ fileSystem })
    const a = await registry.register('s', record('A'))
    for (const deed of deeds) failing.add(deed)
    for (const name of ['B', 'C']) {
      const error = await expectCode(registry.register('s', record(name)), 'registry-unavailable')
      expect(error.message).toMatch(/ENOSPC|EIO/)
    }
    expect(await registry.latest('s')).toEqual(a)
    expect(await registry.schemaById(a.id)).toMatchObject({ text: a.text })
    expect(await registry.register('s', record('A'))).toEqual(a)
    await expectCode(registry.lookup('s', record('B')), 'schema-not-in-subject')
    failing.clear()
    const c = await registry.register('s', record('C'))
    expect(c.version).toBe(2)
    expect(c.id).toBeGreaterThan(a.id)
    await registry.close()
    const again = await openRegistry()
    expect(await again.versions('s')).toEqual([1, 2])
    expect(await again.lookup('s', record('C'))).toEqual(c)
  })

  it('that fails until the end leaves a log that can be opened', async () => {
    const { fileSystem, failing } = failingDisk()
    const registry = await openRegistry({ fileSystem })
    const a = await registry.register('s', record('A'))
    failing.add('write').add('truncate')
    await expectCode(registry.register('s', record('B')), 'registry-unavailable')
    await registry.close()
    const again = await openRegistry()
    expect(await again.latest('s')).toEqual(a)
  })

  it('that fails at the start leaves no lock behind', async () => {
    const { fileSystem, failing } = failingDisk()
    failing.add('datasync')
    await expectCode(openRegistry({ fileSystem }), 'registry-unavailable')
    await (await openRegistry()).register('s', record('A'))
  })

  it('that takes bytes piece by piece is fine', async () => {
    const { fileSystem, shortWrites } = failingDisk()
    shortWrites.on = true
    const registry = await openRegistry({ fileSystem })
    await registry.register('s', record('A'))
    await registry.close()
    expect(await (await openRegistry()).versions('s')).toEqual([1])
  })
})
