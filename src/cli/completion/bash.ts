import { type CompletedCommand, quoted, type Values } from './model.ts'

/** The completion script for bash 3.2 and later. */
export function bashScript(commands: readonly CompletedCommand[]): string {
  const names = commands.map(({ name }) => name).join(' ')
  return `# kafka-evolve completion for bash: eval "$(kafka-evolve completion bash)"
_kafka_evolve() {
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD-1]}" command='' options='' valued='' words='' at=0 index
  COMPREPLY=()
  for ((index = 1; index < COMP_CWORD; index++)); do
    case "\${COMP_WORDS[index]}" in -*) ;; *) command="\${COMP_WORDS[index]}"; break ;; esac
  done
  case "$command" in
    '') COMPREPLY=($(compgen -W '--help --version ${names}' -- "$current")); return ;;
${commands.map(commandCase).join('')}    *) return ;;
  esac
  # Bash takes --name=value apart: the = is a word of its own.
  if [[ "$current" == '=' ]]; then current=''; elif [[ "$previous" == '=' ]]; then previous="\${COMP_WORDS[COMP_CWORD-2]}"; fi
  case "$command $previous" in
${commands.flatMap(valueCases).join('')}  esac
  if [[ "$current" == -* ]]; then COMPREPLY=($(compgen -W "$options" -- "$current")); return; fi
  for ((index++; index < COMP_CWORD; index++)); do
    case "\${COMP_WORDS[index]}" in
      -*) case " $valued " in *" \${COMP_WORDS[index]} "*) [[ "\${COMP_WORDS[index+1]}" == '=' ]] && ((index++)); ((index++)) ;; esac ;;
      *) ((at++)) ;;
    esac
  done
  case "$command $at" in
${commands.flatMap(wordCases).join('')}  esac
}
complete -o filenames -F _kafka_evolve kafka-evolve
`
}

function commandCase({ name, options }: CompletedCommand): string {
  const all = options.flatMap(({ names }) => names).join(' ')
  const valued = options.flatMap(({ names, values }) => (values === undefined ? [] : names)).join(' ')
  return `    ${name}) options=${quoted(all)}; valued=${quoted(valued)} ;;\n`
}

function valueCases({ name, options }: CompletedCommand): string[] {
  return options.flatMap(({ names, values }) =>
    values === undefined ? [] : [`    ${names.map((option) => quoted(`${name} ${option}`)).join('|')}) ${reply(values)} return ;;\n`],
  )
}

function wordCases({ name, words, isRepeated }: CompletedCommand): string[] {
  return words.map((values, index) => {
    const place = isRepeated && index === words.length - 1 ? `'${name} '*` : quoted(`${name} ${index}`)
    return `    ${place}) ${reply(values)} ;;\n`
  })
}

function reply(values: Values): string {
  if (values.kind === 'words') return `COMPREPLY=($(compgen -W ${quoted(values.words.join(' '))} -- "$current"));`
  if (values.kind === 'anything') return ':;'
  // One line for each name: a path may hold blanks.
  return `while IFS= read -r words; do COMPREPLY+=("$words"); done < <(compgen ${values.kind === 'file' ? '-f' : '-d'} -- "$current");`
}
