import type { CatalogEntry, Command, Positional } from './command.ts'
import { commonOptions, type Option, type OptionTable } from './options.ts'
import { type Style, visibleWidth, widestOf } from './style.ts'

/** The longest line of help: longer ones are hard to read however wide the terminal is. */
const widest = 100

/** What `kafka-evolve --help` shows. */
export function programHelp(catalog: readonly CatalogEntry[], style: Style, columns: number | undefined): string {
  const width = widthOf(columns)
  const names = catalog.map(({ name, summary }) => [style.cyan(name), summary] as const)
  return [
    `${style.bold('kafka-evolve')}: Avro schemas for Kafka that can change without losing data`,
    '',
    `${style.bold('Usage')}`,
    '  kafka-evolve COMMAND [options]',
    '  kafka-evolve COMMAND --help',
    '',
    style.bold('Commands'),
    ...columnsOf(names, width),
    '',
    style.bold('Options'),
    ...columnsOf(
      [
        [style.cyan('-h, --help'), 'Show this text, or that of a command'],
        [style.cyan('-V, --version'), 'Show the version'],
      ],
      width,
    ),
    '',
    style.bold('Exit codes'),
    ...exitCodeLines(style, width),
    '',
    'The registry may be named in KAFKA_EVOLVE_REGISTRY or in kafka-evolve.json, so that it need not be typed.',
    '',
  ].join('\n')
}

function exitCodeLines(style: Style, width: number): string[] {
  return columnsOf(
    [
      [style.cyan('0'), 'done, or nothing found'],
      [style.cyan('1'), 'something was found that should stop a deployment'],
      [style.cyan('2'), 'no answer: wrong usage, a registry that cannot be reached, an unreadable file'],
    ],
    width,
  )
}

/** What `kafka-evolve COMMAND --help` shows. */
export function commandHelp(command: Command, style: Style, columns: number | undefined): string {
  const width = widthOf(columns)
  const words = command.positionals.map(({ name, help }) => [style.cyan(name), help] as const)
  return [
    `${style.bold(`kafka-evolve ${command.name}`)}: ${command.summary}`,
    '',
    style.bold('Usage'),
    `  ${usageLine(command)}`,
    '',
    ...command.description
      .trim()
      .split('\n')
      .flatMap((line) => (line.startsWith('  ') ? [line] : wrap(line, width))),
    '',
    ...(words.length === 0 ? [] : [style.bold('Arguments'), ...columnsOf(words, width), '']),
    ...groups({ ...command.options, ...commonOptions }).flatMap(([heading, options]) => [
      style.bold(heading),
      ...columnsOf(
        options.map(([name, option]) => [style.cyan(optionSyntax(name, option)), optionHelp(option)] as const),
        width,
      ),
      '',
    ]),
    ...(command.examples.length === 0 ? [] : [style.bold('Examples')]),
    ...command.examples.flatMap(([says, line]) => [`  ${style.dim(`# ${says}`)}`, `  kafka-evolve ${line}`]),
    '',
  ].join('\n')
}

/** `kafka-evolve register FILE... [options]`. */
export function usageLine(command: Command): string {
  return ['kafka-evolve', command.name, ...command.positionals.map(positionalSyntax), '[options]'].join(' ')
}

function positionalSyntax({ name, optional, many }: Positional): string {
  const syntax = many === true ? `${name}...` : name
  return optional === true ? `[${syntax}]` : syntax
}

/** Options under their headings, those without one first and what every command has last. */
function groups(table: OptionTable): (readonly [string, (readonly [string, Option])[]])[] {
  const found = new Map<string, (readonly [string, Option])[]>()
  for (const [name, option] of Object.entries(table)) {
    const heading = option.group ?? 'Options'
    found.set(heading, [...(found.get(heading) ?? []), [name, option]])
  }
  const rank = (heading: string): number => (heading === 'Options' ? 0 : heading === commonOptions.help.group ? 2 : 1)
  return [...found].sort(([a], [b]) => rank(a) - rank(b))
}

function optionSyntax(name: string, option: Option): string {
  const shown = option.type === 'flag' && option.default === true ? `--no-${name}` : `--${name}`
  const short = option.short === undefined ? '    ' : `-${option.short}, `
  return option.type === 'flag' ? `${short}${shown}` : `${short}${shown} ${option.placeholder}`
}

function optionHelp(option: Option): string {
  const more: string[] = []
  if ('choices' in option && option.choices !== undefined) more.push(option.choices.join(' | '))
  if (option.type === 'list') more.push('may be repeated')
  if (option.type !== 'flag' && 'default' in option && option.default !== undefined) more.push(`default ${option.default}`)
  if (option.env !== undefined) more.push(`env ${option.env.join(', ')}`)
  return more.length === 0 ? option.help : `${option.help} (${more.join('; ')})`
}

const widthOf = (columns: number | undefined): number => Math.max(40, Math.min(columns ?? widest, widest))

/** Two columns; a long word on the left gets a line of its own. */
function columnsOf(rows: readonly (readonly [string, string])[], width: number): string[] {
  const left = Math.min(widestOf(rows.map(([word]) => word)), 28)
  const indent = ' '.repeat(left + 4)
  return rows.flatMap(([word, text]) => {
    const lines = wrap(text, width - left - 4)
    const space = left - visibleWidth(word)
    if (space < 0) return [`  ${word}`, ...lines.map((line) => `${indent}${line}`)]
    return lines.map((line, index) => (index === 0 ? `  ${word}${' '.repeat(space)}  ${line}` : `${indent}${line}`))
  })
}

/** Lines of at most `width` columns, broken at blanks. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line)
      line = word
    } else line = line === '' ? word : `${line} ${word}`
  }
  return [...lines, line]
}
