/** What every option says about itself. */
interface OptionBase {
  /** One sentence for `--help`, without a full stop. */
  readonly help: string
  /** A single letter, without the dash. */
  readonly short?: string
  /** Environment variables that stand in for the option; the first that is set and not empty counts. */
  readonly env?: readonly string[]
  /** Heading under which `--help` lists it. Default "Options". */
  readonly group?: string
}

/** `--name`, and `--no-name` to take it back. */
export interface FlagOption extends OptionBase {
  readonly type: 'flag'
  /** Default `false`. */
  readonly default?: boolean
}

/** What a value that is text may be, and how completion finds it. */
interface TextBase extends OptionBase {
  /** How `--help` calls the value, in capitals. */
  readonly placeholder: string
  /** All values there are. */
  readonly choices?: readonly string[]
  /** The value is a path. */
  readonly complete?: 'file' | 'folder'
}

/** `--name VALUE`. Given several times, the last one counts. */
export interface TextOption extends TextBase {
  readonly type: 'text'
  readonly default?: string
}

/** `--name VALUE`, as often as one likes. A value from the environment is split at commas. */
export interface ListOption extends TextBase {
  readonly type: 'list'
}

/** `--name N`, an integer. */
export interface NumberOption extends OptionBase {
  readonly type: 'number'
  readonly placeholder: string
  /** Smallest value that is taken; default 0. */
  readonly min?: number
  /** Greatest value that is taken; default 2^53 - 1. */
  readonly max?: number
  readonly default?: number
}

export type Option = FlagOption | TextOption | ListOption | NumberOption

/** Options by their long names. */
export type OptionTable = Readonly<Record<string, Option>>

/** The value of an option, given or not. */
type ValueOf<O extends Option> = O extends { readonly type: 'flag' }
  ? boolean
  : O extends { readonly type: 'list' }
    ? readonly string[]
    : O extends { readonly type: 'number' }
      ? number | (O extends { readonly default: number } ? never : undefined)
      : string | (O extends { readonly default: string } ? never : undefined)

/** The values of all options of a table. */
export type OptionValues<T extends OptionTable> = { readonly [Name in keyof T]: ValueOf<T[Name]> }

/** Options that every command has. */
export const commonOptions: {
  readonly json: FlagOption
  readonly color: FlagOption
  readonly 'no-color': FlagOption
  readonly debug: FlagOption
  readonly help: FlagOption
} = {
  json: { type: 'flag', help: 'Write one JSON document for machines', group: 'Every command' },
  color: { type: 'flag', help: 'Write colours, terminal or not', group: 'Every command' },
  'no-color': { type: 'flag', help: 'Write no colours', group: 'Every command' },
  debug: { type: 'flag', help: 'Show where in the program an error came from', group: 'Every command' },
  help: { type: 'flag', short: 'h', help: 'Show this text', group: 'Every command' },
}
