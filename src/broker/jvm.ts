import { type ChildProcess, spawn } from 'node:child_process'
import { brokerFile } from './assets.ts'
import type { Guard } from './guard.ts'
import type { BrokerLog } from './log.ts'
import { runCommand } from './run.ts'

/** What a broker's JVM is started with. */
export interface JvmOptions {
  readonly java: string
  /** The folder of the jars. */
  readonly libs: string
  /** The node ID, under which it logs. */
  readonly id: number
  /** Path of its properties. */
  readonly file: string
  readonly log: BrokerLog
  readonly guard: Guard
}

/** A broker as a child process. */
export interface Jvm {
  /** Settles when it has ended; never rejects. */
  readonly ended: Promise<void>
  /** Whether it runs. */
  running(): boolean
  /** Sends it a signal; nothing happens where it has ended. */
  signal(name: NodeJS.Signals): void
  /** SIGKILL, and the end of it. */
  kill(): Promise<void>
}

/** Starts a broker on storage that is formatted. That it has started does not mean that it serves. */
export function startJvm({ java, libs, id, file, log, guard }: JvmOptions): Jvm {
  const child = spawn(java, [`@${brokerFile('jvm.args')}`, '-cp', `${libs}/*`, 'kafka.Kafka', file], {
    stdio: ['ignore', 'pipe', 'pipe'],
    // Its own process group: Ctrl-C in the terminal is for the application, which may still want to commit.
    detached: true,
  })
  if (child.pid !== undefined) guard.watch(child.pid)
  const source = String(id)
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text: string) => log.add(source, text))
  let over = false
  const ended = new Promise<void>((resolve) => {
    const end = (reason: string): void => {
      if (over) return
      over = true
      if (child.pid !== undefined) guard.forget(child.pid)
      log.add(source, `${reason}\n`)
      resolve()
    }
    child.on('error', (error) => end(`the broker could not be started: ${error.message}`))
    child.on('close', (code, signal) => end(`the broker ended (${signal ?? `exit code ${code}`})`))
  })
  letGo(child)
  return {
    ended,
    running: () => !over,
    signal: (name) => void child.kill(name),
    async kill() {
      child.ref()
      if (!over) child.kill('SIGKILL')
      await ended
    },
  }
}

/** Formats the storage named in `file`. Resolves with what went wrong, or `undefined`. */
export async function formatStorage(
  options: Pick<JvmOptions, 'java' | 'libs' | 'file' | 'guard'> & { clusterId: string; signal?: AbortSignal | undefined },
): Promise<string | undefined> {
  const { java, libs, file, guard, clusterId, signal } = options
  const tool = ['kafka.tools.StorageTool', 'format', '--ignore-formatted', '-t', clusterId, '-c', file]
  const pids: number[] = []
  const { ok, output, ending } = await runCommand(java, [`@${brokerFile('jvm.args')}`, '-cp', `${libs}/*`, ...tool], {
    timeoutMs: 60_000,
    signal,
    // Left alone, it would make the folder anew behind the guard's back.
    started: (pid) => {
      pids.push(pid)
      guard.watch(pid)
    },
  })
  for (const pid of pids) guard.forget(pid)
  return ok ? undefined : `${output}\nit ended with ${ending}`.trim()
}

/** A broker nobody stopped must not keep this process alive: the guard stops it. */
function letGo(child: ChildProcess): void {
  child.unref()
  for (const stream of [child.stdout, child.stderr]) {
    if (stream !== null && 'unref' in stream && typeof stream.unref === 'function') stream.unref()
  }
}
