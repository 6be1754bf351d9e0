import type { SchemaReference } from '../../schema/text.ts'
import { isId, isVersion } from '../checks.ts'
import { registeredSchema, subjectVersion } from '../entries.ts'
import { isJsonObject, type JsonObject } from '../json-copy.ts'
import { knownMembers } from '../settings/config.ts'
import { configChange, modeChange, type SettingChange } from '../settings/settings.ts'
import { isMeaning, type Meaning } from '../state/changes.ts'
import { normalSubject, splitSubject } from '../state/qualified-subject.ts'
import type { SubjectVersion } from '../types.ts'
import type { RecordKey } from './keys.ts'

/** What a record says. */
export type TopicRecord =
  /** A version, as it is from here on. `forgets`: what was set for the subject is taken back with it. */
  | { readonly type: 'schema'; readonly entry: SubjectVersion; readonly deleted: boolean; readonly forgets: boolean }
  /** Versions up to one, or those listed, are no longer listed. */
  | {
      readonly type: 'delete'
      readonly subject: string
      readonly upTo: number
      readonly versions: readonly number[] | undefined
      readonly forgets: boolean
    }
  /** What is left of versions that are gone for good. `keeps`: the settings of the subject that are in force behind it. `meanings`: of IDs that are gone with them. */
  | {
      readonly type: 'purge'
      readonly subject: string
      readonly versions: readonly number[]
      readonly id: number
      readonly keeps: readonly string[]
      readonly meanings: readonly Meaning[]
    }
  | { readonly type: 'reserve'; readonly context: string; readonly id: number }
  /** `strangers`: members that this code does not know, passed over. */
  | { readonly type: 'setting'; readonly change: SettingChange; readonly strangers: readonly string[] }
  /** Versions of the subject that are deleted are gone. */
  | { readonly type: 'clear'; readonly subject: string }
  | { readonly type: 'nothing' }
  | UnreadableRecord

/** A record that cannot be made sense of; the ID that it names, and the context of that. */
export interface UnreadableRecord {
  readonly type: 'unreadable'
  readonly problem: string
  readonly context: string
  readonly id: number | undefined
}

/** Reads a value under its key. Never throws. */
export function readValue(key: RecordKey, bytes: Buffer): TopicRecord {
  let value: unknown
  try {
    value = JSON.parse(bytes.toString())
    if (key.keytype === 'NOOP' || key.keytype === 'CONTEXT') return { type: 'nothing' }
    if (!isJsonObject(value)) throw new Error('its value is not a JSON object')
    return readers[key.keytype]?.(value, key) ?? unreadable(`its type ${JSON.stringify(key.keytype)} is not known`, key, value)
  } catch (error) {
    return unreadable(error instanceof Error ? error.message : String(error), key, value)
  }
}

const readers: Readonly<Record<string, (value: JsonObject, key: RecordKey) => TopicRecord>> = {
  SCHEMA: schema,
  DELETE_SUBJECT: deletion,
  PURGE: purge,
  RESERVE: reserve,
  CONFIG: config,
  MODE: mode,
  CLEAR_SUBJECT: (value, key) => ({ type: 'clear', subject: subjectOf(value, key) }),
}

function schema(value: JsonObject, key: RecordKey): TopicRecord {
  const { id, schema: text, schemaType = 'AVRO', metadata, ruleSet } = value
  const subject = subjectOf(value, key)
  const format = schemaType ?? 'AVRO'
  if (!isId(id)) throw new Error('it has no schema ID')
  if (format !== 'AVRO' && format !== 'JSON' && format !== 'PROTOBUF') throw new Error(`its format ${JSON.stringify(format)} is not known`)
  if (typeof text !== 'string') throw new Error('it has no schema text')
  const references: unknown = value.references ?? []
  if (!Array.isArray(references) || !references.every(isReference)) throw new Error('its references are malformed')
  const registered = registeredSchema(id, {
    format,
    text,
    references,
    ...(isJsonObject(metadata) ? { metadata } : {}),
    ...(isJsonObject(ruleSet) ? { ruleSet } : {}),
  })
  const entry = subjectVersion(normalSubject(subject), key.version ?? 0, registered)
  return { type: 'schema', entry, deleted: value.deleted === true, forgets: value.forgets === true }
}

function deletion(value: JsonObject, key: RecordKey): TopicRecord {
  const { version, versions } = value
  if (!isVersion(version)) throw new Error('it has no version')
  if (versions !== undefined && !isVersions(versions)) throw new Error('its versions are malformed')
  return { type: 'delete', subject: subjectOf(value, key), upTo: version, versions, forgets: value.forgets === true }
}

function purge(value: JsonObject, key: RecordKey): TopicRecord {
  const { versions, id, keeps, meanings = [] } = value
  if (!isVersions(versions) || !isId(id) || !Array.isArray(keeps)) throw new Error('it does not say what was purged')
  if (!Array.isArray(meanings) || !meanings.every(isMeaning)) throw new Error('what its IDs have meant is malformed')
  return { type: 'purge', subject: subjectOf(value, key), versions, id, keeps, meanings }
}

function reserve({ context, id }: JsonObject): TopicRecord {
  if (typeof context !== 'string' || !isId(id)) throw new Error('it does not say what is reserved')
  return { type: 'reserve', context, id }
}

function config({ subject: _subject, deleted, compatibilityLevel, ...others }: JsonObject, key: RecordKey): TopicRecord {
  const subject = settingSubject(key)
  if (deleted === true) return { type: 'setting', change: { type: 'config', subject, config: undefined }, strangers: [] }
  const given = Object.entries({ compatibility: compatibilityLevel, ...others }).filter(
    ([, value]) => value !== undefined && value !== null,
  )
  const { known, strangers } = knownMembers(Object.fromEntries(given))
  return { type: 'setting', change: configChange(subject, known), strangers }
}

function mode({ deleted, mode: value }: JsonObject, key: RecordKey): TopicRecord {
  if (deleted !== true && value === undefined) throw new Error('it has no mode')
  return { type: 'setting', change: modeChange(settingSubject(key), deleted === true ? undefined : value), strangers: [] }
}

function settingSubject({ subject }: RecordKey): string | undefined {
  return subject === undefined ? undefined : normalSubject(subject)
}

function unreadable(problem: string, key: RecordKey, value: unknown): UnreadableRecord {
  const members = isJsonObject(value) ? value : {}
  const subject = typeof members.subject === 'string' ? members.subject : (key.subject ?? '')
  return { type: 'unreadable', problem, context: splitSubject(subject).context, id: isId(members.id) ? members.id : undefined }
}

/** The key says it too; where it is one of another subject, there is no telling which is meant. */
function subjectOf({ subject }: JsonObject, key: RecordKey): string {
  const own = key.subject ?? subject
  if (typeof own !== 'string') throw new Error('it has no subject')
  if (subject !== undefined && subject !== own) throw new Error('its key is one of another subject')
  return normalSubject(own)
}

function isVersions(versions: unknown): versions is readonly number[] {
  return Array.isArray(versions) && versions.every(isVersion)
}

/** Looser than what is taken from clients: what is in the topic was taken by somebody. */
function isReference(value: unknown): value is SchemaReference {
  return isJsonObject(value) && typeof value.name === 'string' && typeof value.subject === 'string' && Number.isSafeInteger(value.version)
}
