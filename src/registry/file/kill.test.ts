import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { quickDisk } from '../../quick-disk.test-support.ts'
import { transpiled } from '../../transpile.test-support.ts'
import { expectCode } from '../registry-cases.test-support.ts'
import { fileRegistry } from './file-registry.ts'

/** Registers in a loop, and says each time what was answered. */
const writer = `
import { fileRegistry } from './registry/file/file-registry.js'
const [path, name] = process.argv.slice(2)
const registry = await fileRegistry({ path })
for (let n = 0; ; n += 1) {
  const text = JSON.stringify({ type: 'record', name: name + n, doc: 'x'.repeat(n % 300), fields: [] })
  try {
    const { id, version } = await registry.register('s' + (n % 3), { format: 'AVRO', text })
    console.log(JSON.stringify({ id, version, subject: 's' + (n % 3), text }))
  } catch (error) {
    console.log(JSON.stringify({ failed: error.code, message: error.message, latest: await registry.latest('s0') }))
    await registry.close()
    break
  }
}
`

/** Registers, deletes, purges, and writes the file anew; kills itself before the n-th deed on the disk of the second time. Says what it has answered. */
const compactor = `
import { disk } from './registry/file/file-system.js'
import { fileRegistry } from './registry/file/file-registry.js'
const [path, fatal] = process.argv.slice(2)
let deeds = -Infinity
const told = async (deed) => {
  deeds += 1
  if (deeds === Number(fatal)) process.kill(process.pid, 'SIGKILL')
  return deed()
}
const wrap = (handle) => ({
  read: (...args) => handle.read(...args),
  // Half of it first, so that a kill can come in the middle.
  write: async (buffer, offset, length, position) => {
    const half = Math.ceil(length / 2)
    await told(() => handle.write(buffer, offset, half, position))
    await told(() => handle.write(buffer, offset + half, length - half, position + half))
    return { bytesWritten: length }
  },
  truncate: (length) => told(() => handle.truncate(length)),
  datasync: () => told(() => handle.datasync()),
  stat: () => handle.stat(),
  close: () => handle.close(),
})
const fileSystem = {
  open: async (name, flags) => wrap(await told(() => disk.open(name, flags))),
  rename: (from, to) => told(() => disk.rename(from, to)),
  remove: (name) => told(() => disk.remove(name)),
  syncFolder: (name) => told(() => disk.syncFolder(name)),
}
const registry = await fileRegistry({ path, fileSystem, compactAboveBytes: Infinity })
const text = (name) => JSON.stringify({ type: 'record', name, fields: [] })
for (let n = 0; n < 20; n += 1) await registry.register('s' + n, { format: 'AVRO', text: text('R' + n) })
for (let n = 0; n < 10; n += 1) {
  await registry.deleteSubject('s' + n)
  await registry.deleteSubject('s' + n, { permanent: true })
}
await registry.compact()
await registry.register('gone', { format: 'AVRO', text: text('Gone') })
await registry.deleteSubject('gone')
await registry.deleteSubject('gone', { permanent: true })
console.log(JSON.stringify({ subjects: await registry.subjects() }))
deeds = 0
await registry.compact()
console.log(JSON.stringify({ compacted: true }))
const last = await registry.register('last', { format: 'AVRO', text: text('Last') })
console.log(JSON.stringify({ last, deeds }))
await registry.close()
`

interface Said {
  readonly id?: number
  readonly version: number
  readonly subject: string
  readonly text: string
  readonly failed?: string
  readonly message?: string
  readonly latest?: { readonly text: string }
}

let program: string
let folder: string
let path: string
const children = new Set<ChildProcess>()

beforeAll(async () => {
  program = await mkdtemp(join(quickDisk(), 'registry-program-'))
  transpiled('registry/file/file-registry.ts', program)
  await writeFile(join(program, 'writer.js'), writer)
  await writeFile(join(program, 'compactor.js'), compactor)
})
afterAll(() => rm(program, { recursive: true }))

beforeEach(async () => {
  folder = await mkdtemp(join(quickDisk(), 'registry-kill-'))
  path = join(folder, 'schemas.log')
})
afterEach(async () => {
  for (const child of children) {
    child.kill('SIGKILL')
    await ended(child)
  }
  children.clear()
  await rm(folder, { recursive: true })
})

function start(
  name: string,
  command: readonly string[] = [],
): { readonly child: ChildProcess; readonly said: Said[]; first(): Promise<void> } {
  const [file = '', ...args] = [...command, process.execPath, join(program, 'writer.js'), path, name]
  const child = spawn(file, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  children.add(child)
  const said: Said[] = []
  const lines = createInterface({ input: child.stdout })
  lines.on('line', (line) => said.push(JSON.parse(line) as Said))
  return { child, said, first: async () => void (await once(lines, 'line')) }
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'close')
}

