import { execFile } from 'node:child_process'

/** How a command ended. */
export interface CommandResult {
  /** False where there is no such program. */
  readonly found: boolean
  /** True where it ended with 0. */
  readonly ok: boolean
  /** Standard output and standard error, joined. */
  readonly output: string
  /** How it ended, for a message: `exit code 1`, `SIGKILL`, `SIGKILL after 600 s`. */
  readonly ending: string
}

/**
 * Runs a program to its end, without a shell and without standard input; `started` is told its process ID. Never rejects; an aborted one is
 * killed and not `ok`.
 */
export function runCommand(
  program: string,
  args: readonly string[],
  options: { timeoutMs: number; signal?: AbortSignal | undefined; started?: (pid: number) => void },
): Promise<CommandResult> {
  return new Promise((resolve) => {
    const settings = {
      timeout: options.timeoutMs,
      maxBuffer: 16 * 1024 * 1024,
      killSignal: 'SIGKILL',
      ...(options.signal && { signal: options.signal }),
    } as const
    const began = performance.now()
    const child = execFile(program, args, settings, (error, stdout, stderr) => {
      const found = !(error !== null && 'code' in error && (error.code === 'ENOENT' || error.code === 'EACCES'))
      const late = performance.now() - began >= options.timeoutMs ? ` after ${Math.round(options.timeoutMs / 1000)} s` : ''
      const ending = child.signalCode === null ? `exit code ${child.exitCode}` : `${child.signalCode}${late}`
      resolve({ found, ok: error === null, output: `${stdout}${stderr}`.trim(), ending })
    })
    child.stdin?.end()
    if (child.pid !== undefined) options.started?.(child.pid)
  })
}
