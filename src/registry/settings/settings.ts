import { EvolveError } from '../../errors.ts'
import { checkSubject } from '../checks.ts'
import { type CompatibilityLevel, isCompatibilityLevel } from '../compatibility/levels.ts'
import type { ContractConfig } from '../contract.ts'
import { contextOf, normalSubject, type QualifiedSubject, splitSubject } from '../state/qualified-subject.ts'
import { configOver, copyConfig, notALevel, type RegistryConfig } from './config.ts'
import { isRegistryMode, type RegistryMode, registryModes } from './mode.ts'

const contractMembers = ['defaultMetadata', 'overrideMetadata', 'defaultRuleSet', 'overrideRuleSet'] as const

/** One change of what is set: for a subject, or without one for all. `undefined` in place of a value takes back what was set. */
export type SettingChange =
  | { readonly type: 'config'; readonly subject: string | undefined; readonly config: RegistryConfig | undefined }
  | { readonly type: 'mode'; readonly subject: string | undefined; readonly mode: RegistryMode | undefined }

/**
 * What is set in a registry: for all, for a context (under `:.context:`) and for each subject; the narrower goes over the wider. Synchronous; knows
 * nothing of where it is kept.
 */
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

  /** What was set for the subject, if anything; without a subject what holds for all, its level always included unless `setOnly`. */
  config(subject?: string, setOnly = false): RegistryConfig | undefined {
    if (subject === undefined && !setOnly) return configOver(this.#configs.get(undefined), { compatibility: this.#level })
    if (subject === undefined) return this.#configs.get(undefined)
    checkSubject(subject)
    return this.#configs.get(normalSubject(subject))
  }

  /** The config under which these members stay as they are set, and the others are those of `config`: a change of it. @throws EvolveError as {@link configChange} does. */
  changeOf(subject: string | undefined, config: RegistryConfig | undefined, keep: readonly (keyof RegistryConfig)[]): SettingChange {
    if (config === undefined) return configChange(subject, undefined)
    const own = this.#configs.get(subject === undefined ? undefined : normalSubject(subject)) ?? {}
    const kept = Object.fromEntries(keep.map((name) => [name, own[name]]))
    return configChange(subject, { ...kept, ...copyConfig(config) })
  }

  /** What holds for the subject: what is set for it, over what is for its context, over what holds for all. */
  configInForce(subject: string): RegistryConfig {
    const all = configOver(this.#configs.get(contextOf(subject)), this.config() ?? {})
    return configOver(this.config(subject), all)
  }

  /** What the configs in force for the subject say, if any does: without copying all of them. */
  value<Name extends keyof RegistryConfig>(subject: string, name: Name): RegistryConfig[Name] | undefined {
    return this.#inForce(subject, (key) => this.#configs.get(key)?.[name])
  }

  /** The level in force for the subject. */
  level(subject: string): CompatibilityLevel {
    return this.value(subject, 'compatibility') ?? this.#level
  }

  /** Whether texts under the subject are normalised though nobody asked for it. */
  normalizes(subject: string): boolean {
    return this.value(subject, 'normalize') ?? false
  }

  /** What is in force for the subject about the metadata and rule sets of its schemas. */
  contracts(subject: string): ContractConfig {
    const given = contractMembers.map((name) => [name, this.value(subject, name)] as const)
    return Object.fromEntries(given.filter(([, value]) => value !== undefined))
  }

  /** The mode set for the subject, if any; without a subject the one for all. READONLY_OVERRIDE for all is every subject's. */
  mode(subject?: string): RegistryMode | undefined {
    if (subject !== undefined) checkSubject(subject)
    const all = this.#modes.get(undefined) ?? 'READWRITE'
    return subject === undefined || all === 'READONLY_OVERRIDE' ? all : this.#modes.get(normalSubject(subject))
  }

  /** The mode in force for the subject; without a subject the one for all. */
  modeInForce(subject?: string): RegistryMode {
    if (subject !== undefined) checkSubject(subject)
    const all = this.mode() ?? 'READWRITE'
    if (subject === undefined || all === 'READONLY_OVERRIDE') return all
    return this.#inForce(subject, (key) => this.#modes.get(key)) ?? all
  }

  /** The subjects that have a mode of their own in a context (`:.context:`), or in the default one where none is named; none within a subject. */
  modesWithin(subject: string | undefined): readonly string[] {
    const { context, name } = splitSubject(subject ?? contextOf(''))
    const within = (other: QualifiedSubject): boolean => name === '' && other.context === context && other.name !== ''
    return [...this.#modes.keys()].filter((other) => other !== undefined).filter((other) => within(splitSubject(other)))
  }

  /** Throws `registry-rejected` unless this may be configured, or versions be deleted, in the mode it is in. */
  checkChangeable(subject: string | undefined): void {
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
    const subject = change.subject === undefined ? undefined : normalSubject(change.subject)
    if (change.type === 'config') put(this.#configs, subject, change.config)
    else put(this.#modes, subject, change.mode)
  }

  /** Takes back all that is set for a subject. */
  forget(subject: string): void {
    this.#configs.delete(subject)
    this.#modes.delete(subject)
  }

  /** Everything that is set, as changes. */
  changes(): readonly SettingChange[] {
    const configs = [...this.#configs].map(([subject, config]): SettingChange => ({ type: 'config', subject, config }))
    return [...configs, ...[...this.#modes].map(([subject, mode]): SettingChange => ({ type: 'mode', subject, mode }))]
  }

  /** What the narrowest of those says that say anything: the subject, its context, all. */
  #inForce<T>(subject: string, read: (key: string | undefined) => T | undefined): T | undefined {
    return read(normalSubject(subject)) ?? read(contextOf(subject)) ?? read(undefined)
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
