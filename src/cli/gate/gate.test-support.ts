import { spawn, spawnSync } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { transpiled } from '../../transpile.test-support.ts'

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url))

/** What a run of the program left behind. */
export interface ProgramRan {
  readonly code: number | null
  readonly out: string
  readonly err: string
}

/** The program as a process of its own, without a build. */
export interface Program {
  /** Where it lies. */
  readonly dist: string
  run(cwd: string, argv: readonly string[], env?: Readonly<Record<string, string>>): Promise<ProgramRan>
  remove(): void
}

/** Makes the program ready. @param more other files of `src` that are to lie beside it. */
export function makeProgram(more: readonly string[] = []): Program {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'kafka-evolve-gate-')))
  mkdirSync(join(folder, 'dist'))
  copyFileSync(at('../../../package.json'), join(folder, 'package.json'))
  symlinkSync(at('../../../node_modules'), join(folder, 'node_modules'))
  const main = transpiled(at('../main.ts'), join(folder, 'dist'))
  for (const file of more) transpiled(file, join(folder, 'dist'))
  return {
    dist: join(folder, 'dist'),
    run: async (cwd, argv, env = {}) => {
      const child = spawn(process.execPath, [main, ...argv], { cwd, env: { PATH: process.env['PATH'], ...env } })
      const out: Buffer[] = []
      const err: Buffer[] = []
      child.stdout.on('data', (chunk: Buffer) => out.push(chunk))
      child.stderr.on('data', (chunk: Buffer) => err.push(chunk))
      const code = await new Promise<number | null>((resolve, reject) => child.on('error', reject).on('close', resolve))
      return { code, out: Buffer.concat(out).toString(), err: Buffer.concat(err).toString() }
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
}

/** A folder of a project, with git or without. */
export interface TestProject {
  readonly folder: string
  /** Writes files; `undefined` deletes one. Objects become JSON. */
  write(files: Readonly<Record<string, string | object | undefined>>): void
  git(...args: readonly string[]): string
  /** Writes files and commits all. */
  commit(files: Readonly<Record<string, string | object | undefined>>, message?: string): void
  remove(): void
}

/** Makes an empty project; with `git`, a repository on the branch `main`. */
export function makeProject(withGit: boolean = true): TestProject {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'kafka-evolve-project-')))
  const env = { ...process.env, GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_SYSTEM: '/dev/null' }
  const git = (...args: readonly string[]): string => {
    const who = ['-c', 'user.name=Test', '-c', 'user.email=test@example.org', '-c', 'commit.gpgsign=false']
    const { status, stdout, stderr } = spawnSync('git', [...who, ...args], { cwd: folder, env, encoding: 'utf8' })
    if (status !== 0) throw new Error(`git ${args.join(' ')}: ${stderr}`)
    return stdout
  }
  const write: TestProject['write'] = (files) => {
    for (const [name, content] of Object.entries(files)) {
      const path = join(folder, name)
      if (content === undefined) {
        rmSync(path, { force: true })
        continue
      }
      mkdirSync(dirname(path), { recursive: true })
      writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content, null, 2))
    }
  }
  if (withGit) git('init', '-q', '-b', 'main')
  return {
    folder,
    write,
    git,
    commit: (files, message = 'change') => {
      write(files)
      git('add', '-A')
      git('commit', '-q', '--allow-empty', '-m', message)
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
}
