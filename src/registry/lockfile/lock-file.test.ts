import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { memoryRegistry } from '../memory.ts'
import { avroText, expectCode } from '../registry-cases.test-support.ts'
import type { ManagedRegistry } from '../types.ts'
import { readLockfile, writeLockfile } from './lock-file.ts'
import { lockedRegistry } from './locked-registry.ts'
import type { Lockfile } from './lockfile.ts'
import { pullLockfile } from './pull.ts'

const record = (name: string, fields: readonly object[] = []) => avroText({ type: 'record', name, fields })
let folder: string
let path: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lockfile-'))
  path = join(folder, 'schemas.lock')
})
afterEach(() => rm(folder, { recursive: true, force: true }))

/** A registry with all that a lock file can hold. */
async function filled(): Promise<ManagedRegistry> {
  const registry = memoryRegistry({ firstId: 41, compatibility: 'BACKWARD' })
  await registry.register('money', record('Money', [{ name: 'cents', type: 'long' }]))
  await registry.setConfig('orders', { compatibility: 'FULL' })
  await registry.register('orders', {
    ...record('Order', [{ name: 'total', type: 'Money' }]),
    references: [{ name: 'Money', subject: 'money', version: 1 }],
    metadata: { properties: { owner: 'ü€' } },
    ruleSet: { domainRules: [] },
  })
  await registry.register('page', { format: 'JSON', text: '{ "type": "object" }' })
  await registry.register('page', { format: 'JSON', text: '{ "type": "object", "title": "a" }' }).catch(() => undefined)
  await registry.register(':.team:orders', record('Elsewhere'))
  await registry.register('gone', record('Gone'))
  await registry.deleteSubject('gone')
  return registry
}

describe('a lock file', () => {
  it('gives back all that was pulled', async () => {
    const pulled = await pullLockfile(await filled(), 'all')
    await writeLockfile(path, pulled)
    expect(await readLockfile(path)).toEqual(pulled)
    expect(pulled.subjects.map(({ subject, compatibility }) => [subject, compatibility])).toEqual([
      [':.team:orders', 'BACKWARD'],
      ['gone', 'BACKWARD'],
      ['money', 'BACKWARD'],
      ['orders', 'FULL'],
      ['page', 'BACKWARD'],
    ])
    expect(pulled.subjects[1]).toMatchObject({ versions: [], deleted: [{ version: 1, text: record('Gone').text }] })
  })

  it('is the same text for the same registry, in whatever order it was pulled', async () => {
    const registry = await filled()
    const all = await pullLockfile(registry, 'all')
    await writeLockfile(path, all)
    const text = await readFile(path, 'utf8')
    await writeLockfile(path, { subjects: all.subjects.toReversed() })
    expect(await readFile(path, 'utf8')).toBe(text)
    expect(text.endsWith('}\n')).toBe(true)
    expect(await readdir(folder)).toEqual(['schemas.lock'])
  })

  it('has a new version as lines that were added, and no others', async () => {
    const registry = await filled()
    await writeLockfile(path, await pullLockfile(registry, 'all'))
    const before = (await readFile(path, 'utf8')).split('\n')
    await registry.register(
      'money',
      record('Money', [
        { name: 'cents', type: 'long' },
        { name: 'unit', type: 'string', default: 'EUR' },
      ]),
    )
    await writeLockfile(path, await pullLockfile(registry, 'all'))
    const after = (await readFile(path, 'utf8')).split('\n')
    const added = after.length - before.length
    expect(added).toBe(8)
    const start = after.findIndex((line, at) => line !== before[at])
    expect([...after.slice(0, start), ...after.slice(start + added)]).toEqual(before)
  })

  it('names the fingerprints that other tools know', async () => {
    const registry = memoryRegistry()
    await registry.register('s', avroText('int'))
    await writeLockfile(path, await pullLockfile(registry, ['s']))
    const [version] = JSON.parse(await readFile(path, 'utf8')).subjects[0].versions
    // "int" is 0x7275d51a3f395c8f in Apache Avro's test data (share/test/data/schema-tests.txt); here least significant byte first.
    expect(version.crc64).toBe('8f5c393f1ad57572')
    expect(version.fingerprint).toMatch(/^sha256-[A-Za-z0-9+/]{43}=$/)
  })

  it('takes texts that the specification does not, as registries do', async () => {
    const odd = { subject: 'odd', version: 1, id: 1, ...avroText({ type: 'record', name: 'not a name', fields: [] }) }
    await writeLockfile(path, { subjects: [{ subject: 'odd', versions: [odd] }] })
    expect(await readFile(path, 'utf8')).not.toContain('crc64')
    expect(lockedRegistry({ lockfile: path }).peekById(1)).toMatchObject({ id: 1 })
  })

  it('keeps the file that was there when it cannot be written', async () => {
    await writeLockfile(path, await pullLockfile(await filled(), ['money']))
    const before = await readFile(path)
    const contradiction: Lockfile = {
      subjects: [{ subject: 's', versions: [1, 2].map((version) => ({ subject: 's', version, id: 7, ...record(`R${version}`) })) }],
    }
    const error = await expectCode(writeLockfile(path, contradiction), 'registry-corrupt')
    expect(error.message).toContain('version 2 of subject s: the ID already means another schema')
    expect(await readFile(path)).toEqual(before)
    await mkdir(join(folder, 'dir'))
    await expectCode(writeLockfile(join(folder, 'dir'), { subjects: [] }), 'registry-unavailable')
    await expectCode(writeLockfile(join(folder, 'none', 'schemas.lock'), { subjects: [] }), 'registry-unavailable')
    expect((await readdir(folder)).sort()).toEqual(['dir', 'schemas.lock'])
  })
})

