import type { CompletedCommand, CompletedOption, Values } from './model.ts'

/** The completion script for fish. */
export function fishScript(commands: readonly CompletedCommand[]): string {
  const lines = [
    '# kafka-evolve completion for fish: kafka-evolve completion fish | source',
    'complete -c kafka-evolve -f',
    "complete -c kafka-evolve -n __fish_use_subcommand -s h -l help -d 'Show help'",
    "complete -c kafka-evolve -n __fish_use_subcommand -s V -l version -d 'Show the version'",
    ...commands.map(({ name, summary }) => `complete -c kafka-evolve -n __fish_use_subcommand -a ${name} -d ${fishQuoted(summary)}`),
    ...commands.flatMap(commandLines),
  ]
  return `${lines.join('\n')}\n`
}

function commandLines({ name, options, words }: CompletedCommand): string[] {
  const here = `complete -c kafka-evolve -n '__fish_seen_subcommand_from ${name}'`
  // Fish does not count words: what may stand at any place is offered at all.
  const offered = words.filter(({ kind }) => kind !== 'anything').map((values) => `${here} ${argument(values)}`)
  return [...options.map((option) => `${here} ${optionWords(option)}`), ...offered]
}

function optionWords({ names, help, values }: CompletedOption): string {
  const spelt = names.map((name) => (name.startsWith('--') ? `-l ${name.slice(2)}` : `-s ${name.slice(1)}`))
  const value = values === undefined ? [] : ['-r', values.kind === 'anything' ? '-f' : argument(values)]
  return [...spelt, ...value, '-d', fishQuoted(help)].join(' ')
}

function argument(values: Values): string {
  if (values.kind === 'words') return `-f -a ${fishQuoted(values.words.join(' '))}`
  return values.kind === 'folder' ? "-f -a '(__fish_complete_directories)'" : '-F'
}

/** Inside single quotes fish knows two escapes. */
const fishQuoted = (text: string): string => `'${text.replace(/['\\]/g, '\\$&')}'`
