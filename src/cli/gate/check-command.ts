import { stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import { type CompatibilityLevel, compatibilityLevels } from '../../registry/compatibility/levels.ts'
import { type Command, type CommandContext, defineCommand } from '../command.ts'
import { connectionOptions } from '../connection/options.ts'
import { usageError } from '../usage.ts'
import type { Baseline } from './baseline/baseline.ts'
import { checkSchemas } from './check/check-schemas.ts'
import type { GateConfig, SubjectStrategy } from './config/gate-config.ts'
import { readConfig } from './config/read-config.ts'
import type { FoundFiles } from './files/find-files.ts'
import { filesOf, printReport, reportOptions, schemaPaths, strategyOption } from './gate-options.ts'
import { loadFiles } from './load/load-files.ts'
import type { Loaded } from './model.ts'
import { findProject } from './project.ts'
import { SubjectNames } from './subjects.ts'

const options = {
  against: {
    type: 'text',
    placeholder: 'WHAT',
    help: 'A git revision (origin/main, git:v1.2) or a lock file (schemas.lock, lock:FILE) to compare with, in place of a registry',
    complete: 'file',
  },
  level: {
    type: 'text',
    placeholder: 'LEVEL',
    help: 'The level for all subjects, whatever the registry, the lock file or kafka-evolve.json say',
    choices: compatibilityLevels,
  },
  strategy: strategyOption,
  'first-parent': { type: 'flag', help: 'Of a git history count what was on the branch itself, not on branches merged into it' },
  'fail-on-new': { type: 'flag', help: 'Fail for a subject that is not there yet: a typo in its name would pass as new' },
  ...reportOptions,
  ...connectionOptions,
} as const

type CheckContext = CommandContext<typeof options>

/** `kafka-evolve check`. */
export const checkCommand: Command = defineCommand({
  name: 'check',
  summary: 'say what a change of schemas would break, before it is deployed',
  description: [
    'Holds schema files against a registry, a git revision or a lock file, each subject at its level, and says for every change that is not allowed where it is, which versions it does not go with, who is hit and what to do. For every change that is allowed it says in which order to deploy.',
    'With a revision, what the files say there is the latest version; for the TRANSITIVE levels every version in the history before it counts.',
    'Exit code 0: nothing would break. 1: something would, or a file is no schema. 2: there is no answer.',
  ].join('\n\n'),
  positionals: [schemaPaths],
  options,
  examples: [
    ['What would this branch break?', 'check schemas --against origin/main'],
    ['May these be registered?', "check 'schemas/**/*.avsc' --registry http://localhost:8081"],
    ['Annotate a pull request', 'check schemas --against origin/main --format github'],
    ['Without network', 'check schemas --against schemas.lock'],
  ],
  run: async (context) => {
    const { cwd, args, options: given } = context
    const config = await readConfig(cwd, given.config)
    const project = findProject(cwd)
    const files = await filesOf(cwd, args, config)
    const names = new SubjectNames((given.strategy ?? config.strategy ?? 'topic') as SubjectStrategy, config.subjects)
    const loaded = await loadFiles(cwd, project, files)
    const baseline = await baselineOf(context, config, files, loaded, names)
    try {
      const levels = { asked: given.level as CompatibilityLevel | undefined, configured: config.levels, fallback: config.level }
      return printReport(await checkSchemas(loaded, names, baseline, levels, given['fail-on-new']), context, project)
    } finally {
      await baseline.close()
    }
  },
})

async function baselineOf(
  context: CheckContext,
  config: GateConfig,
  files: FoundFiles,
  loaded: Loaded,
  names: SubjectNames,
): Promise<Baseline> {
  const { options: given, cwd } = context
  const registry = given.registry ?? (config.against === undefined ? config.registry : undefined)
  const against = given.against ?? (given.registry === undefined ? config.against : undefined)
  if (against !== undefined) {
    const lock = await lockFileOf(cwd, against)
    if (lock !== undefined) return (await import('./baseline/lock-baseline.ts')).lockBaseline(cwd, lock)
    const { gitBaseline } = await import('./baseline/git-baseline.ts')
    return gitBaseline({
      cwd,
      revision: against.replace(/^git:/, ''),
      isChecked: files.isMeant,
      present: new Set(loaded.schemas.map(({ key }) => key)),
      broken: new Set(loaded.faults.flatMap(({ place }) => (place === undefined ? [] : [place.file]))),
      subjectsOf: (schema) => names.of(schema),
      firstParent: given['first-parent'],
    })
  }
  if (registry === undefined)
    throw usageError('there is nothing to compare with', 'give --registry URL, or --against with a git revision or a lock file')
  const [{ openConnection }, { registryBaseline }] = await Promise.all([
    import('../connection/open.ts'),
    import('./baseline/registry-baseline.ts'),
  ])
  return registryBaseline(await openConnection({ cwd, options: { ...given, registry } }))
}

/** The lock file that is meant, if it is one and no revision. */
async function lockFileOf(cwd: string, against: string): Promise<string | undefined> {
  if (against.startsWith('git:')) return undefined
  if (against.startsWith('lock:')) return against.slice('lock:'.length)
  const found = await stat(resolve(cwd, against)).catch(() => undefined)
  return found?.isFile() === true || against.endsWith('.lock') ? against : undefined
}
