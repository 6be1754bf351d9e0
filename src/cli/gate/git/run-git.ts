import { spawn } from 'node:child_process'
import { EvolveError } from '../../../errors.ts'

/** Runs one git process and gives what it writes. @throws EvolveError `missing-prerequisite` without git, `invalid-options` with what git says. */
export async function runGit(cwd: string, args: readonly string[], input: string = ''): Promise<Buffer> {
  const child = spawn('git', [...args], {
    cwd,
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { ...process.env, LC_ALL: 'C', GIT_OPTIONAL_LOCKS: '0' },
  })
  const chunks: Buffer[] = []
  let complaint = ''
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk))
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaint = (complaint + text).slice(0, 2_000)
  })
  // Git may end before it has read all: what it says then is told by its exit code.
  child.stdin.on('error', () => undefined)
  child.stdin.end(input)
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', (error: NodeJS.ErrnoException) => reject(startError(error)))
    child.on('close', resolve)
  })
  if (code === 0) return Buffer.concat(chunks)
  const problem = complaint.trim().split('\n')[0] ?? ''
  const hint = hints.find(([words]) => problem.includes(words))?.[1]
  const details = hint === undefined ? {} : { hint }
  throw new EvolveError('invalid-options', `git ${args[0]}: ${problem.replace(/^fatal: /, '') || `ended with code ${code}`}`, details)
}

const hints: readonly (readonly [words: string, hint: string])[] = [
  ['not a git repository', 'compare with a registry or a lock file instead, or give two files'],
  ['dubious ownership', 'the repository belongs to another user, as in a container: git config --global --add safe.directory "$PWD"'],
]

function startError(error: NodeJS.ErrnoException): EvolveError {
  if (error.code !== 'ENOENT') return new EvolveError('internal', 'git could not be started', {}, error)
  return new EvolveError(
    'missing-prerequisite',
    'git is not installed, or not on the PATH',
    { hint: 'compare with a registry or a lock file' },
    error,
  )
}
