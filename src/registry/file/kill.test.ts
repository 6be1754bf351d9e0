import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
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
  program = await mkdtemp(join(tmpdir(), 'registry-program-'))
  transpiled('registry/file/file-registry.ts', program)
  await writeFile(join(program, 'writer.js'), writer)
})
afterAll(() => rm(program, { recursive: true }))

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'registry-kill-'))
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
