import { exitCodes, type World } from './command.ts'

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

/** Exit code of Node where nothing is left that could go on, and the program still waits. */
const stuck = 13

/**
 * Ends the process with the code of a run, as soon as all that was written has gone out: what modules of the user have left open (a connection, an interval) does
 * not keep it. An end before that, such as a module that calls `process.exit(0)`, is no success.
 */
export async function endWith(run: Promise<number>): Promise<void> {
  let isDone = false
  process.once('exit', (code) => {
    if (isDone || (code !== 0 && code !== stuck)) return
    process.stderr.write('kafka-evolve: [internal] the process was ended before there was a verdict\n')
    process.exitCode = exitCodes.failed
  })
  const code = await run
  isDone = true
  // What waits for a pipe must still get there.
  for (const stream of [process.stdout, process.stderr]) await new Promise<void>((resolve) => stream.write('', () => resolve()))
  process.exit(code)
}
