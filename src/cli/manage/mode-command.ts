import { EvolveError, isEvolveError } from '../../errors.ts'
import { type RegistryMode, registryModes } from '../../registry/settings/mode.ts'
import { type Command, defineCommand, exitCodes } from '../command.ts'
import { connectionOptions } from '../connection/options.ts'
import { printable } from '../style.ts'
import { usageError } from '../usage.ts'

const options = {
  set: { type: 'text', placeholder: 'MODE', help: 'Set the mode', choices: registryModes },
  unset: { type: 'flag', help: 'Take back the mode of the subject, so that the one for all holds for it' },
  force: { type: 'flag', help: 'Go to IMPORT although something is registered' },
  ...connectionOptions,
} as const

/** `kafka-evolve mode [SUBJECT]`. */
export const modeCommand: Command = defineCommand({
  name: 'mode',
  summary: 'show or set what may be changed: READWRITE, READONLY, IMPORT',
  description:
    "Shows the mode that is in force for a subject: its own over its context's over the one for all. Without a subject the one for all; ':.context:' stands for a context. In READONLY nothing is registered or deleted, in IMPORT schemas come with the IDs they have elsewhere.",
  positionals: [{ name: 'SUBJECT', help: 'A subject, or :.context:', optional: true }],
  options,
  examples: [
    ['May anything be registered?', 'mode'],
    ['Freeze a registry before moving out', 'mode --set READONLY'],
    ['Freeze one subject', 'mode orders-value --set READONLY'],
  ],
  async run({ options, args: [subject], json, stdout, style, ...context }) {
    const { set, unset, force } = options
    if (unset && set !== undefined) throw usageError('--unset and --set do not go together')
    const { openConnection } = await import('../connection/open.ts')
    const { registry } = await openConnection({ ...context, options })
    try {
      if (unset) await registry.setMode(subject, undefined)
      if (set !== undefined)
        await registry.setMode(subject, set as RegistryMode, { force }).catch((error: unknown) => {
          throw set === 'IMPORT' && !force ? withForce(error) : error
        })
      const [own, inForce] = await Promise.all([registry.mode(subject), registry.mode(subject, { defaultToGlobal: true })])
      if (json) stdout.write(`${JSON.stringify({ subject, set: own ?? null, inForce })}\n`)
      else {
        const isOwn = subject === undefined || own !== undefined
        stdout.write(
          `${style.bold(printable(subject ?? 'all subjects'))}  ${style.green(inForce ?? '')}${isOwn ? '' : style.dim('  (not its own)')}\n`,
        )
      }
      return exitCodes.ok
    } finally {
      await registry.close()
    }
  },
})

/** Says how to go to IMPORT nevertheless, where a registry refuses because something is registered. */
function withForce(error: unknown): unknown {
  if (!isEvolveError(error) || error.details.registryCode !== 42205) return error
  const hint =
    '--force does it nevertheless: an ID that is there keeps its meaning, and nothing new gets one until the mode is READWRITE again'
  return new EvolveError(error.code, error.problem, { ...error.details, hint }, error)
}
