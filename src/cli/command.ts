import type { OptionTable, OptionValues } from './options.ts'
import type { Style } from './style.ts'

/** Exit codes: what was asked for is done or true · something was found that stops a pull request · no answer (wrong usage, no registry, a defect). */
export const exitCodes: { readonly ok: 0; readonly findings: 1; readonly failed: 2 } = { ok: 0, findings: 1, failed: 2 }

/** Where text goes. */
export interface Output {
  write(text: string): void
  /** Columns of the terminal; absent where it is none. */
  readonly columns?: number | undefined
}

/** The process around the program: the real one, or that of a test. */
export interface World {
  readonly stdin: AsyncIterable<Uint8Array> & { readonly isTTY?: boolean | undefined }
  readonly stdout: Output & { readonly isTTY?: boolean | undefined }
  readonly stderr: Output & { readonly isTTY?: boolean | undefined }
  readonly cwd: string
  readonly env: Readonly<Record<string, string | undefined>>
  /** Aborted at SIGINT or SIGTERM. Who has asked for it ends by itself; until somebody asks, those signals end the process as ever. */
  stopSignal(): AbortSignal
  /** Called at each SIGHUP, which otherwise ends the process. Absent where there are no signals. */
  readonly onHangup?: ((listener: () => void) => void) | undefined
}

/** What a command gets. `options` holds a value for every option of its table and of `commonOptions`. */
export interface CommandContext<T extends OptionTable = OptionTable> extends World {
  readonly options: OptionValues<T>
  /** The words that are no options, their number already held against `positionals`. */
  readonly args: readonly string[]
  /** `--json`. */
  readonly json: boolean
  /** Colours for standard output, or none. */
  readonly style: Style
  /** Colours for standard error, or none. */
  readonly errorStyle: Style
  /** All commands, for `help` and `completion`. */
  readonly catalog: readonly CatalogEntry[]
  /** Version of the package. */
  readonly version: string
}

/** A word of a command that is no option. */
export interface Positional {
  /** As `--help` shows it, in capitals. */
  readonly name: string
  readonly help: string
  readonly optional?: boolean
  /** As many as one likes; only the last one may say so. */
  readonly many?: boolean
  readonly choices?: readonly string[]
  readonly complete?: 'file' | 'folder' | 'command'
}

/** One command: data for help and completion, and what it does. */
export interface Command<T extends OptionTable = OptionTable> {
  readonly name: string
  /** One line for the list of commands, without a full stop. */
  readonly summary: string
  /** What it does, for `--help`: paragraphs, wrapped when shown. Lines that begin with two blanks stay as they are. */
  readonly description: string
  readonly positionals: readonly Positional[]
  readonly options: T
  /** `[what the line does, the line without the program's name]`. */
  readonly examples: readonly (readonly [string, string])[]
  /**
   * @returns the exit code, see {@link exitCodes}.
   * @throws EvolveError: printed in one line, exit code 2 (1 for `incompatible-registration`).
   */
  run(context: CommandContext<T>): Promise<number>
}

/** A command before it is loaded. */
export interface CatalogEntry {
  readonly name: string
  readonly summary: string
  load(): Promise<Command>
}

/** States a command; the types of its options come from its table. */
export function defineCommand<const T extends OptionTable>(command: Command<T>): Command {
  return command as unknown as Command
}