describe('a lock file that cannot be trusted', () => {
  const edits: readonly (readonly [string, (text: string) => string | Buffer, string])[] = [
    ['nothing in it', () => '', 'it is not JSON'],
    ['half of it', (text) => text.slice(0, text.length / 2), 'it is not JSON'],
    ['a merge conflict', (text) => text.replace('"subjects"', '<<<<<<< ours\n"subjects"').replace(/^/, ''), 'not JSON'],
    ['bytes that are not UTF-8', (text) => Buffer.concat([Buffer.from(text), Buffer.from([0xff])]), 'it is not UTF-8'],
    ['another version of its form', (text) => text.replace('"lockfileVersion": 1', '"lockfileVersion": 2'), 'lockfileVersion is 2, not 1'],
    ['another text', (text) => text.replace('cents', 'Cents'), 'version 1 of subject money: its text is not the one'],
    [
      'another format',
      (text) => text.replace('"format": "JSON"', '"format": "PROTOBUF"'),
      'version 1 of subject page: its text is not the one',
    ],
    ['an unknown format', (text) => text.replace('"format": "JSON"', '"format": "XML"'), 'version 1 of subject page'],
    [
      'another reference',
      (text) => text.replace('"name": "Money"', '"name": "Monet"'),
      'version 1 of subject orders: its text is not the one',
    ],
    ['other metadata', (text) => text.replace('ü€', 'you'), 'version 1 of subject orders: its text is not the one'],
    ['no text', (text) => text.replace('"text": "{\\"type\\":\\"record\\",\\"name\\":\\"Money', '"text": "'), 'version 1 of subject money'],
    ['no fingerprint', (text) => text.replace(/\n *"fingerprint": "[^"]*",/, ''), 'version 1 of subject :.team:orders'],
    ['a crc64 that is none', (text) => text.replace(/"crc64": "./, '"crc64": "x'), 'version 1 of subject :.team:orders: its crc64'],
    ['an ID for two schemas', (text) => text.replace('"id": 42', '"id": 41'), 'the ID already means another schema'],
    ['an ID that is none', (text) => text.replace('"id": 42', '"id": -1'), 'version 1 of subject orders: it has no ID'],
    ['a version that is none', (text) => text.replace('"version": 1', '"version": 0'), 'entry 0 of versions of subject :.team:orders'],
    ['a subject twice', (text) => text.replace('"subject": "gone"', '"subject": "money"'), 'the subject stands there twice'],
    ['a subject that is none', (text) => text.replace('"subject": "gone"', '"subject": "."'), 'entry 1 of subjects names no subject'],
    ['a level that is none', (text) => text.replace('"FULL"', '"SOME"'), 'the compatibility of subject orders is no level'],
    ['a member too many', (text) => text.replace('"FULL"', '"FULL",\n"extra": 1'), 'unknown member "extra"'],
    ['a list too little', (text) => text.replace('"subjects": [', '"subjects": 5, "x": ['), 'unknown member "x"'],
    ['subjects that are no list', () => '{"lockfileVersion":1,"subjects":{}}', 'subjects is not a list'],
    ['a list in its place', () => '[]', 'it is no lock file of kafka-evolve'],
    ['the lock file of another program', () => '{"name":"app","lockfileVersion":3,"packages":{}}', 'it is no lock file of kafka-evolve'],
    ['depth', () => '['.repeat(200_000), 'it is not JSON'],
  ]
  it.each(edits)('%s, is registry-corrupt', async (_name, edit, problem) => {
    await writeLockfile(path, await pullLockfile(await filled(), 'all'))
    const text = await readFile(path, 'utf8')
    const edited = edit(text)
    expect(edited).not.toBe(text)
    await writeFile(path, edited)
    const error = await expectCode(readLockfile(path), 'registry-corrupt')
    expect(error.message).toContain(problem)
    expect(error.message).toContain(path)
    expect(() => lockedRegistry({ lockfile: path })).toThrow(error.message)
  })

  it('says that it holds a merge conflict', async () => {
    await writeFile(path, '{\n<<<<<<< ours\n"a": 1\n=======\n>>>>>>> theirs\n}')
    const error = await expectCode(readLockfile(path), 'registry-corrupt')
    expect(error.message).toContain('merge conflict')
  })

  it('is told from one that is not there', async () => {
    const error = await expectCode(readLockfile(path), 'invalid-options')
    expect(error.message).toContain('kafka-evolve pull')
    await expectCode(readLockfile(folder), 'invalid-options')
    await expectCode(readLockfile(''), 'invalid-options')
    await expectCode(readLockfile('a\0b'), 'invalid-options')
  })
})