describe('a writer that is killed', () => {
  it('loses nothing that it answered, round after round', async () => {
    const acknowledged: Said[] = []
    for (let round = 0; round < 8; round += 1) {
      const { child, said, first } = start(`R${round}_`)
      await first()
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 40))
      child.kill('SIGKILL')
      await once(child, 'close')
      expect(child.signalCode).toBe('SIGKILL')
      acknowledged.push(...said)
      const registry = await fileRegistry({ path })
      try {
        for (const { id = -1, subject, version, text } of acknowledged) {
          expect(await registry.schemaById(id)).toEqual({ id, format: 'AVRO', text })
          expect(await registry.version(subject, version)).toMatchObject({ id, text })
        }
      } finally {
        await registry.close()
      }
    }
    expect(acknowledged.length).toBeGreaterThanOrEqual(8)
    expect(new Set(acknowledged.map(({ id }) => id)).size).toBe(acknowledged.length)
    expect(await readdir(folder)).toEqual(['schemas.log'])
  })

  it('is replaced, but one that is only stopped is not', async () => {
    const { child, first } = start('A')
    await first()
    await expectCode(fileRegistry({ path }), 'registry-locked')
    child.kill('SIGSTOP')
    await expectCode(fileRegistry({ path }), 'registry-locked')
    const reader = await fileRegistry({ path, readOnly: true })
    expect(await reader.version('s0', 1)).toMatchObject({ id: 1 })
    await reader.close()
    child.kill('SIGKILL')
    await once(child, 'close')
    const next = await fileRegistry({ path })
    expect(await next.version('s0', 1)).toMatchObject({ id: 1 })
    await next.close()
  })
})

describe('a writer that is killed while it writes the file anew', () => {
  it('at any step, leaves a file that is whole, with all that was answered, and no ID that was given to give again', async () => {
    let deaths = 0
    for (let fatal = 1; ; fatal += 1) {
      const own = join(folder, `${fatal}`, 'schemas.log')
      const child = spawn(process.execPath, [join(program, 'compactor.js'), own, `${fatal}`], { stdio: ['ignore', 'pipe', 'inherit'] })
      children.add(child)
      const said: Record<string, unknown>[] = []
      createInterface({ input: child.stdout }).on('line', (line) => said.push(JSON.parse(line) as Record<string, unknown>))
      await ended(child)
      const registry = await fileRegistry({ path: own, compactAboveBytes: Infinity })
      const [before, , after] = said
      const subjects = (await registry.subjects()).filter((subject) => subject !== 'last')
      expect(subjects, `step ${fatal}`).toEqual(before?.['subjects'])
      if (after !== undefined) expect(await registry.latest('last')).toEqual(after['last'])
      for (let n = 10; n < 20; n += 1) expect(await registry.schemaById(n + 1)).toMatchObject({ text: expect.stringContaining(`"R${n}"`) })
      const next = await registry.register('next', { format: 'AVRO', text: '{"type":"fixed","name":"Next","size":1}' })
      expect(next.id, `step ${fatal}`).toBeGreaterThanOrEqual(22)
      expect(next.id).not.toBe((after?.['last'] as Said | undefined)?.id)
      await registry.close()
      expect(await readdir(join(folder, `${fatal}`))).toEqual(['schemas.log'])
      if (child.signalCode === null) break
      deaths += 1
    }
    // Removing what is there, opening, writing (twice), syncing, renaming, syncing the folder, and those of the next record.
    expect(deaths).toBeGreaterThanOrEqual(9)
  })
})

describe('a disk quota', () => {
  it('that is reached refuses the registration, and all that was answered is there', async () => {
    // A limit of 8 KiB for a file; writing beyond it fails with EFBIG.
    const { child, said } = start('A', ['bash', '-c', 'ulimit -f 8 && exec "$@"', 'bash'])
    await once(child, 'close')
    expect(child.exitCode).toBe(0)
    const last = said.pop()
    expect(last).toMatchObject({ failed: 'registry-unavailable' })
    expect(last?.message).toContain('EFBIG')
    expect(last?.latest?.text).toBe(said.findLast(({ subject }) => subject === 's0')?.text)
    expect(said.length).toBeGreaterThan(5)
    const registry = await fileRegistry({ path })
    for (const { id = -1, text } of said) expect(await registry.schemaById(id)).toMatchObject({ text })
    await expectCode(registry.schemaById(said.length + 1), 'schema-not-found')
    await registry.close()
  })
})
