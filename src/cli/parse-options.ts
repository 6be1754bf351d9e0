import { parseArgs } from 'node:util'
import type { Positional } from './command.ts'
import { nearest } from './nearest.ts'
import type { NumberOption, Option, OptionTable } from './options.ts'
import { printable } from './style.ts'
import { usageError } from './usage.ts'

/** What was given on the command line. */
export interface Given {
  /** For each option that was given: its texts in order, or for a flag whether it is on. */
  readonly options: ReadonlyMap<string, readonly string[] | boolean>
  readonly args: readonly string[]
}

/** Sorts a command line by a table. @throws EvolveError `invalid-options` for an option that is not in it, or without its value. */
export function parseGiven(argv: readonly string[], table: OptionTable, command: string): Given {
  const { tokens } = parseArgs({ args: [...argv], options: syntaxOf(table), strict: false, allowPositionals: true, tokens: true })
  const options = new Map<string, readonly string[] | boolean>()
  const args: string[] = []
  for (const token of tokens) {
    if (token.kind === 'positional') args.push(token.value)
    if (token.kind !== 'option') continue
    const [name, isNegated] = nameOf(token.name, table)
    const option = table[name]
    if (option === undefined) throw unknownOption(token.rawName, table, command)
    if (option.type === 'flag') {
      if (token.value !== undefined) throw usageError(`${token.rawName} takes no value`, seeHelp(command))
      options.set(name, !isNegated)
      continue
    }
    const { value } = token
    if (value === undefined) throw usageError(`${token.rawName} needs a value: ${token.rawName} ${option.placeholder}`, seeHelp(command))
    if (!token.inlineValue && value.startsWith('-') && value !== '-' && !isNumber(value, option)) {
      const hint = `if ${printable(value)} is the value, write ${token.rawName}=${printable(value)}`
      throw usageError(`${token.rawName} needs a value: ${token.rawName} ${option.placeholder}`, hint)
    }
    const before = options.get(name)
    options.set(name, [...(Array.isArray(before) ? (before as readonly string[]) : []), value])
  }
  return { options, args }
}

const isNumber = (value: string, option: Option): boolean => option.type === 'number' && /^-\d/.test(value)

const seeHelp = (command: string): string => `see kafka-evolve ${command} --help`.replace('  ', ' ')

type Syntax = NonNullable<NonNullable<Parameters<typeof parseArgs>[0]>['options']>

function syntaxOf(table: OptionTable): Syntax {
  const entries = Object.entries(table).map(([name, { type, short }]) => [
    name,
    { type: type === 'flag' ? 'boolean' : 'string', multiple: true, ...(short === undefined ? {} : { short }) },
  ])
  return Object.fromEntries(entries) as Syntax
}

/** The option's name, and whether `--no-` takes it back. */
function nameOf(given: string, table: OptionTable): [string, boolean] {
  if (Object.hasOwn(table, given)) return [given, false]
  const positive = given.startsWith('no-') ? given.slice(3) : ''
  return Object.hasOwn(table, positive) && table[positive]?.type === 'flag' ? [positive, true] : ['', false]
}

function unknownOption(rawName: string, table: OptionTable, command: string): Error {
  const long = rawName.replace(/^-+/, '')
  const near = rawName.startsWith('--') ? nearest(long, Object.keys(table)) : undefined
  const hint = near === undefined ? seeHelp(command) : `did you mean --${near}?`
  return usageError(`${command === '' ? 'there is' : `${command} has`} no option ${printable(rawName)}`, hint)
}

/** The values of all options: given, from the environment, or by default. @throws EvolveError `invalid-options` for a value that is not allowed. */
export function optionValues(
  given: Given,
  table: OptionTable,
  env: Readonly<Record<string, string | undefined>>,
): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(table).map(([name, option]) => [name, optionValue(name, option, given, env)]))
}

function optionValue(name: string, option: Option, given: Given, env: Readonly<Record<string, string | undefined>>): unknown {
  const stated = given.options.get(name)
  const variable = stated === undefined ? option.env?.find((one) => (env[one] ?? '') !== '') : undefined
  const source = variable ?? `--${name}`
  const inherited = variable === undefined ? undefined : env[variable]
  if (option.type === 'flag') {
    if (typeof stated === 'boolean') return stated
    return inherited === undefined ? (option.default ?? false) : !['0', 'false', 'no', 'off'].includes(inherited.toLowerCase())
  }
  const texts = Array.isArray(stated) ? (stated as readonly string[]) : inherited === undefined ? [] : [inherited]
  if (option.type === 'list') return checked(source, option.choices, variable === undefined ? texts : split(texts))
  const last = texts.at(-1)
  if (last === undefined) return option.default
  if (option.type === 'number') return integer(source, option, last)
  return checked(source, option.choices, [last])[0]
}

function split(texts: readonly string[]): string[] {
  return texts.flatMap((text) => text.split(',').map((part) => part.trim())).filter((part) => part !== '')
}

function checked(source: string, choices: readonly string[] | undefined, texts: readonly string[]): readonly string[] {
  const wrong = choices === undefined ? undefined : texts.find((text) => !choices.includes(text))
  if (choices === undefined || wrong === undefined) return texts
  const near = nearest(wrong, choices)
  const hint = near === undefined ? `one of ${choices.join(', ')}` : `did you mean ${near}? (one of ${choices.join(', ')})`
  throw usageError(`${source} cannot be ${printable(wrong)}`, hint)
}

function integer(source: string, { min = 0, max = Number.MAX_SAFE_INTEGER }: NumberOption, text: string): number {
  const number = /^[+-]?\d{1,16}$/.test(text) ? Number(text) : Number.NaN
  if (number >= min && number <= max) return number
  const range = max === Number.MAX_SAFE_INTEGER ? `from ${min}` : `from ${min} to ${max}`
  throw usageError(`${source} is an integer ${range}, not ${printable(text)}`)
}

/** Holds the number of words, and their choices, against what the command takes. @throws EvolveError `invalid-options`. */
export function checkPositionals(args: readonly string[], positionals: readonly Positional[], command: string): void {
  const missing = positionals.filter(({ optional }) => optional !== true)[args.length]
  if (missing !== undefined) throw usageError(`${command} needs ${missing.name}: ${missing.help}`, seeHelp(command))
  const extra = positionals.at(-1)?.many === true ? undefined : args[positionals.length]
  if (extra !== undefined) throw usageError(`${command} has no use for ${printable(extra)}`, seeHelp(command))
  for (const [index, arg] of args.entries())
    checked((positionals[index] ?? positionals.at(-1))?.name ?? '', positionals[index]?.choices, [arg])
}
