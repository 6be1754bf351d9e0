import { stat } from 'node:fs/promises'
import { relative, resolve } from 'node:path'
import type { LockDifference } from '../../registry/lockfile/verify.ts'
import { type Command, type CommandContext, defineCommand, exitCodes } from '../command.ts'
import { connectionOptions } from '../connection/options.ts'
import { count } from '../count-words.ts'
import { printable } from '../style.ts'
import { usageError } from '../usage.ts'

const options = {
  lock: { type: 'text', placeholder: 'FILE', help: 'The lock file', default: 'schemas.lock', complete: 'file' },
  all: { type: 'flag', help: 'All subjects of all contexts' },
  deleted: { type: 'flag', default: true, help: 'Leave out versions that were deleted; messages may still name their IDs' },
  verify: { type: 'flag', help: 'Change nothing: say how the registry is not what the lock file says, and end with 1 if it is not' },
  ...connectionOptions,
} as const

type Context = CommandContext<typeof options>

/** `kafka-evolve pull [SUBJECT...]`. */
export const pullCommand: Command = defineCommand({
  name: 'pull',
  summary: 'write the schemas of a registry into a lock file, or verify one',
  description: `Writes all versions of the subjects, with their IDs and the levels in force, into a lock file to be committed beside the code: a service that is given it (lockedRegistry) starts, reads and writes while the registry is down, and explain and check need none. Subjects that a schema refers to come along. The same registry always gives the same file.
Without a SUBJECT the subjects that the lock file has are pulled again; named ones are added to them. --all takes all there are.`,
  positionals: [{ name: 'SUBJECT', help: 'A subject to add', optional: true, many: true }],
  options,
  examples: [
    ['The first time', 'pull orders-value orders-key --registry http://localhost:8081'],
    ['After something was registered', 'pull'],
    ['In CI: is the registry still what we think it is?', 'pull --verify'],
  ],
  async run(context) {
    const [{ openConnection }, { readLockfile, writeLockfile }, { pullLockfile }] = await Promise.all([
      import('../connection/open.ts'),
      import('../../registry/lockfile/lock-file.ts'),
      import('../../registry/lockfile/pull.ts'),
    ])
    const { options, args, cwd } = context
    const path = resolve(cwd, options.lock)
    const isThere = await stat(path).then(
      () => true,
      () => false,
    )
    const before = isThere || options.verify ? await readLockfile(path) : { subjects: [] }
    if (options.verify && (args.length > 0 || options.all))
      throw usageError('--verify looks at all that the lock file has: name no subjects')
    const wanted = [...new Set([...before.subjects.map(({ subject }) => subject), ...args])]
    if (wanted.length === 0 && !options.all && !options.verify)
      throw usageError(`there is no ${options.lock} yet, and no subject is named`, 'name the subjects that the service uses, or give --all')
    const { registry, name } = await openConnection(context)
    try {
      if (options.verify) {
        const { verifyLockfile } = await import('../../registry/lockfile/verify.ts')
        return reportDifferences(await verifyLockfile(before, registry, { signal: context.stopSignal() }), name, context)
      }
      const pulled = { deleted: options.deleted, signal: context.stopSignal() }
      const after = await pullLockfile(registry, options.all ? 'all' : wanted, pulled)
      await writeLockfile(path, after)
      const { lockChanges } = await import('./lock-changes.ts')
      return reportPull(lockChanges(before, after), after.subjects.length, context)
    } finally {
      await registry.close()
    }
  },
})

function reportPull(changes: readonly string[], subjects: number, { json, stdout, style, options, cwd }: Context): number {
  const file = relative(cwd, resolve(cwd, options.lock))
  if (json) stdout.write(`${JSON.stringify({ lockfile: file, subjects, changes })}\n`)
  else {
    for (const change of changes) stdout.write(`  ${style.green('+')} ${printable(change)}\n`)
    stdout.write(
      `${style.bold(file)}: ${count(subjects, 'subject')}, ${changes.length === 0 ? 'nothing new' : `${changes.length} changed`}\n`,
    )
  }
  return exitCodes.ok
}

function reportDifferences(differences: readonly LockDifference[], name: string, { json, stdout, style, options }: Context): number {
  if (json) stdout.write(`${JSON.stringify({ lockfile: options.lock, registry: name, differences })}\n`)
  else {
    for (const { kind, message } of differences) stdout.write(`  ${style.red('✗')} ${style.yellow(kind)}  ${printable(message)}\n`)
    const words = differences.length === 0 ? style.green('says what the registry says') : style.red(count(differences.length, 'difference'))
    stdout.write(`${style.bold(options.lock)}: ${words} (${name})\n`)
    if (differences.length > 0) stdout.write(`  ${style.cyan('hint:')} look at each, then kafka-evolve pull\n`)
  }
  return differences.length === 0 ? exitCodes.ok : exitCodes.findings
}
