import type { World } from './command.ts'

/** Exit code of a process that writes to a pipe nobody reads any more: 128 + SIGPIPE, as other programs have it. */
const brokenPipe = 141

/** The process that runs the program: the only place that touches its streams and signals. */
export function processWorld(): World {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? brokenPipe : 2))
  }
  let stopping: AbortController | undefined
  return {
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    cwd: process.cwd(),
    env: process.env,
    onHangup(listener) {
      process.on('SIGHUP', listener)
    },
    stopSignal() {
      if (stopping === undefined) {
        const controller = new AbortController()
        // Once: whoever presses Ctrl-C a second time wants an end at once.
        for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => controller.abort())
        stopping = controller
      }
      return stopping.signal
    },
  }
}
