import { isEvolveError } from '../errors.ts'
import { exitCodes, type World } from './command.ts'
import { printable, type Style } from './style.ts'

/** How an error is told. */
export interface ErrorManner {
  readonly json: boolean
  readonly debug: boolean
  readonly style: Style
}

/**
 * Tells an error in one line, its hint in a second one; with `--json` also as a document on standard output. A stack only when debugging.
 * @returns the exit code.
 */
export function reportError(error: unknown, world: World, { json, debug, style }: ErrorManner): number {
  // Whatever a command that is told to stop throws: that is why.
  if (world.stopSignal().aborted) {
    world.stderr.write(`${style.bold('kafka-evolve:')} stopped\n`)
    return stopped
  }
  const { code, line, hint, details } = described(error)
  world.stderr.write(`${style.bold('kafka-evolve:')} ${style.red(`[${code}]`)} ${printable(line)}\n`)
  if (hint !== undefined) world.stderr.write(`  ${style.cyan('hint:')} ${printable(hint)}\n`)
  if (debug && error instanceof Error && error.stack !== undefined) world.stderr.write(`${error.stack}\n`)
  if (json) world.stdout.write(`${JSON.stringify({ error: { code, message: line, ...(hint === undefined ? {} : { hint }), details } })}\n`)
  return code === 'incompatible-registration' ? exitCodes.findings : exitCodes.failed
}

/** Exit code of what ended because it was told to, as shells have it for SIGINT. */
const stopped = 130

interface Described {
  readonly code: string
  readonly line: string
  readonly hint: string | undefined
  readonly details: object
}

function described(error: unknown): Described {
  if (isEvolveError(error)) {
    const { hint, ...details } = error.details
    // The message of an error is `[code] problem (place) — hint`: the hint gets a line of its own.
    const tail = hint === undefined ? '' : ` — ${hint}`
    const text = error.message.slice(`[${error.code}] `.length)
    return { code: error.code, line: text.endsWith(tail) ? text.slice(0, text.length - tail.length) : text, hint, details }
  }
  const line = error instanceof Error ? error.message : String(error)
  return { code: 'internal', line, hint: 'this should not happen: please report it with what --debug shows', details: {} }
}
