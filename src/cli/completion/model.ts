import type { CatalogEntry, Command, Positional } from '../command.ts'
import { commonOptions, type ListOption, type NumberOption, type Option, type TextOption } from '../options.ts'

/** What may stand at some place of a command line. */
export type Values = { readonly kind: 'words'; readonly words: readonly string[] } | { readonly kind: 'file' | 'folder' | 'anything' }

/** An option as a shell sees it. */
export interface CompletedOption {
  /** `--name` and, where it has one, `-n`. */
  readonly names: readonly string[]
  readonly help: string
  /** Absent for a flag. */
  readonly values: Values | undefined
}

/** A command as a shell sees it. */
export interface CompletedCommand {
  readonly name: string
  readonly summary: string
  readonly options: readonly CompletedOption[]
  /** What its words may be, in order; the last one goes on where it may be repeated. */
  readonly words: readonly Values[]
  readonly isRepeated: boolean
}

/** All commands as a shell sees them, made from the tables that also parse and that `--help` shows. */
export async function completedCommands(catalog: readonly CatalogEntry[]): Promise<readonly CompletedCommand[]> {
  const names = catalog.map(({ name }) => name)
  return Promise.all(catalog.map(async (entry) => completed(await entry.load(), names)))
}

function completed(command: Command, names: readonly string[]): CompletedCommand {
  return {
    name: command.name,
    summary: command.summary,
    options: Object.entries({ ...command.options, ...commonOptions }).map(([name, option]) => optionOf(name, option)),
    words: command.positionals.map((positional) => wordsOf(positional, names)),
    isRepeated: command.positionals.at(-1)?.many === true,
  }
}

function optionOf(name: string, option: Option): CompletedOption {
  const long = option.type === 'flag' && option.default === true ? `--no-${name}` : `--${name}`
  const names = option.short === undefined ? [long] : [long, `-${option.short}`]
  return { names, help: option.help, values: option.type === 'flag' ? undefined : valuesOf(option) }
}

function valuesOf(option: TextOption | ListOption | NumberOption): Values {
  if (option.type === 'number') return { kind: 'anything' }
  if (option.choices !== undefined) return { kind: 'words', words: option.choices }
  return { kind: option.complete ?? 'anything' }
}

function wordsOf({ choices, complete }: Positional, names: readonly string[]): Values {
  if (complete === 'command') return { kind: 'words', words: names }
  if (choices !== undefined) return { kind: 'words', words: choices }
  return { kind: complete ?? 'anything' }
}

/** Text in single quotes of a POSIX shell. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`
}
