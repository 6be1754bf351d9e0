import type { SchemaText } from '../../schema/text.ts'
import { isId, isReference, isVersion } from '../checks.ts'
import { registeredSchema, subjectVersion } from '../entries.ts'
import { knownMembers } from '../settings/config.ts'
import { configChange, modeChange, type SettingChange } from '../settings/settings.ts'
import type { SchemaStore } from '../store.ts'
import type { StoreChange } from '../store-registry.ts'
import { corrupt, type LogRecord } from './log-format.ts'

const logName = 'kafka-evolve schemas'
const logVersion = 1

/** The first record of every log. */
export function headRecord(firstId: number): object {
  return { log: logName, version: logVersion, firstId }
}

/**
 * Throws `registry-corrupt` unless these bytes, which hold no whole record, can be the beginning of a log: another file that was named by
 * mistake must not be taken for one and cut.
 */
export function checkTornHead(bytes: Buffer): void {
  // Zeros: see the torn end of a log.
  const text = bytes.toString('latin1', 0, 4_096).replace(/\0+$/, '')
  const json = text.slice(18)
  const start = `{"log":"${logName}","version":`
  const isStart = /^[0-9a-f ]*$/.test(text.slice(0, 18)) && (start.startsWith(json) || json.startsWith(start))
  if (!isStart) throw corrupt(0, 'the file is not a log of schemas')
}

/** `firstId` of the first record. @throws EvolveError `registry-corrupt` when it is not one that this code can read. */
export function readHead({ offset, value }: LogRecord): number {
  const { log, version, firstId } = object(value, offset)
  if (log !== logName) throw corrupt(offset, 'the file is not a log of schemas')
  if (version !== logVersion) throw corrupt(offset, `the log has the format ${String(version)}, this code reads ${logVersion}`)
  if (!isId(firstId)) throw corrupt(offset, "'firstId' is not a schema ID")
  return firstId
}

/** A record that this code does not know. It stays in the log. */
export interface UnknownRecord {
  /** What the record says that it is. */
  readonly type: string
  /** Its first byte in the log. */
  readonly offset: number
}

/** Told of each record that is passed over. */
export type OnUnknown = (record: UnknownRecord) => void

/**
 * The record of a change. The text of a schema is left out where an earlier record with the same ID holds it; the subject where the change is one
 * for all; `null` takes a setting back.
 */
export function recordOf(change: StoreChange): object {
  if (change.type === 'config') return { type: 'config', subject: change.subject, config: change.config ?? null }
  if (change.type === 'mode') return { type: 'mode', subject: change.subject, mode: change.mode ?? null }
  const { subject, version, id, format, text, references } = change.entry
  return change.isNewSchema
    ? { type: 'version', subject, version, id, schema: { format, text, references } }
    : { type: 'version', subject, version, id }
}

/** Adds what a record says. @throws EvolveError `registry-corrupt` when it is malformed or contradicts what is there. */
export function addRecord(store: SchemaStore, { offset, value }: LogRecord, onUnknown: OnUnknown): void {
  const record = object(value, offset)
  if (record.type === 'version') addVersion(store, offset, record)
  else if (record.type === 'config' || record.type === 'mode') store.settings.apply(settingChange(offset, record, onUnknown))
  else passOver(store, offset, record, onUnknown)
}

type RecordMembers = Readonly<Record<string, unknown>>

function addVersion(store: SchemaStore, offset: number, { subject, version, id, schema }: RecordMembers): void {
  if (typeof subject !== 'string' || !isVersion(version) || !isId(id)) throw corrupt(offset, 'a record is not one of a version')
  if (schema === undefined && !store.has(id)) throw corrupt(offset, `a record refers to the schema ID ${id}, which no earlier one has`)
  const text = schema === undefined ? store.schemaById(id) : schemaText(schema, offset)
  try {
    store.add(subjectVersion(subject, version, registeredSchema(id, text)))
  } catch (error) {
    throw corrupt(offset, 'a record contradicts those before it', error)
  }
}

function settingChange(offset: number, { type, subject, config, mode }: RecordMembers, onUnknown: OnUnknown): SettingChange {
  if (subject !== undefined && typeof subject !== 'string') throw corrupt(offset, 'the subject of a record is not a string')
  try {
    if (type === 'mode') return modeChange(subject, mode ?? undefined)
    if (config === null) return configChange(subject, undefined)
    const { known, strangers } = knownMembers(object(config, offset))
    for (const name of strangers) onUnknown({ type: `config with '${name}'`, offset })
    return configChange(subject, known)
  } catch (error) {
    throw corrupt(offset, `a record is not one of a ${String(type)}`, error)
  }
}

/** A later version of this code may know it. An ID that it names is taken. */
function passOver(store: SchemaStore, offset: number, { type, id }: RecordMembers, onUnknown: OnUnknown): void {
  if (typeof type !== 'string') throw corrupt(offset, 'a record does not say what it is')
  if (isId(id)) store.reserve(id)
  onUnknown({ type, offset })
}

function schemaText(value: unknown, offset: number): SchemaText {
  const { format, text, references = [] } = object(value, offset)
  if (format !== 'AVRO' && format !== 'JSON' && format !== 'PROTOBUF') throw corrupt(offset, 'a schema has no known format')
  if (typeof text !== 'string') throw corrupt(offset, 'a schema has no text')
  if (!Array.isArray(references) || !references.every(isReference)) throw corrupt(offset, 'the references of a schema are malformed')
  return { format, text, references }
}

function object(value: unknown, offset: number): RecordMembers {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw corrupt(offset, 'a record is not a JSON object')
  return value as RecordMembers
}
