import { type Command, defineCommand, exitCodes } from './command.ts'
import { findCommand } from './find-command.ts'
import { commandHelp, programHelp } from './help.ts'

/** `kafka-evolve help [COMMAND]`. */
export const helpCommand: Command = defineCommand({
  name: 'help',
  summary: 'show help of the program or of a command',
  description: 'Shows the list of commands, or what one command does, with its options and examples.',
  positionals: [{ name: 'COMMAND', help: 'a command', optional: true, complete: 'command' }],
  options: {},
  examples: [['How to ask what is in a message', 'help explain']],
  async run({ args: [name], catalog, stdout, style }) {
    if (name === undefined) stdout.write(programHelp(catalog, style, stdout.columns))
    else stdout.write(commandHelp(await findCommand(name, catalog).load(), style, stdout.columns))
    return exitCodes.ok
  },
})
