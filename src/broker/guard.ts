import { spawn } from 'node:child_process'
import { tmpdir } from 'node:os'
import { brokerFile } from './assets.ts'
import type { EngineAddress } from './engine.ts'

/** What a guard cleans up besides processes. */
export interface GuardDuties {
  /** A temporary folder to remove. */
  readonly folder?: string | undefined
  /** `key=value`: containers and networks with this label are removed. */
  readonly label?: string | undefined
  /** Where the engine of those containers listens. */
  readonly engine?: EngineAddress | undefined
}

/** A process of its own that outlives this one just long enough to clean up after it, however it ends. */
export interface Guard {
  /** From now on the process is killed when this one ends. */
  watch(pid: number): void
  /** The process is gone; its ID may mean another one soon. */
  forget(pid: number): void
  /** Everything is cleaned up: the guard ends. */
  release(): void
}

/**
 * Starts a guard (`docker/guard.mjs`). It hangs on a pipe this process holds, which the system closes even after SIGKILL; no signal
 * handler is installed, so the application's own ways of ending stay as they are.
 */
export function startGuard(duties: GuardDuties): Guard {
  const child = spawn(process.execPath, [brokerFile('guard.mjs'), JSON.stringify(duties)], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
    cwd: tmpdir(),
    env: { ...process.env, NODE_OPTIONS: '' },
  })
  // A guard that cannot be started is no reason to fail: stop() cleans up as well.
  child.on('error', () => undefined)
  child.stdin.on('error', () => undefined)
  child.unref()
  if ('unref' in child.stdin && typeof child.stdin.unref === 'function') child.stdin.unref()
  const tell = (line: string): void => {
    if (child.stdin.writable) child.stdin.write(`${line}\n`)
  }
  return {
    watch: (pid) => tell(`+${pid}`),
    forget: (pid) => tell(`-${pid}`),
    release() {
      if (child.stdin.writable) child.stdin.end('done\n')
    },
  }
}
