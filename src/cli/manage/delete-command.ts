import { isEvolveError } from '../../errors.ts'
import type { ManagedRegistry } from '../../registry/types.ts'
import { type Command, type CommandContext, defineCommand, exitCodes } from '../command.ts'
import { connectionOptions } from '../connection/options.ts'
import { printable } from '../style.ts'
import { usageError } from '../usage.ts'

const options = {
  version: { type: 'list', placeholder: 'N', help: 'This version alone; without it all of the subject' },
  permanent: { type: 'flag', help: 'For good, text and all: messages with these IDs can never be read again' },
  yes: { type: 'flag', short: 'y', help: 'Do it; without it the program only says what it would do' },
  ...connectionOptions,
} as const

type Context = CommandContext<typeof options>

/** What is to be deleted. */
interface Doomed {
  readonly version: number
  readonly id: number
  readonly isDeleted: boolean
  /** IDs of schemas that refer to it. */
  readonly referencedBy: readonly number[]
}

/** `kafka-evolve delete SUBJECT`. */
export const deleteCommand: Command = defineCommand({
  name: 'delete',
  summary: 'delete a subject or some of its versions',
  description: `Says what would be deleted; with --yes it is. What is deleted is no longer listed and nothing is compared with it, but its ID can still be read, as messages may hold it. --permanent takes that away, too.`,
  positionals: [{ name: 'SUBJECT', help: 'The subject' }],
  options,
  examples: [
    ['What would go?', 'delete orders-value'],
    ['A version that should never have been', 'delete orders-value --version 4 --yes'],
  ],
  async run(context) {
    const { options, args, json, stdout, style } = context
    const subject = args[0] as string
    const { openConnection } = await import('../connection/open.ts')
    const { registry } = await openConnection(context)
    try {
      const doomed = await doomedOf(registry, subject, versionsAsked(options.version))
      if (options.yes) await remove(registry, subject, doomed, options)
      const done = options.yes ? 'deleted' : 'would be deleted'
      if (json) stdout.write(`${JSON.stringify({ subject, permanent: options.permanent, done: options.yes, versions: doomed })}\n`)
      for (const { version, id, isDeleted, referencedBy } of json ? [] : doomed) {
        const words = isDeleted && !options.permanent ? 'was deleted before' : options.permanent ? `${done} for good` : done
        const refer = referencedBy.length === 0 ? '' : style.red(`  schemas with the IDs ${referencedBy.join(', ')} refer to it`)
        stdout.write(`${style.bold(printable(subject))} v${version} (ID ${id})  ${style.yellow(words)}${refer}\n`)
      }
      if (!json && !options.yes) stdout.write(`  ${style.cyan('hint:')} --yes does it\n`)
      return exitCodes.ok
    } finally {
      await registry.close()
    }
  },
})

function versionsAsked(texts: readonly string[]): readonly number[] | undefined {
  if (texts.length === 0) return undefined
  return texts
    .flatMap((text) => text.split(','))
    .map((text) => {
      if (!/^[1-9]\d{0,9}$/.test(text)) throw usageError(`--version is a number from 1, not ${printable(text)}`)
      return Number(text)
    })
}

async function doomedOf(registry: ManagedRegistry, subject: string, asked: readonly number[] | undefined): Promise<readonly Doomed[]> {
  const all = await registry.versions(subject, { deleted: true })
  const listed: readonly number[] = await registry.versions(subject).catch((error: unknown) => {
    if (isEvolveError(error) && error.code === 'subject-not-found') return []
    throw error
  })
  return Promise.all(
    (asked ?? all).map(async (version) => {
      const { id } = await registry.version(subject, version, { deleted: true })
      return { version, id, isDeleted: !listed.includes(version), referencedBy: await registry.referencedBy(subject, version) }
    }),
  )
}

async function remove(
  registry: ManagedRegistry,
  subject: string,
  doomed: readonly Doomed[],
  { version: named, permanent }: Context['options'],
): Promise<void> {
  const isWhole = named.length === 0
  const live = doomed.filter(({ isDeleted }) => !isDeleted)
  if (isWhole && live.length > 0) await registry.deleteSubject(subject)
  else for (const { version } of live) await registry.deleteVersion(subject, version)
  if (!permanent) return
  if (isWhole) await registry.deleteSubject(subject, { permanent: true })
  else for (const { version } of doomed) await registry.deleteVersion(subject, version, { permanent: true })
}
