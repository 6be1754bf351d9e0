import { isId, isVersion } from '../checks.ts'
import { isCompatibilityLevel } from '../compatibility/levels.ts'
import { isJsonObject } from '../json-copy.ts'
import { copyConfig, knownMembers, type RegistryConfig } from '../settings/config.ts'
import { isRegistryMode, type RegistryMode } from '../settings/mode.ts'
import type { ContextId, SchemaUse } from '../types.ts'
import { bad, members } from './answers.ts'

/** A list of names. @throws EvolveError `registry-bad-answer`. */
export function namesAnswer(json: unknown): readonly string[] {
  if (!Array.isArray(json) || !json.every((name) => typeof name === 'string')) throw bad('it is not a list of names')
  return json
}

/** A list of IDs, ascending. @throws EvolveError `registry-bad-answer`. */
export function idsAnswer(json: unknown): readonly number[] {
  if (!Array.isArray(json) || !json.every(isId)) throw bad('it is not a list of IDs')
  return Object.freeze(json.toSorted((a, b) => a - b))
}

/** The number of a version. @throws EvolveError `registry-bad-answer`. */
export function numberAnswer(json: unknown): number {
  if (!isVersion(json)) throw bad('it is not a version number')
  return json
}

/** The answer to `GET /schemas/ids/{id}/versions`. @throws EvolveError `registry-bad-answer`. */
export function usesAnswer(json: unknown): readonly SchemaUse[] {
  if (!Array.isArray(json)) throw bad('it is not a list of versions')
  const uses = json.map((use: unknown) => {
    if (!isJsonObject(use) || typeof use.subject !== 'string' || !isVersion(use.version)) throw bad('it is not a list of versions')
    return Object.freeze({ subject: use.subject, version: use.version })
  })
  return Object.freeze(uses)
}

/** The answer to `GET /schemas/guids/{guid}/ids`. @throws EvolveError `registry-bad-answer`. */
export function contextIdsAnswer(json: unknown): readonly ContextId[] {
  if (!Array.isArray(json)) throw bad('it is not a list of IDs in contexts')
  const ids = json.map((one: unknown) => {
    if (!isJsonObject(one) || typeof one.context !== 'string' || !isId(one.id)) throw bad('it is not a list of IDs in contexts')
    return Object.freeze({ context: one.context, id: one.id })
  })
  return Object.freeze(ids)
}

/** The answer to `GET /config`; members that this package does not know are passed over. @throws EvolveError `registry-bad-answer`. */
export function configAnswer(json: unknown): RegistryConfig {
  const { compatibilityLevel, compatibility = compatibilityLevel, ...others } = members(json)
  if (compatibility !== undefined && compatibility !== null && !isCompatibilityLevel(compatibility)) throw bad('its level is none')
  const { known } = knownMembers({ ...others, compatibility })
  const given = Object.fromEntries(Object.entries(known).filter(([, value]) => value !== null))
  try {
    return copyConfig(given)
  } catch {
    throw bad('it is not a config')
  }
}

/** The answer to `GET /mode`. @throws EvolveError `registry-bad-answer`. */
export function modeAnswer(json: unknown): RegistryMode {
  const { mode } = members(json)
  if (!isRegistryMode(mode)) throw bad('it is not a mode')
  return mode
}

/** The answer to a check of compatibility. @throws EvolveError `registry-bad-answer`. */
export function verdictAnswer(json: unknown): { readonly compatible: boolean; readonly messages: readonly string[] } {
  const { is_compatible: compatible, messages = [] } = members(json)
  if (typeof compatible !== 'boolean') throw bad("'is_compatible' is not a boolean")
  if (!Array.isArray(messages) || !messages.every((message) => typeof message === 'string')) throw bad("'messages' is not a list of texts")
  return { compatible, messages }
}
