import { type Command, defineCommand, exitCodes } from '../command.ts'
import { bashScript } from './bash.ts'
import { fishScript } from './fish.ts'
import { type CompletedCommand, completedCommands } from './model.ts'
import { zshScript } from './zsh.ts'

const scripts: Readonly<Record<string, (commands: readonly CompletedCommand[]) => string>> = {
  bash: bashScript,
  zsh: zshScript,
  fish: fishScript,
}

/** `kafka-evolve completion SHELL`. */
export const completionCommand: Command = defineCommand({
  name: 'completion',
  summary: 'print the completion script for bash, zsh or fish',
  description: `Prints a script that teaches your shell the commands, their options and the values that those take.

  bash   add to ~/.bashrc:   eval "$(kafka-evolve completion bash)"
  zsh    add to ~/.zshrc, after compinit:   source <(kafka-evolve completion zsh)
  fish   once:   kafka-evolve completion fish > ~/.config/fish/completions/kafka-evolve.fish`,
  positionals: [{ name: 'SHELL', help: 'bash, zsh or fish', choices: Object.keys(scripts) }],
  options: {},
  examples: [['Try it in this shell', 'completion bash > /tmp/kafka-evolve.bash && . /tmp/kafka-evolve.bash']],
  async run({ args: [shell = ''], catalog, json, stdout }) {
    const script = scripts[shell]?.(await completedCommands(catalog)) ?? ''
    stdout.write(json ? `${JSON.stringify({ shell, script })}\n` : script)
    return exitCodes.ok
  },
})
