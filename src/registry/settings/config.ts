import { EvolveError } from '../../errors.ts'
import { type CompatibilityLevel, compatibilityLevels, isCompatibilityLevel } from '../compatibility/levels.ts'
import { isJsonObject, type JsonObject, jsonCopy } from '../json-copy.ts'

/**
 * What is set for a subject, or for all. This package acts on `compatibility` and `normalize`, on `compatibilityGroup`, `validateNewSchemas`, and on the metadata and rule sets;
 * the rest is kept for other clients of Confluent's API and given back as it came.
 */
export interface RegistryConfig {
  readonly compatibility?: CompatibilityLevel
  readonly normalize?: boolean
  readonly validateFields?: boolean
  readonly validateNewSchemas?: boolean
  readonly validateRules?: boolean
  readonly alias?: string
  readonly aliasForDeks?: string
  readonly compatibilityPolicy?: string
  readonly compatibilityGroup?: string
  readonly defaultMetadata?: JsonObject
  readonly overrideMetadata?: JsonObject
  readonly defaultRuleSet?: JsonObject
  readonly overrideRuleSet?: JsonObject
}

const isBoolean = (value: unknown): boolean => typeof value === 'boolean'
const isString = (value: unknown): boolean => typeof value === 'string'

/** Every member, with what it may be, in the order in which they are written. */
const members: Readonly<Record<keyof RegistryConfig, (value: unknown) => boolean>> = {
  compatibility: isCompatibilityLevel,
  normalize: isBoolean,
  validateFields: isBoolean,
  validateNewSchemas: isBoolean,
  validateRules: isBoolean,
  alias: isString,
  aliasForDeks: isString,
  compatibilityPolicy: isString,
  compatibilityGroup: isString,
  defaultMetadata: isJsonObject,
  overrideMetadata: isJsonObject,
  defaultRuleSet: isJsonObject,
  overrideRuleSet: isJsonObject,
}

/** Names of all members of a {@link RegistryConfig}. */
export const configMembers: readonly (keyof RegistryConfig)[] = Object.keys(members) as (keyof RegistryConfig)[]

/**
 * A frozen copy with the members in one order, so that equal configs are written alike; what is undefined is left out.
 * @throws EvolveError `invalid-options` for a member that is unknown or no value for it; `limit-exceeded`.
 */
export function copyConfig(config: unknown): RegistryConfig {
  if (!isJsonObject(config)) throw new EvolveError('invalid-options', 'a config is an object')
  const given = config
  const [stranger] = knownMembers(given).strangers
  if (stranger !== undefined) throw new EvolveError('invalid-options', `a config has no member '${stranger}'`)
  const used = configMembers.filter((name) => given[name] !== undefined)
  for (const name of used) {
    if (members[name](given[name])) continue
    if (name === 'compatibility') throw notALevel(given[name])
    throw new EvolveError('invalid-options', `'${name}' of a config is not what it must be`)
  }
  return jsonCopy(Object.fromEntries(used.map((name) => [name, given[name]])), 'a config')
}

/** The members of an object that a config can have, and the names of the others. */
export function knownMembers(config: JsonObject): { readonly known: JsonObject; readonly strangers: readonly string[] } {
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
