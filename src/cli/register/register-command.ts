import { type Command, type CommandContext, defineCommand, exitCodes } from '../command.ts'
import { connectionOptions } from '../connection/options.ts'
import type { GateConfig, SubjectStrategy } from '../gate/config/gate-config.ts'
import { strategyOption } from '../gate/gate-options.ts'
import type { Loaded } from '../gate/model.ts'
import { printable } from '../style.ts'
import type { Outcome } from './register-schemas.ts'
import type { Registrable } from './registrable.ts'

const options = {
  subject: { type: 'text', placeholder: 'SUBJECT', help: 'The subject, where there is one schema' },
  strategy: strategyOption,
  normalize: { type: 'flag', help: 'Let the registry compare what schemas mean, not how they are written' },
  references: {
    type: 'flag',
    help: 'Register the types of other files as subjects of their own and refer to them; else each schema is complete in itself',
  },
  'dry-run': { type: 'flag', help: 'Say what would happen, register nothing' },
  config: {
    type: 'text',
    placeholder: 'FILE',
    help: 'The file to read settings from; without it kafka-evolve.json here, if there is one',
    complete: 'file',
  },
  ...connectionOptions,
} as const

type Context = CommandContext<typeof options>

/** `kafka-evolve register [PATHS...]`. */
export const registerCommand: Command = defineCommand({
  name: 'register',
  summary: 'register schema files, each under its subject',
  description: `Registers schema files: the step of a deployment before the code that writes with them. Files become subjects as in check (orders.avsc becomes orders-value), so that what was checked is what is registered. All schemas are asked for first; if one is incompatible none is registered, and the program ends with 1 and every reason. What is registered already is left as it is.`,
  positionals: [
    {
      name: 'PATHS',
      help: 'Schema files (.avsc, .avdl, .avpr), folders and patterns; default: "schemas" of kafka-evolve.json',
      optional: true,
      many: true,
      complete: 'file',
    },
  ],
  options,
  examples: [
    ['One file under a subject of your choice', 'register order.avsc --subject orders-value --registry http://localhost:8081'],
    ['A folder, after the pull request was merged', 'register schemas'],
    ['Would it go through?', 'register schemas --dry-run'],
  ],
  async run(context) {
    const { options, stopSignal, cwd } = context
    const { readConfig } = await import('../gate/config/read-config.ts')
    const config = await readConfig(cwd, options.config)
    const loaded = await load(context, config)
    if (loaded.faults.length > 0) return reportFaults(loaded, context)
    const schemas = await chosen(loaded, context, config)
    const [{ openAddress, openConnection }, { registerSchemas }] = await Promise.all([
      import('../connection/open.ts'),
      import('./register-schemas.ts'),
    ])
    const isConfigured = options.registry === undefined && config.registry !== undefined
    const { registry } = isConfigured ? await openAddress(config.registry, context) : await openConnection(context)
    try {
      const manner = { normalize: options.normalize, dryRun: options['dry-run'], signal: stopSignal() }
      return report(await registerSchemas(schemas, registry, manner), context)
    } finally {
      await registry.close()
    }
  },
})

async function load({ cwd, args }: Context, config: GateConfig): Promise<Loaded> {
  const [{ filesOf }, { loadFiles }, { findProject }] = await Promise.all([
    import('../gate/gate-options.ts'),
    import('../gate/load/load-files.ts'),
    import('../gate/project.ts'),
  ])
  return loadFiles(cwd, findProject(cwd), await filesOf(cwd, args, config))
}

async function chosen(loaded: Loaded, { options }: Context, config: GateConfig): Promise<readonly Registrable[]> {
  const [{ SubjectNames }, { registrables }] = await Promise.all([import('../gate/subjects.ts'), import('./registrable.ts')])
  const names = new SubjectNames((options.strategy ?? config.strategy ?? 'topic') as SubjectStrategy, config.subjects)
  return registrables(loaded, { subject: options.subject, names, references: options.references })
}

/** Files that state no schema. */
function reportFaults({ faults }: Loaded, { json, stdout, stderr, errorStyle }: Context): number {
  if (json) stdout.write(`${JSON.stringify({ schemas: [], faults })}\n`)
  else
    for (const { place, message, cure } of faults) {
      const where = place === undefined ? '' : `${place.file}:${place.line}:${place.column} `
      stderr.write(`${errorStyle.red('✗')} ${printable(where)}${printable(message)}\n`)
      if (cure !== undefined) stderr.write(`  ${errorStyle.cyan('hint:')} ${printable(cure)}\n`)
    }
  return exitCodes.findings
}

const words: Readonly<Record<Outcome['status'], string>> = {
  registered: 'registered',
  'already-there': 'is there already',
  'would-be-registered': 'would be registered',
  incompatible: 'is incompatible',
  refused: 'is refused',
}

function report(outcomes: readonly Outcome[], { json, stdout, style, options }: Context): number {
  const bad = outcomes.filter(({ status }) => status === 'incompatible' || status === 'refused')
  if (json) stdout.write(`${JSON.stringify({ schemas: outcomes })}\n`)
  for (const outcome of json ? [] : outcomes) {
    const { subject, schema, status, version, id, problems = [], error } = outcome
    const isBad = bad.includes(outcome)
    const mark = isBad ? style.red('✗') : status === 'already-there' ? style.dim('=') : style.green('+')
    const number = version === undefined ? '' : ` v${version} (ID ${id})`
    stdout.write(`${mark} ${style.bold(printable(subject))}${number} ${words[status]} ${style.dim(`(${printable(schema)})`)}\n`)
    if (error !== undefined) stdout.write(`  ${printable(error)}\n`)
    for (const problem of problems) {
      const who = problem.direction === 'backward' ? `new readers of version ${problem.version}` : `readers of version ${problem.version}`
      stdout.write(`  ${style.yellow(problem.kind)} at ${printable(problem.path)}, hits ${who}: ${printable(problem.message)}\n`)
      if (problem.hint !== '') stdout.write(`    ${style.cyan('cure:')} ${printable(problem.hint)}\n`)
    }
  }
  const isNone = outcomes.every((outcome) => outcome.status !== 'registered')
  if (!json && bad.length > 0 && !options['dry-run'])
    stdout.write(
      style.red(`${bad.length} of ${outcomes.length} do not go${isNone ? ': nothing was registered' : '; the others are registered'}\n`),
    )
  return bad.length > 0 ? exitCodes.findings : exitCodes.ok
}
