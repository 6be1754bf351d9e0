import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

const main = fileURLToPath(new URL('../dist/cli/main.js', import.meta.url))
const startWithinMs = 150_000

/** A `kafka-evolve registry` that runs in a process of its own, as `npx` would start it. */
export interface RunningRegistry {
  readonly url: string
  readonly pid: number
  /** Everything on standard output and standard error so far. */
  readonly out: () => string
  readonly err: () => string
  /** Sends a signal, and gives the exit code, or the signal that ended it. */
  end(signal: NodeJS.Signals): Promise<number | NodeJS.Signals | null>
}

/** How a program ended that did not start. */
export interface Ended {
  readonly code: number | null
  readonly out: string
  readonly err: string
}

const running = new Set<ChildProcess>()
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL')
})

interface Manner {
  /** No file that it writes gets longer, in blocks of 1,024 bytes, as on a disk that is full. */
  readonly fileBlocks?: number
  readonly env?: Readonly<Record<string, string>>
  /** Title of a process that starts it through a shell, as npx does; that is the one that gets the signals then. */
  readonly launchedBy?: string
}

/** Starts it. */
export async function startRegistry(args: readonly string[], manner: Manner = {}): Promise<RunningRegistry> {
  const { child, out, err } = run(['--port', '0', ...args], manner)
  await new Promise<void>((resolve, reject) => {
    const failed = (why: string): void => reject(new Error(`${why}: ${err()}`))
    const timer = setTimeout(() => failed('no first line in time'), startWithinMs)
    child.once('exit', (code) => failed(`ended with ${code}`))
    child.stdout?.on('data', () => {
      if (!out().includes('\n')) return
      clearTimeout(timer)
      resolve()
    })
  })
  return {
    url: out().split('\n', 1)[0] ?? '',
    pid: child.pid ?? 0,
    out,
    err,
    end: async (signal) => {
      if (child.exitCode === null && child.signalCode === null) {
        const ended = once(child, 'exit')
        child.kill(signal)
        await ended
      }
      return child.exitCode ?? child.signalCode
    },
  }
}

/** Runs it to its end. */
export async function endedRegistry(args: readonly string[]): Promise<Ended> {
  const { child, out, err } = run(args)
  await once(child, 'close')
  return { code: child.exitCode, out: out(), err: err() }
}

/** The shell goes on behind the program, so that it does not become it. */
const launcher = `process.title = process.argv[1]; require('node:child_process').spawn('sh', ['-c', '"$@"; :', 'sh', ...process.argv.slice(2)], { stdio: 'inherit' })`

function run(args: readonly string[], { fileBlocks, env = {}, launchedBy }: Manner = {}) {
  const program = [process.execPath, main, 'registry', ...args]
  const launched = launchedBy === undefined ? program : [process.execPath, '-e', launcher, launchedBy, ...program]
  const [command = '', ...rest] =
    fileBlocks === undefined ? launched : ['bash', '-c', `ulimit -f ${fileBlocks}; exec "$@"`, 'bash', ...launched]
  const child = spawn(command, rest, { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...env } })
  running.add(child)
  child.once('exit', () => running.delete(child))
  return { child, out: textOf(child, 'stdout'), err: textOf(child, 'stderr') }
}

function textOf(child: ChildProcess, stream: 'stdout' | 'stderr'): () => string {
  const parts: string[] = []
  child[stream]?.setEncoding('utf8').on('data', (part: string) => void parts.push(part))
  return () => parts.join('')
}
