import { EvolveError } from '../../errors.ts'
import { checkSubject } from '../checks.ts'
import { type CompatibilityLevel, isCompatibilityLevel } from '../compatibility/levels.ts'
import { configOver, copyConfig, notALevel, type RegistryConfig } from './config.ts'
import { isRegistryMode, type RegistryMode, registryModes } from './mode.ts'

/** One change of what is set: for a subject, or without one for all. `undefined` in place of a value takes back what was set. */
export type SettingChange =
  | { readonly type: 'config'; readonly subject: string | undefined; readonly config: RegistryConfig | undefined }
  | { readonly type: 'mode'; readonly subject: string | undefined; readonly mode: RegistryMode | undefined }

/** What is set in a registry, for all and for each subject. Synchronous; knows nothing of where it is kept. */
export class RegistrySettings {
  readonly #level: CompatibilityLevel
  /** `undefined` is the key of what is set for all. */
  readonly #configs = new Map<string | undefined, RegistryConfig>()
  readonly #modes = new Map<string | undefined, RegistryMode>()

  /** `level` is in force where none was set. @throws EvolveError `invalid-options` when it is none. */
  constructor(level: CompatibilityLevel) {
    if (!isCompatibilityLevel(level)) throw notALevel(level)
    this.#level = level
  }

  /** What was set for the subject, if anything; without a subject what holds for all, its level always included. */
  config(subject?: string): RegistryConfig | undefined {
    if (subject !== undefined) checkSubject(subject)
    const own = this.#configs.get(subject)
    return subject === undefined ? configOver(own, { compatibility: this.#level }) : own
  }

  /** What holds for the subject: what is set for it, over what holds for all. */
  configInForce(subject: string): RegistryConfig {
    return configOver(this.config(subject), this.config() ?? {})
  }

  /** The level in force for the subject. */
  level(subject: string): CompatibilityLevel {
    return this.#configs.get(subject)?.compatibility ?? this.#configs.get(undefined)?.compatibility ?? this.#level
  }

  /** The mode set for the subject, if any; without a subject the one for all. READONLY_OVERRIDE for all is every subject's. */
  mode(subject?: string): RegistryMode | undefined {
    if (subject !== undefined) checkSubject(subject)
    const all = this.#modes.get(undefined) ?? 'READWRITE'
    return subject === undefined || all === 'READONLY_OVERRIDE' ? all : this.#modes.get(subject)
  }

  /** The mode in force for the subject; without a subject the one for all. */
  modeInForce(subject?: string): RegistryMode {
    return this.mode(subject) ?? this.#modes.get(undefined) ?? 'READWRITE'
  }

  /** Throws `registry-rejected` unless this may be configured in the mode it is in. */
  checkConfigurable(subject: string | undefined): void {
    if (subject !== undefined) checkSubject(subject)
    const mode = this.modeInForce(subject)
    if (mode === 'READONLY' || mode === 'READONLY_OVERRIDE') throw notInMode(subject, mode)
  }

  /** Throws `registry-rejected` unless a schema without an ID may be registered under the subject in the mode it is in. */
  checkWritable(subject: string): void {
    const mode = this.modeInForce(subject)
    if (mode !== 'READWRITE') throw notInMode(subject, mode)
  }

  /** Makes a change that {@link configChange} or {@link modeChange} gave. */
  apply(change: SettingChange): void {
    if (change.type === 'config') put(this.#configs, change.subject, change.config)
    else put(this.#modes, change.subject, change.mode)
  }
}

/** A change of a config, its parts checked. @throws EvolveError `invalid-options`, `limit-exceeded`. */
export function configChange(subject: string | undefined, config: unknown): SettingChange {
  if (subject !== undefined) checkSubject(subject)
  return { type: 'config', subject, config: config === undefined ? undefined : copyConfig(config) }
}

/** A change of a mode, its parts checked. @throws EvolveError `invalid-options`. */
export function modeChange(subject: string | undefined, mode: unknown): SettingChange {
  if (subject !== undefined) checkSubject(subject)
  if (mode === undefined || isRegistryMode(mode)) return { type: 'mode', subject, mode }
  throw new EvolveError('invalid-options', `'${String(mode)}' is not a mode`, { hint: `use one of ${registryModes.join(', ')}` })
}

function put<T>(values: Map<string | undefined, T>, subject: string | undefined, value: T | undefined): void {
  if (value === undefined) values.delete(subject)
  else values.set(subject, value)
}

function notInMode(subject: string | undefined, mode: RegistryMode): EvolveError {
  const problem =
    mode === 'IMPORT' ? 'in mode IMPORT schemas come with the IDs they have elsewhere' : `nothing can be changed: the mode is ${mode}`
  return new EvolveError('registry-rejected', problem, { subject, registryCode: 42205, hint: 'set the mode to READWRITE' })
}
