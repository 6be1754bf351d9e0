import { once } from 'node:events'
import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { quickDisk } from '../../quick-disk.test-support.ts'
import { avroText } from '../registry-cases.test-support.ts'
import { fileRegistry } from './file-registry.ts'
import { encodeRecord, logStart, readRecords } from './log-format.ts'

const record = (name: string) => avroText({ type: 'record', name, fields: [] })

it('gives an ID that an unknown record names to nobody, in the context of its subject', async () => {
  const folder = await mkdtemp(join(quickDisk(), 'unknown-records-'))
  const path = join(folder, 'schemas.log')
  const first = await fileRegistry({ path })
  await first.close()
  let end = [...readRecords(await readFile(path), logStart)].at(-1)?.end ?? logStart
  for (const strange of [
    { type: 'tag', subject: ':.c:s', id: 9 },
    { type: 'tag', context: '.d', id: 7 },
  ]) {
    const encoded = encodeRecord(end, strange)
    await appendFile(path, encoded.bytes)
    end = encoded.end
  }
  const registry = await fileRegistry({ path, onUnknownRecord: () => undefined })
  const ids = [':.c:s', ':.d:s', 's'].map(async (subject) => (await registry.register(subject, record('A'))).id)
  expect(await Promise.all(ids)).toEqual([10, 8, 1])
  await registry.close()
  await rm(folder, { recursive: true })
})

it('passes over what a later version wrote, with a warning, and leaves it in the file', async () => {
  const folder = await mkdtemp(join(quickDisk(), 'unknown-records-'))
  const path = join(folder, 'schemas.log')
  const registry = await fileRegistry({ path })
  await registry.register('s', record('A'))
  await registry.close()
  const known = await readFile(path)
  const end = [...readRecords(known, logStart)].at(-1)?.end ?? logStart
  const bytes = Buffer.concat([known, encodeRecord(end, { type: 'deletion', subject: 's', id: 5 }).bytes])
  await writeFile(path, bytes)

  const told: unknown[] = []
  const listener = (unknown: unknown): never => {
    told.push(unknown)
    throw new Error('a listener that fails')
  }
  const again = await fileRegistry({ path, onUnknownRecord: listener })
  expect(told).toEqual([{ type: 'deletion', offset: known.length }])
  expect(await again.register('s', record('B'))).toMatchObject({ id: 6, version: 2 })
  await again.close()

  const warned = once(process, 'warning')
  const reader = await fileRegistry({ path, readOnly: true })
  expect(String(await warned)).toContain('deletion')
  expect(await reader.versions('s')).toEqual([1, 2])
  expect((await readFile(path)).subarray(0, bytes.length)).toEqual(bytes)
  await reader.close()
  await rm(folder, { recursive: true })
})
