import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { quickDisk } from '../../quick-disk.test-support.ts'
import { fileRegistry } from '../../registry/file/file-registry.ts'
import { runCli } from '../run.test-support.ts'

let folder: string

beforeEach(async () => {
  folder = await mkdtemp(join(quickDisk(), 'compact-command-'))
})
afterEach(() => rm(folder, { recursive: true }))

describe('kafka-evolve compact', () => {
  it('takes what was purged off the disk, and says how much', async () => {
    const path = join(folder, 'schemas.log')
    const registry = await fileRegistry({ path })
    await registry.register('secret', { format: 'AVRO', text: '{"type":"fixed","name":"Secret","size":1}' })
    await registry.deleteSubject('secret')
    await registry.deleteSubject('secret', { permanent: true })
    await registry.close()
    const bytesBefore = (await readFile(path)).length
    const ran = await runCli(['compact', `file:${folder}`, '--json'])
    expect([ran.err, ran.code]).toEqual(['', 0])
    const bytes = await readFile(path)
    expect(bytes.toString()).not.toContain('Secret')
    expect(JSON.parse(ran.out)).toEqual({ path, bytesBefore, bytesAfter: bytes.length })
    const again = await runCli(['compact', folder])
    expect(again.out).toBe(`${path}: ${bytes.length} bytes before, ${bytes.length} after\n`)
  })

  it('makes no store of another folder, and leaves one alone that a server writes', async () => {
    const none = await runCli(['compact', folder])
    expect([none.code, await readdir(folder)]).toEqual([2, []])
    expect(none.err).toContain('[registry-unavailable]')
    const registry = await fileRegistry({ path: join(folder, 'schemas.log') })
    const busy = await runCli(['compact', folder])
    expect(busy.code).toBe(2)
    expect(busy.err).toContain('[registry-locked]')
    await registry.close()
  })
})
