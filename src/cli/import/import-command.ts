import type { RegistryMode } from '../../registry/settings/mode.ts'
import { type Command, type CommandContext, defineCommand, exitCodes } from '../command.ts'
import { count } from '../count-words.ts'
import { printable } from '../style.ts'
import { usageError } from '../usage.ts'
import { applyImport, type ImportResult, stepWords } from './apply-import.ts'
import { importOptions } from './import-options.ts'
import { openSource, openTarget } from './open-sides.ts'
import { type ImportPlan, planImport } from './plan-import.ts'
import { readRegistry } from './snapshot.ts'

type Context = CommandContext<typeof importOptions>

/** Lines of a kind that are shown. */
const most = 20

/** `kafka-evolve import`. */
export const importCommand: Command = defineCommand({
  name: 'import',
  summary: 'move into another registry, with the IDs that messages carry',
  description: `Copies all versions of all subjects and contexts under the IDs and version numbers they have, deleted ones too (messages still name their IDs), gaps left as gaps, what a schema refers to first; then compatibility levels and other configs, and the modes of subjects and contexts. The mode for all stays what it is at the target, unless --mode-after sets it.
First both sides are read and compared: where an ID or a version means something else at the target, nothing is changed and the program ends with 1. What is there already is left alone, so an import that was interrupted is begun again with the same line.
Registering at the source while it is copied is lost: set its mode to READONLY before the last run.`,
  positionals: [],
  options: importOptions,
  examples: [
    ['What would happen?', 'import --from http://old:8081 --to http://new:8081 --dry-run'],
    ['From the topic of a Confluent or Karapace registry', "import --from 'kafka:broker:9092?topic=_schemas' --to http://new:8081"],
    ['Into a file store, before its server is started', 'import --from http://old:8081 --to file:/var/lib/schemas --mode-after READWRITE'],
  ],
  async run(context) {
    const { options } = context
    if (options.from === undefined || options.to === undefined)
      throw usageError(`import needs ${options.from === undefined ? '--from' : '--to'}`)
    const signal = context.stopSignal()
    const source = await openSource(options.from, context, signal)
    const { registry, name } = await openTarget(options.to, context)
    try {
      const plan = planImport(source.snapshot, await readRegistry(registry, signal))
      const isStopped = plan.conflicts.length > 0 || options['dry-run']
      const manner = { mode: options['mode-after'] as RegistryMode | undefined, signal, onStep: progress(plan.steps.length, context) }
      const result = isStopped ? undefined : await applyImport(registry, plan.steps, manner)
      const report = { from: source.name, to: name, plan: { ...plan, notes: [...source.notes, ...plan.notes] }, result }
      if (context.json) writeJson(report, context)
      else writeText(report, context)
      return plan.conflicts.length > 0 || (result?.failures.length ?? 0) > 0 ? exitCodes.findings : exitCodes.ok
    } finally {
      await registry.close()
    }
  },
})

function progress(all: number, { stderr, json }: Context): (count: number) => void {
  if (stderr.isTTY !== true || json) return () => undefined
  return (count) => {
    if (count % 100 === 0 || count === all) stderr.write(`\r${count} of ${all}${count === all ? '\n' : ''}`)
  }
}

interface Report {
  readonly from: string
  readonly to: string
  readonly plan: ImportPlan
  readonly result: ImportResult | undefined
}

function writeJson({ from, to, plan, result }: Report, { stdout }: Context): void {
  const { steps, already, conflicts, notes } = plan
  const planned = result === undefined ? { planned: steps.map(stepWords) } : {}
  const done = result === undefined ? {} : { done: result.done, failures: result.failures, mode: result.mode }
  stdout.write(`${JSON.stringify({ from, to, already, ...planned, ...done, conflicts, notes })}\n`)
}

function writeText({ from, to, plan, result }: Report, { stdout, style, options }: Context): void {
  const line = (text: string): void => stdout.write(`${text}\n`)
  const list = (mark: string, lines: readonly string[]): void => {
    for (const text of lines.slice(0, most)) line(`  ${mark} ${printable(text)}`)
    if (lines.length > most) line(`  … and ${lines.length - most} more (--json lists all)`)
  }
  line(`${style.bold(printable(from))} → ${style.bold(printable(to))}`)
  list(style.red('✗'), plan.conflicts)
  if (result === undefined && plan.conflicts.length === 0) list(style.green('+'), plan.steps.map(stepWords))
  list(style.red('✗'), result?.failures ?? [])
  list(style.yellow('!'), plan.notes)
  if (plan.conflicts.length > 0) line(style.red(`${count(plan.conflicts.length, 'conflict')}: nothing was changed`))
  else if (result === undefined)
    line(
      `${count(plan.steps.length, 'step')} to do, ${count(plan.already, 'version')} there already${options['dry-run'] ? ' (dry run)' : ''}`,
    )
  else {
    const { done, failures, mode } = result
    const words = [
      `${count(done.version, 'version')} imported`,
      `${plan.already} there already`,
      `${done.delete} deleted`,
      count(done.config, 'config'),
      count(done.mode, 'mode'),
    ]
    line(`${words.join(', ')}${failures.length === 0 ? '' : style.red(`, ${failures.length} refused`)}`)
    if (mode === 'IMPORT')
      line(`  ${style.cyan('hint:')} the target is in mode IMPORT and takes no new schemas: --mode-after READWRITE sets it`)
  }
}
