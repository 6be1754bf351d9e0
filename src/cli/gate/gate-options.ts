import { posix } from 'node:path'
import type { CommandContext, Positional } from '../command.ts'
import { exitCodes } from '../command.ts'
import type { FlagOption, TextOption } from '../options.ts'
import { usageError } from '../usage.ts'
import { hasErrors, type Report } from './check/report.ts'
import { type GateConfig, subjectStrategies } from './config/gate-config.ts'
import { type FoundFiles, findFiles } from './files/find-files.ts'
import { type Format, formats, printed } from './formats/format.ts'
import type { Project } from './project.ts'

/** Options that `check` and `lint` share. */
export const reportOptions: {
  readonly format: TextOption & { readonly default: string }
  readonly config: TextOption
  readonly verbose: FlagOption
} = {
  format: {
    type: 'text',
    placeholder: 'FORMAT',
    help: 'How to print: for people, as annotations of GitHub, as JSON (--json), SARIF 2.1.0 or JUnit XML',
    choices: formats,
    default: 'text',
  },
  config: {
    type: 'text',
    placeholder: 'FILE',
    help: 'The file to read settings from; without it kafka-evolve.json here, if there is one',
    complete: 'file',
  },
  verbose: { type: 'flag', short: 'v', help: 'List what is as it was, too' },
}

/** How subjects are named. */
export const strategyOption: TextOption = {
  type: 'text',
  placeholder: 'NAME',
  help: 'How subjects are named: topic (orders.avsc is orders-value), record (shop.Order), topic-record (orders-shop.Order), file (orders); default topic',
  choices: subjectStrategies,
}

/** Finds the files that the words name, or else those of the config. @throws EvolveError `invalid-options` where neither names any. */
export async function filesOf(cwd: string, args: readonly string[], config: GateConfig): Promise<FoundFiles> {
  const named = [...config.subjects.values()].map((target) => target.replace(/#.*$/, ''))
  const paths =
    args.length > 0 ? args : config.schemas.length > 0 ? config.schemas : [...new Set(named.map((path) => posix.normalize(path)))]
  if (paths.length === 0) throw usageError('no schemas are named', 'give files, folders or patterns, or "schemas" in kafka-evolve.json')
  const found = await findFiles(cwd, paths, config.exclude)
  if (found.files.length === 0)
    throw usageError(
      `there are no schema files in ${paths.join(', ')}`,
      'they end in .avsc, .avpr or .avdl; modules (.ts, .js) want to be named',
    )
  return found
}

/** Prints a report. @returns the exit code. */
export function printReport(
  report: Report,
  context: Pick<CommandContext, 'stdout' | 'style' | 'version' | 'json'> & {
    readonly options: { readonly format: string; readonly verbose: boolean }
  },
  { prefix }: Project,
): number {
  const { stdout, style, version, json, options } = context
  const format = json ? 'json' : (options.format as Format)
  stdout.write(printed(report, format, { style, version, prefix, verbose: options.verbose }))
  return hasErrors(report) ? exitCodes.findings : exitCodes.ok
}

/** Which schemas are looked at. */
export const schemaPaths: Positional = {
  name: 'PATHS',
  help: 'schema files (.avsc, .avdl, .avpr), modules that export schemas (.ts, .js), folders and patterns; default: "schemas" of kafka-evolve.json',
  optional: true,
  many: true,
  complete: 'file',
}
