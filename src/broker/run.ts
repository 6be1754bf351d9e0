import { execFile } from 'node:child_process'

/** How a command ended. */
export interface CommandResult {
  /** False where there is no such program. */
  readonly found: boolean
  /** True where it ended with 0. */
  readonly ok: boolean
  /** Standard output and standard error, joined. */
  readonly output: string
}

/** Runs a program to its end, without a shell and without standard input. Never rejects; an aborted one is killed and not `ok`. */
export function runCommand(
  program: string,
  args: readonly string[],
  options: { timeoutMs: number; signal?: AbortSignal | undefined },
): Promise<CommandResult> {
  return new Promise((resolve) => {
    const settings = {
      timeout: options.timeoutMs,
      maxBuffer: 16 * 1024 * 1024,
      killSignal: 'SIGKILL',
      ...(options.signal && { signal: options.signal }),
    } as const
    const child = execFile(program, args, settings, (error, stdout, stderr) => {
      const found = !(error !== null && 'code' in error && (error.code === 'ENOENT' || error.code === 'EACCES'))
      resolve({ found, ok: error === null, output: `${stdout}${stderr}`.trim() })
    })
    child.stdin?.end()
  })
}
