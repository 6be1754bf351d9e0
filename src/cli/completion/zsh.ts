import { type CompletedCommand, type CompletedOption, quoted, type Values } from './model.ts'

/** The completion script for zsh. */
export function zshScript(commands: readonly CompletedCommand[]): string {
  return `#compdef kafka-evolve
# kafka-evolve completion for zsh: source <(kafka-evolve completion zsh), after compinit
_kafka_evolve() {
  local -a commands
  local line state context
  typeset -A opt_args
  commands=(
${commands.map(({ name, summary }) => `    ${quoted(`${name}:${summary}`)}\n`).join('')}  )
  _arguments -C '(-h --help)'{-h,--help}'[Show help]' '(-V --version)'{-V,--version}'[Show the version]' '1: :->command' '*:: :->rest'
  case $state in
    command) _describe -t commands 'kafka-evolve command' commands ;;
    rest)
      case $words[1] in
${commands.map(commandCase).join('')}      esac ;;
  esac
}
if [ "$funcstack[1]" = '_kafka_evolve' ]; then _kafka_evolve "$@"; else compdef _kafka_evolve kafka-evolve; fi
`
}

function commandCase({ name, options, words, isRepeated }: CompletedCommand): string {
  const places = words.map((values, index) =>
    isRepeated && index === words.length - 1 ? quoted(`*: :${action(values)}`) : quoted(`${index + 1}: :${action(values)}`),
  )
  return `        ${name}) _arguments ${[...options.flatMap(specs), ...places].join(' ')} ;;\n`
}

function specs({ names, help, values }: CompletedOption): string[] {
  const text = help.replace(/[[\]\\:]/g, '\\$&')
  return names.map((name) => quoted(values === undefined ? `${name}[${text}]` : `${assigned(name)}[${text}]:value:${action(values)}`))
}

/** A long option's value may stand behind an equals sign, too. */
const assigned = (name: string): string => (name.startsWith('--') ? `${name}=` : name)

function action(values: Values): string {
  switch (values.kind) {
    case 'words':
      return `(${values.words.join(' ')})`
    case 'file':
      return '_files'
    case 'folder':
      return '_files -/'
    case 'anything':
      return ' '
  }
}
