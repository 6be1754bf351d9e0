import { readFileSync } from 'node:fs'
import type { CatalogEntry, Command, CommandContext, World } from './command.ts'
import { exitCodes } from './command.ts'
import { findCommand } from './find-command.ts'
import { commandHelp, programHelp } from './help.ts'
import { commonOptions, type OptionTable } from './options.ts'
import { checkPositionals, type Given, optionValues, parseGiven } from './parse-options.ts'
import { type ErrorManner, reportError } from './report-error.ts'
import { styleOf, wantsColour } from './style.ts'

/** Options that may stand in front of a command. */
const programOptions: OptionTable = { ...commonOptions, version: { type: 'flag', short: 'V', help: 'Show the version' } }

/** Runs one command line. Never throws. @returns the exit code. */
export async function runProgram(argv: readonly string[], world: World, catalog: readonly CatalogEntry[]): Promise<number> {
  const manner = mannerOf(argv, world)
  try {
    const at = argv.findIndex((word) => !word.startsWith('-'))
    if (at < 0) return programAlone(argv, world, catalog)
    const before = argv.slice(0, at)
    // An option in front of the command is looked at here, so that its mistake is not laid to the command.
    parseGiven(before, programOptions, '')
    const command = await findCommand(argv[at] as string, catalog).load()
    return await runCommand(command, [...before, ...argv.slice(at + 1)], world, catalog)
  } catch (error) {
    return reportError(error, world, manner)
  }
}

/** No command: `--help`, `--version`, or a mistake. */
function programAlone(argv: readonly string[], world: World, catalog: readonly CatalogEntry[]): number {
  const given = parseGiven(argv, programOptions, '')
  const colour = colourAsked(given)
  if (given.options.get('version') === true) {
    world.stdout.write(`${packageVersion()}\n`)
    return exitCodes.ok
  }
  const isAsked = given.options.get('help') === true
  const output = isAsked ? world.stdout : world.stderr
  output.write(programHelp(catalog, styleOf(wantsColour(colour, world.env, output)), output.columns))
  return isAsked ? exitCodes.ok : exitCodes.failed
}

async function runCommand(command: Command, argv: readonly string[], world: World, catalog: readonly CatalogEntry[]): Promise<number> {
  const table = { ...command.options, ...commonOptions }
  const given = parseGiven(argv, table, command.name)
  const style = styleOf(wantsColour(colourAsked(given), world.env, world.stdout))
  if (given.options.get('help') === true) {
    world.stdout.write(commandHelp(command, style, world.stdout.columns))
    return exitCodes.ok
  }
  checkPositionals(given.args, command.positionals, command.name)
  const options = optionValues(given, table, world.env) as CommandContext['options']
  return command.run({
    stdin: world.stdin,
    stdout: world.stdout,
    stderr: world.stderr,
    cwd: world.cwd,
    env: world.env,
    stopSignal: () => world.stopSignal(),
    onHangup: world.onHangup,
    options,
    args: given.args,
    json: given.options.get('json') === true,
    style,
    errorStyle: styleOf(wantsColour(colourAsked(given), world.env, world.stderr)),
    catalog,
    version: packageVersion(),
  })
}

function colourAsked({ options }: Given): boolean | undefined {
  if (options.get('no-color') === true) return false
  const color = options.get('color')
  return typeof color === 'boolean' ? color : undefined
}

/** How errors are told, also those of a command line that cannot be understood. */
function mannerOf(argv: readonly string[], world: World): ErrorManner {
  const words = argv.includes('--') ? argv.slice(0, argv.indexOf('--')) : argv
  const colour = words.includes('--no-color') ? false : words.includes('--color') ? true : undefined
  return {
    json: words.includes('--json'),
    debug: words.includes('--debug'),
    style: styleOf(wantsColour(colour, world.env, world.stderr)),
  }
}

/** Two folders up, from the sources and from the built files alike. */
function packageVersion(): string {
  const manifest: unknown = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'))
  return (manifest as { readonly version: string }).version
}
