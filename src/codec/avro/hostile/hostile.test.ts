import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { transpiled } from '../../../transpile.test-support.ts'
import { tables } from './cases.test-support.ts'
import type { Line } from './child.test-support.ts'

const src = fileURLToPath(new URL('../../../', import.meta.url))

/**
 * Megabytes of heap. Sources, cases and what V8 keeps for them take 40; 64 MiB are what an input may take above its size; the largest
 * inputs and what they come from take 48.
 */
const HEAP = 160

let folder: string
let program: string

beforeAll(async () => {
  // Inside the repository, so that packages are found.
  await mkdir(join(src, '../build'), { recursive: true })
  folder = await mkdtemp(join(src, '../build', 'hostile-'))
  program = transpiled('codec/avro/hostile/child.test-support.ts', folder)
})

afterAll(() => rm(folder, { recursive: true, force: true }))

/** Runs all cases in a process of its own; what it says of each, walked and then made to compile. */
async function child(...flags: readonly string[]): Promise<Line[]> {
  const started = spawn(process.execPath, [`--max-old-space-size=${HEAP}`, ...flags, program], {
    cwd: tmpdir(),
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const errors: string[] = []
  started.stderr.on('data', (chunk: Buffer) => errors.push(chunk.toString()))
  const lines: Line[] = []
  const exited = once(started, 'close')
  for await (const text of createInterface({ input: started.stdout })) lines.push(JSON.parse(text) as Line)
  const [code] = (await exited) as [number | null]
  if (code !== 0) throw new Error(`ended with ${code} after ${lines.at(-1)?.name}: ${errors.join('').slice(0, 1000)}`)
  return lines
}

function group(lines: readonly Line[]): Map<string, Line[]> {
  const groups = new Map<string, Line[]>()
  for (const line of lines) {
    const key = `${line.table}: ${line.name}`
    groups.set(key, [...(groups.get(key) ?? []), line])
  }
  return groups
}

describe('hostile inputs, in processes of their own', () => {
  let said = new Map<string, Line[]>()

  beforeAll(async () => {
    // Usual ones, and ones where no code may be made from text: there the compiled code is walking, too.
    const children = await Promise.all([child(), child('--disallow-code-generation-from-strings')])
    said = group(children.flat())
  }, 600_000)

  for (const [table, cases] of Object.entries(tables)) {
    describe(table, () => {
      for (const { name, outcomes } of cases) {
        it(`${name}: ${outcomes.join(' or ')}`, () => {
          const all = said.get(`${table}: ${name}`) ?? []
          expect(all.map(({ engine }) => engine)).toEqual(['walked', 'compiled', 'walked', 'compiled'])
          expect(all.flatMap(({ problems }) => problems)).toEqual([])
          expect(new Set(all.map(({ outcome }) => outcome)).size).toBe(1)
        })
      }
    })
  }
})
