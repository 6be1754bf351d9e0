import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'
import { transpiled } from '../transpile.test-support.ts'

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'kafka-evolve-'))
mkdirSync(join(folder, 'dist'))
copyFileSync(at('../../package.json'), join(folder, 'package.json'))
const main = transpiled(at('main.ts'), join(folder, 'dist'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** What is loaded together with a module. */
function staticImports(file: string, found = new Set<string>()): Set<string> {
  found.add(file)
  for (const [, path = ''] of readFileSync(file, 'utf8').matchAll(/^(?:import|export)\b.*from ['"](\..+)['"]/gm)) {
    const next = join(dirname(file), path)
    if (!found.has(next)) staticImports(next, found)
  }
  return found
}

const run = (...argv: string[]): { code: number | null; out: string; err: string } => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...argv], { encoding: 'utf8' })
  return { code: status, out: stdout, err: stderr }
}

describe('the program as a process', () => {
  it('stands where package.json says, behind a shebang', () => {
    const { bin } = JSON.parse(readFileSync(at('../../package.json'), 'utf8')) as { bin: Record<string, string> }
    expect(bin).toEqual({ 'kafka-evolve': 'dist/cli/main.js' })
    expect(readFileSync(main, 'utf8').startsWith('#!/usr/bin/env node\n')).toBe(true)
  })

  it('helps', () => {
    const { code, out, err } = run('--help')
    expect([code, err]).toEqual([0, ''])
    expect(out).toContain('kafka-evolve COMMAND')
  })

  it('fails with 2 and one line', () => {
    expect(run('nonsense')).toEqual({
      code: 2,
      out: '',
      err: 'kafka-evolve: [invalid-options] there is no command nonsense\n  hint: see kafka-evolve --help\n',
    })
  })

  it('loads few files and none of another room before it knows the command', () => {
    const loaded = [...staticImports(main)].map((file) => relative(join(folder, 'dist'), file))
    expect(loaded.filter((file) => !file.startsWith('cli/'))).toEqual(['errors.js'])
    expect(loaded.length).toBeLessThan(20)
  })

  it('ends with 130 and one line when it is told to stop, whatever it waits for', async () => {
    const silent = createServer()
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve))
    const { port } = silent.address() as AddressInfo
    try {
      const child = spawn(process.execPath, [main, 'subjects', '--registry', `http://127.0.0.1:${port}`], {
        stdio: ['ignore', 'pipe', 'pipe'],
      })
      const err: Buffer[] = []
      child.stderr.on('data', (chunk: Buffer) => err.push(chunk))
      const ended = once(child, 'close')
      await once(silent, 'request')
      child.kill('SIGINT')
      expect([(await ended)[0], Buffer.concat(err).toString()]).toEqual([130, 'kafka-evolve: stopped\n'])
    } finally {
      silent.closeAllConnections()
      silent.close()
    }
  })

  it('ends as other programs do when nobody reads on', () => {
    const { stdout } = spawnSync(
      'bash',
      ['-c', `"$1" "$2" completion bash | true; echo "\${PIPESTATUS[0]}"`, 'bash', process.execPath, main],
      {
        encoding: 'utf8',
      },
    )
    expect(['0\n', '141\n']).toContain(stdout)
  })
})
