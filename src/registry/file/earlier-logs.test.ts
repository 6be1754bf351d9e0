import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { quickDisk } from '../../quick-disk.test-support.ts'
import { fileRegistry } from './file-registry.ts'

// Files as earlier versions of this code wrote them. They are on users' disks: they load for ever.
const first = [
  '00000036 3341b967 {"log":"kafka-evolve schemas","version":1,"firstId":1}',
  String.raw`00000086 6f6049f7 {"type":"version","subject":"a","version":1,"id":1,"schema":{"format":"AVRO","text":"{\"type\":\"fixed\",\"name\":\"A\",\"size\":1}"}}`,
  String.raw`00000086 decf1520 {"type":"version","subject":"a","version":2,"id":2,"schema":{"format":"AVRO","text":"{\"type\":\"fixed\",\"name\":\"B\",\"size\":2}"}}`,
  '00000033 d333f4b0 {"type":"version","subject":"b","version":1,"id":1}',
  String.raw`000000df 23c758ac {"type":"version","subject":"r","version":1,"id":3,"schema":{"format":"AVRO","text":"{\"type\":\"record\",\"name\":\"R\",\"fields\":[{\"name\":\"a\",\"type\":\"A\"}]}","references":[{"name":"A","subject":"a","version":1}]}}`,
  String.raw`00000070 80c81ef8 {"type":"version","subject":"json","version":1,"id":4,"schema":{"format":"JSON","text":"{\"type\":\"object\"}"}}`,
]
const withSettings = [
  ...first,
  '00000033 c5026f68 {"type":"config","config":{"compatibility":"FULL"}}',
  '00000041 b8b08419 {"type":"config","subject":"a","config":{"compatibility":"NONE"}}',
  '0000002f 3931ae94 {"type":"mode","subject":"b","mode":"READONLY"}',
]
const withDeletes = [
  ...withSettings,
  '0000002e f8b4a63d {"type":"delete","subject":"a","versions":[2]}',
  '0000002d f6fde2b6 {"type":"purge","subject":"a","versions":[2]}',
  '00000031 b405c37c {"type":"delete","subject":"json","versions":[1]}',
  String.raw`0000009d b475428e {"type":"version","subject":":.x:c","version":1,"id":1,"schema":{"format":"AVRO","text":"{\"type\":\"fixed\",\"name\":\"C\",\"size\":1}","metadata":{"m":1}}}`,
]

let folder: string
let path: string

beforeEach(async () => {
  folder = await mkdtemp(join(quickDisk(), 'earlier-logs-'))
  path = join(folder, 'schemas.log')
})
afterEach(() => rm(folder, { recursive: true }))

const written = async (lines: readonly string[]): Promise<void> => writeFile(path, lines.map((line) => `${line}\n`).join(''))

describe('a file of the first version', () => {
  it.each([false, true])('loads, is left as it is, and goes on (written anew: %s)', async (anew) => {
    await written(first)
    const registry = await fileRegistry({ path })
    expect(await registry.subjects()).toEqual(['a', 'b', 'json', 'r'])
    expect(await registry.uses(1)).toEqual([
      { subject: 'a', version: 1 },
      { subject: 'b', version: 1 },
    ])
    expect(await registry.referencedBy('a', 1)).toEqual([3])
    expect(await registry.config()).toEqual({ compatibility: 'NONE' })
    expect(await readFile(path, 'utf8')).toBe(first.map((line) => `${line}\n`).join(''))
    if (anew) await registry.compact()
    expect(await registry.register('c', { format: 'AVRO', text: '"int"' })).toMatchObject({ id: 5, version: 1 })
    await registry.close()
    const again = await fileRegistry({ path })
    expect(await again.latest('a')).toMatchObject({ id: 2, version: 2 })
    expect(await again.latest('c')).toMatchObject({ id: 5 })
    await again.close()
  })

  it('that had subjects named like those of contexts loads: they are in those contexts now', async () => {
    await written([...first, '00000037 3a47eb75 {"type":"version","subject":":.x:a","version":1,"id":1}'])
    const registry = await fileRegistry({ path })
    expect(await registry.latest(':.x:a')).toMatchObject({ id: 1, text: (await registry.schemaById(1)).text })
    await registry.close()
  })
})

it('a file with settings loads', async () => {
  await written(withSettings)
  const registry = await fileRegistry({ path })
  expect([await registry.config(), await registry.config('a'), await registry.mode('b')]).toEqual([
    { compatibility: 'FULL' },
    { compatibility: 'NONE' },
    'READONLY',
  ])
  await registry.close()
})

it.each([false, true])('a file with deletes, purges and contexts loads (written anew: %s)', async (anew) => {
  await written(withDeletes)
  let registry = await fileRegistry({ path })
  if (anew) {
    await registry.compact()
    await registry.close()
    registry = await fileRegistry({ path })
  }
  expect(await registry.subjects({ prefix: ':*:' })).toEqual([':.x:c', 'a', 'b', 'r'])
  expect(await registry.versions('a', { deleted: true })).toEqual([1])
  expect(await registry.versions('json', { deletedOnly: true })).toEqual([1])
  await expect(registry.schemaById(2)).rejects.toMatchObject({ code: 'schema-not-found' })
  expect(await registry.schemaById(1, { subject: ':.x:' })).toMatchObject({ metadata: { m: 1 } })
  expect(await registry.register('a', { format: 'AVRO', text: '"int"' })).toMatchObject({ id: 5, version: 2 })
  await registry.close()
})
