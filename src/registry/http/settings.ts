import { EvolveError, isEvolveError } from '../../errors.ts'
import { configMembers, copyConfig, type RegistryConfig } from '../settings/config.ts'
import { isRegistryMode, type RegistryMode } from '../settings/mode.ts'
import type { ConfigOptions, ModeOptions, SettingOptions } from '../types.ts'
import type { Ask } from './client.ts'
import { deleting, reading, sending, settingPath } from './inquiries.ts'
import { configAnswer, modeAnswer } from './list-answers.ts'

/** See `ManagedRegistry.config`. */
export async function config(ask: Ask, subject: string | undefined, options: SettingOptions = {}): Promise<RegistryConfig | undefined> {
  const query = { defaultToGlobal: options.defaultToGlobal }
  return unlessUnset(subject, ask(reading('config', settingPath('config', subject), { subject }, query), configAnswer))
}

/** See `ManagedRegistry.setConfig`. The API changes the members that are named: those that are to go are named as `null`. */
export async function setConfig(
  ask: Ask,
  subject: string | undefined,
  wanted: RegistryConfig | undefined,
  { keep = [] }: ConfigOptions = {},
): Promise<RegistryConfig | undefined> {
  const path = settingPath('config', subject)
  if (wanted === undefined) {
    await unlessUnset(
      subject,
      ask(deleting('set-config', path, { subject }), () => undefined),
    )
    return subject === undefined ? config(ask, undefined) : undefined
  }
  const next = copyConfig(wanted)
  const unnamed = configMembers.filter((name) => next[name] === undefined && !keep.includes(name))
  const now = unnamed.length === 0 ? {} : ((await config(ask, subject)) ?? {})
  const gone = unnamed.filter((name) => now[name] !== undefined)
  const body = { ...Object.fromEntries(gone.map((name) => [name, null])), ...next }
  // Nothing to say, and nothing to take back: to the API that is no request at all.
  if (Object.keys(body).length > 0) await ask(sending('set-config', 'PUT', path, body, { subject }), () => undefined)
  return config(ask, subject)
}

/** See `ManagedRegistry.mode`. */
export async function mode(ask: Ask, subject: string | undefined, options: SettingOptions = {}): Promise<RegistryMode | undefined> {
  const query = { defaultToGlobal: options.defaultToGlobal }
  return unlessUnset(subject, ask(reading('mode', settingPath('mode', subject), { subject }, query), modeAnswer))
}

/** See `ManagedRegistry.setMode`. */
export async function setMode(
  ask: Ask,
  subject: string | undefined,
  wanted: RegistryMode | undefined,
  options: ModeOptions = {},
): Promise<void> {
  const path = settingPath('mode', subject)
  if (wanted === undefined) {
    await unlessUnset(
      subject,
      ask(deleting('set-mode', path, { subject }, { recursive: options.recursive }), () => undefined),
    )
    return
  }
  if (!isRegistryMode(wanted)) throw new EvolveError('invalid-options', `'${String(wanted)}' is not a mode`)
  await ask(sending('set-mode', 'PUT', path, { mode: wanted }, { subject }, { force: options.force }), () => undefined)
}

/** 40408 and 40409: nothing is set for the subject. 40401 is what a delete hears then. */
async function unlessUnset<T>(subject: string | undefined, answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer
  } catch (error) {
    const code = isEvolveError(error) ? error.details.registryCode : undefined
    if (subject !== undefined && (code === 40401 || code === 40408 || code === 40409)) return undefined
    throw error
  }
}
