import { EvolveError } from '../../errors.ts'
import { type CompatibilityLevel, compatibilityLevels, isCompatibilityLevel } from '../compatibility/levels.ts'

/** A JSON object, as it is kept for clients. */
export type ConfigObject = Readonly<Record<string, unknown>>

/**
 * What is set for a subject, or for all. This package acts on `compatibility`; the rest is kept for other clients of Confluent's API and given
 * back as it came.
 */
export interface RegistryConfig {
  readonly compatibility?: CompatibilityLevel
  readonly normalize?: boolean
  readonly validateFields?: boolean
  readonly alias?: string
  readonly compatibilityGroup?: string
  readonly defaultMetadata?: ConfigObject
  readonly overrideMetadata?: ConfigObject
  readonly defaultRuleSet?: ConfigObject
  readonly overrideRuleSet?: ConfigObject
}

const isBoolean = (value: unknown): boolean => typeof value === 'boolean'
const isString = (value: unknown): boolean => typeof value === 'string'
const isObject = (value: unknown): boolean => typeof value === 'object' && value !== null && !Array.isArray(value)

/** Every member, with what it may be, in the order in which they are written. */
const members: Readonly<Record<keyof RegistryConfig, (value: unknown) => boolean>> = {
  compatibility: isCompatibilityLevel,
  normalize: isBoolean,
  validateFields: isBoolean,
  alias: isString,
  compatibilityGroup: isString,
  defaultMetadata: isObject,
  overrideMetadata: isObject,
  defaultRuleSet: isObject,
  overrideRuleSet: isObject,
}

/** Names of all members of a {@link RegistryConfig}. */
export const configMembers: readonly (keyof RegistryConfig)[] = Object.keys(members) as (keyof RegistryConfig)[]

/** The longest that a config may be as JSON, in UTF-16 units. */
const maxLength = 256 * 1024
/** Most levels of objects and arrays inside each other in a config. */
const maxDepth = 100

/**
 * A frozen copy with the members in one order, so that equal configs are written alike; what is undefined is left out.
 * @throws EvolveError `invalid-options` for a member that is unknown or no value for it; `limit-exceeded`.
 */
export function copyConfig(config: unknown): RegistryConfig {
  if (!isObject(config)) throw new EvolveError('invalid-options', 'a config is an object')
  const given = config as Partial<Record<string, unknown>>
  const [stranger] = knownMembers(given).strangers
  if (stranger !== undefined) throw new EvolveError('invalid-options', `a config has no member '${stranger}'`)
  const used = configMembers.filter((name) => given[name] !== undefined)
  for (const name of used) {
    if (members[name](given[name])) continue
    if (name === 'compatibility') throw notALevel(given[name])
    throw new EvolveError('invalid-options', `'${name}' of a config is not what it must be`)
  }
  const text = jsonOf(Object.fromEntries(used.map((name) => [name, given[name]])))
  if (text.length > maxLength) throw new EvolveError('limit-exceeded', `a config has more than ${maxLength} characters`)
  return freeze(JSON.parse(text)) as RegistryConfig
}

/** The JSON of a value. It may come from anybody, and printing and freezing are as deep as it is. */
function jsonOf(value: object): string {
  let level: readonly unknown[] = [value]
  const seen = new Set(level)
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > maxDepth) throw new EvolveError('limit-exceeded', `a config is more than ${maxDepth} levels deep`)
    level = level
      .flatMap((part) => (typeof part === 'object' && part !== null ? Object.values(part) : []))
      .filter((part) => !seen.has(part))
    for (const part of level) if (typeof part === 'object') seen.add(part)
  }
  try {
    return JSON.stringify(value)
  } catch (error) {
    throw new EvolveError('invalid-options', 'a config holds what JSON cannot say', {}, error)
  }
}

/** The members of an object that a config can have, and the names of the others. */
export function knownMembers(config: ConfigObject): { readonly known: ConfigObject; readonly strangers: readonly string[] } {
  const [known, strangers] = [true, false].map((wanted) =>
    Object.entries(config).filter(([name]) => Object.hasOwn(members, name) === wanted),
  )
  return { known: Object.fromEntries(known ?? []), strangers: (strangers ?? []).map(([name]) => name) }
}

/** A subject's config over the one for all: the subject's members first. */
export function configOver(own: RegistryConfig | undefined, all: RegistryConfig): RegistryConfig {
  return copyConfig({ ...all, ...own })
}

/** The error for what is no level. */
export function notALevel(value: unknown): EvolveError {
  return new EvolveError('invalid-options', `'${String(value)}' is not a compatibility level`, {
    hint: `use one of ${compatibilityLevels.join(', ')}`,
  })
}

function freeze(value: unknown): unknown {
  if (typeof value === 'object' && value !== null) for (const part of Object.values(Object.freeze(value))) freeze(part)
  return value
}
