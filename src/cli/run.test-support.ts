import { catalog } from './catalog.ts'
import type { CatalogEntry, Output, World } from './command.ts'
import { runProgram } from './program.ts'

/** What a run of the program left behind. */
export interface Ran {
  readonly code: number
  readonly out: string
  readonly err: string
}

/** What the program finds around it. */
export interface Around {
  readonly stdin?: string | Uint8Array
  readonly env?: Readonly<Record<string, string>>
  readonly cwd?: string
  readonly isTTY?: boolean
  readonly catalog?: readonly CatalogEntry[]
  readonly signal?: AbortSignal
}

/** Runs the program in this process, on streams of its own. */
export async function runCli(argv: readonly string[], around: Around = {}): Promise<Ran> {
  const { stdin = '', env = {}, cwd = process.cwd(), isTTY = false, signal = new AbortController().signal } = around
  const out = collect(isTTY)
  const err = collect(isTTY)
  const world: World = {
    stdin: input(stdin, isTTY),
    stdout: out.output,
    stderr: err.output,
    cwd,
    env,
    stopSignal: () => signal,
  }
  const code = await runProgram(argv, world, around.catalog ?? catalog)
  return { code, out: out.text(), err: err.text() }
}

function collect(isTTY: boolean): { output: Output & { isTTY: boolean }; text(): string } {
  const parts: string[] = []
  return { output: { isTTY, write: (text) => void parts.push(text) }, text: () => parts.join('') }
}

function input(given: string | Uint8Array, isTTY: boolean): World['stdin'] {
  async function* bytes(): AsyncGenerator<Uint8Array> {
    if (given.length > 0) yield Buffer.from(given as string)
  }
  return Object.assign(bytes(), { isTTY })
}
