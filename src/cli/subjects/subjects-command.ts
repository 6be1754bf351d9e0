import { isEvolveError } from '../../errors.ts'
import type { CallOptions, DeletedOptions } from '../../registry/types.ts'
import { type Command, type CommandContext, defineCommand, exitCodes } from '../command.ts'
import type { Browsable, Connection } from '../connection/open.ts'
import { connectionOptions } from '../connection/options.ts'
import { printable, visibleWidth, widestOf } from '../style.ts'

const options = {
  versions: { type: 'flag', help: 'Also the versions of each, with their IDs' },
  deleted: { type: 'flag', help: 'Also what was deleted, but not purged' },
  prefix: { type: 'text', placeholder: 'PREFIX', help: "How they begin; ':.context:' means all of a context, ':*:' all there are" },
  lock: { type: 'text', placeholder: 'FILE', help: 'Ask this lock file instead of a registry', complete: 'file' },
  ...connectionOptions,
} as const

type Context = CommandContext<typeof options>

/** One line. */
interface ListedSubject {
  readonly subject: string
  readonly versions?: readonly { readonly version: number; readonly id: number; readonly format: string; readonly deleted?: true }[]
}

/** Requests under way at a time. */
const concurrency = 8

/** `kafka-evolve subjects`. */
export const subjectsCommand: Command = defineCommand({
  name: 'subjects',
  summary: 'list the subjects of a registry, and their versions',
  description: 'Lists the subjects, one to a line: those of the default context, unless --prefix says otherwise.',
  positionals: [],
  options,
  examples: [
    ['The names alone', 'subjects --registry http://localhost:8081'],
    ['What of orders is there, with IDs, deleted versions too?', 'subjects --prefix orders --versions --deleted'],
    ['All contexts', "subjects --prefix ':*:'"],
  ],
  async run(context) {
    const { options, json, stdout } = context
    const { openConnection } = await import('../connection/open.ts')
    const connection: Connection<Browsable> =
      options.lock === undefined
        ? await openConnection(context)
        : await (await import('../connection/lock.ts')).openLock(options.lock, context.cwd)
    try {
      const listed = await list(connection.registry, context)
      if (json) stdout.write(`${JSON.stringify({ registry: connection.name, subjects: listed })}\n`)
      else write(listed, context)
      return exitCodes.ok
    } finally {
      await connection.registry.close()
    }
  },
})

async function list(registry: Browsable, { options, stopSignal }: Context): Promise<readonly ListedSubject[]> {
  const { deleted, prefix, versions } = options
  const signal = stopSignal()
  const subjects = await registry.subjects({ deleted, signal, ...(prefix === undefined ? {} : { prefix }) })
  if (!versions) return subjects.map((subject) => ({ subject }))
  const { inParallel } = await import('../../registry/lockfile/in-parallel.ts')
  return inParallel(subjects, concurrency, async (subject) => {
    const all = await numbersOf(registry, subject, { deleted, signal })
    const gone = deleted ? await goneOf(registry, subject, all, signal) : new Set<number>()
    const entries = await inParallel(all, concurrency, (version) => registry.version(subject, version, { deleted, signal }))
    return {
      subject,
      versions: entries.map(({ version, id, format }) => ({ version, id, format, ...(gone.has(version) ? { deleted: true } : {}) })),
    }
  })
}

/** Versions that are no longer listed. Not asked by `deletedOnly`: Karapace passes it over. */
async function goneOf(registry: Browsable, subject: string, all: readonly number[], signal: AbortSignal): Promise<ReadonlySet<number>> {
  const listed = await numbersOf(registry, subject, { signal })
  return new Set(all.filter((version) => !listed.includes(version)))
}

/** None for a subject that is gone by now. */
async function numbersOf(registry: Browsable, subject: string, options: CallOptions & DeletedOptions): Promise<readonly number[]> {
  try {
    return await registry.versions(subject, options)
  } catch (error) {
    if (isEvolveError(error) && error.code === 'subject-not-found') return []
    throw error
  }
}

function write(listed: readonly ListedSubject[], { stdout, style }: Context): void {
  const names = listed.map(({ subject }) => printable(subject))
  const width = widestOf(names)
  for (const [index, { versions }] of listed.entries()) {
    const name = names[index] as string
    if (versions === undefined) stdout.write(`${name}\n`)
    else {
      const words = versions.map(({ version, id, format, deleted }) => {
        const text = `v${version} (ID ${id}${format === 'AVRO' ? '' : `, ${format}`}${deleted === true ? ', deleted' : ''})`
        return deleted === true ? style.dim(text) : text
      })
      stdout.write(`${style.bold(name)}${' '.repeat(width - visibleWidth(name))}  ${words.join('  ')}\n`)
    }
  }
}
