import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { catalog } from '../catalog.ts'
import { type CatalogEntry, defineCommand } from '../command.ts'
import { runCli } from '../run.test-support.ts'

const sample = defineCommand({
  name: 'sample',
  summary: "it's [a] sample: $HOME `id`",
  description: 'For tests.',
  positionals: [
    { name: 'HOW', help: 'how', choices: ['fast', 'slow'] },
    { name: 'FILE', help: 'files', many: true, complete: 'file' },
  ],
  options: {
    level: { type: 'text', placeholder: 'LEVEL', help: "Level: it's [one]", choices: ['BACKWARD', 'FORWARD'], short: 'L' },
    folder: { type: 'text', placeholder: 'DIR', help: 'Folder', complete: 'folder' },
    count: { type: 'number', placeholder: 'N', help: 'Count' },
    normalize: { type: 'flag', help: 'Flag' },
    'on-by-default': { type: 'flag', default: true, help: 'Flag' },
  },
  examples: [],
  run: async () => 0,
})
const entries: readonly CatalogEntry[] = [...catalog, { name: 'sample', summary: sample.summary, load: async () => sample }]
const folder = mkdtempSync(join(tmpdir(), 'kafka-evolve-'))
const script = join(folder, 'script')

beforeAll(async () => {
  mkdirSync(join(folder, 'here', 'sub dir'), { recursive: true })
  writeFileSync(join(folder, 'here', 'a file.avsc'), '')
  writeFileSync(script, (await runCli(['completion', 'bash'], { catalog: entries })).out)
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** What bash offers for the last word. Words are as bash takes them apart. */
function offered(words: readonly string[]): string[] {
  const source = `. "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _kafka_evolve || true; printf '%s\\n' "\${COMPREPLY[@]}"`
  const { stdout, stderr, status } = spawnSync('bash', ['--norc', '-c', source, 'bash', script, 'kafka-evolve', ...words], {
    cwd: join(folder, 'here'),
    encoding: 'utf8',
  })
  expect([stderr, status]).toEqual(['', 0])
  return stdout.split('\n').filter((line) => line !== '')
}

describe('completion in a real bash', () => {
  it.each<[string[], string[]]>([
    [['complet'], ['completion']],
    [['--v'], ['--version']],
    [['help', 'samp'], ['sample']],
    [
      ['completion', ''],
      ['bash', 'zsh', 'fish'],
    ],
    [['completion', 'bash', ''], []],
    [
      ['sample', ''],
      ['fast', 'slow'],
    ],
    [['sample', '--normalize', 's'], ['slow']],
    [['sample', '--level', 'BACKWARD', 's'], ['slow']],
    [['sample', '--level', '=', 'BACKWARD', 'f'], ['fast']],
    [['sample', '--le'], ['--level']],
    [['sample', '--on'], []],
    [
      ['sample', '--no'],
      ['--normalize', '--no-on-by-default', '--no-color'],
    ],
    [
      ['sample', '--level', ''],
      ['BACKWARD', 'FORWARD'],
    ],
    [['sample', '-L', 'F'], ['FORWARD']],
    [
      ['sample', '--level', '='],
      ['BACKWARD', 'FORWARD'],
    ],
    [['sample', '--level', '=', 'B'], ['BACKWARD']],
    [['sample', '--count', ''], []],
    [['sample', '--folder', ''], ['sub dir']],
    [['sample', 'fast', 'a'], ['a file.avsc']],
    [
      ['sample', 'fast', 'one', 'two', ''],
      ['a file.avsc', 'sub dir'],
    ],
    [['--json', 'sample', 'fa'], ['fast']],
    [['nonsense', ''], []],
  ])('%j: %j', (words, expected) => {
    expect(offered(words).sort()).toEqual([...expected].sort())
  })

  it('is registered for the program', () => {
    const { stdout } = spawnSync('bash', ['--norc', '-c', `. "$1"; complete -p kafka-evolve`, 'bash', script], { encoding: 'utf8' })
    expect(stdout).toContain('-F _kafka_evolve kafka-evolve')
  })
})

describe.each(['zsh', 'fish'])('completion for %s', (shell) => {
  it('has every command, option and choice', async () => {
    const { out } = await runCli(['completion', shell], { catalog: entries })
    for (const { name } of entries) expect(out).toContain(name)
    for (const word of ['level', 'folder', 'count', 'BACKWARD', 'FORWARD', 'no-on-by-default', 'fast']) expect(out).toContain(word)
  })

  it('is taken by the shell, where that is installed', async () => {
    const { out } = await runCli(['completion', shell], { catalog: entries })
    const { error, stderr, status } = spawnSync(shell, ['-n'], { input: out, encoding: 'utf8' })
    if (error === undefined) expect([stderr, status]).toEqual(['', 0])
    else expect(error.message).toContain('ENOENT')
  })
})
