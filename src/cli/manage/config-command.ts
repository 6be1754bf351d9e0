import { compatibilityLevels } from '../../registry/compatibility/levels.ts'
import { configMembers, type RegistryConfig } from '../../registry/settings/config.ts'
import type { ManagedRegistry } from '../../registry/types.ts'
import { type Command, defineCommand, exitCodes } from '../command.ts'
import { connectionOptions } from '../connection/options.ts'
import { printable } from '../style.ts'
import { usageError } from '../usage.ts'

const options = {
  level: {
    type: 'text',
    placeholder: 'LEVEL',
    help: 'Set the compatibility level; the rest of the config stays',
    choices: compatibilityLevels,
  },
  unset: { type: 'flag', help: 'Take back all that is set for the subject, so that what holds for all holds for it' },
  ...connectionOptions,
} as const

/** `kafka-evolve config [SUBJECT]`. */
export const configCommand: Command = defineCommand({
  name: 'config',
  summary: 'show or set the compatibility level of a subject, or of all',
  description:
    "Shows what is set for a subject, and what is in force for it: its own over its context's over what holds for all. Without a subject what holds for all; ':.context:' stands for a context.",
  positionals: [{ name: 'SUBJECT', help: 'A subject, or :.context:', optional: true }],
  options,
  examples: [
    ['What holds for all', 'config'],
    ['Let no reader and no writer of payments break', 'config payments-value --level FULL_TRANSITIVE'],
    ['Back to what holds for all', 'config payments-value --unset'],
  ],
  async run({ options, args: [subject], json, stdout, style, ...context }) {
    const { level, unset } = options
    if (unset && level !== undefined) throw usageError('--unset and --level do not go together')
    const { openConnection } = await import('../connection/open.ts')
    const { registry } = await openConnection({ ...context, options })
    try {
      if (unset) await registry.setConfig(subject, undefined)
      if (level !== undefined)
        await registry.setConfig(subject, { compatibility: level as (typeof compatibilityLevels)[number] }, { keep: configMembers })
      const [own, inForce] = await configOf(registry, subject)
      if (json) stdout.write(`${JSON.stringify({ subject, set: own ?? null, inForce })}\n`)
      else {
        stdout.write(`${style.bold(printable(subject ?? 'all subjects'))}  ${style.green(inForce?.compatibility ?? 'no level')}`)
        if (subject !== undefined && own?.compatibility === undefined) stdout.write(style.dim('  (not its own)'))
        stdout.write('\n')
        for (const [name, value] of Object.entries(inForce ?? {}))
          if (name !== 'compatibility') stdout.write(`  ${name}: ${printable(JSON.stringify(value))}\n`)
      }
      return exitCodes.ok
    } finally {
      await registry.close()
    }
  },
})

/** What is set, and what is in force. */
async function configOf(registry: ManagedRegistry, subject: string | undefined): Promise<readonly (RegistryConfig | undefined)[]> {
  return Promise.all([registry.config(subject), registry.config(subject, { defaultToGlobal: true })])
}
